package register

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/bounded"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/table"
	"shixin/shared/timeline"
	"shixin/shared/workday"
)

// Filter narrows a list of listings.
type Filter struct {
	State     listing.State
	DueBefore workday.Day // something is due before this day
}

// Place is where a list goes on.
type Place struct {
	Authority string      `json:"a,omitempty"` // the authority whose queue is read, or
	Index     int         `json:"i,omitempty"` // how many of the subject's own listings were passed, or
	Day       workday.Day `json:"d,omitempty"` // the last day of terms of which the clock has not written down that they ran out
	After     string      `json:"p,omitempty"`
}

// List answers GET /v1/listings: to authorities and auditors their queues, to a subject its own listings, oldest first. next is nil at the end.
func (r *Register) List(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, limit int) (items []json.RawMessage, next *Place, err error) {
	if who.Role == access.Enterprise || who.Role == access.Person {
		return r.listOwn(ctx, who, now, f, from, limit)
	}
	authorities, err := r.Store.Authorities(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	out := bounded.NewPage(limit)
	if f.State == listing.Removed && from.Authority == "" {
		if next, err := r.lapsed(ctx, who, now, f, from, out); next != nil || err != nil {
			return out.Items, next, err
		}
		from = Place{}
	}
	const rounds = 20 // pages of places read at the most, so that an answer comes in time whatever the filter leaves
	read := 0
	for _, a := range authorities {
		if a.ID < from.Authority || !r.overlooks(who, a) {
			continue
		}
		at := Place{Authority: a.ID}
		if a.ID == from.Authority {
			at = from
		}
		for more := true; more; {
			if len(out.Items) == limit || read == rounds {
				return out.Items, &at, nil
			}
			var places []records.Queued
			if places, more, err = r.Store.Queue(ctx, now, a.ID, string(f.State), at.After, f.places(limit-len(out.Items))); err != nil {
				return nil, nil, err
			}
			read++
			full, err := r.fill(ctx, who, now, f, places, out, &at)
			if err != nil {
				return nil, nil, err
			}
			if full {
				return out.Items, &at, nil
			}
		}
	}
	return out.Items, nil, nil
}

// places is how many places to read for so many items: a filter by day leaves few of them, and places are small.
func (f Filter) places(items int) int {
	if f.DueBefore != "" {
		return table.MaxPage
	}
	return items
}

// fill adds the listings of places to a page and moves at behind the last that was passed. It tells whether the page was full before the
// last of them.
func (r *Register) fill(ctx context.Context, who access.Principal, now time.Time, f Filter, places []records.Queued, out *bounded.Page, at *Place) (bool, error) {
	wanted := slices.DeleteFunc(slices.Clone(places), func(p records.Queued) bool { return f.DueBefore != "" && (p.Due == "" || p.Due >= f.DueBefore) })
	for some := range slices.Chunk(wanted, 100) {
		ids := make([]string, len(some))
		for i, p := range some {
			ids[i] = p.ID
		}
		stored, err := r.Store.Listings(ctx, now, ids)
		if err != nil {
			return false, err
		}
		for i := range stored {
			view, shown, err := r.viewOf(ctx, who, now, f, &stored[i])
			if err != nil {
				return false, err
			}
			if shown && !out.Add(view) {
				return true, nil
			}
			at.After = some[slices.Index(ids, stored[i].State.ID)].After
		}
	}
	if len(places) > 0 {
		at.After = places[len(places)-1].After
	}
	return false, nil
}

// overlooks is a first sieve over authorities; each listing is then asked of policy.
func (r *Register) overlooks(who access.Principal, a listing.Authority) bool {
	return who.Role == access.Auditor || who.Authority == a.ID || who.Covers(a.Region)
}

// viewOf shows a stored listing in a list, unless the caller may not see it or the filter leaves it out.
func (r *Register) viewOf(ctx context.Context, who access.Principal, now time.Time, f Filter, stored *records.Listing) (View, bool, error) {
	l := &stored.State
	rules, err := r.rules(l)
	if err != nil {
		return View{}, false, err
	}
	if err := r.accrue(ctx, now, l, &rules); err != nil {
		return View{}, false, err
	}
	judged := listing.Judged(*l, rules, now)
	if f.State != "" && judged.State != f.State {
		return View{}, false, nil
	}
	if r.Policy.Allow(who, "listing.read", resource(who, &judged, rules, workday.DayOf(now))) != nil {
		return View{}, false, nil
	}
	v, err := r.shownVault(ctx, stored)
	if err != nil {
		return View{}, false, err
	}
	return r.view(Call{Who: who, Now: now}, l, v, rules), true, nil
}

// listOwn lists a subject's own listings.
func (r *Register) listOwn(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, limit int) ([]json.RawMessage, *Place, error) {
	ids, err := r.Store.ListingsOf(ctx, now, ownRef(who))
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(ids)
	out := bounded.NewPage(limit)
	for i := from.Index; i < len(ids); i++ {
		stored, found, err := r.Store.Listing(ctx, now, ids[i])
		if err != nil {
			return nil, nil, err
		}
		if !found {
			continue
		}
		view, shown, err := r.viewOf(ctx, who, now, f, &stored)
		if err != nil {
			return nil, nil, err
		}
		if shown && f.takes(view) && !out.Add(view) {
			return out.Items, &Place{Index: i}, nil
		}
	}
	return out.Items, nil, nil
}

// Events answers GET of a listing's timeline, after an event's number; next is the number to go on after, 0 at the end.
func (r *Register) Events(ctx context.Context, who access.Principal, now time.Time, id string, after, limit int) (items []json.RawMessage, next int, err error) {
	stored, rules, err := r.visible(ctx, who, now, id)
	if err != nil {
		return nil, 0, err
	}
	if err := r.Policy.Allow(who, "listing.events", resource(who, &stored.State, rules, workday.DayOf(now))); err != nil {
		return nil, 0, fault.New(fault.NotFound, "there is no such listing", "没有该名单")
	}
	v, err := r.wholeVault(ctx, &stored) // without its texts a timeline would say nothing
	if err != nil {
		return nil, 0, err
	}
	events, more, err := r.Store.Events(ctx, now, id, after, limit)
	if err != nil {
		return nil, 0, err
	}
	own := owns(who, &stored.State)
	var views []timeline.View
	for _, e := range events {
		view, err := timeline.Show(timeline.Event{N: e.N, Type: e.Type, At: e.At, Actor: e.Actor, Data: e.Data, Hash: e.Hash(), Prev: e.Prev}, own, v.text)
		if err != nil {
			return nil, 0, err
		}
		if !own && !handles(who) {
			veil(view.Data)
		}
		views = append(views, view)
	}
	items, next = timeline.Page(views, more, limit)
	return items, next, nil
}

// veil takes the day of birth away, and that of coming of age, which tells it.
func veil(x any) {
	switch x := x.(type) {
	case []any:
		for i := range x {
			veil(x[i])
		}
	case map[string]any:
		delete(x, "birth")
		delete(x, "adult")
		for k := range x {
			veil(x[k])
		}
	}
}
