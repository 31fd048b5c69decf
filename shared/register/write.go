package register

import (
	"context"
	"reflect"
	"slices"
	"time"

	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/listing"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// change is what happens to one listing in one Write.
type change struct {
	stored records.Listing
	events []listing.Event
	vault  *vault
	rules  listing.Rules
	after  listing.Listing // set by commit
	line   int             // of the import's row that it comes from
}

// changeError says which of several changes is refused.
type changeError struct {
	change *change
	err    error
}

func (e *changeError) Error() string { return e.err.Error() }
func (e *changeError) Unwrap() error { return e.err }

// commit writes changes of listings with all that follows from them, all or nothing: state, events, sealed texts, places in
// queues, claims, journal entries, what the list says about each identifier, and the head. head is the head that was read, nil where no
// change has an effect. more adds what else belongs to the same Write. It returns *records.Lost when others wrote meanwhile.
func (r *Register) commit(ctx context.Context, now time.Time, head *records.Head, changes []*change, more func(*records.Batch) error) error {
	b := &records.Batch{}
	for _, c := range changes {
		var err error
		if c.after, err = listing.Fold(c.stored.State, c.events...); err != nil {
			return err
		}
	}
	if err := r.claims(ctx, now, changes, b); err != nil {
		return err
	}
	if err := r.journal(ctx, now, head, changes, b); err != nil {
		return err
	}
	for _, c := range changes {
		step := c.events[len(c.events)-1]
		sealed, err := c.vault.seal(ctx, r.Seal, c.after.ID, step)
		if err != nil {
			return refused(c, err)
		}
		var ends workday.Day
		if c.after.State == listing.Listed && c.after.Term.Until != "" &&
			(c.stored.State.State != listing.Listed || c.stored.State.Term.Until != c.after.Term.Until) {
			ends = max(c.after.Term.Until, workday.DayOf(now)) // the clock has passed earlier days
		}
		size := b.PutListing(c.stored, c.after, c.events, sealed, earliest(listing.Clocks(c.after, c.rules)), ends)
		if err := checkState(step, &c.after, size); err != nil {
			return refused(c, err)
		}
		c.queue(b)
		if was := c.stored.State.State == listing.Removed; was != (c.after.State == listing.Removed) {
			b.MarkRemoved(c.after.ID, !was)
		}
	}
	if more != nil {
		if err := more(b); err != nil {
			return err
		}
	}
	if err := r.Store.Commit(ctx, now, b); err != nil {
		return err
	}
	if head != nil && r.Watchers != nil {
		// What is written already stands, whether or not anybody is told: a sweep finds who is behind the journal.
		_ = r.Watchers.Send(ctx, queue.Message{Queue: WatchersQueue, Body: "{}"})
	}
	return nil
}

// WatchersQueue is the logical name of the queue of those who wait for journal entries.
const WatchersQueue = "publisher"

// queue puts what waits of the listing into its authority's queue of work, where the change makes it otherwise.
func (c *change) queue(b *records.Batch) {
	after := listing.Item(c.after, c.rules)
	if c.stored.State.Version == 0 {
		b.PutWork(after, false)
		return
	}
	if before := listing.Item(c.stored.State, c.rules); !reflect.DeepEqual(before, after) {
		b.PutWork(after, len(before.Waits) > 0)
	}
}

// refused says of which change a refusal is; other errors are of all.
func refused(c *change, err error) error {
	if fault.Of(err) == "" {
		return err
	}
	return &changeError{c, err}
}

// journal adds an entry for each effect, and what the list then says about each identifier.
func (r *Register) journal(ctx context.Context, now time.Time, head *records.Head, changes []*change, b *records.Batch) error {
	var entries []journal.Entry
	var owner []*change
	for _, c := range changes {
		after := c.stored.State
		for i, e := range c.events {
			before := after
			if i == len(c.events)-1 {
				after = c.after
			} else if folded, err := listing.Fold(before, e); err != nil {
				return err
			} else {
				after = folded
			}
			if _, has := listing.Effect(e); has {
				entry := listing.Entry(before, after, e, c.rules)
				entry.At = e.At
				entries = append(entries, entry)
				owner = append(owner, c)
			}
		}
	}
	if len(entries) == 0 {
		return nil
	}
	touched := map[string]records.Record{}
	var ids []string
	for _, e := range entries {
		for _, ref := range slices.Concat(e.Identifiers, e.Left) {
			ids = append(ids, ref.ID())
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for part := range slices.Chunk(ids, table.MaxKeys) {
		read, err := r.Store.Records(ctx, now, part)
		if err != nil {
			return err
		}
		for _, rec := range read {
			touched[rec.ID] = rec
		}
	}
	next := head.Head
	for i := range entries {
		e := &entries[i]
		e.N = next.N + 1
		bytes, err := journal.Encode(*e)
		if err != nil {
			return err
		}
		salt := randomBytes(16)
		owner[i].vault.Salts[e.N] = salt
		leaf := journal.Leaf(salt, bytes)
		if next, err = next.Add(e.At, leaf); err != nil {
			return err
		}
		if next = next.Know(e.Identifiers); len(next.Lists) > max(mostLists, len(head.Lists)) {
			return &changeError{owner[i], tooManyLists()}
		}
		b.PutEntry(e.N, bytes, leaf)
		for _, ref := range slices.Concat(e.Identifiers, e.Left) {
			rec := touched[ref.ID()]
			rec.Record = rec.Record.Add(*e, ref.ID())
			touched[ref.ID()] = rec
			if rec.Record.Spans() > manySpans && len(encodeJSON(rec.Record)) > recordRoom(e.Type) {
				return &changeError{owner[i], recordFull()}
			}
		}
	}
	for _, id := range ids {
		b.PutRecord(touched[id])
	}
	for _, c := range owner { // what the terms add up to now, for whoever is answered
		c.rules.Accrued, c.rules.Sum = "", nil
		if !adds(&c.after, &c.rules) {
			continue
		}
		for _, ref := range claimed(&c.after) {
			rec := touched[ref.ID()]
			add(&c.rules, rec.Record, c.after.ID, now)
		}
	}
	b.PutHead(*head, next)
	return nil
}

// claims keeps one open listing of a subject on a ground: an identifier of a listing that opens, or that a correction brings
// in, is claimed, and one that goes is given back.
func (r *Register) claims(ctx context.Context, now time.Time, changes []*change, b *records.Batch) error {
	type move struct {
		change *change
		key    records.ClaimKey
		has    bool // the identifier is the listing's after the change
	}
	var moves []move
	var keys []records.ClaimKey
	held := map[records.ClaimKey]*records.Claim{}
	for _, c := range changes {
		had, has := openClaims(&c.stored.State), openClaims(&c.after)
		for _, ref := range slices.Concat(had, has) {
			m := move{c, records.ClaimKey{Ref: ref.ID(), Regime: c.after.Regime, Ground: c.after.Ground}, contains(has, ref)}
			if contains(had, ref) == m.has {
				continue
			}
			moves = append(moves, m)
			if _, known := held[m.key]; !known {
				held[m.key] = nil
				keys = append(keys, m.key)
			}
		}
	}
	for part := range slices.Chunk(keys, table.MaxKeys) {
		claims, err := r.Store.Claims(ctx, now, part)
		if err != nil {
			return err
		}
		for i := range claims {
			held[part[i]] = &claims[i]
		}
	}
	for _, m := range moves {
		claim, id := held[m.key], m.change.after.ID
		switch {
		case !m.has:
			if claim.Open == id {
				claim.Open = ""
			}
			if !m.change.after.WasNoticed() { // it was never more than a draft, of which the subject learns nothing
				claim.All = slices.DeleteFunc(claim.All, func(one string) bool { return one == id })
			}
		case claim.Open != "" && claim.Open != id:
			return &changeError{m.change, secondOpen()}
		default:
			claim.Open = id
			if !slices.Contains(claim.All, id) {
				claim.All = append(claim.All, id)
			}
		}
	}
	for _, key := range keys {
		b.PutClaim(*held[key])
	}
	return nil
}

func secondOpen() error {
	return fault.New(fault.Conflict, "the subject has an open listing on this ground already; one at a time", "该主体在同一列入事由下已有未了结的名单")
}

// claimed is the identifiers by which a listing's subject is one subject: those that identify it for good, or all where it has none.
func claimed(l *listing.Listing) []subject.Ref {
	var good []subject.Ref
	for _, ref := range l.Content.Subject.Identifiers {
		if ref.Scheme.Identity() {
			good = append(good, ref)
		}
	}
	if len(good) == 0 {
		return l.Content.Subject.Identifiers
	}
	return good
}

func openClaims(l *listing.Listing) []subject.Ref {
	switch l.State {
	case listing.Proposed, listing.Noticed, listing.Listed:
		return claimed(l)
	}
	return nil
}

func contains(refs []subject.Ref, r subject.Ref) bool {
	return slices.ContainsFunc(refs, func(x subject.Ref) bool { return x.ID() == r.ID() })
}

func earliest(due []listing.Due) workday.Day {
	for _, d := range due { // sorted, days first
		return d.By
	}
	return ""
}
