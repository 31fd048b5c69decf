package registertest

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"shixin/shared/table"
)

// ErrKilled is what a Table answers once it was told to fail.
var ErrKilled = errors.New("the process was killed here")

// Table counts the calls of a table, and fails at a chosen Write.
type Table struct {
	table.Table

	mu     sync.Mutex
	Gets   []table.Read
	Writes int
	// FailAt is the number of the Write, from 1, that fails; 0 is none. Every Write after it fails too.
	FailAt int
	// Lost says that the failing Write takes effect and only its answer is lost.
	Lost bool
	// Items is what all Writes so far have left, but for what was there before.
	Items map[table.Key]table.Item
}

// Damage lets the sealed part of a listing be read as a bad disk would give it, until restore is called.
func (w *World) Damage(id string) (restore func()) {
	w.T.Helper()
	stored, found, err := w.Store.Listing(w.Ctx(), w.Now, id)
	w.Must(err)
	if !found || stored.Sealed == nil {
		w.T.Fatalf("listing %s has no sealed part", id)
	}
	whole := w.Store.Table
	w.Store.Table = badDisk{whole, stored.Sealed}
	return func() { w.Store.Table = whole }
}

// badDisk alters a bit of one document.
type badDisk struct {
	table.Table
	doc []byte
}

// Get implements table.Table.
func (d badDisk) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	items, err := d.Table.Get(ctx, r)
	for i := range items {
		if bytes.Equal(items[i].Doc, d.doc) {
			items[i].Doc = bytes.Clone(d.doc)
			items[i].Doc[len(d.doc)/2] ^= 1
		}
	}
	return items, err
}

// Watched puts a Table before the world's own.
func (w *World) Watched() *Table {
	t := &Table{Table: w.Table, Items: map[table.Key]table.Item{}}
	w.Table = t
	w.Store.Table = t
	w.Lookup.Store = w.Store
	return t
}

// keep notes what a Write has left.
func (t *Table) keep(b table.Batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, op := range b.Ops {
		switch op.Kind {
		case table.Put:
			t.Items[op.Item.Key] = op.Item
		case table.Delete:
			delete(t.Items, op.Item.Key)
		}
	}
}

// Get counts.
func (t *Table) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	t.mu.Lock()
	t.Gets = append(t.Gets, r)
	t.mu.Unlock()
	return t.Table.Get(ctx, r)
}

// Write counts, and fails where it should.
func (t *Table) Write(ctx context.Context, b table.Batch) error {
	t.mu.Lock()
	t.Writes++
	n, at, lost := t.Writes, t.FailAt, t.Lost
	t.mu.Unlock()
	if at != 0 && n >= at && !(lost && n == at) {
		return ErrKilled
	}
	if err := t.Table.Write(ctx, b); err != nil {
		return err
	}
	t.keep(b)
	if n == at {
		return ErrKilled
	}
	return nil
}
