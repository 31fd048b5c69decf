package bolt_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"shixin/shared/table"
	"shixin/shared/table/bolt"
	"shixin/shared/table/tabletest"
)

func fill(b *testing.B, tab *bolt.Table, n int) {
	b.Helper()
	for i := 0; i < n; {
		var ops []table.Op
		for ; len(ops) < table.MaxOps && i < n; i++ {
			it := item(i, 1)
			it.Doc = make([]byte, 400)
			ops = append(ops, table.PutOp(it, table.Is(0)))
		}
		if err := tab.Write(context.Background(), table.Batch{Now: tabletest.Now, Ops: ops}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	tab := open(b)
	const n = 10_000
	fill(b, tab, n)
	keys := make([]table.Key, n)
	for i := range keys {
		keys[i] = item(i*7919%n, 1).Key
	}
	for _, size := range []int{1, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				at := i * size % n
				got, err := tab.Get(b.Context(), table.Read{Now: tabletest.Now, Keys: keys[at : at+size]})
				if err != nil || len(got) != size {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}

func BenchmarkQueryPage(b *testing.B) {
	tab := open(b)
	fill(b, tab, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		page, err := tab.Query(b.Context(), table.Range{Now: tabletest.Now, Partition: "p", After: "005000", Limit: 50})
		if err != nil || len(page.Items) != 50 {
			b.Fatal(len(page.Items), err)
		}
	}
}

// BenchmarkWrite sets 64 writers at once beside the same writes one by one.
func BenchmarkWrite(b *testing.B) {
	write := func(b *testing.B, tab *bolt.Table, i int) {
		it := item(i, 1)
		err := tab.Write(context.Background(), table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(it, table.Is(0))}})
		if err != nil {
			b.Error(err)
		}
	}
	report := func(b *testing.B, tab *bolt.Table) {
		writes, syncs := tab.Stats()
		b.ReportMetric(float64(writes)/float64(syncs), "writes/sync")
		b.ReportMetric(float64(writes)/b.Elapsed().Seconds(), "writes/s")
	}
	b.Run("one by one", func(b *testing.B) {
		tab := open(b)
		for i := 0; b.Loop(); i++ {
			write(b, tab, i)
		}
		report(b, tab)
	})
	b.Run("64 joined", func(b *testing.B) {
		tab := open(b)
		var next atomic.Int64
		b.SetParallelism(64 / min(64, runtime.GOMAXPROCS(0)))
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				write(b, tab, int(next.Add(1)))
			}
		})
		report(b, tab)
	})
}
