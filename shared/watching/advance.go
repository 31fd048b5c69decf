package watching

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/queue"
	"shixin/shared/records"
)

// Work does what a message asks for, as far as there is something to do: it tells every list that the journal has moved, looks for those that are
// behind it, or takes one list up to the journal's head.
func (w *Watching) Work(ctx context.Context, body string, now time.Time) error {
	var m work
	if err := json.Unmarshal([]byte(body), &m); err != nil || (m.Owner == "") != (m.List == "") {
		return fault.New(fault.Malformed, `the message must be {"owner", "list"}, {"sweep": true} or {}`, "")
	}
	switch {
	case m.List != "":
		return w.advance(ctx, now, m.Owner, m.List)
	case m.Sweep:
		return w.sweep(ctx, now)
	}
	return w.announce(ctx, now)
}

// announce sends for every list, unless that was done for all entries that are there.
func (w *Watching) announce(ctx context.Context, now time.Time) error {
	head, err := w.Store.Head(ctx, now)
	if err != nil {
		return err
	}
	told, err := w.Store.Announced(ctx, now)
	if err != nil || told.N >= head.N {
		return err
	}
	if err := w.sendAll(ctx, now, func(records.WatchList) (bool, error) { return true, nil }); err != nil {
		return err
	}
	if err := w.Store.PutAnnounced(ctx, now, told, head.N); err != nil && !records.IsLost(err) {
		return err
	}
	return nil
}

// sweep sends for each list that is behind the journal, or not made yet: so that a message that was lost, doubled or late changes nothing.
func (w *Watching) sweep(ctx context.Context, now time.Time) error {
	head, err := w.Store.Head(ctx, now)
	if err != nil {
		return err
	}
	return w.sendAll(ctx, now, func(l records.WatchList) (bool, error) {
		list, err := w.Store.WatchList(ctx, now, l.Owner, l.Name)
		return list.State.Draft.Whole() || list.State.Version > 0 && list.State.Cursor.N < head.N, err
	})
}

func (w *Watching) sendAll(ctx context.Context, now time.Time, wanted func(records.WatchList) (bool, error)) error {
	after := ""
	for {
		lists, next, err := w.Store.AllWatchLists(ctx, now, after, 500)
		if err != nil {
			return err
		}
		var messages []queue.Message
		for _, l := range lists {
			ok, err := wanted(l)
			if err != nil {
				return err
			}
			if ok {
				messages = append(messages, queue.Message{Queue: Queue, Body: string(encode(work{Owner: l.Owner, List: l.Name}))})
			}
		}
		if err := w.Queue.Send(ctx, messages...); err != nil {
			return err
		}
		if after = next; after == "" {
			return nil
		}
	}
}

// entriesAtOnce is how many journal entries are read at a time.
const entriesAtOnce = 100

// advance takes one list up to the journal's head, or leaves the rest to a new message when the slice is over.
func (w *Watching) advance(ctx context.Context, now time.Time, who, name string) error {
	began := time.Now()
	list, err := w.Store.WatchList(ctx, now, who, name)
	if err != nil || !list.Found() {
		return err
	}
	for list.State.Draft.Whole() {
		if list, err = w.make(ctx, now, list); err != nil {
			return err
		}
	}
	if list.State.Version == 0 {
		return nil
	}
	for {
		head, err := w.Store.Head(ctx, now)
		if err != nil || list.State.Cursor.N >= head.N {
			return err
		}
		entries, err := w.Store.Entries(ctx, now, list.State.Cursor.N, head.N, entriesAtOnce)
		if err != nil {
			return err
		}
		next, err := w.raise(ctx, now, list, entries)
		_, lost := errors.AsType[*records.Lost](err)
		switch {
		case lost || errors.Is(err, blob.ErrNotFound) && w.replaced(ctx, now, list):
			if list, err = w.Store.WatchList(ctx, now, who, name); err != nil { // another worker was here, or the list was replaced
				return err
			}
		case err != nil:
			return err
		default:
			list = next
		}
		if time.Since(began) > w.slice() {
			w.hint(ctx, work{Owner: who, List: name})
			return nil
		}
	}
}

// replaced reports whether a list points to another version or another draft by now: the blobs of the former may be gone.
func (w *Watching) replaced(ctx context.Context, now time.Time, list records.WatchList) bool {
	again, err := w.Store.WatchList(ctx, now, list.Owner, list.Name)
	draft := list.State.Draft
	return err == nil && (again.State.Made != list.State.Made || draft != nil && !again.State.Draft.Is(draft.ID))
}

// The most that one Write of alerts holds besides the list.
const (
	maxAlerts      = 40 // two items each
	maxAlertsBytes = 2 << 20
)

// raise writes the alerts of journal entries with how far the list came, in as many Writes as they need, and returns the list behind the last.
func (w *Watching) raise(ctx context.Context, now time.Time, list records.WatchList, entries []records.StoredEntry) (records.WatchList, error) {
	v, err := w.open(ctx, list)
	if err != nil {
		return list, err
	}
	effects, err := w.effects(ctx, now, list, entries)
	if err != nil {
		return list, err
	}
	b := &records.Batch{}
	at := list.State.Cursor
	flush := func() (err error) {
		s := list.State
		s.Cursor = at
		after := b.PutWatchList(list, s)
		if err = w.Store.Commit(ctx, now, b); err == nil {
			list, b = after, &records.Batch{}
		}
		return err
	}
	for i := range effects {
		hits, err := w.hits(ctx, now, list, v, &effects[i])
		if err != nil {
			return list, err
		}
		for _, h := range hits {
			if h.number < at.Part {
				continue
			}
			if b.Len()/2 >= maxAlerts || b.Bytes() > maxAlertsBytes {
				at.Part = h.number
				if err := flush(); err != nil {
					return list, err
				}
			}
			alert, err := w.alert(ctx, list, &effects[i], h)
			if err != nil {
				return list, err
			}
			if alert != nil {
				b.PutAlert(list.Owner, *alert)
			}
		}
		at = records.WatchCursor{N: effects[i].entry.N}
	}
	return list, flush()
}
