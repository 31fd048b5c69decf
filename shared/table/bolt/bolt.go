// Package bolt provides the storage port on one file of this machine, with bbolt.
//
// Writers that wait at the same time share one disk sync. Nothing is acknowledged before it is on disk, and a file
// that was cut off at any moment opens again with all that was acknowledged.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"shixin/shared/table"
)

// ErrInUse is wrapped by Open when another process, or another Table of this one, has the file open.
var ErrInUse = errors.New("table/bolt: the file is open elsewhere")

// ErrDamaged is returned by Open for a file that is no table, or no longer a whole one.
var ErrDamaged = errors.New("table/bolt: the file is damaged, or is no table")

// ErrClosed is returned by calls after Close; a Write that gets it changed nothing.
var ErrClosed = errors.New("table/bolt: the table is closed")

// lockWait is how long Open waits for another process to let go of the file, as on a quick restart.
const lockWait = 800 * time.Millisecond

// Table is the storage port on a file.
type Table struct {
	db      *bbolt.DB
	waiting chan *write
	quit    chan struct{} // closed by Close
	done    chan struct{} // closed when the committer has ended
	closing sync.Once

	writes, syncs atomic.Uint64
}

var _ table.Table = (*Table)(nil)

// Open opens the file at path, making it, readable by its owner only, when it is not there. The folder must exist.
// A file that is open elsewhere is refused within a second with an error that wraps ErrInUse.
func Open(path string) (t *Table, err error) {
	// What is read of a damaged file ends in a panic of bbolt, or in a fault where the file is shorter than it says.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, damaged(path, p)
		}
	}()
	before, statErr := os.Stat(path)
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:      lockWait,
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s: stop the other program or use another folder", ErrInUse, path)
	}
	if errors.Is(err, bolterrors.ErrInvalid) || errors.Is(err, bolterrors.ErrChecksum) || errors.Is(err, bolterrors.ErrVersionMismatch) {
		return nil, damaged(path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("table/bolt: open %s: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		if statErr == nil && before.Size() > 0 && before.Size() < tx.Size() { // it would end in a panic at some later read
			return damaged(path, fmt.Sprintf("it has %d bytes of %d", before.Size(), tx.Size()))
		}
		for _, name := range [][]byte{itemsBucket, expiryBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && errors.Is(statErr, os.ErrNotExist) {
		err = syncFolder(filepath.Dir(path))
	}
	if errors.Is(err, ErrDamaged) {
		return nil, errors.Join(err, db.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("table/bolt: prepare %s: %w", path, err), db.Close())
	}
	t = &Table{db: db, waiting: make(chan *write), quit: make(chan struct{}), done: make(chan struct{})}
	go t.commit()
	return t, nil
}

func damaged(path string, why any) error {
	return fmt.Errorf("%w: %s: %v; put it back from a copy, or use another folder", ErrDamaged, path, why)
}

// syncFolder makes the name of a new file durable, without which a power cut can lose the whole file.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Close lets the writes that are being committed end and closes the file. Later calls do nothing.
func (t *Table) Close() error {
	var err error
	t.closing.Do(func() {
		close(t.quit)
		<-t.done
		err = t.db.Close()
	})
	return err
}

// Stats counts the Writes that took effect, and the disk syncs that made them durable, since Open.
func (t *Table) Stats() (writes, syncs uint64) {
	return t.writes.Load(), t.syncs.Load()
}

// Get returns the items that are there, all as of one moment.
func (t *Table) Get(ctx context.Context, read table.Read) ([]table.Item, error) {
	if err := read.Validate(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tx, err := t.begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	bucket := tx.Bucket(itemsBucket)
	items := make([]table.Item, 0, len(read.Keys))
	var buf [256]byte
	for _, k := range read.Keys {
		v := bucket.Get(appendKey(buf[:0], k))
		if v == nil {
			continue
		}
		s, err := decode(v)
		if err != nil {
			return nil, err
		}
		if !table.Expired(s.expires, read.Now) {
			items = append(items, s.item(k))
		}
	}
	return items, nil
}

func (t *Table) begin() (*bbolt.Tx, error) {
	tx, err := t.db.Begin(false)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return nil, ErrClosed
	}
	if err != nil {
		return nil, fmt.Errorf("table/bolt: read: %w", err)
	}
	return tx, nil
}
