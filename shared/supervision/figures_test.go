package supervision_test

import (
	"math"
	"testing"
	"time"

	"shixin/infra/indicators"
	"shixin/shared/compliance/indicator"
	"shixin/shared/supervision"
)

// figure is a plausible figure of an enterprise for a period: the same for the same arguments, and few of them far from the others.
func figure(d *indicator.Definition, n, period int) float64 {
	h := uint64(n)*2654435761 ^ uint64(d.Code)*40503 ^ uint64(period)*97
	h ^= h >> 13
	h *= 0x9E3779B97F4A7C15
	u := float64(h>>40) / (1 << 24)
	bad := uint64(n)%50 == 7 && h%16 == 0 // of some enterprises some figures
	v := d.Min + 20 + 10*u
	switch {
	case d.Kind == indicator.Share && d.Direction == indicator.Lower:
		v = map[bool]float64{true: 0.5, false: 0}[bad]
	case d.Kind == indicator.Share:
		v = map[bool]float64{true: 0.5, false: 1}[bad]
	case d.Direction == indicator.Lower:
		v = d.Min + map[bool]float64{true: 500, false: u}[bad]
	}
	v = math.Min(v, d.Max)
	if d.Kind == indicator.Count {
		v = math.Floor(v)
	} else {
		v = math.Round(v*1000) / 1000
	}
	return v
}

// yearOf is the reports of twelve months and of thirty days of an enterprise of the sectors.
func yearOf(t testing.TB, n int, at time.Time, sectors ...string) []supervision.Report {
	t.Helper()
	l, err := indicators.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out []supervision.Report
	for _, u := range []indicator.Unit{indicator.Month, indicator.Day} {
		many := 12
		if u == indicator.Day {
			many = 30
		}
		for back := range many {
			p := indicator.LastEnded(u, at).Add(-back)
			r := supervision.Report{Period: p.String(), Indicators: map[string]float64{}}
			for i := range l.All() {
				if d := l.At(i); d.Period == u && d.For(sectors) {
					r.Indicators[d.Name] = figure(d, n, p.N)
				}
			}
			if len(r.Indicators) > 0 {
				out = append(out, r)
			}
		}
	}
	return out
}

// reported reports a year of figures of the enterprises that code numbers.
func (w *world) reported(sector string, numbers ...int) {
	w.t.Helper()
	var rows []supervision.ReportRow
	flush := func() {
		reply, err := w.ImportReports(w.t.Context(), w.call(officer), rows)
		if err != nil {
			w.t.Fatal(err)
		}
		if r := into[supervision.Receipt](w.t, reply.Body); r.Accepted != len(rows) {
			w.t.Fatalf("%d of %d reports: %+v", r.Accepted, len(rows), r.Rejected[:min(3, len(r.Rejected))])
		}
		rows = nil
	}
	for _, n := range numbers {
		for _, r := range yearOf(w.t, n, w.now, sector) {
			rows = append(rows, supervision.ReportRow{Line: len(rows) + 1, USCC: code(n), Report: r})
		}
		if len(rows) > 4000 {
			flush()
		}
	}
	flush()
}
