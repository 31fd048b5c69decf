package tabletest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"shixin/shared/table"
)

func testExpiryReads(t *testing.T, s *suite) {
	gone, last, later, never := s.item("gone", 1), s.item("last", 1), s.item("later", 1), s.item("never", 1)
	gone.Expires = Now
	last.Expires = Now.Add(time.Second)
	later.Expires = Now.Add(time.Hour)
	var ops []table.Op
	for _, it := range []table.Item{gone, last, later, never} {
		ops = append(ops, table.PutOp(it, table.Is(0)))
	}
	s.mustWrite(t, ops...)
	keys := []string{"gone", "last", "later", "never"}
	for _, test := range []struct {
		now  time.Time
		want []table.Item
	}{
		{Now.Add(-time.Nanosecond), []table.Item{gone, last, later, never}},
		{Now, []table.Item{last, later, never}},
		{Now.Add(time.Second - time.Nanosecond), []table.Item{last, later, never}},
		{Now.Add(time.Second), []table.Item{later, never}},
		{Now.Add(time.Hour), []table.Item{never}},
		{Now.In(time.FixedZone("", 8*3600)), []table.Item{last, later, never}},
	} {
		s.want(t, s.getAt(t, test.now, keys...), test.want...)
		s.want(t, all(t, s, table.Range{Now: test.now, Partition: s.part, Limit: 2}), test.want...)
		slices.Reverse(test.want)
		s.want(t, all(t, s, table.Range{Now: test.now, Partition: s.part, Limit: 1, Backward: true}), test.want...)
	}
	part := s.item("part", 1) // parts of a second are dropped, zones too
	part.Expires = Now.Add(90*time.Second + 999*time.Millisecond).In(time.FixedZone("", 8*3600))
	s.mustWrite(t, table.PutOp(part, table.Is(0)))
	part.Expires = Now.Add(90 * time.Second)
	s.want(t, s.get(t, "part"), part)
	part.Version, part.Expires = 2, time.Time{} // an item can be kept after all
	s.mustWrite(t, table.PutOp(part, table.Is(1)))
	s.want(t, s.getAt(t, Now.AddDate(1, 0, 0), "part"), part)
}

func testExpiryConditions(t *testing.T, s *suite) {
	for i, test := range []struct {
		cond  table.Condition
		holds bool
	}{
		{table.Condition{Kind: table.Absent}, true}, {table.Condition{Kind: table.Exists}, false}, {table.Is(4), false},
		{table.Condition{}, true},
	} {
		for _, kind := range []table.OpKind{table.Put, table.Delete, table.Check} {
			for _, joined := range []bool{false, true} {
				if kind == table.Check && test.cond.Kind == table.Always {
					continue
				}
				sort := fmt.Sprintf("%d-%d-%t", i, kind, joined)
				it := s.item(sort, 4)
				it.Expires = Now.Add(time.Minute)
				s.mustWrite(t, table.PutOp(it, table.Is(0)))
				op := table.Op{Kind: kind, Item: s.item(sort, 1), If: test.cond}
				ops := []table.Op{op}
				if joined {
					ops = append(ops, table.PutOp(s.item(sort+"-companion", 1), table.Is(0)))
				}
				err := s.Write(t.Context(), table.Batch{Now: it.Expires, Ops: ops})
				if got := failed(t, err); (got == nil) != test.holds {
					t.Errorf("operation %d if %+v on an expired item: %v", kind, test.cond, err)
				}
				var want []table.Item
				if test.holds && kind == table.Put {
					want = []table.Item{s.item(sort, 1)}
				}
				s.want(t, s.getAt(t, it.Expires, sort), want...)
			}
		}
	}
	// A moment earlier the item is there.
	it := s.item("still", 4)
	it.Expires = Now.Add(time.Minute)
	s.mustWrite(t, table.PutOp(it, table.Is(0)))
	err := s.Write(t.Context(), table.Batch{Now: it.Expires.Add(-time.Nanosecond), Ops: []table.Op{table.PutOp(s.item("still", 1), table.Is(0))}})
	if failed(t, err) == nil {
		t.Error("an item counted as absent before it expired")
	}
}

func testOrder(t *testing.T, s *suite) {
	// In the order of their UTF-8 bytes, which is neither UTF-16's nor any language's.
	ordered := []string{"\x00", "\x00\x00", "\x00a", "\x01", "!", "0", "00", "1", "10", "2", "A", "B", "a", "a\x00", "a\x00b", "a!", "a/", "aa", "b",
		"\u007f", "\u0080", "é", "一", "列", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}
	if !slices.IsSorted(ordered) {
		t.Fatal("the table of the test is not in order")
	}
	for i := range ordered {
		s.mustWrite(t, table.PutOp(s.item(ordered[(i*11)%len(ordered)], 1), table.Is(0)))
	}
	for _, limit := range []int{1, 2, 5, len(ordered), table.MaxPage} {
		r := table.Range{Now: Now, Partition: s.part, Limit: limit}
		if got := sorts(all(t, s, r)); !slices.Equal(got, ordered) {
			t.Fatalf("limit %d: order %q", limit, got)
		}
		r.Backward = true
		got := sorts(all(t, s, r))
		slices.Reverse(got)
		if !slices.Equal(got, ordered) {
			t.Fatalf("limit %d backward: order %q", limit, got)
		}
	}
}

func testPaging(t *testing.T, s *suite) {
	keys := []string{"b", "d", "d\x00", "f", "h", "j"}
	var ops []table.Op
	for _, k := range keys {
		ops = append(ops, table.PutOp(s.item(k, 1), table.Is(0)))
	}
	// Neighbours that must never show.
	for _, p := range []string{s.part[:len(s.part)-1], s.part + "\x00", s.part + "0", "\U0010ffff" + s.part} {
		ops = append(ops, table.PutOp(table.Item{Key: table.Key{Partition: p, Sort: "d"}, Version: 1, Doc: []byte("x")}, table.Is(0)))
	}
	s.mustWrite(t, ops...)
	bounds := []string{"", "a", "b", "c", "d", "d\x00", "e", "j", "k"}
	for _, from := range bounds {
		for _, to := range bounds {
			if to != "" && from > to {
				continue
			}
			for _, after := range bounds {
				if after != "" && (after < from || to != "" && after > to) {
					continue
				}
				for _, backward := range []bool{false, true} {
					var want []string
					for _, k := range keys {
						in := k >= from && (to == "" || k <= to)
						if after != "" {
							in = in && (backward && k < after || !backward && k > after)
						}
						if in {
							want = append(want, k)
						}
					}
					if backward {
						slices.Reverse(want)
					}
					for _, limit := range []int{2, 10} {
						r := table.Range{Now: Now, Partition: s.part, From: from, To: to, After: after, Backward: backward, Limit: limit}
						if got := sorts(all(t, s, r)); !slices.Equal(got, want) {
							t.Fatalf("%+v: %q, want %q", r, got, want)
						}
					}
				}
			}
		}
	}
	if got := all(t, s, table.Range{Now: Now, Partition: s.part + "none", Limit: 1}); len(got) != 0 {
		t.Fatalf("an empty partition holds %v", got)
	}
}

func testPagingExpired(t *testing.T, s *suite) {
	var ops []table.Op
	var want []table.Item
	for i := range 60 {
		it := s.item(fmt.Sprintf("%02d", i), 1)
		if i%20 == 13 {
			want = append(want, it)
		} else {
			it.Expires = Now.Add(-time.Minute)
		}
		ops = append(ops, table.PutOp(it, table.Condition{}))
	}
	s.mustWrite(t, ops...)
	for _, limit := range []int{1, 2, 3, 50} {
		s.want(t, all(t, s, table.Range{Now: Now, Partition: s.part, Limit: limit}), want...)
	}
}

func testPageBytes(t *testing.T, s *suite) {
	var want []table.Item
	for i := range 7 {
		it := s.item(fmt.Sprint(i), 1)
		it.Doc = make([]byte, 300_000)
		want = append(want, it)
		s.mustWrite(t, table.PutOp(it, table.Is(0)))
	}
	r := table.Range{Now: Now, Partition: s.part, Limit: table.MaxPage}
	page, err := s.Query(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) > 4 || page.Next == "" {
		t.Errorf("a page of %d times 300 kB, next %q", len(page.Items), page.Next)
	}
	s.want(t, all(t, s, r), want...)
}
