// Package journalcheck provides the comparison of the journal with everything that is said to follow from it.
//
// The journal is folded from its first entry. Its numbers have no gap, its times never run back, its leaves lead to the
// tree of the head, and, where the keys are at hand, each leaf commits to the stored bytes. What the list says about
// each identifier and the state of each listing must be what the entries say.
package journalcheck

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"shixin/shared/journal"
	"shixin/shared/keys"
	"shixin/shared/records"
)

// Options says how far the check goes.
type Options struct {
	Now time.Time // time.Now when zero
	// Seal opens the salts of the leaves. Without it the entries' bytes are not compared with their leaves.
	Seal keys.Sealer
	// Repair puts right what the list says about identifiers, and a head that has fallen behind, from a journal that is sound.
	// Nothing is repaired from a journal that is not: then the table is restored as of one moment.
	Repair bool
}

// Report is what was found.
type Report struct {
	Entries     int64     // in the journal
	Root        string    // of the tree over them, base64
	At          time.Time // of the last entry
	Identifiers int       // that the journal speaks of
	Listings    int
	Leaves      int // compared with the entries' bytes; fewer where texts and salts were erased
	Problems    []Problem
}

// Problem is one contradiction. Its text holds no identifier of a subject.
type Problem struct {
	Text     string
	Repaired bool
}

// Sound reports whether nothing is left to mend.
func (r *Report) Sound() bool {
	return !slices.ContainsFunc(r.Problems, func(p Problem) bool { return !p.Repaired })
}

func (r *Report) add(format string, args ...any) *Problem {
	r.Problems = append(r.Problems, Problem{Text: fmt.Sprintf(format, args...)})
	return &r.Problems[len(r.Problems)-1]
}

// Run checks the register in a store. An error is about the check itself; what is wrong with the register stands in
// the report. A register at work may be checked: where effects come in between, the check begins anew.
func Run(ctx context.Context, store *records.Store, o Options) (Report, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	const attempts = 5
	for attempt := 1; ; attempt++ {
		c := check{ctx: ctx, store: store, o: o, fold: map[string]journal.Record{}, last: map[string]journal.Entry{}}
		err := c.run()
		if err != nil && !errors.Is(err, errMoved) {
			return c.report, err
		}
		head, headErr := store.Head(ctx, o.Now)
		if headErr != nil {
			return c.report, headErr
		}
		if err == nil && (head.N == c.head.N || c.report.Sound()) {
			return c.report, nil
		}
		if attempt == attempts {
			return c.report, errors.New("journalcheck: the list changes too fast to be checked; stop the writers and run it again")
		}
	}
}

var errMoved = errors.New("journalcheck: the list changed meanwhile")

// check is one attempt.
type check struct {
	ctx    context.Context
	store  *records.Store
	o      Options
	head   records.Head
	tree   journal.Head // of the entries, as they were read
	fold   map[string]journal.Record
	last   map[string]journal.Entry // of each listing
	leaves []leaf
	report Report
}

type leaf struct {
	n       int64
	listing string
	hash    [32]byte
	bytes   []byte
}

func (c *check) run() error {
	var err error
	if c.head, err = c.store.Head(c.ctx, c.o.Now); err != nil {
		return err
	}
	if err := c.readEntries(); err != nil {
		return err
	}
	if err := c.compareHead(); err != nil {
		return err
	}
	sound := c.report.Sound()
	c.report.Entries, c.report.At, c.report.Identifiers, c.report.Listings = c.tree.N, c.tree.At, len(c.fold), len(c.last)
	root := c.tree.Root()
	c.report.Root = root.String()
	if err := c.compareRecords(sound); err != nil {
		return err
	}
	return c.compareListings()
}

// page is how many entries, items or listings are read at once.
const page = 500

// readEntries folds the journal as far as its numbers go on.
func (c *check) readEntries() error {
	for {
		entries, err := c.store.EntriesAfter(c.ctx, c.o.Now, c.tree.N, page)
		if err != nil {
			return err
		}
		for i := range entries {
			if err := c.fold1(&entries[i]); err != nil {
				c.report.add("%v", err)
				return nil
			}
		}
		if len(entries) == 0 {
			return nil
		}
	}
}

func (c *check) fold1(e *records.StoredEntry) error {
	if e.At.Before(c.tree.At) {
		return fmt.Errorf("entry %d is from %s, before the entry before it, %s", e.N, e.At.Format(time.RFC3339Nano), c.tree.At.Format(time.RFC3339Nano))
	}
	next, err := c.tree.Add(e.At, e.Leaf)
	if err != nil {
		return err
	}
	c.tree = next.Know(e.Identifiers)
	for _, ref := range slices.Concat(e.Identifiers, e.Left) {
		c.fold[ref.ID()] = c.fold[ref.ID()].Add(e.Entry, ref.ID())
	}
	c.last[e.Listing] = e.Entry
	if c.o.Seal != nil {
		c.leaves = append(c.leaves, leaf{e.N, e.Listing, e.Leaf, e.Bytes})
	}
	return nil
}

// compareHead compares the head with the tree of the entries.
func (c *check) compareHead() error {
	switch h := &c.head; {
	case h.N > c.tree.N:
		c.report.add("entry %d is missing: the head is at %d; restore the table as of one moment", c.tree.N+1, h.N)
	case h.N < c.tree.N:
		p := c.report.add("the head is at %d, and the journal has %d entries", h.N, c.tree.N)
		if c.o.Repair && len(c.report.Problems) == 1 {
			b := &records.Batch{}
			b.PutHead(c.head, c.tree)
			if err := c.commit(b); err != nil {
				return err
			}
			p.Repaired = true
			var err error
			if c.head, err = c.store.Head(c.ctx, c.o.Now); err != nil {
				return err
			}
		}
	case !slices.Equal(h.Frontier, c.tree.Frontier):
		c.report.add("the leaves of the entries do not lead to the tree of the head: an entry was changed, or the head")
	case !h.At.Equal(c.tree.At):
		c.report.add("the head is from %s, and the last entry from %s", h.At.Format(time.RFC3339Nano), c.tree.At.Format(time.RFC3339Nano))
	case !same(h.Lists, c.tree.Lists):
		c.report.add("the head knows other lists than the entries name")
	}
	return nil
}

// compareRecords compares what the list says about each identifier with the fold.
func (c *check) compareRecords(sound bool) error {
	ids := slices.Sorted(maps.Keys(c.fold))
	for part := range slices.Chunk(ids, page) {
		stored, err := c.store.Records(c.ctx, c.o.Now, part)
		if err != nil {
			return err
		}
		for _, rec := range stored {
			if want := c.fold[rec.ID]; !same(rec.Record, want) {
				p := c.report.add("what the list says about an identifier of listing %s %s", about(rec.Record, want), how(rec.Record, want))
				if !c.o.Repair || !sound {
					continue
				}
				b := &records.Batch{}
				b.CheckHead(c.head)
				rec.Record = want
				b.PutRecord(rec)
				if err := c.commit(b); err != nil {
					return err
				}
				p.Repaired = true
			}
		}
	}
	return nil
}

func (c *check) commit(b *records.Batch) error {
	err := c.store.Commit(c.ctx, c.o.Now, b)
	if records.IsLost(err) {
		return errMoved
	}
	return err
}

// about names a listing by which a problem can be found: its id says nothing about the subject.
func about(have, want journal.Record) string {
	for _, r := range []journal.Record{want, have} {
		if len(r.Listings) > 0 {
			return r.Listings[len(r.Listings)-1].Listing
		}
	}
	return "?"
}

func how(have, want journal.Record) string {
	switch {
	case len(have.Listings) == 0:
		return "is missing"
	case have.Last() < want.Last():
		return fmt.Sprintf("ends with entry %d, and the journal speaks of it up to entry %d", have.Last(), want.Last())
	case have.Last() > want.Last():
		return fmt.Sprintf("goes up to entry %d, and the journal speaks of it up to entry %d", have.Last(), want.Last())
	}
	return "is not what the journal says"
}

// same compares stored documents.
func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
