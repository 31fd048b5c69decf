package ladder_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"shixin/infra/ladder"
	"shixin/infra/regimes"
	"shixin/shared/regime"
)

func TestTheLadderAsItShips(t *testing.T) {
	l, err := ladder.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, ok := l.In("2026-11-25")
	if !ok {
		t.Fatal("no ladder is in effect")
	}
	var ids []string
	for _, r := range v.Rungs {
		ids = append(ids, r.ID)
		if r.Source.Verified || r.Source.Note == "" {
			t.Errorf("%s: its source says %+v", r.ID, r.Source)
		}
		for _, c := range r.Clocks {
			if c.Within != nil {
				t.Errorf("%s: the clock of %s has a number that no text states", r.ID, c.Step)
			}
		}
		if p := r.Publication; p != nil && (!p.Power.Another || p.Reply.Within != nil || p.Contest.Within != nil) {
			t.Errorf("%s: publication %+v", r.ID, p)
		}
		if r.Proposes() != (r.ID == "proposed-listing") {
			t.Errorf("%s proposes a listing: %v", r.ID, r.Proposes())
		}
	}
	if want := "interview supervised-handling listed-rectification proposed-listing"; strings.Join(ids, " ") != want {
		t.Errorf("rungs %v, want %s", ids, want)
	}
	if _, ok := l.In("2022-11-30"); ok {
		t.Error("a ladder before the Anti-Fraud Law")
	}
}

// A listing is proposed only on grounds that the regimes have, for organisations, and that are not a conviction's or a mirror's.
func TestGroundsAreThoseOfTheRegimes(t *testing.T) {
	l, err := ladder.Load()
	if err != nil {
		t.Fatal(err)
	}
	library, err := regimes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range l.Versions {
		r, _ := v.Rung("proposed-listing")
		for _, g := range r.Grounds {
			version, err := library.In(g.Regime, "2026-11-25")
			if err != nil {
				t.Errorf("%s: %v", g.Regime, err)
				continue
			}
			ground, ok := version.Ground(g.Ground)
			if !ok || version.Mirror || ground.Conviction || !slices.Contains(ground.Subjects, "organization") {
				t.Errorf("%s/%s is no ground for an organisation: %+v", g.Regime, g.Ground, ground)
			}
			for _, s := range version.Sectors {
				if len(g.Sectors) > 0 && !slices.Contains(g.Sectors, s) {
					t.Errorf("%s/%s: the regime is for %v, the ladder says %v", g.Regime, g.Ground, version.Sectors, g.Sectors)
				}
			}
		}
	}
}

func TestDutiesSpeakOfStepsThatWait(t *testing.T) {
	l, err := ladder.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, d := range l.Duties {
		if seen[d.ID] || d.Source.Confidence == regime.NotFound {
			t.Errorf("duty %s: twice, or without a source", d.ID)
		}
		seen[d.ID] = true
	}
	for _, id := range []string{"late-decision", "late-unpublication", "late-request"} {
		if !seen[id] {
			t.Errorf("there is no duty %s", id)
		}
	}
}

// Everything that is left out, unknown or without a source is refused, with where it stands.
func TestWhatIsWrongIsRefused(t *testing.T) {
	rungs, err := os.ReadFile("enterprises.yaml")
	if err != nil {
		t.Fatal(err)
	}
	duties, err := os.ReadFile("duties.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, says string }{
		{"a key left out", "record: true", "recorded: true", "has no record"},
		{"an unknown key", "record: true", "record: true\n        recorded: true", "recorded"},
		{"two documents", "versions:\n", "--- {}\n---\nversions:\n", "one document"},
		{"a number without a source", "within: null\n            source: &unset", "within: {working_days: 10}\n            source: &unset", "source was found"},
		{"a rung on a higher one", "after: interview\n", "after: listed-rectification\n", "no lower rung"},
		{"a listing on a finding alone", "- after: listed-rectification", "- repeated: true", "finding alone"},
		{"an unknown content", "content: [reason, legal_basis, document]", "content: [reason, legal_basis, gift, document]", `"gift"`},
		{"a listing without its decision", "content: [reason, legal_basis, document]", "content: [reason, legal_basis]", "names the decision"},
		{"publication by one person", "another: true\n            source: *two\n          reply", "another: false\n            source: *two\n          reply", "another person"},
		{"a power without a level", "level: city\n          another: false", "level: none\n          another: false", "needs roles and a level"},
		{"verified without reading", "verified: false", "verified: true", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(rungs), c.old) {
				t.Fatalf("the file does not say %q", c.old)
			}
			_, err := ladder.Parse([]byte(strings.Replace(string(rungs), c.old, c.new, 1)), duties)
			if c.says == "" { // S may be verified by the law's owner
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	if _, err := ladder.Parse(rungs, []byte("duties: [{id: x, steps: [decision]}]")); err == nil {
		t.Error("a duty without a name is taken")
	}
}

func FuzzParse(f *testing.F) {
	rungs, _ := os.ReadFile("enterprises.yaml")
	duties, _ := os.ReadFile("duties.yaml")
	f.Add(rungs, duties)
	f.Add([]byte("versions: [{}]"), []byte("duties: [{}]"))
	f.Add([]byte("versions: [{rungs: [{grounds: [{}]}]}]"), []byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, rungs, duties []byte) {
		l, err := ladder.Parse(rungs, duties)
		if err != nil {
			return
		}
		if again := l.Check(); again != nil {
			t.Errorf("parsed, and then wrong: %v", again)
		}
	})
}
