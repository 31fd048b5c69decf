package bench

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shixin/shared/journal"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
	"shixin/tests/bench/carriers"
)

// mostPlanningMB is the most memory that no file backs which planning may take over a million entries: a worker has 1,769 MB.
const mostPlanningMB = 600

// BenchmarkPlanning runs all rule packs over one enterprise with a long journal, on the local run: what it takes is the snapshot of the list. The first
// run folds the whole journal, the second goes on from there. With -long there are a million entries.
func BenchmarkPlanning(b *testing.B) {
	sizes := []int{100_000}
	if *long {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			folder := b.TempDir()
			stock(b, folder, 1, enrol)
			stock(b, folder, n, keepJournal)
			for b.Loop() {
				got := sweep(b, folder)
				b.ReportMetric(got.First, "s/first-run")
				b.ReportMetric(got.Second, "s/run")
				b.ReportMetric(got.CPU, "cpu-s/run")
				b.ReportMetric(got.MB, "MB-anonymous")
				if got.MB > mostPlanningMB {
					b.Errorf("%.0f MB; it may take %d", got.MB, mostPlanningMB)
				}
			}
		})
	}
}

// keepJournal writes a journal of n listings, of an organisation each, as imports and decisions leave it.
func keepJournal(b *testing.B, store *records.Store, n int) {
	b.Helper()
	read, err := store.Head(b.Context(), carriers.At)
	if err != nil {
		b.Fatal(err)
	}
	head := read.Head
	batches := make(chan *records.Batch, 64)
	var failed atomic.Value
	var writers sync.WaitGroup
	for range 32 {
		writers.Go(func() {
			for batch := range batches {
				if err := store.Commit(b.Context(), carriers.At, batch); err != nil {
					failed.Store(err)
				}
			}
		})
	}
	batch := &records.Batch{}
	for i := range n {
		code := uscc(2_000_000 + i)
		e := journal.Entry{N: int64(i) + 1, At: carriers.At.Add(time.Duration(i-n) * time.Second).UTC(), Type: journal.Listed, Listing: fmt.Sprintf("06h18%021d", i),
			Regime: "telecom-fraud", Ground: "designated-trading", Authority: "cn-antifraud", Kind: subject.Organization,
			Identifiers: []subject.Ref{{Scheme: subject.USCC, Key: code, Shown: code}},
			Standing: journal.Standing{From: workday.Day(fmt.Sprintf("2026-%02d-%02d", 1+i%9, 1+i%28)), Until: "2029-01-01", Published: i%3 == 0,
				Measures: []string{"fin-noncounter-outflow", "fin-payment-account", "fin-new-account", "fin-merchant", "tel-existing", "tel-new"},
				Cap:      &journal.Cap{Months: 60, Basis: "《电信网络诈骗及其关联违法犯罪联合惩戒办法》"}}}
		bytes, err := journal.Encode(e)
		if err != nil {
			b.Fatal(err)
		}
		leaf := journal.Leaf([]byte("salt"), bytes)
		if head, err = head.Add(e.At, leaf); err != nil {
			b.Fatal(err)
		}
		batch.PutEntry(e.N, bytes, leaf)
		if batch.Len() == table.MaxOps {
			batches <- batch
			batch = &records.Batch{}
		}
	}
	if batch.Len() > 0 {
		batches <- batch
	}
	close(batches)
	writers.Wait()
	if err, _ := failed.Load().(error); err != nil {
		b.Fatal(err)
	}
	last := &records.Batch{}
	last.PutHead(read, head)
	if err := store.Commit(b.Context(), carriers.At, last); err != nil {
		b.Fatal(err)
	}
}
