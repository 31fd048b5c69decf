package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"time"

	"go.etcd.io/bbolt"

	"shixin/shared/table"
)

const (
	maxJoined      = 512     // writes that share one sync
	maxJoinedBytes = 8 << 20 // bytes after which no further write joins

	// sweepGrace is how long an expired item is left in the file, so that a caller whose clock is a little behind
	// never misses an item that to it is still there.
	sweepGrace = time.Hour
	// sweepShare is how many expired items a sync takes along for each write it makes durable: more than one, so that
	// the file cannot fill with them.
	sweepShare = 2
)

// write is one Write on its way to the committer.
type write struct {
	batch table.Batch
	keys  [][]byte
	size  int
	err   error
	done  chan struct{}
}

// Write applies the operations. When the context ends before the committer has taken the write up, nothing is changed
// and the context's error is returned; after that the answer is awaited, which takes one disk sync.
func (t *Table) Write(ctx context.Context, b table.Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &write{batch: b, keys: make([][]byte, len(b.Ops)), done: make(chan struct{})}
	for i, op := range b.Ops {
		w.keys[i] = appendKey(make([]byte, 0, 2+len(op.Item.Partition)+len(op.Item.Sort)), op.Item.Key)
		w.size += op.Item.Size()
	}
	select {
	case t.waiting <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-t.quit:
		return ErrClosed
	}
	<-w.done
	return w.err
}

// commit runs until Close. It takes every write that waits into one transaction: while one sync runs the next writers
// gather, so nobody waits for a timer and a lone writer is served at once.
func (t *Table) commit() {
	defer close(t.done)
	for {
		select {
		case w := <-t.waiting:
			t.apply(t.gather(w))
		case <-t.quit:
			return
		}
	}
}

// gather collects the writers that wait. Writers answered by the last sync are runnable but have not run yet; giving up
// the processor until no more of them turn up is what lets them share the next one.
func (t *Table) gather(first *write) []*write {
	joined, size := []*write{first}, first.size
	for idle := 0; idle < 3 && len(joined) < maxJoined && size < maxJoinedBytes; {
		select {
		case w := <-t.waiting:
			joined, size, idle = append(joined, w), size+w.size, 0
		default:
			idle++
			runtime.Gosched()
		}
	}
	return joined
}

// apply makes one transaction of the joined writes and answers each. Nobody is answered before the outcome is durable,
// not even with a conflict: it may rest on a companion's write.
func (t *Table) apply(joined []*write) {
	applied, err := t.transact(joined)
	if applied > 0 && err == nil {
		t.writes.Add(uint64(applied))
		t.syncs.Add(1)
	}
	for _, w := range joined {
		if err != nil {
			w.err = fmt.Errorf("table/bolt: write: %w", err)
		}
		close(w.done)
	}
}

func (t *Table) transact(joined []*write) (applied int, err error) {
	tx, err := t.db.Begin(true)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil || applied == 0 {
			_ = tx.Rollback() // a failed Commit has done it already
		}
	}()
	f := file{items: tx.Bucket(itemsBucket), expiry: tx.Bucket(expiryBucket)}
	var latest time.Time
	for _, w := range joined {
		var old []int64
		if old, w.err = f.judge(w); w.err != nil {
			continue // it is left out, and its companions go on
		}
		if err := f.change(w, old); err != nil {
			return 0, err
		}
		applied++
		if w.batch.Now.After(latest) {
			latest = w.batch.Now
		}
	}
	if applied == 0 {
		return 0, nil
	}
	if _, err := f.sweep(latest.Add(-sweepGrace), sweepShare*applied); err != nil {
		return 0, err
	}
	return applied, tx.Commit()
}

// Sweep removes at most limit items that have expired at a time and returns how many. Writes sweep too; this is for a
// table that is only read, and for tests.
func (t *Table) Sweep(now time.Time, limit int) (int, error) {
	n := 0
	err := t.db.Update(func(tx *bbolt.Tx) (err error) {
		f := file{items: tx.Bucket(itemsBucket), expiry: tx.Bucket(expiryBucket)}
		n, err = f.sweep(now, limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("table/bolt: sweep: %w", err)
	}
	return n, nil
}

// file is the buckets of a transaction that may write.
type file struct{ items, expiry *bbolt.Bucket }

// judge returns a conflict where conditions do not hold, else the expiry of each item now stored. It changes nothing.
func (f file) judge(w *write) (old []int64, err error) {
	var failed []int
	old = make([]int64, len(w.keys))
	for i, op := range w.batch.Ops {
		var s stored
		there := false
		if v := f.items.Get(w.keys[i]); v != nil {
			if s, err = decode(v); err != nil {
				return nil, err
			}
			there = !table.Expired(s.expires, w.batch.Now)
		}
		old[i] = s.expires
		if !op.If.Holds(there, s.version) {
			failed = append(failed, i)
		}
	}
	if failed != nil {
		return nil, &table.Conflict{Failed: failed}
	}
	return old, nil
}

func (f file) change(w *write, old []int64) error {
	for i, op := range w.batch.Ops {
		if err := f.changeOne(op, w.keys[i], old[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f file) changeOne(op table.Op, key []byte, oldExpires int64) error {
	if op.Kind == table.Check {
		return nil
	}
	expires := int64(0)
	if op.Kind == table.Put {
		expires = op.Item.ExpiresUnix()
	}
	if oldExpires != 0 && oldExpires != expires {
		if err := f.expiry.Delete(expiryKey(oldExpires, key)); err != nil {
			return err
		}
	}
	if op.Kind == table.Delete {
		return f.items.Delete(key)
	}
	if expires != 0 && expires != oldExpires {
		if err := f.expiry.Put(expiryKey(expires, key), nil); err != nil {
			return err
		}
	}
	return f.items.Put(key, encode(op.Item))
}

// sweep removes what has expired at a time, the longest expired first.
func (f file) sweep(now time.Time, limit int) (int, error) {
	var due [][]byte
	c := f.expiry.Cursor()
	for k, _ := c.First(); k != nil && len(due) < limit; k, _ = c.Next() {
		if !table.Expired(int64(binary.BigEndian.Uint64(k)), now) {
			break
		}
		due = append(due, append([]byte(nil), k...)) // deleting moves a cursor
	}
	for _, k := range due {
		if err := f.items.Delete(k[8:]); err != nil {
			return 0, err
		}
		if err := f.expiry.Delete(k); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
