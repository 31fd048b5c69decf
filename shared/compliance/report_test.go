package compliance_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/regime"
)

func library(t testing.TB) *indicator.Library {
	t.Helper()
	source := regime.Source{Cite: "art. 9", Confidence: "S"}
	of := func(code int, name string, unit indicator.Unit, sectors ...string) indicator.Definition {
		return indicator.Definition{Code: code, Name: name, Title: regime.Text{Zh: "甲", En: "a"}, Kind: indicator.Count, Unit: "lines", Sectors: sectors, Max: 1e6,
			Direction: indicator.Lower, Period: unit, Source: source}
	}
	l, err := indicator.NewLibrary("1", indicator.Due{Month: 15, Day: 2, SetBy: "authority", Source: source}, []indicator.Definition{
		of(1, "lines", indicator.Month, "telecom"), of(2, "calls", indicator.Day, "telecom"), of(3, "accounts", indicator.Month, "finance")})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func period(t testing.TB, s string) indicator.Period {
	t.Helper()
	p, err := indicator.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The figures at a past revision are what the reports up to it come to, in whatever order they are read.
func TestFoldOfReports(t *testing.T) {
	l := library(t)
	var reports []compliance.Report
	var want [][]byte
	var f indicator.Figures
	for n := range 30 {
		r := compliance.Report{Period: period(t, fmt.Sprintf("2026-%02d", 1+n%7)), Revision: 1 + n/7, N: n + 1, Source: "self", Indicators: map[string]float64{"lines": float64(n * n % 31), "gone": 1}}
		r.Apply(l, &f)
		reports, want = append(reports, r), append(want, f.Encode())
	}
	rand.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
	for n := range want {
		if got := compliance.Fold(l, reports, n+1); !bytes.Equal(got.Encode(), want[n]) {
			t.Fatalf("the figures after %d reports are others", n+1)
		}
	}
	last := compliance.Report{Period: period(t, "2026-02"), Source: "self", Indicators: map[string]float64{"lines": 29 * 29 % 31}}
	if !last.Says(l, &f) {
		t.Error("the last report says nothing new")
	}
	last.Source = "checked"
	if last.Says(l, &f) {
		t.Error("that it was checked is new")
	}
}

func TestLateFigures(t *testing.T) {
	l := library(t)
	e := compliance.Enterprise{Sectors: []string{"telecom"}, Since: "2026-08-20"}
	var f indicator.Figures
	put := func(name, p string) {
		if ok, err := f.Put(l, name, period(t, p), indicator.Figure{Value: 1, Revision: 1, Mark: indicator.Self}); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	has := func(position, n int) bool {
		d := l.At(position)
		_, ok := f.Get(l, d.Name, indicator.Period{Unit: d.Period, N: n})
		return ok
	}
	at := func(day string) time.Time { x, _ := time.Parse(time.DateOnly, day); return x }
	put("lines", "2026-08")
	put("calls", "2026-10-20")
	late := func(day string, u indicator.Unit) (out []string) {
		for _, x := range compliance.Expectations(l, e, at(day), has) {
			if x.Period.Unit == u && x.State == "late" {
				out = append(out, x.Period.String())
			}
		}
		return out
	}
	for day, want := range map[string][]string{
		"2026-09-15": nil,                                                                                                                                  // August is in; September goes on
		"2026-10-15": nil,                                                                                                                                  // the last day for September
		"2026-10-16": {"2026-09"},                                                                                                                          //
		"2026-11-16": {"2026-10", "2026-09"},                                                                                                               //
		"2027-11-01": {"2027-09", "2027-08", "2027-07", "2027-06", "2027-05", "2027-04", "2027-03", "2027-02", "2027-01", "2026-12", "2026-11", "2026-10"}, // older ones are looked at by nobody
	} {
		if diff := cmp.Diff(want, late(day, indicator.Month)); diff != "" {
			t.Errorf("%s:\n%s", day, diff)
		}
	}
	if days := late("2026-10-23", indicator.Day); len(days) != 30 || days[0] != "2026-10-19" {
		t.Errorf("days: %v", days)
	}
	for _, x := range compliance.Expectations(l, e, at("2026-10-16"), has) {
		want := "reported"
		switch p := x.Period.String(); {
		case p == "2026-09" || len(p) == 10 && p < "2026-10-14":
			want = "late"
		case p == "2026-10-14", p == "2026-10-15":
			want = "open"
		}
		if x.State != want {
			t.Errorf("%s is %s, want %s", x.Period, x.State, want)
		}
	}
}
