package register

import (
	"context"
	"slices"
	"time"

	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/listing"
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

// rivalError says which change's subject has an open listing on its ground already.
type rivalError struct {
	change *change
	err    error
}

func (e *rivalError) Error() string { return e.err.Error() }
func (e *rivalError) Unwrap() error { return e.err }

// commit writes changes of listings with all that follows from them, all or nothing: state, events, sealed texts, places in
// queues, claims, journal entries, what the list says about each identifier, and the head. head is the head that was read, nil where no
// change has an effect. more adds what else belongs to the same Write. It returns *records.Lost when others wrote meanwhile.
func (r *Register) commit(ctx context.Context, now time.Time, head *records.Head, changes []*change, more func(*records.Batch) error) error {
	b := &records.Batch{}
	if err := r.claims(ctx, now, changes, b); err != nil {
		return err
	}
	if err := r.journal(ctx, now, head, changes, b); err != nil {
		return err
	}
	for _, c := range changes {
		sealed, err := c.vault.seal(ctx, r.Seal, c.after.ID)
		if err != nil {
			return err
		}
		if len(sealed) > table.MaxItemBytes-4096 {
			return records.TooLarge()
		}
		var ends workday.Day
		if c.after.State == listing.Listed && c.after.Term.Until != "" &&
			(c.stored.State.State != listing.Listed || c.stored.State.Term.Until != c.after.Term.Until) {
			ends = max(c.after.Term.Until, workday.DayOf(now)) // the clock has passed earlier days
		}
		b.PutListing(c.stored, c.after, c.events, sealed, earliest(listing.Clocks(c.after, c.rules)), ends)
		if was := c.stored.State.State == listing.Removed; was != (c.after.State == listing.Removed) {
			b.MarkRemoved(c.after.ID, !was)
		}
	}
	if more != nil {
		if err := more(b); err != nil {
			return err
		}
	}
	return r.Store.Commit(ctx, now, b)
}

// journal adds an entry for each effect, and what the list then says about each identifier.
func (r *Register) journal(ctx context.Context, now time.Time, head *records.Head, changes []*change, b *records.Batch) error {
	var entries []journal.Entry
	var owner []*change
	for _, c := range changes {
		c.after = c.stored.State
		for _, e := range c.events {
			before := c.after
			after, err := listing.Fold(before, e)
			if err != nil {
				return err
			}
			c.after = after
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
		next = next.Know(e.Identifiers)
		b.PutEntry(e.N, bytes, leaf)
		for _, ref := range slices.Concat(e.Identifiers, e.Left) {
			rec := touched[ref.ID()]
			rec.Record = rec.Record.Add(*e, ref.ID())
			touched[ref.ID()] = rec
		}
	}
	for _, id := range ids {
		b.PutRecord(touched[id])
	}
	for _, c := range owner { // what the terms add up to now, for whoever is answered
		c.rules.Accrued = ""
		if !adds(&c.after, &c.rules) {
			continue
		}
		for _, ref := range claimed(&c.after) {
			rec := touched[ref.ID()]
			c.rules.Accrued = max(c.rules.Accrued, rec.Record.Until(c.after.ID, now))
		}
	}
	b.PutHead(*head, next)
	return nil
}

// claims keeps one open listing of a subject on a ground: an identifier of a listing that opens, or that a correction brings
// in, is claimed, and one that goes is given back.
func (r *Register) claims(ctx context.Context, now time.Time, changes []*change, b *records.Batch) error {
	held := map[string]*records.Claim{}
	var order []string
	for _, c := range changes {
		after, err := listing.Fold(c.stored.State, c.events...)
		if err != nil {
			return err
		}
		had, has := openClaims(&c.stored.State), openClaims(&after)
		var refs []subject.Ref
		for _, ref := range slices.Concat(had, has) {
			if contains(had, ref) != contains(has, ref) && !contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
		if err := r.hold(ctx, now, refs, &after, held, &order); err != nil {
			return err
		}
		for _, ref := range refs {
			claim := held[claimID(ref, &after)]
			switch {
			case !contains(has, ref):
				if claim.Open == after.ID {
					claim.Open = ""
				}
			case claim.Open != "" && claim.Open != after.ID:
				return &rivalError{c, secondOpen()}
			default:
				claim.Open = after.ID
				if !slices.Contains(claim.All, after.ID) {
					claim.All = append(claim.All, after.ID)
				}
			}
		}
	}
	for _, id := range order {
		b.PutClaim(*held[id])
	}
	return nil
}

func claimID(ref subject.Ref, l *listing.Listing) string {
	return ref.ID() + "#" + l.Regime + "#" + l.Ground
}

// hold reads claims that are not held yet.
func (r *Register) hold(ctx context.Context, now time.Time, refs []subject.Ref, l *listing.Listing, held map[string]*records.Claim, order *[]string) error {
	var missing []subject.Ref
	for _, ref := range refs {
		if held[claimID(ref, l)] == nil {
			missing = append(missing, ref)
		}
	}
	claims, err := r.Store.Claims(ctx, now, missing, l.Regime, l.Ground)
	if err != nil {
		return err
	}
	for i, ref := range missing {
		held[claimID(ref, l)] = &claims[i]
		*order = append(*order, claimID(ref, l))
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
