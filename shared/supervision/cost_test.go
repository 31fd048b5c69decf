package supervision_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

// meter counts what DynamoDB would bill: a strong read one unit for 4 KB, an eventual one half, a write one for 1 KB, twice that in a
// transaction.
type meter struct {
	table.Table
	reads, writes float64
	by            map[string]float64 // reads by family
}

func (m *meter) bill(items []table.Item, eventual, each bool) {
	size, units := 0, 0.0
	for _, i := range items {
		n := len(i.Partition) + len(i.Sort) + len(i.Doc) + 100
		size += n
		units += float64((n + 4095) / 4096)
	}
	if !each {
		units = max(1, float64((size+4095)/4096))
	}
	if eventual {
		units /= 2
	}
	if m.by != nil && len(items) > 0 {
		family, _, _ := strings.Cut(items[0].Partition, "#")
		m.by[family] += max(0.5, units)
	}
	m.reads += max(0.5, units)
}

func (m *meter) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	items, err := m.Table.Get(ctx, r)
	m.bill(items, r.Eventual, true)
	return items, err
}

func (m *meter) Query(ctx context.Context, r table.Range) (table.Page, error) {
	page, err := m.Table.Query(ctx, r)
	m.bill(page.Items, r.Eventual, false)
	return page, err
}

func (m *meter) Write(ctx context.Context, b table.Batch) error {
	for _, op := range b.Ops {
		units := float64((len(op.Item.Partition) + len(op.Item.Sort) + len(op.Item.Doc) + 100 + 1023) / 1024)
		if len(b.Ops) > 1 {
			units *= 2
		}
		if m.by != nil {
			sort, _, _ := strings.Cut(op.Item.Sort, "#")
			m.by["put "+sort[:min(len(sort), 9)]] += units
		}
		m.writes += units
	}
	return m.Table.Write(ctx, b)
}

// An enterprise whose outcome did not change costs at most one read and a fifth of a write, each with a year of figures: where shards are as full as with 51,200
// enterprises, and where they are as empty as with 10,240, so that what a shard costs by itself weighs most.
func TestCostOfAnUnchangedEnterprise(t *testing.T) {
	for _, c := range []struct{ shards, each int }{{4, 200}, {16, 40}} {
		t.Run(fmt.Sprintf("%d a shard", c.each), func(t *testing.T) { costUnchanged(t, c.shards, c.each) })
	}
}

func costUnchanged(t *testing.T, shards, each int) {
	m := &meter{Table: tabletest.NewModel()}
	w := newRuled(t, m)
	w.PageSize = 0
	var rows []supervision.Row
	var numbers []int
	full := map[int]int{}
	for n := 0; len(rows) < shards*each; n++ {
		s := records.ShardOf(code(n))
		if _, has := full[s]; !has && len(full) == shards || full[s] == each {
			continue
		}
		full[s]++
		parties := []supervision.Party{represented, supplier(code(900000 + n%40)), supplier(code(910000 + n)), supplier(code(920000 + n))}
		rows = append(rows, supervision.Row{Line: n + 1, USCC: code(n), Enterprise: enterprise(parties...)})
		numbers = append(numbers, n)
	}
	if _, err := w.Import(context.Background(), w.call(officer), rows); err != nil {
		t.Fatal(err)
	}
	w.reported("telecom", numbers...)
	w.list("x", true, w.ref("uscc", code(900003)))
	w.day()
	m.reads, m.writes, m.by = 0, 0, map[string]float64{}
	closed(t, w.later(time.Hour), len(rows), 0)
	reads, writes := m.reads/float64(len(rows)), m.writes/float64(len(rows))
	t.Logf("%.2f reads, %.3f writes an enterprise; units read: %v", reads, writes, m.by)
	if reads > 1.0 || writes > 0.2 {
		t.Errorf("%.2f reads and %.3f writes an enterprise, want at most 1.0 and 0.2", reads, writes)
	}
}

func BenchmarkRun(b *testing.B) {
	w := newWorld(b, openBolt(b))
	w.PageSize = 0
	const many = 10000
	for from := 0; from < many; from += 5000 {
		var rows []supervision.Row
		for n := from; n < from+5000; n++ {
			rows = append(rows, supervision.Row{Line: n, USCC: code(n), Enterprise: enterprise(supplier(code(50000+n)), represented)})
		}
		if _, err := w.Import(context.Background(), w.call(officer), rows); err != nil {
			b.Fatal(err)
		}
	}
	for n := range 200 {
		w.list(fmt.Sprint("x", n), true, w.ref("uscc", code(50000+n)))
	}
	for b.Loop() {
		closed(b, w.day(), many, 0)
	}
	b.ReportMetric(float64(many)*float64(b.N)/b.Elapsed().Seconds(), "enterprises/s")
}
