package records

import (
	"context"
	"fmt"
	"time"

	"shixin/shared/action"
	"shixin/shared/ladder"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// Action is a stored action with its sealed texts. Before it is stored first, its version is 0.
type Action struct {
	State         action.Action
	Sealed        []byte // its texts under one seal; nil once erased
	version       int64
	sealedVersion int64
}

// Action reads an action strongly; false when it is absent.
func (s *Store) Action(ctx context.Context, now time.Time, id string) (Action, bool, error) {
	all, err := s.Actions(ctx, now, []string{id})
	if err != nil || len(all) == 0 {
		return Action{}, false, err
	}
	return all[0], true, nil
}

// Actions reads actions by their ids, at most 500, in the order of the ids and without those that are absent.
func (s *Store) Actions(ctx context.Context, now time.Time, ids []string) (out []Action, err error) {
	keys := make([]table.Key, 0, 2*len(ids))
	for _, id := range ids {
		keys = append(keys, actionKey(id, "state"), actionKey(id, "sealed"))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if item.Sort == "sealed" {
			if n := len(out) - 1; n >= 0 && actionKey(out[n].State.ID, "sealed") == item.Key {
				out[n].Sealed, out[n].sealedVersion = item.Doc, item.Version
			}
			continue
		}
		a := Action{version: item.Version}
		if err := decode(item, &a.State); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// ActionsOf reads a page of the ids of an enterprise's actions behind one of them, oldest first.
func (s *Store) ActionsOf(ctx context.Context, now time.Time, uscc, after string, limit int) (ids []string, more bool, err error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: actionKey(uscc, "").Partition, After: after, Limit: limit})
	for _, item := range page.Items {
		ids = append(ids, item.Sort)
	}
	return ids, page.Next != "", err
}

// PutAction stores an action after a step: its state, the step's event, its sealed texts, and its place among those of its enterprise.
func (b *Batch) PutAction(before Action, after action.Action, event action.Event, sealed []byte) {
	b.add("action", put(actionKey(after.ID, "state"), before.version, after))
	b.add("action", put(actionKey(after.ID, fmt.Sprintf("event#%06d", event.N)), 0, event))
	b.add("action", table.PutOp(table.Item{Key: actionKey(after.ID, "sealed"), Version: before.sealedVersion + 1, Doc: sealed}, table.Is(before.sealedVersion)))
	if before.version == 0 {
		b.add("action", table.PutOp(table.Item{Key: actionKey(after.USCC, after.ID), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
}

// ActionEvents reads an action's events after number n, oldest first, at most limit; more tells whether there are further ones.
func (s *Store) ActionEvents(ctx context.Context, now time.Time, id string, after, limit int) (events []action.Event, more bool, err error) {
	r := table.Range{Now: now, Partition: actionKey(id, "").Partition, From: fmt.Sprintf("event#%06d", after+1), To: "event#999999", Limit: limit}
	page, err := s.Table.Query(ctx, r)
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		var e action.Event
		if err := decode(item, &e); err != nil {
			return nil, false, err
		}
		events = append(events, e)
	}
	return events, page.Next != "", nil
}

// Standing is where an enterprise stands on the ladder. Before it is stored first, its version is 0.
type Standing struct {
	USCC    string
	State   ladder.Standing
	Damaged error // set where the stored item cannot be read; its enterprise is known even then
	version int64
}

// Standing reads where an enterprise stands, strongly.
func (s *Store) Standing(ctx context.Context, now time.Time, uscc string) (Standing, error) {
	st := Standing{USCC: uscc}
	v, err := s.load(ctx, now, standingKey(ShardOf(uscc), uscc), &st.State)
	st.version = v
	return st, err
}

// Standings reads where the enterprises first to last of a shard stand, both included, by enterprise. Those that never stood on the ladder
// have none.
func (s *Store) Standings(ctx context.Context, now time.Time, shard int, first, last string) (map[string]Standing, error) {
	r := table.Range{Now: now, Partition: standingKey(shard, "").Partition, From: first, To: last, Limit: table.MaxPage}
	all := map[string]Standing{}
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			st := Standing{USCC: item.Sort, version: item.Version}
			st.Damaged = decode(item, &st.State)
			all[item.Sort] = st
		}
		if page.Next == "" {
			return all, nil
		}
		r.After = page.Next
	}
}

// PutStanding stores where an enterprise stands over what was read.
func (b *Batch) PutStanding(before Standing, after ladder.Standing) {
	b.add("standing", put(standingKey(ShardOf(before.USCC), before.USCC), before.version, after))
}

// Public is an action that is shown in public. It names no person.
type Public struct {
	ID         string      `json:"id"`
	USCC       string      `json:"uscc"`
	Rung       string      `json:"rung"`
	Ladder     string      `json:"ladder"`
	Authority  string      `json:"authority"`
	Since      workday.Day `json:"since"`
	Until      workday.Day `json:"until"` // judged on reading: after this day it is shown to nobody
	LegalBasis []string    `json:"legal_basis"`
}

// PutPublic shows an action in public; DropPublic shows it no more.
func (b *Batch) PutPublic(p Public) {
	// The action's own condition orders these. What has run out is swept some day; that it is shown no more does not wait for it.
	b.add("public", table.PutOp(table.Item{Key: publicKey(p.ID), Version: 1, Expires: p.Until.AddDays(8).Start(), Doc: encode(p)}, table.Condition{}))
}

// DropPublic shows an action in public no more.
func (b *Batch) DropPublic(id string) {
	b.add("public", table.DeleteOp(publicKey(id), table.Condition{}))
}

// Publics reads a page of what is shown in public behind one of them, oldest first.
func (s *Store) Publics(ctx context.Context, now time.Time, after string, limit int) (all []Public, more bool, err error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: famPublic, After: after, Limit: limit})
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		var p Public
		if err := decode(item, &p); err != nil {
			return nil, false, err
		}
		all = append(all, p)
	}
	return all, page.Next != "", nil
}
