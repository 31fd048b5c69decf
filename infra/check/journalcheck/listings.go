package journalcheck

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"shixin/shared/journal"
	"shixin/shared/listing"
	"shixin/shared/register"
)

// compareListings compares the state of each listing with its events, and with the last thing that the journal says of it.
func (c *check) compareListings() error {
	ids := slices.Sorted(maps.Keys(c.last))
	salts := map[string]map[int64][]byte{}
	for part := range slices.Chunk(ids, 100) {
		stored, err := c.store.Listings(c.ctx, c.o.Now, part)
		if err != nil {
			return err
		}
		found := map[string]bool{}
		for i := range stored {
			l := &stored[i].State
			found[l.ID] = true
			if err := c.compareEvents(l); err != nil {
				return err
			}
			last := c.last[l.ID]
			if why := differs(l, &last); why != "" {
				c.report.add("listing %s: %s", l.ID, why)
			}
			if c.o.Seal != nil && stored[i].Sealed != nil {
				if salts[l.ID], err = register.Salts(c.ctx, c.o.Seal, stored[i]); err != nil {
					c.report.add("listing %s: its sealed part does not open", l.ID)
				}
			}
		}
		for _, id := range part {
			if !found[id] {
				c.report.add("listing %s is in the journal and not in the register", id)
			}
		}
	}
	for _, leaf := range c.leaves {
		salt, kept := salts[leaf.listing][leaf.n]
		if !kept {
			continue // erased; the leaf stands for the proofs
		}
		c.report.Leaves++
		if journal.Leaf(salt, leaf.bytes) != leaf.hash {
			c.report.add("entry %d is not what its leaf commits to: it was changed", leaf.n)
		}
	}
	return nil
}

// compareEvents folds the events of a listing, each of which carries the hash of the one before it.
func (c *check) compareEvents(l *listing.Listing) error {
	events, _, err := c.store.Events(c.ctx, c.o.Now, l.ID, 0, 1<<20)
	if err != nil {
		return err
	}
	folded, err := listing.Fold(listing.Listing{}, events...)
	switch {
	case err != nil:
		c.report.add("listing %s: %v", l.ID, err)
	case folded.Version != l.Version:
		c.report.add("listing %s is at version %d, and its events lead to version %d", l.ID, l.Version, folded.Version)
	case !same(folded, *l):
		c.report.add("listing %s is not what its events lead to", l.ID)
	}
	return nil
}

// differs says in what a listing's state is not what the journal says of it, empty when they agree.
func differs(l *listing.Listing, e *journal.Entry) string {
	s := e.Standing
	cause := ""
	if l.Removal != nil {
		cause = string(l.Removal.Cause)
	}
	listed := l.State == listing.Listed
	switch {
	case listed == (s.Removed != "") || l.State != listing.Listed && l.State != listing.Removed:
		return fmt.Sprintf("it is %s, and entry %d says %q", l.State, e.N, e.Type)
	case s.Removed != cause:
		return fmt.Sprintf("it was removed for %q, and entry %d says %q", cause, e.N, s.Removed)
	case s.From != l.Term.From || s.Until != l.Term.Until:
		return fmt.Sprintf("its term is not that of entry %d", e.N)
	case !slices.Equal(s.Measures, l.Measures):
		return fmt.Sprintf("its measures are not those of entry %d", e.N)
	case s.Published != (l.Publication != nil):
		return fmt.Sprintf("its publication is not that of entry %d", e.N)
	case len(s.Stays) != len(l.Stays):
		return fmt.Sprintf("its stays are not those of entry %d", e.N)
	case !same(e.Identifiers, l.Content.Subject.Identifiers):
		return fmt.Sprintf("its identifiers are not those of entry %d", e.N)
	}
	return ""
}

// ErrUnsound is returned by [Command] when something is left to mend.
var ErrUnsound = errors.New("the journal and what follows from it do not agree")
