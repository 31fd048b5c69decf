// Package tabletest provides the contract suite of the storage port, which every driver passes.
package tabletest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/table"
)

// Now is the time in the suite. It is far ahead of every machine's clock, so that an engine which sweeps by its own
// clock sweeps nothing.
var Now = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// Run checks a driver against the contract. open returns a table, which may be one that other tests write too: every
// test keeps to partitions of its own.
func Run(t *testing.T, open func(t *testing.T) table.Table) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s *suite)
	}{
		{"get", testGet},
		{"get a thousand", testGetMany},
		{"documents are bytes", testDocuments},
		{"odd keys", testOddKeys},
		{"conditions", testConditions},
		{"conflict names operations", testConflictIndexes},
		{"all or nothing", testAllOrNothing},
		{"a hundred operations", testHundred},
		{"expiry in reads", testExpiryReads},
		{"expiry in conditions", testExpiryConditions},
		{"order by bytes", testOrder},
		{"paging", testPaging},
		{"paging past expired items", testPagingExpired},
		{"pages by size", testPageBytes},
		{"refusals", testRefusals},
		{"the largest item and write", testLargest},
		{"one winner a round", testRace},
		{"counter without gaps", testCounter},
		{"transfers keep the sum", testTransfers},
		{"ended context", testContext},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(t, &suite{Table: open(t), part: Partition()})
		})
	}
}

// Partition returns the start of a partition that no other caller gets.
func Partition() string {
	return fmt.Sprintf("t%d-%s/", time.Now().UnixNano(), randomText())
}

// suite is a table with what the tests say often.
type suite struct {
	table.Table
	part string
}

func (s *suite) key(sort string) table.Key { return table.Key{Partition: s.part, Sort: sort} }

func (s *suite) item(sort string, version int64) table.Item {
	return table.Item{Key: s.key(sort), Version: version, Doc: fmt.Appendf(nil, "%s v%d", sort, version)}
}

func (s *suite) mustWrite(t *testing.T, ops ...table.Op) {
	t.Helper()
	if err := s.Write(t.Context(), table.Batch{Now: Now, Ops: ops}); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// conflict writes and returns the failed indexes.
func (s *suite) conflict(t *testing.T, ops ...table.Op) []int {
	t.Helper()
	return failed(t, s.Write(t.Context(), table.Batch{Now: Now, Ops: ops}))
}

func failed(t *testing.T, err error) []int {
	t.Helper()
	if err == nil {
		return nil
	}
	c, ok := errors.AsType[*table.Conflict](err)
	if !ok {
		t.Fatalf("write: %v, want nil or a *Conflict", err)
	}
	if len(c.Failed) == 0 {
		t.Fatal("a conflict that names no operation")
	}
	return c.Failed
}

func (s *suite) get(t *testing.T, sorts ...string) []table.Item {
	t.Helper()
	return s.getAt(t, Now, sorts...)
}

func (s *suite) getAt(t *testing.T, now time.Time, sorts ...string) []table.Item {
	t.Helper()
	keys := make([]table.Key, len(sorts))
	for i, sort := range sorts {
		keys[i] = s.key(sort)
	}
	items, err := s.Get(t.Context(), table.Read{Now: now, Keys: keys})
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return items
}

func (s *suite) want(t *testing.T, got []table.Item, want ...table.Item) {
	t.Helper()
	if d := differ(want, got); d != "" {
		t.Fatal(d)
	}
}

// differ says where two lists of items part, in a line, or nothing.
func differ(want, got []table.Item) string {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("item %d: want %s, got no more", i, show(want[i]))
		case i >= len(want):
			return fmt.Sprintf("item %d: got %s, want no more", i, show(got[i]))
		case want[i].Key != got[i].Key || want[i].Version != got[i].Version || !want[i].Expires.Equal(got[i].Expires) ||
			!bytes.Equal(want[i].Doc, got[i].Doc) || got[i].Expires.Location() != time.UTC:
			return fmt.Sprintf("item %d: want %s, got %s", i, show(want[i]), show(got[i]))
		}
	}
	return ""
}

func show(i table.Item) string {
	doc := i.Doc
	if len(doc) > 40 {
		doc = doc[:40]
	}
	return fmt.Sprintf("%.40q/%.40q v%d expires %v, %d bytes %q", i.Partition, i.Sort, i.Version, i.Expires, len(i.Doc), doc)
}

// all reads a range page by page, and checks what holds for every page.
func all(t testing.TB, tab table.Table, r table.Range) []table.Item {
	t.Helper()
	var items []table.Item
	for pages := 0; ; pages++ {
		page, err := tab.Query(context.Background(), r)
		if err != nil {
			t.Fatalf("query: %v", err)
		}
		if len(page.Items) > r.Limit {
			t.Fatalf("a page of %d items, limit %d", len(page.Items), r.Limit)
		}
		items = append(items, page.Items...)
		if page.Next == "" {
			return items
		}
		if pages > 5000 {
			t.Fatal("paging does not end")
		}
		r.After = page.Next
	}
}

func sorts(items []table.Item) []string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.Sort
	}
	return out
}

func testGet(t *testing.T, s *suite) {
	s.want(t, s.get(t, "a"))
	a, b, c := s.item("a", 1), s.item("b", 7), s.item("c", 1<<62)
	s.mustWrite(t, table.PutOp(a, table.Condition{}))
	s.mustWrite(t, table.PutOp(b, table.Condition{}), table.PutOp(c, table.Condition{}))
	s.want(t, s.get(t, "c", "none", "a", "b"), c, a, b)
	other, err := s.Get(t.Context(), table.Read{Now: Now, Keys: []table.Key{{Partition: s.part + "x", Sort: "a"}, s.key("b")}})
	if err != nil {
		t.Fatal(err)
	}
	s.want(t, other, b)

	eventual := table.Read{Now: Now, Keys: []table.Key{s.key("a")}, Eventual: true}
	eventually(t, func() bool {
		items, err := s.Get(t.Context(), eventual)
		if err != nil {
			t.Fatal(err)
		}
		return len(items) == 1 && items[0].Version == 1
	})
	eventually(t, func() bool {
		page, err := s.Query(t.Context(), table.Range{Now: Now, Partition: s.part, Limit: 10, Eventual: true})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Equal(sorts(page.Items), []string{"a", "b", "c"})
	})
}

// eventually allows a stale read to catch up.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for range 100 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("an eventual read never saw the write")
}

func testGetMany(t *testing.T, s *suite) {
	var keys []table.Key
	var want []table.Item
	for at := 0; at < table.MaxKeys; at += table.MaxOps {
		var ops []table.Op
		for i := at; i < at+table.MaxOps; i++ {
			it := s.item(fmt.Sprintf("k%03d", i*7%table.MaxKeys), int64(i+1))
			keys = append(keys, it.Key)
			if i%3 == 0 { // every third stays absent
				continue
			}
			want = append(want, it)
			ops = append(ops, table.PutOp(it, table.Condition{Kind: table.Absent}))
		}
		s.mustWrite(t, ops...)
	}
	got, err := s.Get(t.Context(), table.Read{Now: Now, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	s.want(t, got, want...)
}

func testDocuments(t *testing.T, s *suite) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for i, doc := range [][]byte{{0}, every, []byte("\xff\xfe"), []byte(`{"a":"列入"}`), []byte(strings.Repeat("x", 100_000))} {
		it := table.Item{Key: s.key(fmt.Sprint(i)), Version: 1, Doc: doc}
		s.mustWrite(t, table.PutOp(it, table.Condition{}))
		s.want(t, s.get(t, fmt.Sprint(i)), it)
		got := s.get(t, fmt.Sprint(i))
		got[0].Doc[0]++ // what was read is the caller's own
		s.want(t, s.get(t, fmt.Sprint(i)), it)
	}
}

func testOddKeys(t *testing.T, s *suite) {
	texts := []string{"a", "a\x00", "\x00", "\x00\x00", "a/b", "a#b", "列入/失信", "é", "e\u0301", "\U0001F600", "\u007f", " ", "'\"\\", "%00", "\uffff", "\U0010ffff"}
	var ops []table.Op
	for i, p := range texts {
		for j, sort := range texts[:6] {
			it := table.Item{Key: table.Key{Partition: s.part + p, Sort: sort + texts[i]}, Version: int64(100*i + j + 1), Doc: []byte("d")}
			ops = append(ops, table.PutOp(it, table.Condition{Kind: table.Absent}))
		}
	}
	s.mustWrite(t, ops...)
	for i, p := range texts {
		got := all(t, s, table.Range{Now: Now, Partition: s.part + p, Limit: 4})
		if len(got) != 6 {
			t.Fatalf("partition %q holds %d items, want 6", p, len(got))
		}
		for _, it := range got {
			if it.Partition != s.part+p || it.Version/100 != int64(i) {
				t.Fatalf("partition %q holds %q of another", p, it.Key)
			}
		}
	}
}
