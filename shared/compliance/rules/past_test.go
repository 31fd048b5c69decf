package rules

import (
	"fmt"
	"testing"
	"time"

	"shixin/shared/compliance"
)

// The findings that a rule sees are those of the moment before its run, whenever it is asked.
func TestPastOf(t *testing.T) {
	day := func(n int) time.Time { return at.AddDate(0, 0, n-100) }
	mark := func(n int, e compliance.Event) compliance.Mark {
		return compliance.Mark{Run: fmt.Sprint(n), At: day(n), Event: e}
	}
	decided := func(n int) *time.Time { d := day(n); return &d }
	f := compliance.Finding{Rule: "card-limit", Pack: "telecom@3", Marks: []compliance.Mark{
		mark(10, compliance.Opened), mark(20, compliance.Changed), mark(30, compliance.Healed), mark(40, compliance.Reopened), mark(50, compliance.Unjudged)},
		Contests: []compliance.Contest{
			{At: day(45), Decided: decided(47), State: compliance.Refused},
			{At: day(60), Decided: decided(70), State: compliance.Granted},
		}}
	for _, c := range []struct {
		on   int
		want string
	}{
		{10, ""}, // the run that opened it does not see it
		{11, "open 1 0"}, {20, "open 10 0"}, {31, "cured 21 0"}, {40, "cured 30 0"}, {41, "open 1 1"}, {46, "contested 6 1"}, {48, "open 8 1"},
		{61, "contested 21 1"}, {70, "contested 30 1"}, {71, "cured 31 1"},
	} {
		got := ""
		if p, was := PastOf(f, day(c.on)); was {
			got = fmt.Sprint(p.State, " ", p.Days, " ", p.Times)
			if p.Rule != "telecom/card-limit" {
				t.Errorf("the rule is %s", p.Rule)
			}
		}
		if got != c.want {
			t.Errorf("on day %d it is %q, want %q", c.on, got, c.want)
		}
	}
	lapsed := compliance.Finding{Rule: "r", Pack: "p@1", Marks: []compliance.Mark{mark(10, compliance.Opened), mark(30, compliance.Healed)},
		Contests: []compliance.Contest{{At: day(20), State: compliance.Lapsed}}}
	if p, _ := PastOf(lapsed, day(40)); p.State != "cured" {
		t.Errorf("%+v", p)
	}
}

// What is unknown is judged again from its inputs too: they hold the findings that were looked at before something was missing.
func TestUnknownKeepsTheFindings(t *testing.T) {
	program := compiled(t, of("", "findings.exists(f, f.days > 3) && now.abnormal_cards > 5"))
	v := judge(t, Inputs{Programs: []*Program{program}}, Facts{Enterprise: enterprise(), Findings: []Past{{"listed", "open", 9, 0}}})
	if got := shown(v[0]); got != "unknown inputs-missing; figure abnormal_cards 2026-10 not-reported; finding listed=open,9,0" {
		t.Error(got)
	}
	past, _ := PastFrom(v[0].Inputs)
	if again := judge(t, Inputs{Programs: []*Program{program}}, Facts{Enterprise: enterprise(), Findings: past}); shown(again[0]) != shown(v[0]) {
		t.Error(shown(again[0]))
	}
}
