package main

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func small(t *testing.T) *result {
	t.Helper()
	folder, err := fs.Sub(shipped, "data/small")
	if err != nil {
		t.Fatal(err)
	}
	set, err := load(folder)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(set, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFindsWhatComesWithIt(t *testing.T) {
	r := small(t)
	for _, c := range r.systems[0].classes {
		if c.first != c.queries {
			t.Errorf("%s: %d of %d first", c.name, c.first, c.queries)
		}
	}
	if recall, alarms := r.systems[0].at(0.75); recall < 0.9 || alarms > 0 {
		t.Errorf("at 0.75: %.3f found, %.3f false alarms", recall, alarms)
	}
	if r.pairs == 0 || r.alarms > 0 {
		t.Errorf("%d of %d pairs of other companies are hits", r.alarms, r.pairs)
	}
	ours, _ := r.systems[0].at(r.systems[0].strict(0.01))
	floor, _ := r.systems[1].at(r.systems[1].strict(0.01))
	if ours <= floor {
		t.Errorf("found at 1%% false alarms: %.3f, Jaro-Winkler alone %.3f", ours, floor)
	}
}

func TestPrintsATable(t *testing.T) {
	var b bytes.Buffer
	r := small(t)
	r.print(&b, true)
	r.printCurve(&b, true)
	if n := strings.Count(b.String(), "\n|"); n < 30 {
		t.Errorf("%d rows:\n%s", n, b.String())
	}
}

// The figures of Winkler's paper.
func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"martha", "marhta", 0.961}, {"dwayne", "duane", 0.840}, {"dixon", "dicksonx", 0.813}, {"a", "", 0}, {"abc", "xyz", 0}} {
		if got := jaroWinkler([]rune(c.a), []rune(c.b)); got < c.want-0.001 || got > c.want+0.001 {
			t.Errorf("%s, %s: %.4f, want %.3f", c.a, c.b, got, c.want)
		}
	}
}

// The tables of the README are what this command prints. They need the lists they are about.
func TestReadmeSaysWhatIsMeasured(t *testing.T) {
	if os.Getenv("SHIXIN_DATA") == "" {
		t.Skip("SHIXIN_DATA names no folder with the lists")
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, set := range folders(t) {
		r, err := measure(set, true)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		r.print(&b, true)
		if !strings.Contains(string(readme), strings.TrimSpace(b.String())) {
			t.Errorf("%s: the README has other figures than\n%s", name, b.String())
		}
	}
}
