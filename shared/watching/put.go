package watching

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/repeat"
)

// Part says which part of a list a call brings: part Part of Parts, from 1. A list of one part is {1, 1}.
type Part struct{ Part, Parts int }

// ListView is a watch list as its owner sees it.
type ListView struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	// State is receiving while parts are missing, loading while the list is made, and active.
	State       string     `json:"state"`
	Entries     int        `json:"entries"`
	At          *time.Time `json:"at,omitempty"`           // of the version that is watched
	Since       *int64     `json:"since,omitempty"`        // effects behind this list version raise alerts
	ListVersion *int64     `json:"list_version,omitempty"` // all alerts up to it are there
	Missing     []int      `json:"missing,omitempty"`      // parts that have not come, at most 100
	// What became of the rows of this call.
	Accepted      *int             `json:"accepted,omitempty"`
	RejectedTotal *int             `json:"rejected_total,omitempty"`
	Rejected      []fault.Rejected `json:"rejected,omitzero"` // the first 1,000
}

const (
	mostRejected = 1000
	// inline is how many entries are made into a list while the caller waits.
	inline = 5000
)

func view(l records.WatchList) ListView {
	v := ListView{Name: l.Name, Version: l.State.Version, State: "active", Entries: l.State.Entries}
	if l.State.Version > 0 {
		v.At, v.Since, v.ListVersion = &l.State.At, &l.State.Since, &l.State.Cursor.N
	}
	switch d := l.State.Draft; {
	case d.Whole():
		v.State = "loading"
	case d != nil:
		v.State = "receiving"
		for p := 1; p <= d.Parts; p++ {
			if _, has := d.Came[p]; !has {
				v.Missing = append(v.Missing, p)
			}
		}
	}
	return v
}

// Put replaces a list by what the parts of one or several calls bring. Until the last part has come and the list is made, the one before is watched.
// Each part may be sent again. The answer is 200, or 201 for a new list, where the list is watched now, and 202 where it is not yet.
func (w *Watching) Put(ctx context.Context, call repeat.Call, name string, part Part, rows []Row) (*repeat.Reply, error) {
	who := owner(call.Who)
	list, err := w.Store.WatchList(ctx, call.Now, who, name)
	if err != nil {
		return nil, err
	}
	if err := w.may(ctx, call, list); err != nil {
		return nil, err
	}
	entries, rejected, err := w.readRows(ctx, call, name, rows)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 && len(rejected) > 0 {
		return nil, noneWatched(rejected)
	}
	base := list.State.Version
	draft := records.WatchDraft{ID: records.NewID(call.Now), Base: base, Parts: part.Parts}
	came := records.WatchPart{Entries: len(entries), Blob: partBlob(folder(who, name), draft.ID)}
	if err := w.putBlob(ctx, came.Blob, encode(entries)); err != nil {
		return nil, err
	}
	if list, err = w.note(ctx, call, list, draft, part.Part, came); err != nil {
		if fault.Of(err) != "" { // of a write whose answer was lost the part may be noted
			w.drop(ctx, came.Blob)
		}
		return nil, err
	}
	if list.State.Draft.Whole() {
		if list.State.Draft.Entries() <= inline {
			if list, err = w.make(ctx, call.Now, list); err != nil {
				return nil, err
			}
		} else {
			w.hint(ctx, work{Owner: who, List: name})
		}
		if d := list.State.Draft; list.State.Made != draft.ID && (d == nil || d.Came[part.Part] != came) {
			return nil, stale() // another call brought the same part meanwhile, and that one counts
		}
	}
	v := view(list)
	accepted, total := len(entries), len(rejected)
	v.Accepted, v.RejectedTotal, v.Rejected = &accepted, &total, rejected[:min(total, mostRejected)]
	reply := &repeat.Reply{Status: 200, Version: list.State.Version, Body: encode(v)}
	switch {
	case v.State != "active":
		reply.Status, reply.Version = 202, 0
	case base == 0:
		reply.Status = 201
	}
	return reply, nil
}

// may refuses a call that was not meant for the list as it is.
func (w *Watching) may(ctx context.Context, call repeat.Call, list records.WatchList) error {
	switch {
	case list.State.Version > 0 && call.IfMatch == nil:
		return fault.New(fault.PreconditionRequired, "the list exists: send its ETag as If-Match to replace it", "该名单已存在:替换须以 If-Match 发送其 ETag")
	case list.State.Version > 0 && !call.Matches(list.State.Version), list.State.Version == 0 && call.IfMatch != nil:
		return stale()
	case list.Found():
		return nil
	}
	all, err := w.Store.OwnWatchLists(ctx, call.Now, owner(call.Who))
	if err == nil && len(all) >= MaxLists {
		err = fault.New(fault.Conflict, fmt.Sprintf("at most %d watch lists; replace one of them", MaxLists), "关注名单数量已达上限,请替换已有名单")
	}
	return err
}

// readRows makes entries of rows. Two rows that mean the same are one too many.
func (w *Watching) readRows(ctx context.Context, call repeat.Call, name string, rows []Row) ([]entry, []fault.Rejected, error) {
	entries, rejected := []entry{}, []fault.Rejected{}
	lines := map[string]int{}
	for _, row := range rows {
		e, err := entry{}, row.Err
		if err == nil {
			e, err = w.read(ctx, call.Who, call.Now, name, row.Input)
		}
		if err != nil && fault.Of(err) != fault.Invalid && fault.Of(err) != fault.Malformed {
			return nil, nil, err
		}
		if line, twice := lines[e.Key]; err == nil && twice {
			err = fault.At("/id", fmt.Sprintf("the same as line %d", line), fmt.Sprintf("与第 %d 行重复", line))
		}
		if err != nil {
			rejected = append(rejected, fault.Reject(row.Line, err)[0])
			continue
		}
		lines[e.Key] = row.Line
		entries = append(entries, e)
	}
	return entries, rejected, nil
}

// noneWatched is the refusal of rows of which not one can be watched: that is mostly another header, delimiter or encoding, and would replace a list by
// nothing.
func noneWatched(rejected []fault.Rejected) error {
	first := rejected[0]
	f := fault.New(fault.Invalid, fmt.Sprintf("none of the rows can be watched, and nothing was changed; line %d: %s", first.Line, first.Detail), "所有行均无法关注,未作任何更改")
	for _, r := range rejected[:min(len(rejected), 100)] {
		f.Fields = append(f.Fields, fault.Field{Pointer: r.Pointer, Detail: fmt.Sprintf("line %d: %s", r.Line, r.Detail)})
	}
	return f
}

func partBlob(folder, id string) string { return folder + "/part-" + id }

// note adds a part that has come to the list's draft, under the draft's new id. The part that came before under its number is forgotten, and so are those
// of another upload, with another number of parts.
func (w *Watching) note(ctx context.Context, call repeat.Call, list records.WatchList, draft records.WatchDraft, part int, came records.WatchPart) (records.WatchList, error) {
	err := repeat.Retry(ctx, func() (err error) {
		if list, err = w.Store.WatchList(ctx, call.Now, list.Owner, list.Name); err != nil {
			return err
		}
		s := list.State
		if s.Version != draft.Base {
			return stale()
		}
		d := draft
		d.Came = map[int]records.WatchPart{}
		if s.Draft != nil && s.Draft.Parts == d.Parts {
			maps.Copy(d.Came, s.Draft.Came)
		}
		d.Came[part] = came
		if d.Entries() > MaxEntries {
			return fault.New(fault.Invalid, fmt.Sprintf("a watch list has at most %d entries; this part would make it %d", MaxEntries, d.Entries()), "关注名单最多 100,000 条")
		}
		before := s.Draft
		s.Draft, s.Role, s.USCC = &d, call.Who.Role, call.Who.USCC
		if s.Version == 0 && d.Whole() { // what comes while the list is made is told too
			head, err := w.Store.Head(ctx, call.Now)
			if err != nil {
				return err
			}
			s.Since, s.Cursor = head.N, records.WatchCursor{N: head.N}
		}
		b := &records.Batch{}
		after := b.PutWatchList(list, s)
		if err = w.Store.Commit(ctx, call.Now, b); err != nil {
			return err
		}
		list = after
		if before != nil {
			for n, p := range before.Came {
				if d.Came[n] != p {
					w.drop(ctx, p.Blob)
				}
			}
		}
		return nil
	})
	return list, err
}

// make makes the version that a whole draft describes, and points the list to it. Where another has done it, or a part has come anew, it takes the list
// as it is then.
func (w *Watching) make(ctx context.Context, now time.Time, list records.WatchList) (records.WatchList, error) {
	draft := *list.State.Draft
	at := folder(list.Owner, list.Name)
	entries, err := w.draft(ctx, draft)
	if errors.Is(err, blob.ErrNotFound) && w.replaced(ctx, now, list) {
		return w.Store.WatchList(ctx, now, list.Owner, list.Name)
	}
	if err != nil {
		return list, err
	}
	named, err := w.writeVersion(ctx, at, draft.ID, entries) // whoever makes it of this draft makes the same
	if err != nil {
		return list, err
	}
	err = repeat.Retry(ctx, func() (err error) {
		if list, err = w.Store.WatchList(ctx, now, list.Owner, list.Name); err != nil {
			return err
		}
		before := list.State
		if !before.Draft.Is(draft.ID) {
			if before.Made != draft.ID {
				w.dropVersion(ctx, at, draft.ID, len(entries))
			}
			return nil
		}
		s := before
		s.Version, s.Made, s.Entries, s.Named, s.At, s.Draft = s.Version+1, draft.ID, len(entries), named, moment(now), nil
		s.Cursor.Part = 0 // alerts of the entry under way are stored again under the same ids
		b := &records.Batch{}
		after := b.PutWatchList(list, s)
		if err = w.Store.Commit(ctx, now, b); err != nil {
			return err
		}
		list = after
		if before.Made != "" {
			w.dropVersion(ctx, at, before.Made, before.Entries)
		}
		for _, p := range draft.Came {
			w.drop(ctx, p.Blob)
		}
		return nil
	})
	return list, err
}

// draft reads the entries of a draft, each once though it is in two parts.
func (w *Watching) draft(ctx context.Context, d records.WatchDraft) (entries []entry, err error) {
	seen := map[string]bool{}
	for _, n := range slices.Sorted(maps.Keys(d.Came)) {
		body, err := w.getBlob(ctx, d.Came[n].Blob)
		if err != nil {
			return nil, err
		}
		var some []entry
		if err := json.Unmarshal(body, &some); err != nil {
			return nil, err
		}
		for _, e := range some {
			if !seen[e.Key] {
				seen[e.Key] = true
				entries = append(entries, e)
			}
		}
	}
	return entries, nil
}

// work is a message: the journal has moved, or lists that were left are to be sought, or one list is to be made or to go on.
type work struct {
	Owner string `json:"owner,omitempty"`
	List  string `json:"list,omitempty"`
	Sweep bool   `json:"sweep,omitempty"`
}

// hint sends a message about what is written already: if it is lost, the next sweep finds the work.
func (w *Watching) hint(ctx context.Context, m work) {
	if err := w.Queue.Send(ctx, queue.Message{Queue: Queue, Body: string(encode(m))}); err != nil {
		w.log().WarnContext(ctx, "a message was not sent; the next sweep sends it", "queue", Queue, "error", err)
	}
}
