package records

import (
	"context"
	"time"

	"shixin/shared/duty"
	"shixin/shared/table"
)

// PutWork stores what waits of a record in its authority's queue of work, or takes it out where nothing waits any more. The record's own
// condition orders these, so it stands in the same Write. wasWaiting tells whether it may stand there already.
func (b *Batch) PutWork(item duty.Item, wasWaiting bool) {
	key := workKey(item.Authority, item.Kind, item.ID)
	switch {
	case len(item.Waits) > 0:
		b.add("work", table.PutOp(table.Item{Key: key, Version: 1, Doc: encode(item)}, table.Condition{}))
	case wasWaiting:
		b.add("work", table.DeleteOp(key, table.Condition{}))
	}
}

// Waiting is one place in an authority's queue of work.
type Waiting struct {
	Item  duty.Item
	After string // go on behind this place
}

// Work reads a page of what waits at an authority, of one kind (all when empty), by kind and age, behind a place.
func (s *Store) Work(ctx context.Context, now time.Time, authority, kind, after string, limit int) (all []Waiting, more bool, err error) {
	r := table.Range{Now: now, Partition: workKey(authority, "", "").Partition, After: after, Limit: limit}
	if kind != "" {
		r.From, r.To = workKey(authority, kind, "").Sort, workKey(authority, kind, "~").Sort
	}
	page, err := s.Table.Query(ctx, r)
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		w := Waiting{After: item.Sort}
		if err := decode(item, &w.Item); err != nil {
			return nil, false, err
		}
		all = append(all, w)
	}
	return all, page.Next != "", nil
}
