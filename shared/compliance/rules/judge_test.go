package rules

import (
	"fmt"
	"strings"
	"testing"

	"shixin/shared/compliance"
)

// shown is a verdict in one line: outcome, reason, and each input.
func shown(v compliance.Verdict) string {
	s := string(v.Outcome)
	if v.Reason != "" {
		s += " " + v.Reason
	}
	for _, i := range v.Inputs {
		s += fmt.Sprintf("; %s %s", i.Kind, i.Name)
		if i.Period != "" {
			s += " " + i.Period
		}
		if i.Value != "" {
			s += "=" + i.Value
		}
		if i.Mark != "" {
			s += fmt.Sprintf(" %s.%d", i.Mark, i.Revision)
		}
		if i.SetBy != "" {
			s += " by " + i.SetBy
		}
		if i.Group != "" {
			s += fmt.Sprintf(" of %d in %s", i.Members, i.Group)
		}
		if i.Wider {
			s += " (wider)"
		}
		if i.Reason != "" {
			s += " " + i.Reason
		}
	}
	return s
}

func TestJudge(t *testing.T) {
	months := func(n int, v func(back int) float64) map[string]float64 {
		out := map[string]float64{}
		for i := range n {
			out[fmt.Sprintf("2026-%02d", 10-i)] = v(i)
		}
		return out
	}
	flat := func(v float64) func(int) float64 { return func(int) float64 { return v } }
	for _, c := range []struct {
		name        string
		when, fails string
		figures     map[string]map[string]float64
		change      func(*compliance.Enterprise)
		findings    []Past
		want        string
	}{
		{name: "a figure over its limit", fails: "now.abnormal_cards > params.limit", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(51))},
			want: "fail; figure abnormal_cards 2026-10=51 self.2; parameter limit=50 by authority"},
		{name: "a figure at its limit", fails: "now.abnormal_cards > params.limit", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(50))}, want: "pass"},
		{name: "a limit of the province", fails: "now.abnormal_cards > params.limit", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(31))},
			change: func(e *compliance.Enterprise) { e.Region = "320100" }, want: "fail; figure abnormal_cards 2026-10=31 self.2; parameter limit=30 by authority"},
		{name: "a limit of the city", fails: "now.abnormal_cards > params.limit", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(21))},
			change: func(e *compliance.Enterprise) { e.Region = "320500" }, want: "fail; figure abnormal_cards 2026-10=21 self.2; parameter limit=20 by authority"},
		{name: "nothing reported", fails: "now.abnormal_cards > params.limit", want: "unknown inputs-missing; figure abnormal_cards 2026-10 not-reported"},
		{name: "a threshold that nobody has set", fails: "now.abnormal_cards > params.unset", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(51))},
			want: "unknown inputs-missing; parameter unset by authority not-set"},
		{name: "a || b decided by a", fails: "now.abnormal_cards > 5 || now.spoofed_calls_rate > 1", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(51))},
			want: "fail; figure abnormal_cards 2026-10=51 self.2"},
		{name: "b || a decided by a", fails: "now.spoofed_calls_rate > 1 || now.abnormal_cards > 5", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(51))},
			want: "fail; figure abnormal_cards 2026-10=51 self.2"},
		{name: "a || b undecided", fails: "now.abnormal_cards > 55 || now.spoofed_calls_rate > 1", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(51))},
			want: "unknown inputs-missing; figure spoofed_calls_rate 2026-10 not-reported"},
		{name: "a && b decided by a", fails: "now.abnormal_cards > 55 && now.spoofed_calls_rate > 1", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(51))}, want: "pass"},
		{name: "two missing", fails: "now.abnormal_cards + previous.abnormal_cards > 5.0",
			want: "unknown inputs-missing; figure abnormal_cards 2026-10 not-reported; figure abnormal_cards 2026-09 not-reported"},
		{name: "twice its own median", fails: "now.abnormal_cards > 2.0 * history.abnormal_cards.median(6)",
			figures: map[string]map[string]float64{"abnormal_cards": months(7, func(i int) float64 { return []float64{25, 9, 10, 11, 12, 13, 14}[i] })},
			want:    "fail; figure abnormal_cards 2026-10=25 self.2; history abnormal_cards.median(6) 2026-09/2026-04=11.5"},
		{name: "a month of six is missing", fails: "now.abnormal_cards > 2.0 * history.abnormal_cards.median(6)",
			figures: map[string]map[string]float64{"abnormal_cards": months(6, flat(3))}, want: "unknown inputs-missing; figure abnormal_cards 2026-04 not-reported"},
		{name: "any month of the year", fails: "history.abnormal_cards.exists(v, v > 40)",
			figures: map[string]map[string]float64{"abnormal_cards": months(3, func(i int) float64 { return float64(i * 25) })},
			want:    "fail; figure abnormal_cards 2026-09=25 self.2; figure abnormal_cards 2026-08=50 self.2"},
		{name: "the month before last", fails: "history.abnormal_cards[1] > 40",
			figures: map[string]map[string]float64{"abnormal_cards": months(3, func(i int) float64 { return float64(i * 25) })}, want: "fail; figure abnormal_cards 2026-08=50 self.2"},
		{name: "divided by zero", fails: "now.abnormal_cards_unresolved / now.abnormal_cards > 0.1",
			figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(0)), "abnormal_cards_unresolved": months(1, flat(0))},
			want:    "unknown not-computable; figure abnormal_cards_unresolved 2026-10=0 self.2; figure abnormal_cards 2026-10=0 self.2"},
		{name: "divided by zero beside a condition that decides", fails: "now.abnormal_cards_unresolved / now.abnormal_cards > 0.1 || now.abnormal_cards == 0.0",
			figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(0)), "abnormal_cards_unresolved": months(1, flat(7))},
			want:    "fail; figure abnormal_cards_unresolved 2026-10=7 self.2; figure abnormal_cards 2026-10=0 self.2"},
		{name: "does not apply", when: "enterprise.size == 'large'", fails: "now.abnormal_cards > 5", want: "not-applicable"},
		{name: "applies", when: "enterprise.size == 'small'", fails: "now.abnormal_cards > 5", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(9))},
			want: "fail; trait size=small; figure abnormal_cards 2026-10=9 self.2"},
		{name: "may apply", when: "enterprise.size == 'large'", fails: "now.abnormal_cards > 5", change: func(e *compliance.Enterprise) { e.Size = "" },
			want: "unknown inputs-missing; trait size not-known"},
		{name: "another sector", fails: "now.abnormal_cards > 5", change: func(e *compliance.Enterprise) { e.Sectors = []string{"finance"} }, want: "not-applicable"},
		{name: "what is reported early counts", fails: "now.fraud_lines_reported > 5", figures: map[string]map[string]float64{"fraud_lines_reported": {"2026-11-22": 1, "2026-11-24": 9}},
			want: "fail; figure fraud_lines_reported 2026-11-24=9 self.2"},
		{name: "else the last day that is due", fails: "now.fraud_lines_reported > 5", figures: map[string]map[string]float64{"fraud_lines_reported": {"2026-11-22": 8}},
			want: "fail; figure fraud_lines_reported 2026-11-22=8 self.2"},
		{name: "no legal representative", fails: "!parties.exists(p, p.role == 'legal-representative')", want: "fail; parties parties=0"},
		{name: "peers without any", fails: "now.abnormal_cards > peers.abnormal_cards.p99", figures: map[string]map[string]float64{"abnormal_cards": months(1, flat(9))},
			want: "unknown inputs-missing; peers abnormal_cards.p99 too-few-peers"},
		{name: "a finding that has stood for long", fails: "findings.exists(f, f.rule == 'telecom/x' && f.state == 'open' && f.days > 30)", findings: []Past{{"telecom/x", "open", 31, 0}, {"listed", "cured", 4, 1}},
			want: "fail; finding telecom/x=open,31,0; finding listed=cured,4,1"},
		{name: "no finding", fails: "findings.exists(f, f.days > 30)", want: "pass"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := enterprise()
			if c.change != nil {
				c.change(&e)
			}
			v := judge(t, Inputs{Programs: []*Program{compiled(t, of(c.when, c.fails))}}, Facts{Enterprise: e, Figures: packed(t, c.figures), Findings: c.findings})
			if len(v) != 1 || shown(v[0]) != c.want {
				t.Errorf("got  %s\nwant %s", shown(v[0]), c.want)
			}
		})
	}
}

func TestReportLate(t *testing.T) {
	p := of("", "")
	p.Rules[0].Builtin, p.Sectors = ReportLate, nil
	program := compiled(t, p)
	all := map[string]map[string]float64{}
	for _, d := range library(t).All() {
		if d.For([]string{"telecom"}) {
			period := "2026-10"
			if d.Period == "day" {
				period = "2026-11-22"
			}
			all[d.Name] = map[string]float64{period: 1}
		}
	}
	facts := Facts{Enterprise: enterprise(), Figures: packed(t, all)}
	if v := judge(t, Inputs{Programs: []*Program{program}}, facts); shown(v[0]) != "pass" {
		t.Error(shown(v[0]))
	}
	delete(all, "abnormal_cards")
	all["fraud_lines_reported"] = map[string]float64{"2026-11-23": 1}
	facts.Figures = packed(t, all)
	if v := judge(t, Inputs{Programs: []*Program{program}}, facts); shown(v[0]) != "fail; figure abnormal_cards 2026-10 not-reported; figure fraud_lines_reported 2026-11-22 not-reported" {
		t.Error(shown(v[0]))
	}
	facts.Enterprise.Since = "2026-11-01"
	if v := judge(t, Inputs{Programs: []*Program{program}}, facts); shown(v[0]) != "fail; figure fraud_lines_reported 2026-11-22 not-reported" {
		t.Error(shown(v[0]))
	}
	facts.Enterprise.Since = "2026-11-25"
	if v := judge(t, Inputs{Programs: []*Program{program}}, facts); shown(v[0]) != "not-applicable" {
		t.Error(shown(v[0]))
	}
}

// Figures that cannot be read are not figures that were not reported, and nothing passes on them.
func TestDamagedFiguresAreUnknown(t *testing.T) {
	good := packed(t, map[string]map[string]float64{"abnormal_cards": {"2026-10": 1}})
	p := of("", "now.abnormal_cards > 5")
	p.Rules = append(p.Rules, p.Rules[0], p.Rules[0])
	p.Rules[1].ID, p.Rules[1].Fails, p.Rules[1].Builtin = "two", "", ReportLate
	p.Rules[2].ID, p.Rules[2].Fails, p.Rules[2].Builtin = "three", "", Listed
	v := judge(t, Inputs{Programs: []*Program{compiled(t, p)}}, Facts{Enterprise: enterprise(), Figures: good[:len(good)-1]})
	if got := shown(v[0]) + "|" + shown(v[1]) + "|" + shown(v[2]); got != "unknown figures-damaged|unknown figures-damaged|unknown list-unreadable" {
		t.Error(got)
	}
}

func TestManyRulesGoOnAfterOneThatCannotBeReckoned(t *testing.T) {
	p := of("", "1.0 / now.abnormal_cards > 5.0")
	p.Rules = append(p.Rules, p.Rules[0])
	p.Rules[1].ID, p.Rules[1].Fails = "two", "now.abnormal_cards < 5.0"
	v := judge(t, Inputs{Programs: []*Program{compiled(t, p)}}, Facts{Enterprise: enterprise(), Figures: packed(t, map[string]map[string]float64{"abnormal_cards": {"2026-10": 0}})})
	if len(v) != 2 || !strings.HasPrefix(shown(v[0]), "unknown not-computable") || !strings.HasPrefix(shown(v[1]), "fail") {
		t.Error(v)
	}
}

// A finding keeps what a rule has seen of findings, so that the verdict can be given again from it.
func TestFindingsAreReadBackFromInputs(t *testing.T) {
	program := compiled(t, of("", "findings.size() > 0"))
	want := []Past{{"telecom/a", "open", 3, 0}, {"listed", "cured", 100, 2}}
	v := judge(t, Inputs{Programs: []*Program{program}}, Facts{Enterprise: enterprise(), Findings: want})
	got, looked := PastFrom(v[0].Inputs)
	if !looked || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v", got, looked)
	}
	if _, looked := PastFrom(nil); looked {
		t.Error("a verdict without inputs looked at findings")
	}
}
