package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// slice is how long one message's work may take before it goes on by a new message.
const slice = 40 * time.Second

// Work does one slice of an import: rows without a decision become proposals as soon as the import is received, rows with one become listings
// once it is adopted. Listings, effects and the place in the import are committed in one Write, so that work that is killed anywhere goes on
// where it stopped and lists nothing twice. A message that is late, doubled or for a finished import changes nothing.
func (r *Register) Work(ctx context.Context, id string, now time.Time) error {
	began := time.Now()
	imp, found, err := r.Store.Import(ctx, now, id)
	if err != nil || !found {
		return err
	}
	sweeps := []sweep{{imp: imp, passed: &imp.Opened}}
	if imp.State == records.ImportAdopting {
		sweeps = append(sweeps, sweep{imp: imp, passed: &imp.Adopted, decided: true})
	}
	for i := range sweeps {
		s := &sweeps[i]
		for *s.passed < imp.Rows {
			if time.Since(began) > slice {
				return r.send(ctx, id)
			}
			err := repeat.Retry(ctx, func() error {
				err := r.some(ctx, now, s, imp.Rows)
				if lost, ok := errors.AsType[*records.Lost](err); ok && lost.Has("import") {
					return errElsewhere
				}
				return err
			})
			if errors.Is(err, errElsewhere) || errors.Is(err, records.ErrNoChunk) && r.moved(ctx, now, imp) {
				return nil // it goes on there
			}
			if err != nil {
				return err
			}
		}
	}
	if imp.Decided == 0 || imp.State != records.ImportReceived {
		return r.finish(ctx, now, imp)
	}
	return nil
}

// errElsewhere says that another worker works on the same import.
var errElsewhere = errors.New("register: another worker works on this import")

// moved reports whether another worker has changed an import since it was read; at its end it dropped the rows.
func (r *Register) moved(ctx context.Context, now time.Time, imp *records.Import) bool {
	again, found, err := r.Store.Import(ctx, now, imp.ID)
	return err == nil && found && again.Version() != imp.Version()
}

// finish closes an import whose rows have all become what they could, and drops the rows.
func (r *Register) finish(ctx context.Context, now time.Time, imp *records.Import) error {
	if imp.State == records.ImportAdopting {
		imp.State = records.ImportAdopted
		b := &records.Batch{}
		b.PutImportState(imp)
		if err := r.Store.Commit(ctx, now, b); err != nil && !records.IsLost(err) {
			return err
		}
		_ = r.Queue.Send(ctx, queue.Message{Queue: IndexQueue, Body: "{}"}) // a schedule looks too
	}
	return r.Store.DropChunks(ctx, now, imp)
}

// sweep is one pass over the rows of an import: over those with a decision, or over those without.
type sweep struct {
	imp     *records.Import
	passed  *int // rows passed, in the import's state
	decided bool
	chunk   int // the chunk in memory, when rows is set
	first   int // the number of its first row
	rows    []keptRow
}

// row reads the row numbered n, from 0.
func (s *sweep) row(ctx context.Context, r *Register, now time.Time, n int) (keptRow, error) {
	if s.rows == nil || n < s.first || n >= s.first+len(s.rows) {
		s.first = 0
		for s.chunk = 0; n >= s.first+s.imp.Chunks[s.chunk]; s.chunk++ {
			s.first += s.imp.Chunks[s.chunk]
		}
		rows, err := r.openRows(ctx, now, s.imp.ID, s.chunk)
		if err != nil {
			return keptRow{}, err
		}
		if len(rows) != s.imp.Chunks[s.chunk] {
			return keptRow{}, fmt.Errorf("register: import %s: chunk %d is short", s.imp.ID, s.chunk)
		}
		s.rows = rows
	}
	return s.rows[n-s.first], nil
}

// maxBatchBytes leaves room for the state of the import and for the records of identifiers with a long past.
const maxBatchBytes = 2 << 20

// some brings as many rows into the register as one Write takes, at most as many as most.
func (r *Register) some(ctx context.Context, now time.Time, s *sweep, most int) error {
	var head *records.Head
	if s.decided {
		r.effects.Lock()
		defer r.effects.Unlock()
		h, err := r.Store.Head(ctx, now)
		if err != nil {
			return err
		}
		head, now = &h, later(now, h.At)
	}
	before := *s.imp
	before.Failed = before.Failed[:len(before.Failed):len(before.Failed)]
	var changes []*change
	ops, size, n := 2, 0, *s.passed // the head and the state of the import
	for ; n < s.imp.Rows; n++ {
		row, err := s.row(ctx, r, now, n)
		if err != nil {
			return err
		}
		if (row.Row.Decided != nil) != s.decided {
			continue
		}
		cost := 7 + 2*len(row.Row.Subject.Identifiers) // state, event, texts, queue, work, entry, day; record and claim of each identifier
		bytes := 3 * row.size
		if len(changes) > 0 && (len(changes) == most || ops+cost > table.MaxOps || size+bytes > maxBatchBytes) {
			break
		}
		c, err := r.fromRow(ctx, now, s.imp, row)
		if err == nil {
			c.line = row.Line
			changes = append(changes, c)
			ops, size = ops+cost, size+bytes
			continue
		}
		if !s.fail(row.Line, err) {
			return err
		}
	}
	*s.passed = n
	for {
		err := r.bring(ctx, now, head, s, changes)
		if err == nil {
			return nil
		}
		one, ok := errors.AsType[*changeError](err)
		if !ok && len(changes) == 1 && fault.Of(err) == fault.Conflict {
			one, ok = &changeError{changes[0], err}, true
		}
		if !ok || !s.fail(one.change.line, one.err) {
			*s.imp = before
			if !ok && len(changes) > 1 && fault.Of(err) == fault.Conflict { // together they are too large
				return r.some(ctx, now, s, len(changes)/2)
			}
			return err
		}
		changes = slices.DeleteFunc(slices.Clone(changes), func(c *change) bool { return c == one.change })
	}
}

// bring commits changes together with the place in the import.
func (r *Register) bring(ctx context.Context, now time.Time, head *records.Head, s *sweep, changes []*change) error {
	opened, listed := s.imp.Proposed, s.imp.Listed
	if s.decided {
		s.imp.Listed += len(changes)
	} else {
		s.imp.Proposed += len(changes)
	}
	err := r.commit(ctx, now, head, changes, func(b *records.Batch) error { b.PutImportState(s.imp); return nil })
	if err != nil {
		s.imp.Proposed, s.imp.Listed = opened, listed
		return err
	}
	s.imp.Stored()
	return nil
}

// fail notes a row that cannot become a listing; false when the error is not the row's.
func (s *sweep) fail(line int, err error) bool {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Kind == fault.Unavailable {
		return false
	}
	s.imp.Failures++
	if len(s.imp.Failed) < maxReported {
		failure := records.RowFailure{Line: line, Detail: f.Detail}
		if len(f.Fields) > 0 {
			failure.Pointer, failure.Detail = f.Fields[0].Pointer, f.Fields[0].Detail
		}
		s.imp.Failed = append(s.imp.Failed, failure)
	}
	return true
}

// fromRow makes the events of a row: a proposal by the importer and, where a decision was taken elsewhere, its adoption by the adopter.
func (r *Register) fromRow(ctx context.Context, now time.Time, imp *records.Import, row keptRow) (*change, error) {
	v := newVault()
	p, rules, err := r.proposal(ctx, Call{Who: imp.Importer, Now: imp.At}, row.Row, v, workday.DayOf(imp.At))
	if err != nil {
		return nil, err
	}
	p.ID, p.Import = records.NewID(now), imp.ID
	events, err := listing.Decide(listing.Listing{}, p, actor(imp.Importer, false), rules, now)
	if err != nil {
		return nil, err
	}
	if row.Row.Decided == nil {
		return &change{events: events, vault: v, rules: rules}, nil
	}
	l, err := listing.Fold(listing.Listing{}, events...)
	if err != nil {
		return nil, err
	}
	if err := r.Policy.Allow(*imp.Adopter, "listing.decision", resource(*imp.Adopter, &l, rules, workday.DayOf(now))); err != nil {
		return nil, err
	}
	adopted, err := listing.Decide(l, listing.Adopt{}, actor(*imp.Adopter, false), rules, now)
	if err != nil {
		return nil, err
	}
	return &change{events: append(events, adopted...), vault: v, rules: rules}, nil
}

// Sweep sends a message for each import that has work left, and one to those who wait for journal entries, so that a lost message loses
// nothing.
func (r *Register) Sweep(ctx context.Context, now time.Time) error {
	ids, err := r.Store.OpenImports(ctx, now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.send(ctx, id); err != nil {
			return err
		}
	}
	if r.Watchers == nil {
		return nil
	}
	return r.Watchers.Send(ctx, queue.Message{Queue: WatchersQueue, Body: `{"sweep":true}`})
}
