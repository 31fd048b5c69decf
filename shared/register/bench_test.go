package register_test

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"testing"
	"time"

	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
)

// BenchmarkLife is the ordinary way of a listing to its decision: four writes, one of them an effect.
func BenchmarkLife(b *testing.B) {
	w := rt.New(b)
	n := 0
	for b.Loop() {
		w.Listed(rt.Organization(n))
		n++
	}
}

// BenchmarkImport imports and adopts rows in requests of 5,000: those of the NDJSON file that SHIXIN_ROWS names, or as many
// that are made up. It reports the rows a second and the memory that stays.
func BenchmarkImport(b *testing.B) {
	rows := importRows(b)
	for b.Loop() {
		w := rt.New(b)
		began := time.Now()
		for first := 0; first < len(rows); first += register.MaxRows {
			id := w.ImportRows(rt.Officer, rows[first:min(len(rows), first+register.MaxRows)])
			_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
			w.Must(err)
			for w.ShownImport(rt.Decider, id).State != "adopted" {
				w.Must(w.Work(w.Ctx(), id, w.Now))
			}
			if v := w.ShownImport(rt.Decider, id); v.Failures > 0 {
				b.Fatalf("%d rows failed: %v", v.Failures, v.Failed[0])
			}
		}
		b.ReportMetric(float64(len(rows))/time.Since(began).Seconds(), "rows/s")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys-m.HeapReleased)/1e6, "MB")
	}
}

func importRows(b *testing.B) (rows []register.Row) {
	path := os.Getenv("SHIXIN_ROWS")
	if path == "" {
		for n := range register.MaxRows {
			rows = append(rows, rt.Mirrored(n))
		}
		return rows
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var row register.Row
		if err := json.Unmarshal(line, &row); err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}
