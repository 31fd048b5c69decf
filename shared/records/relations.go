package records

import (
	"context"
	"slices"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/table"
)

// maxLinkOps is how many of an enterprise's links change in the Write of the enterprise itself. Its own items, the marks of a shard
// and the checks of its parents have the rest.
const maxLinkOps = 80

// putLinks puts into the batch which keys an enterprise gains and leaves. A registration that changes more than one Write holds
// has gained the rest before, by [Store.GainLinks], and leaves the rest behind, by [Store.LeaveLinks].
func (b *Batch) putLinks(before, after compliance.Registration) {
	gained, left := relation.Change(before, after)
	gained = gained[min(len(gained), spill(gained)):]
	for _, key := range gained {
		b.add("relation", gain(key, after.USCC))
	}
	for _, key := range left {
		if !slices.Contains(after.Leaving, key) {
			b.add("relation", table.DeleteOp(relationKey(key, after.USCC), table.Condition{}))
		}
	}
}

// The enterprise's own condition orders the operations on its links, so that they have none.
func gain(key, uscc string) table.Op {
	return table.PutOp(table.Item{Key: relationKey(key, uscc), Version: 1, Doc: []byte("{}")}, table.Condition{})
}

// spill is how many of the keys that an enterprise gains have to be written before its own Write.
func spill(gained []string) int { return max(0, len(gained)-maxLinkOps) }

// Leaving is what of the keys that an enterprise leaves is dropped behind its own Write; its registration remembers them.
func Leaving(before, after compliance.Registration) []string {
	gained, left := relation.Change(before, after)
	room := maxLinkOps - (len(gained) - spill(gained))
	return left[min(room, len(left)):]
}

// GainLinks writes what does not fit the Write of the enterprise itself, before it: a link that an enterprise turns out not to have
// is passed over by whoever follows it.
func (s *Store) GainLinks(ctx context.Context, now time.Time, before, after compliance.Registration) error {
	gained, _ := relation.Change(before, after)
	return s.links(ctx, now, gained[:spill(gained)], func(key string) table.Op { return gain(key, after.USCC) })
}

// LeaveLinks drops what did not fit, behind it. What it leaves undone the enterprise's next change does.
func (s *Store) LeaveLinks(ctx context.Context, now time.Time, after compliance.Registration) error {
	return s.links(ctx, now, after.Leaving, func(key string) table.Op {
		return table.DeleteOp(relationKey(key, after.USCC), table.Condition{})
	})
}

func (s *Store) links(ctx context.Context, now time.Time, keys []string, op func(string) table.Op) error {
	for len(keys) > 0 {
		n := min(table.MaxOps, len(keys))
		b := &Batch{}
		for _, key := range keys[:n] {
			b.add("relation", op(key))
		}
		if err := s.Commit(ctx, now, b); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// Linked reads the enterprises that have a link's key behind one of them, at most limit, ascending; more tells whether there are
// further ones. Strong.
func (s *Store) Linked(ctx context.Context, now time.Time, key, after string, limit int) (usccs []string, more bool, err error) {
	r := table.Range{Now: now, Partition: relationKey(key, "").Partition, After: after}
	for len(usccs) < limit {
		r.Limit = min(table.MaxPage, limit-len(usccs))
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			usccs = append(usccs, item.Sort)
		}
		if page.Next == "" {
			return usccs, false, nil
		}
		r.After = page.Next
	}
	return usccs, true, nil
}

// CountLinked counts the enterprises that have a link's key, behind one of them and at most so many; more tells whether there are
// further ones. Eventual: a hub's size is for people to read.
func (s *Store) CountLinked(ctx context.Context, now time.Time, key, after string, most int) (n int, more bool, err error) {
	r := table.Range{Now: now, Partition: relationKey(key, "").Partition, After: after, Eventual: true}
	for n < most {
		r.Limit = min(table.MaxPage, most-n)
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return 0, false, err
		}
		if n += len(page.Items); page.Next == "" {
			return n, false, nil
		}
		r.After = page.Next
	}
	return n, true, nil
}
