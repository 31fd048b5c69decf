package tabletest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shixin/shared/table"
)

func testConditions(t *testing.T, s *suite) {
	always, absent := table.Condition{}, table.Condition{Kind: table.Absent}
	exists := table.Condition{Kind: table.Exists}
	for i, test := range []struct {
		stored int64 // version of the item there, 0 for none
		cond   table.Condition
		holds  bool
	}{
		{0, always, true}, {0, absent, true}, {0, exists, false}, {0, table.Is(1), false}, {0, table.Is(0), true},
		{3, always, true}, {3, absent, false}, {3, exists, true}, {3, table.Is(3), true}, {3, table.Is(2), false}, {3, table.Is(0), false},
	} {
		for kind, name := range map[table.OpKind]string{table.Put: "put", table.Delete: "delete", table.Check: "check"} {
			if kind == table.Check && test.cond.Kind == table.Always {
				continue
			}
			for _, joined := range []bool{false, true} {
				sort := fmt.Sprintf("%d-%s-%t", i, name, joined)
				var before []table.Item
				if test.stored > 0 {
					before = []table.Item{s.item(sort, test.stored)}
					s.mustWrite(t, table.PutOp(before[0], always))
				}
				op := table.Op{Kind: kind, Item: table.Item{Key: s.key(sort)}, If: test.cond}
				after := before
				if kind == table.Put {
					op.Item = s.item(sort, 9)
				}
				if test.holds {
					switch kind {
					case table.Put:
						after = []table.Item{op.Item}
					case table.Delete:
						after = nil
					}
				}
				ops := []table.Op{op}
				if joined {
					ops = append(ops, table.PutOp(s.item(sort+"-companion", 1), always))
				}
				if failed := s.conflict(t, ops...); (failed == nil) != test.holds || failed != nil && !slices.Equal(failed, []int{0}) {
					t.Errorf("%s if %+v on version %d: conflict %v, want it to hold: %t", name, test.cond, test.stored, failed, test.holds)
				}
				s.want(t, s.get(t, sort), after...)
			}
		}
	}
}

func testConflictIndexes(t *testing.T, s *suite) {
	s.mustWrite(t, table.PutOp(s.item("one", 1), table.Is(0)), table.PutOp(s.item("two", 2), table.Is(0)))
	got := s.conflict(t,
		table.PutOp(s.item("one", 2), table.Is(1)),
		table.PutOp(s.item("two", 2), table.Is(1)),
		table.CheckOp(s.key("three"), table.Condition{Kind: table.Exists}),
		table.PutOp(s.item("four", 1), table.Is(0)),
		table.DeleteOp(s.key("five"), table.Condition{Kind: table.Exists}),
	)
	if !slices.Equal(got, []int{1, 2, 4}) {
		t.Fatalf("failed operations %v, want [1 2 4]", got)
	}
}

func testAllOrNothing(t *testing.T, s *suite) {
	a, b := s.item("a", 1), s.item("b", 1)
	s.mustWrite(t, table.PutOp(a, table.Is(0)), table.PutOp(b, table.Is(0)))
	if got := s.conflict(t,
		table.PutOp(s.item("a", 2), table.Is(1)),
		table.DeleteOp(b.Key, table.Is(1)),
		table.PutOp(s.item("c", 1), table.Is(0)),
		table.CheckOp(s.key("d"), table.Condition{Kind: table.Exists}),
	); !slices.Equal(got, []int{3}) {
		t.Fatalf("failed operations %v, want [3]", got)
	}
	s.want(t, s.get(t, "a", "b", "c", "d"), a, b)
	a2, c := s.item("a", 2), s.item("c", 1)
	s.mustWrite(t, table.PutOp(a2, table.Is(1)), table.DeleteOp(b.Key, table.Is(1)), table.PutOp(c, table.Is(0)),
		table.CheckOp(s.key("d"), table.Is(0)), table.DeleteOp(s.key("e"), table.Condition{}))
	s.want(t, s.get(t, "a", "b", "c", "d", "e"), a2, c)
}

func testHundred(t *testing.T, s *suite) {
	var first, second []table.Op
	for i := range table.MaxOps {
		sort := fmt.Sprintf("%03d", i)
		first = append(first, table.PutOp(s.item(sort, 1), table.Is(0)))
		switch i % 3 {
		case 0:
			second = append(second, table.PutOp(s.item(sort, 2), table.Is(1)))
		case 1:
			second = append(second, table.DeleteOp(s.key(sort), table.Is(1)))
		default:
			second = append(second, table.CheckOp(s.key(sort), table.Is(1)))
		}
	}
	s.mustWrite(t, first...)
	if got := s.conflict(t, first...); len(got) != table.MaxOps {
		t.Fatalf("%d failed operations, want all", len(got))
	}
	s.mustWrite(t, second...)
	for i, it := range all(t, s, table.Range{Now: Now, Partition: s.part, Limit: table.MaxPage}) {
		// of each three the first is at 2, the second gone, the third at 1
		if want := fmt.Sprintf("%03d", i/2*3+i%2*2); it.Sort != want || it.Version != int64(2-i%2) {
			t.Fatalf("item %d is %s at %d, want %s", i, it.Sort, it.Version, want)
		}
	}
}

func testLargest(t *testing.T, s *suite) {
	it := table.Item{Key: table.Key{Partition: s.part + strings.Repeat("p", table.MaxPartitionKey-len(s.part)), Sort: strings.Repeat("s", table.MaxSortKey)}, Version: 1<<63 - 1, Expires: Now.AddDate(100, 0, 0)}
	it.Doc = bytes.Repeat([]byte{0xff}, table.MaxItemBytes-it.Size())
	s.mustWrite(t, table.PutOp(it, table.Is(0)))
	got, err := s.Get(t.Context(), table.Read{Now: Now, Keys: []table.Key{it.Key}})
	if err != nil {
		t.Fatal(err)
	}
	s.want(t, got, it)
	if page := all(t, s, table.Range{Now: Now, Partition: it.Partition, From: it.Sort, To: it.Sort, Limit: 1}); len(page) != 1 {
		t.Fatal("the longest key is not found by a query")
	}
	var ops []table.Op
	for i, rest := 0, table.MaxWriteBytes; rest > 0; i++ {
		it := table.Item{Key: s.key(fmt.Sprint(i)), Version: 1}
		size := min(rest, table.MaxItemBytes)
		if left := rest - size; left > 0 && left < 1000 {
			size -= 1000 // the last item needs room for its key
		}
		it.Doc = bytes.Repeat([]byte{byte(i + 1)}, size-it.Size())
		ops = append(ops, table.PutOp(it, table.Is(0)))
		rest -= size
	}
	s.mustWrite(t, ops...)
	for i, op := range ops {
		s.want(t, s.get(t, fmt.Sprint(i)), op.Item)
	}
}

func testRefusals(t *testing.T, s *suite) {
	good := s.item("a", 1)
	with := func(change func(*table.Item)) table.Op {
		it := good
		change(&it)
		return table.PutOp(it, table.Condition{})
	}
	many := func(n int) (ops []table.Op) {
		for i := range n {
			ops = append(ops, table.PutOp(s.item(fmt.Sprint(i), 1), table.Condition{}))
		}
		return ops
	}
	big := func(size int, sort string) table.Op {
		it := table.Item{Key: s.key(sort), Version: 1}
		it.Doc = make([]byte, size-it.Size())
		return table.PutOp(it, table.Condition{})
	}
	var tooMuch []table.Op
	for i := range 11 {
		tooMuch = append(tooMuch, big(table.MaxItemBytes-10, fmt.Sprint(i)))
	}
	writes := map[string][]table.Op{
		"no operation":         nil,
		"101 operations":       many(101),
		"a key twice":          {table.PutOp(good, table.Condition{}), table.CheckOp(good.Key, table.Is(1))},
		"a key twice of many":  append(many(50), table.DeleteOp(s.key("7"), table.Condition{})),
		"no partition":         {with(func(i *table.Item) { i.Partition = "" })},
		"no sort key":          {with(func(i *table.Item) { i.Sort = "" })},
		"long partition":       {with(func(i *table.Item) { i.Partition = strings.Repeat("p", table.MaxPartitionKey+1) })},
		"long sort key":        {with(func(i *table.Item) { i.Sort = strings.Repeat("s", table.MaxSortKey+1) })},
		"partition not UTF-8":  {with(func(i *table.Item) { i.Partition = "\xff" })},
		"sort key not UTF-8":   {with(func(i *table.Item) { i.Sort = "a\xc3" })},
		"surrogate half":       {with(func(i *table.Item) { i.Sort = "\xed\xa0\x80" })},
		"version 0":            {with(func(i *table.Item) { i.Version = 0 })},
		"version below 0":      {with(func(i *table.Item) { i.Version = -1 })},
		"no document":          {with(func(i *table.Item) { i.Doc = nil })},
		"expiry before 1970":   {with(func(i *table.Item) { i.Expires = Now.AddDate(-200, 0, 0) })},
		"item a byte too big":  {big(table.MaxItemBytes+1, "a")},
		"4 MB and more":        tooMuch,
		"check without a test": {table.CheckOp(good.Key, table.Condition{})},
		"condition version 0":  {table.PutOp(good, table.Condition{Kind: table.VersionIs})},
		"unknown condition":    {table.PutOp(good, table.Condition{Kind: 9})},
		"unknown operation":    {{Item: good}},
	}
	for name, ops := range writes {
		if err := s.Write(t.Context(), table.Batch{Now: Now, Ops: ops}); !errors.Is(err, table.ErrRefused) {
			t.Errorf("write with %s: %v, want it refused", name, err)
		}
	}
	if err := s.Write(t.Context(), table.Batch{Ops: many(1)}); !errors.Is(err, table.ErrRefused) {
		t.Errorf("write without a time: %v, want it refused", err)
	}
	var keys []table.Key
	for i := range table.MaxKeys + 1 {
		keys = append(keys, s.key(fmt.Sprint(i)))
	}
	for name, read := range map[string]table.Read{
		"no key":      {Now: Now},
		"1001 keys":   {Now: Now, Keys: keys},
		"a key twice": {Now: Now, Keys: append(keys[:20:20], keys[3])},
		"empty sort":  {Now: Now, Keys: []table.Key{{Partition: "p"}}},
		"not UTF-8":   {Now: Now, Keys: []table.Key{{Partition: "p", Sort: "\x80"}}},
		"no time":     {Keys: keys[:1]},
	} {
		if _, err := s.Get(t.Context(), read); !errors.Is(err, table.ErrRefused) {
			t.Errorf("get with %s: %v, want it refused", name, err)
		}
	}
	for name, r := range map[string]table.Range{
		"limit 0":         {Now: Now, Partition: s.part},
		"limit 1001":      {Now: Now, Partition: s.part, Limit: table.MaxPage + 1},
		"no partition":    {Now: Now, Limit: 1},
		"no time":         {Partition: s.part, Limit: 1},
		"From above To":   {Now: Now, Partition: s.part, From: "b", To: "a", Limit: 1},
		"After below":     {Now: Now, Partition: s.part, From: "b", After: "a", Limit: 1},
		"After above":     {Now: Now, Partition: s.part, To: "b", After: "c", Limit: 1, Backward: true},
		"From not UTF-8":  {Now: Now, Partition: s.part, From: "\xff", Limit: 1},
		"After too long":  {Now: Now, Partition: s.part, After: strings.Repeat("s", table.MaxSortKey+1), Limit: 1},
		"part. not UTF-8": {Now: Now, Partition: "\xff", Limit: 1},
	} {
		if _, err := s.Query(t.Context(), r); !errors.Is(err, table.ErrRefused) {
			t.Errorf("query with %s: %v, want it refused", name, err)
		}
	}
	if left := all(t, s, table.Range{Now: Now, Partition: s.part, Limit: 10}); len(left) != 0 {
		t.Errorf("refused writes left %v", sorts(left))
	}
}

func testContext(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, table.Read{Now: Now, Keys: []table.Key{s.key("a")}}); !errors.Is(err, context.Canceled) {
		t.Errorf("get: %v", err)
	}
	if _, err := s.Query(ctx, table.Range{Now: Now, Partition: s.part, Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("query: %v", err)
	}
	if err := s.Write(ctx, table.Batch{Now: Now, Ops: []table.Op{table.PutOp(s.item("a", 1), table.Is(0))}}); !errors.Is(err, context.Canceled) {
		t.Errorf("write: %v", err)
	}
	s.want(t, s.get(t, "a"))
}
