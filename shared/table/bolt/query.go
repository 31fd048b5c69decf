package bolt

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"shixin/shared/table"
)

// Query returns a page. Its Next is set only when a further item is there.
func (t *Table) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := r.Validate(); err != nil {
		return table.Page{}, err
	}
	if err := ctx.Err(); err != nil {
		return table.Page{}, err
	}
	tx, err := t.begin()
	if err != nil {
		return table.Page{}, err
	}
	defer tx.Rollback()

	prefix := appendPartition(nil, r.Partition)
	walk := newWalk(tx.Bucket(itemsBucket).Cursor(), prefix, r)
	var page table.Page
	size := 0
	for key, value := walk.first(); key != nil; key, value = walk.next() {
		s, err := decode(value)
		if err != nil {
			return table.Page{}, err
		}
		if table.Expired(s.expires, r.Now) {
			continue
		}
		if len(page.Items) == r.Limit || size >= table.MaxPageBytes {
			page.Next = page.Items[len(page.Items)-1].Sort
			break
		}
		page.Items = append(page.Items, s.item(table.Key{Partition: r.Partition, Sort: string(key[len(prefix):])}))
		size += len(s.doc)
	}
	return page, nil
}

// walk goes through the keys of a range in its direction.
type walk struct {
	cursor    *bbolt.Cursor
	low, high []byte // low is the first key that may come up, high the first above the last; nil is the bucket's end
	backward  bool
}

func newWalk(c *bbolt.Cursor, prefix []byte, r table.Range) walk {
	with := func(sort string) []byte { return append(bytes.Clone(prefix), sort...) }
	from, to := r.From, r.To
	w := walk{cursor: c, backward: r.Backward, low: with(from), high: successor(prefix)}
	if to != "" {
		w.high = append(with(to), 0) // no key lies between a key and the same with a zero byte
	}
	switch {
	case r.After == "":
	case r.Backward:
		w.high = with(r.After)
	default:
		w.low = append(with(r.After), 0)
	}
	return w
}

func (w walk) first() (key, value []byte) {
	if !w.backward {
		return w.inside(w.cursor.Seek(w.low))
	}
	if w.high == nil {
		return w.inside(w.cursor.Last())
	}
	if key, _ := w.cursor.Seek(w.high); key == nil {
		return w.inside(w.cursor.Last())
	}
	return w.inside(w.cursor.Prev())
}

func (w walk) next() (key, value []byte) {
	if w.backward {
		return w.inside(w.cursor.Prev())
	}
	return w.inside(w.cursor.Next())
}

func (w walk) inside(key, value []byte) (k, v []byte) {
	if key == nil || bytes.Compare(key, w.low) < 0 || w.high != nil && bytes.Compare(key, w.high) >= 0 {
		return nil, nil
	}
	return key, value
}

// successor is the lowest key above all that start with the prefix, nil when there is none.
func successor(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			s := bytes.Clone(prefix[:i+1])
			s[i]++
			return s
		}
	}
	return nil
}
