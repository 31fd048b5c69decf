package records

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	fastjson "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/tlog"

	"shixin/shared/journal"
	"shixin/shared/table"
)

// Head is the stored head of the journal.
type Head struct {
	journal.Head
	version int64
}

// entry is a stored entry: the very bytes that its leaf commits to.
type entry struct {
	Entry jsontext.Value `json:"entry"`
	Leaf  tlog.Hash      `json:"leaf"`
}

// StoredEntry is an entry with the bytes and the leaf that it is proven by.
type StoredEntry struct {
	journal.Entry
	Bytes []byte
	Leaf  tlog.Hash
}

// Record is the stored record of one identifier.
type Record struct {
	ID     string // subject.Ref.ID
	Record journal.Record

	version int64
}

// Head reads where the journal stands, strongly. An empty journal is at 0.
func (s *Store) Head(ctx context.Context, now time.Time) (Head, error) {
	var h Head
	v, err := s.load(ctx, now, headKey(), &h.Head)
	h.version = v
	return h, err
}

// PutHead stores the head that follows the one that was read.
func (b *Batch) PutHead(read Head, next journal.Head) {
	b.add("head", put(headKey(), read.version, next))
}

// CheckHead makes a batch fail, as "head", unless the head is as it was read.
func (b *Batch) CheckHead(read Head) {
	b.add("head", table.CheckOp(headKey(), table.Is(read.version)))
}

// PutEntry stores a new entry.
func (b *Batch) PutEntry(n int64, bytes []byte, leaf tlog.Hash) {
	b.add("head", put(entryKey(n), 0, entry{Entry: bytes, Leaf: leaf}))
}

// Entries reads entries after number n in order, at most limit (500), none beyond upto.
func (s *Store) Entries(ctx context.Context, now time.Time, after, upto int64, limit int) ([]StoredEntry, error) {
	var out []StoredEntry
	for len(out) < limit && after < upto {
		first := entryKey(after + 1)
		last := min(upto, (after+1)/bucket*bucket+bucket-1)
		page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: first.Partition, From: first.Sort, To: entryKey(last).Sort, Limit: limit - len(out)})
		if err != nil {
			return nil, err
		}
		if len(page.Items) == 0 {
			return nil, fmt.Errorf("%w: the journal has no entry %d", ErrDamaged, after+1)
		}
		for _, item := range page.Items {
			e, err := decodeEntry(item)
			if err != nil {
				return nil, err
			}
			if e.N != after+1 {
				return nil, fmt.Errorf("%w: the journal has no entry %d", ErrDamaged, after+1)
			}
			after = e.N
			out = append(out, e)
		}
	}
	return out, nil
}

// EntriesAfter reads entries after number n in order, at most limit, as far as their numbers go on without a gap, whatever
// the head says: for those who check the journal itself.
func (s *Store) EntriesAfter(ctx context.Context, now time.Time, after int64, limit int) ([]StoredEntry, error) {
	first := entryKey(after + 1)
	r := table.Range{Now: now, Partition: first.Partition, From: first.Sort, Limit: limit}
	page, err := s.Table.Query(ctx, r)
	for err == nil && len(page.Items) == 0 && page.Next != "" {
		r.After = page.Next
		page, err = s.Table.Query(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	var out []StoredEntry
	for _, item := range page.Items {
		after++
		if item.Key != entryKey(after) {
			break
		}
		e, err := decodeEntry(item)
		if err != nil {
			return nil, err
		}
		if e.N != after {
			return nil, fmt.Errorf("records: under the key of entry %d lies entry %d", after, e.N)
		}
		out = append(out, e)
	}
	return out, nil
}

// decodeEntry decodes as decodeRecord does: a run reads every entry that there is.
func decodeEntry(item table.Item) (StoredEntry, error) {
	var stored entry
	if err := fastjson.Unmarshal(item.Doc, &stored); err != nil {
		return StoredEntry{}, fmt.Errorf("%w: item of family %s: %w", ErrDamaged, famJournal, err)
	}
	e := StoredEntry{Bytes: stored.Entry, Leaf: stored.Leaf}
	if err := fastjson.Unmarshal(stored.Entry, &e.Entry); err != nil {
		return e, fmt.Errorf("%w: journal entry: %w", ErrDamaged, err)
	}
	return e, nil
}

// VersionAt is the list version at a past moment: the number of the last entry not after it.
func (s *Store) VersionAt(ctx context.Context, now time.Time, head journal.Head, at time.Time) (int64, error) {
	var failed error
	n := sort.Search(int(head.N), func(i int) bool {
		item, found, err := s.one(ctx, now, entryKey(int64(i)+1))
		if err != nil || !found {
			failed = fmt.Errorf("records: the journal has no entry %d: %w", i+1, err)
			return true
		}
		e, err := decodeEntry(item)
		if err != nil {
			failed = err
		}
		return e.At.After(at)
	})
	return int64(n), failed
}

// Record reads what the list says about one identifier, strongly; an absent one is the empty record.
func (s *Store) Record(ctx context.Context, now time.Time, id string) (Record, error) {
	r := Record{ID: id}
	item, found, err := s.one(ctx, now, statusKey(id))
	if err != nil || !found {
		return r, err
	}
	r.version = item.Version
	return r, decodeRecord(item, &r.Record)
}

// decodeRecord is decode for what every check reads, with a decoder that takes half the time.
func decodeRecord(item table.Item, rec *journal.Record) error {
	if err := fastjson.Unmarshal(item.Doc, rec); err != nil {
		return fmt.Errorf("%w: item of family %s: %w", ErrDamaged, famStatus, err)
	}
	return nil
}

// decoy is a stored record of the size that most have: one listing, listed and not published.
const decoy = `{"listings":[{"listing":"06h0lrs0ud1q6dqhredor00588","regime":"telecom-fraud","ground":"designated-trading","authority":"cn-antifraud",` +
	`"spans":[{"n":1,"at":"2026-01-01T00:00:00Z","standing":{"from":"2026-01-01","until":"2028-01-01","measures":["fin-noncounter-outflow",` +
	`"fin-payment-account","fin-new-account","fin-merchant","tel-existing","tel-new"],"cap":{"months":60,"basis":"《电信网络诈骗及其关联违法犯罪联合惩戒办法》"}}}]}]}`

// Decoy reads a record that is not stored, with the work that reading a stored one takes.
func Decoy() journal.Record {
	var rec journal.Record
	if err := decodeRecord(table.Item{Doc: []byte(decoy)}, &rec); err != nil {
		panic(err) // it is written above
	}
	return rec
}

// Records reads what the list says about identifiers, in their order; ids may repeat.
func (s *Store) Records(ctx context.Context, now time.Time, ids []string) ([]Record, error) {
	keys := make([]table.Key, 0, len(ids))
	at := make(map[string]int, len(ids))
	for _, id := range ids {
		if _, known := at[id]; !known {
			at[id] = len(keys)
			keys = append(keys, statusKey(id))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	unique := make([]Record, len(keys))
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		i := at[item.Partition[len(famStatus)+1:]]
		if err := decodeRecord(item, &unique[i].Record); err != nil {
			return nil, err
		}
		unique[i].version = item.Version
	}
	out := make([]Record, len(ids))
	for i, id := range ids {
		out[i] = unique[at[id]]
		out[i].ID = id
	}
	return out, nil
}

// PutRecord stores what the list says about an identifier after an effect.
func (b *Batch) PutRecord(r Record) { b.add("head", put(statusKey(r.ID), r.version, r.Record)) }

// MarkRemoved remembers that a listing was removed, or with removed false that it is back.
func (b *Batch) MarkRemoved(id string, removed bool) {
	if !removed {
		b.add("listing", table.DeleteOp(removedKey(id), table.Condition{}))
		return
	}
	b.add("listing", table.PutOp(table.Item{Key: removedKey(id), Version: 1, Doc: []byte("{}")}, table.Condition{}))
}

// Removed tells which of some listings are removed.
func (s *Store) Removed(ctx context.Context, now time.Time, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return out, nil
	}
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = removedKey(id)
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	for _, item := range items {
		out[item.Partition[len(famRemoved)+1:]] = true
	}
	return out, err
}
