package indicator

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/regime"
)

func put(t testing.TB, f *Figures, l *Library, name, period string, v float64, m Mark, revision int) bool {
	t.Helper()
	p, err := ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := f.Put(l, name, p, Figure{Value: v, Mark: m, Revision: revision})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestFiguresKeepTheLatest(t *testing.T) {
	l := small(t)
	var f Figures
	put(t, &f, l, "abnormal_cards", "2026-08", 7, Self, 1)
	put(t, &f, l, "abnormal_cards", "2026-10", 5, Self, 1)
	put(t, &f, l, "abnormal_cards", "2026-10", 6, Checked, 2) // a correction
	put(t, &f, l, "reverified_share", "2026-10", 0.975, Measured, 1)
	put(t, &f, l, "block_hours", "2026-10-08", 3.25, Self, 1)
	october, _ := ParsePeriod("2026-10")
	for _, c := range []struct {
		name string
		back int
		want Figure
	}{
		{"abnormal_cards", 0, Figure{6, 2, Checked}}, {"abnormal_cards", 1, Figure{}}, {"abnormal_cards", 2, Figure{7, 1, Self}},
		{"abnormal_cards", -1, Figure{}}, {"abnormal_cards", 3, Figure{}}, {"reverified_share", 0, Figure{0.975, 1, Measured}},
		{"block_hours", 0, Figure{}}, {"unheard_of", 0, Figure{}}, {"complaints_rate", 0, Figure{}},
	} {
		if got, ok := f.Get(l, c.name, october.Add(-c.back)); got != c.want || ok != (c.want.Mark != 0) {
			t.Errorf("%s %d months back: %v, %v", c.name, c.back, got, ok)
		}
	}
	// The shape that is stored.
	if got := hex.EncodeToString(f.Encode()); got != stored {
		t.Errorf("packed: %s, want %s: a change of the stored form needs a new format", got, stored)
	}

	if put(t, &f, l, "abnormal_cards", "2025-06", 1, Self, 1) {
		t.Error("a month 16 back is kept")
	}
	if !put(t, &f, l, "abnormal_cards", "2025-07", 1, Self, 1) {
		t.Error("a month 15 back is not kept")
	}
	put(t, &f, l, "abnormal_cards", "2026-11", 2, Self, 1)
	if _, ok := f.Get(l, "abnormal_cards", october.Add(-15)); ok {
		t.Error("what is too old is still there")
	}
	put(t, &f, l, "abnormal_cards", "2029-11", 2, Self, 1)
	if _, ok := f.Get(l, "abnormal_cards", october); ok || len(f.Encode()) > 60 {
		t.Error("three years on, the old figures are still there")
	}
	if o := f.Oldest(Month).String(); o != "2028-08" {
		t.Errorf("the oldest month that is kept is %s", o)
	}
}

func TestPutRefusesWhatIsNoFigure(t *testing.T) {
	l := small(t)
	month, day := Period{Month, 2026 * 12}, Period{Day, 20000}
	for name, c := range map[string]struct {
		indicator string
		period    Period
		figure    Figure
	}{
		"unknown":     {"unheard_of", month, Figure{1, 1, Self}},
		"day":         {"abnormal_cards", day, Figure{1, 1, Self}},
		"no mark":     {"abnormal_cards", month, Figure{1, 1, 0}},
		"a mark":      {"abnormal_cards", month, Figure{1, 1, 4}},
		"no revision": {"abnormal_cards", month, Figure{1, 0, Self}},
		"NaN":         {"complaints_rate", month, Figure{math.NaN(), 1, Self}},
		"1e308":       {"complaints_rate", month, Figure{1e308, 1, Self}},
	} {
		var f Figures
		if kept, err := f.Put(l, c.indicator, c.period, c.figure); err == nil || kept || !f.Empty() {
			t.Errorf("%s: %v, %v", name, kept, err)
		}
	}
}

// stored is how the figures of TestFiguresKeepTheLatest lie in the table.
const stored = "01030182fc0201010107039e0f0282fc020305010a0105000c028107fdc30201010105028a05"

// figuresOf draws figures, and says what they are in a plain map.
func figuresOf(t *rapid.T, l *Library) (Figures, map[string]map[int]Figure) {
	var f Figures
	plain := map[string]map[int]Figure{}
	for range rapid.IntRange(0, 80).Draw(t, "figures") {
		d := l.At(rapid.IntRange(0, l.Len()-1).Draw(t, "indicator"))
		p := Period{Month, 2026*12 + rapid.IntRange(0, 40).Draw(t, "month")}
		if d.Period == Day {
			p = Period{Day, 20000 + rapid.IntRange(0, 130).Draw(t, "day")}
		}
		v := Figure{rapid.Float64Range(d.Min, d.Max).Draw(t, "value"), rapid.IntRange(1, MaxRevision).Draw(t, "revision"),
			rapid.SampledFrom([]Mark{Self, Checked, Measured}).Draw(t, "mark")}
		if d.Kind == Count || rapid.Bool().Draw(t, "round") {
			v.Value = math.Trunc(v.Value)
		} else if rapid.Bool().Draw(t, "decimal") {
			v.Value = min(math.Round(v.Value*1e4)/1e4, d.Max)
		}
		kept, err := f.Put(l, d.Name, p, v)
		if err != nil {
			t.Fatal(err)
		}
		if plain[d.Name] == nil {
			plain[d.Name] = map[int]Figure{}
		}
		newest := p.N
		for n := range plain[d.Name] {
			newest = max(newest, n)
		}
		if kept != (newest-p.N < keep(p.Unit)) {
			t.Fatalf("%s %v beside %d: kept %v", d.Name, p, newest, kept)
		}
		plain[d.Name][p.N] = v
		for n := range plain[d.Name] {
			if newest-n >= keep(p.Unit) {
				delete(plain[d.Name], n)
			}
		}
	}
	return f, plain
}

// What is packed is what was put, however it is read, and equal figures have equal bytes.
func TestPackedFiguresAreTheFigures(t *testing.T) {
	l := small(t)
	w := NewWindow(l)
	rapid.Check(t, func(t *rapid.T) {
		f, plain := figuresOf(t, l)
		packed := f.Encode()
		back, err := Decode(packed)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Read(packed); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Encode(), packed) {
			t.Fatal("packed again it is other bytes")
		}
		for i, d := range l.All() {
			first, n := 2026*12-20, 80
			if d.Period == Day {
				first, n = 20000-70, 220
			}
			for p := first; p < first+n; p++ {
				want, has := plain[d.Name][p]
				if got, ok := back.Get(l, d.Name, Period{d.Period, p}); got != want || ok != has {
					t.Fatalf("%s %d: %v, want %v", d.Name, p, got, want)
				}
				if got, ok := w.At(i, p); got != want || ok != has {
					t.Fatalf("%s %d through the window: %v, want %v", d.Name, p, got, want)
				}
			}
		}
	})
}

// The order in which figures arrive leaves no trace.
func TestPackedFiguresForgetTheOrder(t *testing.T) {
	l := small(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, KeepMonths).Draw(t, "months")
		order := rapid.Permutation(make([]int, 0)).Draw(t, "none")
		for i := range n {
			order = append(order, i)
		}
		order = rapid.Permutation(order).Draw(t, "order")
		var a, b Figures
		for i := range n {
			for f, at := range map[*Figures]int{&a: i, &b: order[i]} {
				if _, err := f.Put(l, "abnormal_cards", Period{Month, 2026*12 + at}, Figure{float64(at * 3), 1 + at%2, Self}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !bytes.Equal(a.Encode(), b.Encode()) || !reflect.DeepEqual(a, b) {
			t.Fatalf("%x and %x", a.Encode(), b.Encode())
		}
	})
}

func TestDecodeRefusesEveryCut(t *testing.T) {
	l := small(t)
	var f Figures
	put(t, &f, l, "abnormal_cards", "2026-08", 7, Self, 1)
	put(t, &f, l, "abnormal_cards", "2026-10", 5000, Self, 300)
	put(t, &f, l, "complaints_rate", "2026-10", 1.0/3, Self, 1)
	packed := f.Encode()
	w := NewWindow(l)
	for n := 1; n < len(packed); n++ {
		if _, err := Decode(packed[:n]); !errors.Is(err, ErrFigures) {
			t.Errorf("%d bytes of %d: %v", n, len(packed), err)
		}
		if err := w.Read(packed[:n]); !errors.Is(err, ErrFigures) {
			t.Errorf("%d bytes of %d through the window: %v", n, len(packed), err)
		} else if _, ok := w.At(0, 2026*12+9); ok {
			t.Error("the window shows a part of what it could not read")
		}
	}
	if _, err := Decode(append(packed, 0)); !errors.Is(err, ErrFigures) {
		t.Errorf("a byte too many: %v", err)
	}
}

// Figures of an indicator that is no longer known are kept and not looked at.
func TestWindowPassesOverTheUnknown(t *testing.T) {
	l := small(t)
	var f Figures
	put(t, &f, l, "abnormal_cards", "2026-10", 5, Self, 1)
	put(t, &f, l, "complaints_rate", "2026-10", 0.5, Self, 1)
	text := regime.Text{Zh: "示例", En: "Example"}
	fewer, err := NewLibrary("fewer", Due{Month: 15, Day: 2}, []Definition{{Code: 70, Name: "complaints_rate", Title: text, Kind: Rate, Unit: "a", Denominator: &text,
		Sectors: []string{"telecom"}, Max: 10, Direction: Lower, Period: Month, Source: regime.Source{Cite: "c", Confidence: "S"}}})
	if err != nil {
		t.Fatal(err)
	}
	w := NewWindow(fewer)
	if err := w.Read(f.Encode()); err != nil {
		t.Fatal(err)
	}
	if v, ok := w.At(0, 2026*12+9); !ok || v.Value != 0.5 {
		t.Errorf("%v, %v", v, ok)
	}
}

func FuzzDecode(f *testing.F) {
	l := small(f)
	var some Figures
	put(f, &some, l, "abnormal_cards", "2026-08", 7, Self, 1)
	put(f, &some, l, "abnormal_cards", "2026-10", 5, Checked, 2)
	put(f, &some, l, "complaints_rate", "2026-10", 1.0/3, Self, 1)
	put(f, &some, l, "block_hours", "2026-10-08", 3.25, Self, 1)
	f.Add(some.Encode())
	f.Add([]byte{1, 1, 3, 2, 1, 1, 1, 5, 0, 2})
	w := NewWindow(l)
	f.Fuzz(func(t *testing.T, b []byte) {
		figures, err := Decode(b)
		if other := w.Read(b); (err == nil) != (other == nil) {
			t.Fatalf("Decode says %v, the window %v", err, other)
		}
		if err != nil {
			return
		}
		packed := figures.Encode()
		again, err := Decode(packed)
		if err != nil || !reflect.DeepEqual(again, figures) {
			t.Fatalf("read, packed and read again it differs: %v", err)
		}
		if len(packed) > len(b) {
			t.Fatalf("%d bytes became %d", len(b), len(packed))
		}
	})
}

// year is a year of 20 figures a month, as an enterprise reports them.
func year(t testing.TB) (*Library, []byte) {
	text := regime.Text{Zh: "示例", En: "Example"}
	var all []Definition
	for i := range 20 {
		d := Definition{Code: 1 + i, Name: "figure_" + string(rune('a'+i)), Title: text, Kind: Count, Unit: "cards", Sectors: []string{"telecom"}, Max: 1e8, Direction: Lower,
			Period: Month, Source: regime.Source{Cite: "c", Confidence: "S"}}
		if i%2 == 0 {
			d.Kind, d.Unit, d.Denominator, d.Max = Share, "share", &text, 1
		}
		all = append(all, d)
	}
	l, err := NewLibrary("year", Due{Month: 15, Day: 2}, all)
	if err != nil {
		t.Fatal(err)
	}
	var f Figures
	for m := range 13 {
		for i := range 20 {
			v := float64(1200 + (i*7919+m*104729)%997)
			if i%2 == 0 {
				v /= 1e4
			}
			if _, err := f.Put(l, all[i].Name, Period{Month, 2026*12 + m}, Figure{v, 1 + i*m%7/6, Self}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l, f.Encode()
}

// An enterprise's figures lie in the item that each run reads: their size is what a run costs.
func TestAYearOfFiguresIsSmall(t *testing.T) {
	_, packed := year(t)
	if t.Logf("%d bytes", len(packed)); len(packed) > 1100 {
		t.Errorf("a year of 20 figures takes %d bytes", len(packed))
	}
}

func BenchmarkWindow(b *testing.B) {
	l, packed := year(b)
	w := NewWindow(l)
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Read(packed); err != nil {
			b.Fatal(err)
		}
	}
}
