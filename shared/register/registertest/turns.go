package registertest

import (
	"context"
	"testing"
	"time"

	"shixin/shared/blob"
	"shixin/shared/table"
)

// Turn lets another process go first, once, right before a certain call of the stores that it stands before.
type Turn struct {
	n     int // calls until then; 0 and below is past
	armed bool
	first func()
}

// AtEachCall tells a story once for each call that one of its processes makes of its stores, so that all that another can do meanwhile happens at every
// place where it can. The process has the stores that the turn gives it, and the story arms it.
func AtEachCall(t *testing.T, story func(turn *Turn)) {
	t.Helper()
	for n := 1; ; n++ {
		turn := &Turn{n: n}
		story(turn)
		if t.Failed() {
			t.Fatalf("where another goes first before call %d", n)
		}
		if turn.n > 0 {
			if n < 3 {
				t.Fatalf("only %d calls", n-1)
			}
			return
		}
	}
}

// Arm says what another does; the calls from now on count.
func (t *Turn) Arm(first func()) { t.first, t.armed = first, true }

func (t *Turn) take() {
	if !t.armed {
		return
	}
	if t.n--; t.n == 0 {
		t.first()
	}
}

// Table is a table behind the turn.
func (t *Turn) Table(under table.Table) table.Table { return turnTable{under, t} }

// Blobs is a store behind the turn.
func (t *Turn) Blobs(under blob.Store) blob.Store { return turnBlobs{under, t} }

// Uploads is a store of uploads behind the turn.
func (t *Turn) Uploads(under blob.Uploads) blob.Uploads { return turnUploads{under, t} }

// mostApart is how many keys of one Get are read one by one.
const mostApart = 8

type turnTable struct {
	table.Table
	turn *Turn
}

// Get reads each item as of its own moment, the last first, as an engine may.
func (t turnTable) Get(ctx context.Context, r table.Read) (items []table.Item, err error) {
	if len(r.Keys) > mostApart {
		t.turn.take()
		return t.Table.Get(ctx, r)
	}
	for i := len(r.Keys) - 1; i >= 0; i-- {
		t.turn.take()
		one, err := t.Table.Get(ctx, table.Read{Now: r.Now, Keys: r.Keys[i : i+1], Eventual: r.Eventual})
		if err != nil {
			return nil, err
		}
		items = append(one, items...)
	}
	return items, nil
}

func (t turnTable) Query(ctx context.Context, r table.Range) (table.Page, error) {
	t.turn.take()
	return t.Table.Query(ctx, r)
}

func (t turnTable) Write(ctx context.Context, b table.Batch) error {
	t.turn.take()
	return t.Table.Write(ctx, b)
}

type turnBlobs struct {
	under blob.Store
	turn  *Turn
}

func (b turnBlobs) Put(ctx context.Context, name string, body []byte) error {
	b.turn.take()
	return b.under.Put(ctx, name, body)
}

func (b turnBlobs) Get(ctx context.Context, name string) ([]byte, error) {
	b.turn.take()
	return b.under.Get(ctx, name)
}

func (b turnBlobs) Delete(ctx context.Context, name string) error {
	b.turn.take()
	return b.under.Delete(ctx, name)
}

type turnUploads struct {
	under blob.Uploads
	turn  *Turn
}

func (u turnUploads) Address(ctx context.Context, name string, within time.Duration) (blob.Address, error) {
	u.turn.take()
	return u.under.Address(ctx, name, within)
}

func (u turnUploads) Size(ctx context.Context, name string) (int64, error) {
	u.turn.take()
	return u.under.Size(ctx, name)
}

func (u turnUploads) Read(ctx context.Context, name string, from int64, n int) ([]byte, error) {
	u.turn.take()
	return u.under.Read(ctx, name, from, n)
}

func (u turnUploads) Close(ctx context.Context, name string) error {
	u.turn.take()
	return u.under.Close(ctx, name)
}

func (u turnUploads) Delete(ctx context.Context, name string) error {
	u.turn.take()
	return u.under.Delete(ctx, name)
}
