// Package records provides the mapping of the register onto one table: the only place that spells a key.
//
// LAYOUT.md beside it lists every kind of item with its key, document, access pattern and cost.
package records

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/fault"
	"shixin/shared/table"
)

// ErrDamaged is wrapped where a stored item cannot be read, or is missing: reading it again cannot help.
var ErrDamaged = errors.New("records: damaged")

// Store reads and writes the register's items.
type Store struct{ Table table.Table }

// NewID makes an id that sorts by time: 10 characters of the millisecond and 16 random ones, of [0-9a-v].
func NewID(at time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	if _, err := rand.Read(b[6:]); err != nil {
		panic(err) // the system has no randomness
	}
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// Batch collects the operations of one Write. An item may be put once; a second operation on a key is a mistake of the program.
type Batch struct {
	ops   []table.Op
	at    map[table.Key]int
	names []string // what each operation is about, to tell which conflict happened
}

// add appends an operation under the name of what it is about.
func (b *Batch) add(name string, op table.Op) {
	if b.at == nil {
		b.at = map[table.Key]int{}
	}
	if _, twice := b.at[op.Item.Key]; twice {
		panic(fmt.Sprintf("records: two operations on %s", op.Item.Partition))
	}
	b.at[op.Item.Key] = len(b.ops)
	b.ops, b.names = append(b.ops, op), append(b.names, name)
}

// over drops a check of an item that is about to be put.
func (b *Batch) over(key table.Key) {
	i, has := b.at[key]
	if !has || b.ops[i].Kind != table.Check {
		return
	}
	b.ops, b.names = slices.Delete(b.ops, i, i+1), slices.Delete(b.names, i, i+1)
	delete(b.at, key)
	for k, n := range b.at {
		if n > i {
			b.at[k] = n - 1
		}
	}
}

// Join appends the operations of another batch. Checks of what either of them puts go, as the put has a condition of its own.
func (b *Batch) Join(other *Batch) {
	for i, op := range other.ops {
		if op.Kind == table.Check {
			if _, has := b.at[op.Item.Key]; has {
				continue
			}
		}
		b.over(op.Item.Key)
		b.add(other.names[i], op)
	}
}

// Len is the number of operations so far.
func (b *Batch) Len() int { return len(b.ops) }

// Split is the same operations in batches of at most n.
func (b *Batch) Split(n int) []*Batch {
	var parts []*Batch
	for from := 0; from < len(b.ops); from += n {
		part := &Batch{}
		for i := from; i < min(from+n, len(b.ops)); i++ {
			part.add(b.names[i], b.ops[i])
		}
		parts = append(parts, part)
	}
	return parts
}

// Bytes is the size of the documents so far.
func (b *Batch) Bytes() int {
	n := 0
	for _, op := range b.ops {
		n += len(op.Item.Doc) + 256
	}
	return n
}

// Lost says that a Commit met what another had written meanwhile: nothing was written, and the caller loads anew.
type Lost struct{ What []string } // names of the items, for example "head", "listing", "once"

// Error lists the items.
func (l *Lost) Error() string { return "records: written meanwhile: " + strings.Join(l.What, ", ") }

// Only reports whether nothing but the named items was written meanwhile.
func (l *Lost) Only(names ...string) bool {
	return !slices.ContainsFunc(l.What, func(w string) bool { return !slices.Contains(names, w) })
}

// Has reports whether the named item was among those written meanwhile.
func (l *Lost) Has(name string) bool {
	for _, w := range l.What {
		if w == name {
			return true
		}
	}
	return false
}

// Commit writes the batch, all or nothing. It returns a *Lost when a condition did not hold, and [TooLarge] when the
// engine could not take it.
func (s *Store) Commit(ctx context.Context, now time.Time, b *Batch) error {
	total := 0
	for _, op := range b.ops {
		size := op.Item.Size()
		if total += size; size > table.MaxItemBytes || total > table.MaxWriteBytes {
			return TooLarge()
		}
	}
	err := s.Table.Write(ctx, table.Batch{Now: now, Ops: b.ops})
	if c, ok := errors.AsType[*table.Conflict](err); ok {
		lost := &Lost{}
		for _, i := range c.Failed {
			lost.What = append(lost.What, b.names[i])
		}
		return lost
	}
	return err
}

// one reads a single item strongly; false when it is absent.
func (s *Store) one(ctx context.Context, now time.Time, key table.Key) (table.Item, bool, error) {
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: []table.Key{key}})
	if err != nil || len(items) == 0 {
		return table.Item{}, false, err
	}
	return items[0], true, nil
}

// load reads a single document strongly into v and returns the item's version, 0 when it is absent.
func (s *Store) load(ctx context.Context, now time.Time, key table.Key, v any) (int64, error) {
	item, found, err := s.one(ctx, now, key)
	if err != nil || !found {
		return 0, err
	}
	return item.Version, decode(item, v)
}

// sorts lists the second key parts of all items of a partition, ascending, strongly: those of a list of ids.
func (s *Store) sorts(ctx context.Context, now time.Time, partition string) ([]string, error) {
	var out []string
	r := table.Range{Now: now, Partition: partition, Limit: table.MaxPage}
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			out = append(out, item.Sort)
		}
		if page.Next == "" {
			return out, nil
		}
		r.After = page.Next
	}
}

func decode(item table.Item, v any) error {
	if err := json.Unmarshal(item.Doc, v); err != nil {
		return fmt.Errorf("%w: item of family %s: %w", ErrDamaged, family(item.Partition), err)
	}
	return nil
}

// put makes the operation that stores v as the version after the one that was read; 0 is that there was none.
func put(key table.Key, read int64, v any) table.Op {
	return table.PutOp(table.Item{Key: key, Version: read + 1, Doc: encode(v)}, table.Is(read))
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("records: a document is plain data: " + err.Error())
	}
	return b
}

// TooLarge is the refusal of a record that has grown beyond what one item holds.
func TooLarge() error {
	return fault.New(fault.Conflict, "the record has grown to its limit and takes no more text", "该记录已达容量上限")
}
