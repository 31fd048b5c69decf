package rungs

import (
	"context"
	"encoding/json"
	"time"

	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/timeline"
)

// Events answers a page of an action's steps behind the number after, oldest first; next is the number to go on behind, 0 at the end. The
// enterprise sees the steps of an action that it was told of, without the findings that it does not see.
func (r *Rungs) Events(ctx context.Context, who access.Principal, now time.Time, uscc, id string, after, limit int) (items []json.RawMessage, next int, err error) {
	stored, _, err := r.visible(ctx, Call{Who: who, Now: now}, uscc, id)
	if err != nil {
		return nil, 0, err
	}
	v, err := r.openVault(ctx, stored)
	if err != nil {
		return nil, 0, err
	}
	events, more, err := r.Store.ActionEvents(ctx, now, id, after, limit)
	if err != nil {
		return nil, 0, err
	}
	own := !isAuthority(who)
	var views []timeline.View
	for _, e := range events {
		data := e.Data
		if own {
			if data, err = r.told(ctx, now, uscc, data); err != nil {
				return nil, 0, err
			}
		}
		view, err := timeline.Show(timeline.Event{N: e.N, Type: e.Type, At: e.At, Actor: e.Actor, Data: data, Hash: e.Hash(), Prev: e.Prev}, own, v.Text)
		if err != nil {
			return nil, 0, err
		}
		views = append(views, view)
	}
	items, next = timeline.Page(views, more, limit)
	return items, next, nil
}

// told is what the enterprise sees of an event: neither the proposal that a run has made nor findings that are not shown to it.
func (r *Rungs) told(ctx context.Context, now time.Time, uscc string, d action.Data) (action.Data, error) {
	if d.Taken == nil {
		return d, nil
	}
	taken := *d.Taken
	seen, err := r.seen(ctx, now, uscc, taken.Content.Findings)
	if err != nil {
		return d, err
	}
	taken.Proposal, taken.Content.Findings = "", seen
	d.Taken = &taken
	return d, nil
}
