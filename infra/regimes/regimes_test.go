package regimes

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"shixin/shared/regime"
	"shixin/shared/workday"
)

func library(t testing.TB) regime.Library {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var halfWidth = regexp.MustCompile(`\p{Han}[;,:(?!]|[;,:)?!]\p{Han}`)

// Refusals cite the rule that they rest on in each language, so each citation is two halves.
func TestCitationsAreInBothLanguages(t *testing.T) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for _, r := range library(t).Regimes {
		for i := range r.Versions {
			for _, s := range r.Versions[i].Sources() {
				en, zh := s.In()
				if en == "" || en == zh || han(en) || !han(zh) || strings.Contains(en, " · ") {
					t.Errorf("%s %s: %s: %q is cited as %q and %q", r.ID, r.Versions[i].Version, s.Where, s.Cite, en, zh)
				}
				for _, text := range []string{s.Cite, s.Note} {
					if at := halfWidth.FindString(text); at != "" {
						t.Errorf("%s: %s: half-width punctuation in the Chinese of %q: %s", r.ID, s.Where, text, at)
					}
				}
			}
		}
	}
}

func TestNumbersOfTheLaw(t *testing.T) {
	years := func(n int) *regime.Period { return &regime.Period{Years: n} }
	for _, c := range []struct {
		regime, ground string
		on             workday.Day
		term           *regime.Period
		level          string
		published      bool
		persons        bool
	}{
		{"telecom-fraud", "criminal-punishment", "2024-12-01", years(3), "city", true, true},
		{"telecom-fraud", "designated-trading", "2024-12-01", years(2), "city", false, false},
		{"telecom-fraud", "impersonation-opening", "2026-07-01", years(2), "city", false, false},
		{"telecom-fraud", "below-threshold", "2026-07-01", years(2), "province", false, false},
		{"telecom-fraud", "responsible-person", "2026-07-01", years(2), "city", false, false},
		{"market-regulation", "serious-violation", "2021-09-01", years(3), "county", true, false},
		{"market-regulation", "serious-violation", "2026-07-01", years(3), "county", true, false},
		{"telecom-business", "bad-record", "2017-09-01", years(1), "province", true, false},
		{"telecom-business", "dishonest", "2026-07-01", years(3), "province", true, false},
		{"reference", "mirrored", "1999-01-01", nil, "county", true, true},
	} {
		t.Run(c.regime+"/"+c.ground+"/"+string(c.on), func(t *testing.T) {
			v, err := library(t).In(c.regime, c.on)
			if err != nil {
				t.Fatal(err)
			}
			g, ok := v.Ground(c.ground)
			if !ok || !g.In(c.on) {
				t.Fatal("the ground is not in effect")
			}
			switch {
			case (g.Term == nil) != (c.term == nil):
				t.Errorf("term %v, want %v", g.Term, c.term)
			case g.Term != nil && g.Term.Length != *c.term:
				t.Errorf("term %v, want %v", g.Term.Length, *c.term)
			}
			if string(g.Level) != c.level || g.Publication.Allowed != c.published || g.Publication.Persons != c.persons {
				t.Errorf("level %s, publication %+v", g.Level, g.Publication)
			}
		})
	}
}

// What the sources do not state must not run: a clock that appears here was either found in an official text or invented.
func TestUnsetClocksStayUnset(t *testing.T) {
	for _, c := range []struct{ regime, on, kind string }{
		{"telecom-fraud", "2026-07-01", ""},
		{"telecom-business", "2026-07-01", ""},
		{"reference", "2026-07-01", ""},
		{"telecom-fraud", "2026-07-01", "appeal"},
		{"telecom-fraud", "2026-07-01", "repair"},
		{"market-regulation", "2026-07-01", "repair"},
		{"market-regulation", "2026-07-01", "appeal"},
	} {
		v, err := library(t).In(c.regime, workday.Day(c.on))
		if err != nil {
			t.Fatal(err)
		}
		clock := v.Statement
		if c.kind != "" {
			clock = outcomeClock(t, v, c.kind)
		}
		if clock.Within != nil {
			t.Errorf("%s %s: %+v is stated", c.regime, c.kind, *clock.Within)
		}
	}
}

func TestClocksOfOrder44(t *testing.T) {
	old, err := library(t).In("market-regulation", "2025-12-24")
	if err != nil {
		t.Fatal(err)
	}
	if w := old.Statement.Within; w == nil || *w != (regime.Period{WorkingDays: 5}) {
		t.Errorf("statement %v", w)
	}
	if w := outcomeClock(t, old, "repair").Within; w == nil || *w != (regime.Period{WorkingDays: 15}) {
		t.Errorf("repair %v", w)
	}
	r, _ := old.Request("repair")
	if r.Earliest == nil || r.Earliest.Length != (regime.Period{Years: 1}) || r.Earliest.After != "decision" {
		t.Errorf("earliest %+v", r.Earliest)
	}
	if len(old.Consent.For) != 2 || old.Consent.For[0] != "county" || old.Consent.For[1] != "city" {
		t.Errorf("consent for %v", old.Consent.For)
	}
	if _, err := library(t).In("market-regulation", "2021-08-31"); err == nil {
		t.Error("in effect before its first day")
	}
}

func outcomeClock(t *testing.T, v *regime.Version, kind string) regime.Clock {
	t.Helper()
	r, ok := v.Request(kind)
	if !ok {
		t.Fatalf("no rule of %s", kind)
	}
	for _, c := range r.Clocks {
		if c.Step == "outcome" {
			return c
		}
	}
	t.Fatalf("%s has no clock of its outcome", kind)
	return regime.Clock{}
}

// Nobody has checked anything yet but what was read in the official text.
func TestNothingIsVerifiedTooEarly(t *testing.T) {
	for _, r := range library(t).Regimes {
		for i := range r.Versions {
			for _, s := range r.Versions[i].Sources() {
				if s.Verified != (s.Confidence == regime.Official) {
					t.Errorf("%s %s: confidence %s, verified %v", r.ID, s.Where, s.Confidence, s.Verified)
				}
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good, err := files.ReadFile("reference.yaml")
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, with string) string {
		if !strings.Contains(string(good), old) {
			t.Fatalf("the file no longer holds %q", old)
		}
		return strings.Replace(string(good), old, with, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":         {swap("    mirror: true", "    mirror: true\n    mirrored: true"), "mirrored"},
		"misspelt key":        {swap("        capped: false", "        caped: false"), "capped"},
		"forgotten term":      {swap("        term: null\n", ""), "has no term"},
		"forgotten switch":    {swap("        open: true\n", ""), "has no open"},
		"unset without null":  {swap("      within: null\n", ""), "has no within"},
		"null where a list":   {swap("clocks: []", "clocks: null"), "clocks is empty"},
		"null where a switch": {swap("open: true", "open:"), "open is empty"},
		"key twice":           {swap("    mirror: true", "    mirror: true\n    mirror: true"), "already defined"},
		"text for a list":     {swap("sectors: []", "sectors: telecom"), "sectors is not a list"},
		"two documents":       {string(good) + "\n---\nid: other\n", "one document"},
		"empty":               {"", "YAML"},
		"not YAML":            {"id: [", "YAML"},
		"a list":              {"- id: reference", "not a mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a complaint about %q", err, c.want)
			}
		})
	}
}

// No text breaks the loader, and what passes both its reading and its check keeps the promises that the procedure relies on.
func FuzzParse(f *testing.F) {
	text, err := files.ReadFile("reference.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("id: &a x\nname: *a\nversions: [*a]\n"))
	f.Add([]byte("id: x\nname: {zh: 名, en: name}\nversions: []\n"))
	f.Add([]byte("&a [*a, *a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Parse(text)
		if err != nil || r.Check() != nil {
			return
		}
		for i := range r.Versions {
			v := &r.Versions[i]
			for _, kind := range regime.RequestKinds() {
				if _, ok := v.Request(kind); !ok {
					t.Fatalf("no rule of %s", kind)
				}
			}
			for _, g := range v.Grounds {
				if g.Term == nil && !v.Mirror && g.Capped {
					t.Fatal("capped without a term")
				}
				if g.Term != nil {
					if _, ok := g.Term.Length.After("2026-01-01", workday.Calendar{}); !ok {
						t.Fatal("a term needs a calendar")
					}
				}
			}
		}
	})
}
