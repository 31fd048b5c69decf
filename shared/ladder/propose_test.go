package ladder_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/access"
	"shixin/shared/duty"
	"shixin/shared/ladder"
	"shixin/shared/regime"
)

var (
	monday = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	cited  = regime.Source{Cite: "x", Confidence: regime.Technical}
)

// rungs is a ladder of the same build as the one that ships.
func rungs() *ladder.Version {
	power := ladder.Power{Roles: []access.Role{access.Officer}, Level: access.County, Source: cited}
	rung := func(id string, supports ...ladder.Support) ladder.Rung {
		return ladder.Rung{ID: id, Name: regime.Text{Zh: id, En: id}, Take: power, Close: &power, Supports: supports, Source: cited}
	}
	v := &ladder.Version{Version: "2022-12-01", From: "2022-12-01", Source: cited, Rungs: []ladder.Rung{
		rung("interview", ladder.Support{Severities: []string{"high"}, Source: cited}, ladder.Support{Repeated: true, Source: cited}),
		rung("supervised-handling", ladder.Support{After: "interview", Source: cited}),
		rung("listed-rectification", ladder.Support{After: "supervised-handling", Source: cited}),
		rung("proposed-listing", ladder.Support{After: "listed-rectification", Source: cited}),
	}}
	v.Rungs[3].Content = []string{ladder.Document}
	v.Rungs[3].Grounds = []ladder.Ground{
		{Regime: "telecom-business", Ground: "bad-record", Sectors: []string{"telecom"}, Decision: regime.Text{Zh: "决定", En: "the penalty decision"}, Source: cited},
		{Regime: "market-regulation", Ground: "serious-violation", Decision: regime.Text{Zh: "决定", En: "the decision"}, Source: cited},
	}
	return v
}

func failing(rule, severity string) ladder.Failing {
	return ladder.Failing{ID: "f-" + rule, Rule: rule, Severity: severity, Since: monday}
}

func past(id, rung, outcome string, days int, findings ...string) ladder.Past {
	return ladder.Past{ID: id, Rung: rung, Findings: findings, At: monday.AddDate(0, 0, days), Closed: outcome != "", Outcome: outcome}
}

func TestPropose(t *testing.T) {
	again := failing("b", "medium")
	again.Repeated = true
	interview := past("A1", "interview", "not_cured", 5, "f-a")
	handling := past("A2", "supervised-handling", "not_cured", 20, "f-a")
	rectification := past("A3", "listed-rectification", "not_cured", 60, "f-a")
	inForce := []ladder.Available{{Regime: "telecom-business", Ground: "bad-record", InForce: true}, {Regime: "market-regulation", Ground: "serious-violation"}}
	for _, c := range []struct {
		name    string
		failing []ladder.Failing
		past    []ladder.Past
		grounds []ladder.Available
		sectors string
		rung    string // empty: nothing is proposed
		says    string // in a reason
	}{
		{name: "nothing fails"},
		{name: "a slight finding supports nothing", failing: []ladder.Failing{failing("a", "medium")}},
		{name: "a serious one", failing: []ladder.Failing{failing("a", "high")}, rung: "interview", says: "severity high"},
		{name: "one that came back", failing: []ladder.Failing{again}, rung: "interview", says: "fails again"},
		{name: "an interview is under way", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{past("A1", "interview", "", 5, "f-a")}},
		{name: "under way for another finding", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{past("A1", "interview", "", 5, "f-b")}, rung: "interview"},
		{name: "an interview that cured nothing", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{interview}, rung: "supervised-handling", says: "not cured"},
		{name: "an interview before the finding opened", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{past("A0", "interview", "not_cured", -5, "f-a")}, rung: "interview"},
		{name: "assessed as cured, and fails all the same", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{past("A1", "interview", "cured", 5, "f-a")}, rung: "interview"},
		{name: "withdrawn by a person", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{past("A1", "interview", "withdrawn", 5, "f-a")}},
		{name: "third rung", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{interview, handling}, rung: "listed-rectification"},
		{name: "no rung is left out", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{handling}, rung: "listed-rectification"},
		{name: "the highest that any finding supports", failing: []ladder.Failing{failing("a", "high"), failing("b", "high")}, past: []ladder.Past{interview}, rung: "supervised-handling"},
		{name: "a ground in force", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{interview, handling, rectification}, grounds: inForce, sectors: "telecom",
			rung: "proposed-listing", says: "penalty decision"},
		{name: "no ground for the sector", failing: []ladder.Failing{failing("a", "high")}, past: []ladder.Past{interview, handling, rectification}, grounds: inForce, sectors: "finance",
			rung: "proposed-listing", says: "no ground in force"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := rungs().Propose(ladder.Case{USCC: "u", Sectors: []string{c.sectors}, Failing: c.failing, Past: c.past, Grounds: c.grounds})
			if p == nil || c.rung == "" {
				if p != nil || c.rung != "" {
					t.Fatalf("got %+v, want %q", p, c.rung)
				}
				return
			}
			said := ""
			for _, r := range append(append(p.Reasons, p.Needs...), p.Obstacles...) {
				said += r.Text + "\n"
			}
			if p.Rung != c.rung || !strings.Contains(said, c.says) || len(p.Findings) == 0 || len(p.Findings) != len(p.Reasons) {
				t.Errorf("got %+v saying %s, want %s saying %q", p, said, c.rung, c.says)
			}
			if p.Rung == "proposed-listing" && (len(p.Grounds) == 0) != (len(p.Obstacles) > 0) {
				t.Errorf("with %d grounds it has %d obstacles", len(p.Grounds), len(p.Obstacles))
			}
		})
	}
}

// However findings and rungs lie, no rung is proposed that the one below it did not come before, for the same finding, in vain.
func TestNoRungIsLeftOut(t *testing.T) {
	high := 0
	rapid.Check(t, func(t *rapid.T) {
		v := rungs()
		var c ladder.Case
		for _, rule := range []string{"a", "b"} {
			f := failing(rule, rapid.SampledFrom([]string{"high", "medium"}).Draw(t, "severity"))
			f.Repeated = rapid.Bool().Draw(t, "repeated")
			c.Failing = append(c.Failing, f)
		}
		for n := range rapid.IntRange(0, 8).Draw(t, "past") {
			p := past("A"+string(rune('0'+n)), rapid.SampledFrom(v.Rungs).Draw(t, "rung").ID,
				rapid.SampledFrom([]string{"not_cured", "not_cured", "cured", "withdrawn", ""}).Draw(t, "outcome"), n-1, rapid.SampledFrom([]string{"f-a", "f-b"}).Draw(t, "finding"))
			c.Past = append(c.Past, p)
		}
		p := v.Propose(c)
		if p == nil {
			return
		}
		below := map[string]string{"supervised-handling": "interview", "listed-rectification": "supervised-handling", "proposed-listing": "listed-rectification"}[p.Rung]
		for _, f := range p.Findings {
			came := below == ""
			for _, x := range c.Past {
				if x.Findings[0] != f {
					continue
				}
				if !x.Closed {
					t.Fatalf("%s is proposed for %s while %s is open", p.Rung, f, x.Rung)
				}
				came = came || x.Rung == below && x.Outcome == "not_cured" && !x.At.Before(monday)
			}
			if !came {
				t.Fatalf("%s is proposed for %s without %s: %+v", p.Rung, f, below, c.Past)
			}
		}
		if p.Rung == "proposed-listing" {
			high++
		}
		if again := v.Propose(c); again.ID != p.ID {
			t.Fatal("the same case has two proposals")
		}
		c.Failing[0].Since, c.Failing[1].Since = monday.Add(time.Hour), monday.Add(time.Hour)
		if q := v.Propose(c); q != nil && q.ID == p.ID {
			t.Fatal("findings that opened anew are the same proposal")
		}
	})
	if high == 0 {
		t.Error("no random case came to the last rung: the property was not tried")
	}
}

func TestDuties(t *testing.T) {
	duties := []ladder.Duty{
		{ID: "late-decision", Kinds: []string{"listing"}, Steps: []string{"decision", "consent"}},
		{ID: "late-unpublication", Steps: []string{"requests/N/outcome"}, Of: []string{"revocation"}},
		{ID: "late-request", Steps: []string{"requests/N/outcome"}, Of: []string{"appeal"}},
	}
	for _, c := range []struct {
		kind string
		wait duty.Wait
		want string
	}{
		{"listing", duty.Wait{Step: "decision", For: duty.Decider, By: "2026-03-01"}, "late-decision"},
		{"listing", duty.Wait{Step: "decision", For: duty.Decider, By: "2026-03-02"}, ""},
		{"listing", duty.Wait{Step: "decision", For: duty.Decider}, ""},
		{"action", duty.Wait{Step: "decision", For: duty.Decider, By: "2026-03-01"}, ""},
		{"listing", duty.Wait{Step: "requests/12/outcome", For: duty.Decider, Request: "appeal", By: "2026-03-01"}, "late-request"},
		{"listing", duty.Wait{Step: "requests/3/outcome", For: duty.Decider, Request: "revocation", By: "2026-03-01"}, "late-unpublication"},
		{"listing", duty.Wait{Step: "decision", For: duty.Subject, By: "2026-03-01"}, ""},
		{"listing", duty.Wait{Step: "decision", For: duty.Decider, May: true, By: "2026-03-01"}, ""},
	} {
		got := strings.Join(ladder.Breaches(duties, duty.Item{Kind: c.kind, Waits: []duty.Wait{c.wait}}, "2026-03-02"), " ")
		if got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.kind, c.wait, got, c.want)
		}
	}
}

func TestStanding(t *testing.T) {
	v := rungs()
	c := ladder.Case{USCC: "u", Failing: []ladder.Failing{failing("a", "high")}}
	p := v.Propose(c)
	s, changed := ladder.Standing{}.Next(p, "suzhou", "R1", monday)
	if !changed || s.Proposal.Run != "R1" {
		t.Fatalf("%+v", s)
	}
	if _, changed := s.Next(v.Propose(c), "suzhou", "R2", monday.Add(time.Hour)); changed {
		t.Error("another run that says the same changes what is stored")
	}
	if moved, changed := s.Next(p, "jiangsu", "R2", monday); !changed || moved.Proposal.Authority != "jiangsu" {
		t.Error("a proposal does not follow its enterprise to another authority")
	}
	dismissed := s.Dismiss(ladder.Dismissal{Proposal: p.ID, By: "wang"})
	if again, changed := dismissed.Next(v.Propose(c), "suzhou", "R3", monday); changed || again.Proposal != nil {
		t.Error("what was dismissed is proposed again")
	}
	c.Failing[0].Since = monday.AddDate(0, 1, 0)
	if again, changed := dismissed.Next(v.Propose(c), "suzhou", "R4", monday); !changed || again.Proposal == nil {
		t.Error("a finding that opened anew is not proposed, because an older one was dismissed")
	}
	taken := s.Taken(past("A1", "interview", "", 1, "f-a"))
	if taken.Proposal != nil || s.Proposal == nil || len(taken.Past) != 1 {
		t.Errorf("taken: %+v, before: %+v", taken, s)
	}
	closed := taken.Taken(past("A1", "interview", "not_cured", 1, "f-a"))
	if len(closed.Past) != 1 || !closed.Past[0].Closed || taken.Past[0].Closed {
		t.Errorf("closed: %+v, before: %+v", closed.Past, taken.Past)
	}
	for n := range ladder.MaxPast + 20 {
		closed = closed.Taken(past("B"+time.Duration(n).String(), "interview", "cured", n, "f-b"))
	}
	closed = closed.Taken(past("C", "interview", "", 1, "f-c"))
	if len(closed.Past) != ladder.MaxPast+1 || closed.Past[len(closed.Past)-1].ID != "C" || closed.Past[0].ID == "A1" {
		t.Errorf("%d rungs are kept", len(closed.Past))
	}
}
