package tabletest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/table"
)

// Agree drives two tables with the same random operations and compares every answer. Each of rapid's checks keeps to partitions of its own.
func Agree(t *testing.T, a, b table.Table) {
	t.Helper()
	rapid.Check(t, Same(a, b))
}

// Same is the property that Agree checks, for rapid.MakeFuzz.
func Same(a, b table.Table) func(*rapid.T) {
	return func(t *rapid.T) {
		m := &machine{a: a, b: b, part: Partition(), now: Now}
		t.Repeat(map[string]func(*rapid.T){
			"write": m.write,
			"get":   m.get,
			"query": m.query,
			"wait": func(t *rapid.T) {
				m.now = m.now.Add(time.Duration(rapid.IntRange(1, 20_000).Draw(t, "milliseconds")) * time.Millisecond)
			},
		})
		// Whatever the answers were, in the end both hold the same.
		for _, p := range partitions {
			m.compareRange(t, table.Range{Now: m.now, Partition: m.part + p, Limit: table.MaxPage})
		}
	}
}

// Few and similar keys, so that operations meet.
var (
	partitions = []string{"", "0", "\x00", "列"}
	sortKeys   = []string{"\x00", "0", "00", "1", "a", "a\x00", "a0", "b", "é", "列", "列\x00", "\uffff", "\U00010000"}
)

type machine struct {
	a, b table.Table
	part string
	now  time.Time
}

func (m *machine) key(t *rapid.T) table.Key {
	return table.Key{
		Partition: m.part + rapid.SampledFrom(partitions).Draw(t, "partition"),
		Sort:      rapid.SampledFrom(sortKeys).Draw(t, "sort"),
	}
}

func (m *machine) keys(t *rapid.T, most int) []table.Key {
	return rapid.SliceOfNDistinct(rapid.Custom(m.key), 1, most, rapid.ID[table.Key]).Draw(t, "keys")
}

// time draws a time around now; readers' clocks differ a little.
func (m *machine) time(t *rapid.T) time.Time {
	return m.now.Add(time.Duration(rapid.IntRange(-2000, 2000).Draw(t, "skew")) * time.Millisecond)
}

func (m *machine) op(t *rapid.T, k table.Key) table.Op {
	op := table.Op{
		Kind: rapid.SampledFrom([]table.OpKind{table.Put, table.Put, table.Delete, table.Check}).Draw(t, "kind"),
		Item: table.Item{Key: k},
		If:   table.Condition{Kind: rapid.SampledFrom([]table.ConditionKind{table.Always, table.Absent, table.Exists, table.VersionIs}).Draw(t, "if")},
	}
	if op.If.Kind == table.VersionIs {
		op.If.Version = rapid.Int64Range(1, 3).Draw(t, "is")
	}
	if op.Kind != table.Put {
		return op
	}
	op.Item.Version = rapid.Int64Range(1, 3).Draw(t, "version")
	op.Item.Doc = rapid.SliceOfN(rapid.Byte(), 1, 6).Draw(t, "doc")
	if rapid.IntRange(0, 40).Draw(t, "large") == 40 {
		op.Item.Doc = []byte(strings.Repeat(string(op.Item.Doc), 20_000))
	}
	if rapid.Bool().Draw(t, "expires") {
		op.Item.Expires = m.now.Add(time.Duration(rapid.IntRange(-3000, 30_000).Draw(t, "after")) * time.Millisecond)
	}
	return op
}

func (m *machine) write(t *rapid.T) {
	b := table.Batch{Now: m.time(t)}
	for _, k := range m.keys(t, 5) {
		b.Ops = append(b.Ops, m.op(t, k))
	}
	if rapid.IntRange(0, 30).Draw(t, "twice") == 30 {
		b.Ops = append(b.Ops, b.Ops[0])
	}
	errA := m.a.Write(context.Background(), b)
	errB := m.b.Write(context.Background(), b)
	if outcome(t, errA) != outcome(t, errB) {
		t.Fatalf("write %+v: %v and %v", b, errA, errB)
	}
	ca, _ := errors.AsType[*table.Conflict](errA)
	cb, _ := errors.AsType[*table.Conflict](errB)
	if ca != nil && !slices.Equal(ca.Failed, cb.Failed) {
		t.Fatalf("write %+v: conflict %v and %v", b, ca.Failed, cb.Failed)
	}
}

func outcome(t *rapid.T, err error) string {
	if err == nil {
		return "done"
	}
	if _, ok := errors.AsType[*table.Conflict](err); ok {
		return "conflict"
	}
	if errors.Is(err, table.ErrRefused) {
		return "refused"
	}
	t.Fatalf("an engine's error: %v", err)
	return ""
}

func (m *machine) get(t *rapid.T) {
	r := table.Read{Now: m.time(t), Keys: m.keys(t, 12)}
	if rapid.IntRange(0, 30).Draw(t, "twice") == 30 {
		r.Keys = append(r.Keys, r.Keys[0])
	}
	x, errA := m.a.Get(context.Background(), r)
	y, errB := m.b.Get(context.Background(), r)
	if outcome(t, errA) != outcome(t, errB) {
		t.Fatalf("get %+v: %v and %v", r, errA, errB)
	}
	if d := differ(x, y); d != "" {
		t.Fatalf("get %+v: %s", r, d)
	}
}

func (m *machine) query(t *rapid.T) {
	bound := rapid.SampledFrom(append([]string{""}, sortKeys...))
	m.compareRange(t, table.Range{
		Now:       m.time(t),
		Partition: m.part + rapid.SampledFrom(partitions).Draw(t, "partition"),
		From:      bound.Draw(t, "from"),
		To:        bound.Draw(t, "to"),
		After:     bound.Draw(t, "after"),
		Backward:  rapid.Bool().Draw(t, "backward"),
		Limit:     rapid.IntRange(0, 5).Draw(t, "limit"),
	})
}

// compareRange reads on from page to page, each of which must be the same.
func (m *machine) compareRange(t *rapid.T, r table.Range) {
	for {
		x, errA := m.a.Query(context.Background(), r)
		y, errB := m.b.Query(context.Background(), r)
		if outcome(t, errA) != outcome(t, errB) {
			t.Fatalf("query %+v: %v and %v", r, errA, errB)
		}
		if d := differ(x.Items, y.Items); d != "" {
			t.Fatalf("query %+v: %s", r, d)
		}
		if x.Next != y.Next {
			t.Fatalf("query %+v: next %q and %q", r, x.Next, y.Next)
		}
		if x.Next == "" {
			return
		}
		r.After = x.Next
	}
}
