package risk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
	"shixin/shared/compliance/risk"
)

var weights = risk.Weights{Version: "7", From: "2026-01-01", SetBy: "authority",
	Severities: []risk.Severity{{Name: "high", Points: 10}, {Name: "medium", Points: 3}},
	Outcomes:   []risk.Factor{{Name: "fail", Percent: 100}, {Name: "unknown", Percent: 50}},
	Ages:       []risk.Age{{Days: 0, Percent: 100}, {Days: 30, Percent: 150}},
	Rules:      []risk.Factor{{Name: "listed", Percent: 200}}}

var opened = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func finding(rule string, outcome compliance.Outcome, high bool) compliance.Finding {
	v := compliance.Verdict{Rule: rule, Pack: "p@1", Outcome: outcome}
	if high {
		v.Inputs = []compliance.Input{{Of: compliance.Self, Listing: "l"}}
	}
	f, _ := compliance.Finding{}.Next("A", v, compliance.FindingPins{Run: "r1", At: opened})
	return f
}

func TestSumShowsEachSummand(t *testing.T) {
	cured, _ := finding("cured", compliance.Fail, false).Next("A", compliance.Verdict{Rule: "cured", Pack: "p@1", Outcome: compliance.Pass}, compliance.FindingPins{Run: "r2", At: opened.Add(time.Hour)})
	again, _ := cured.Next("A", compliance.Verdict{Rule: "cured", Pack: "p@1", Outcome: compliance.Fail}, compliance.FindingPins{Run: "r3", At: opened.AddDate(0, 0, 31)})
	for _, c := range []struct {
		name     string
		findings []compliance.Finding
		days     int
		want     string
	}{
		{"nothing", nil, 0, "0"},
		{"what is cured weighs nothing", []compliance.Finding{cured}, 0, "0"},
		{"by severity and rule", []compliance.Finding{finding("listed", compliance.Fail, true)}, 29, "20 listed=20"},
		{"older", []compliance.Finding{finding("listed", compliance.Fail, true)}, 30, "30 listed=30"},
		{"what is not known weighs half", []compliance.Finding{finding("speed", compliance.Unknown, false)}, 0, "1.50 speed=1.50"},
		{"the heaviest first", []compliance.Finding{finding("speed", compliance.Fail, false), finding("cured", compliance.Fail, true), cured}, 31, "19.50 cured=15 speed=4.50"},
		{"what was opened again is as old as that", []compliance.Finding{again}, 32, "3 cured=3"},
	} {
		score := weights.Of(c.findings, opened.AddDate(0, 0, c.days))
		b, err := json.Marshal(score.Points)
		if err != nil {
			t.Fatal(err)
		}
		got := string(b)
		for _, s := range score.Summands {
			p, _ := json.Marshal(s.Points)
			got += " " + s.Rule + "=" + string(p)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The sum is that of its summands, each is what its own figures say, and nothing that is open weighs nothing.
func TestSumIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []compliance.Finding
		for i := range rapid.IntRange(1, 9).Draw(t, "findings") {
			outcome := rapid.SampledFrom([]compliance.Outcome{compliance.Fail, compliance.Unknown}).Draw(t, "outcome")
			all = append(all, finding(string(rune('a'+i)), outcome, rapid.Bool().Draw(t, "high") && outcome == compliance.Fail))
		}
		score := weights.Of(all, opened.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "days")))
		var sum risk.Points
		for _, s := range score.Summands {
			own := risk.Points(s.SeverityPoints * s.OutcomePercent * s.AgePercent * s.RulePercent / 10000)
			if s.Points != own || own <= 0 {
				t.Fatalf("%+v", s)
			}
			sum += own
		}
		if sum != score.Points || len(score.Summands) != len(all) {
			t.Fatalf("%d points of %d summands, want %d of %d", score.Points, len(score.Summands), sum, len(all))
		}
		b, err := json.Marshal(score)
		var back risk.Score
		if err != nil || json.Unmarshal(b, &back) != nil || !back.Same(score) {
			t.Fatalf("%s does not read back: %v", b, err)
		}
	})
}

func TestWrongWeights(t *testing.T) {
	for name, change := range map[string]func(*risk.Weights){
		"no version": func(w *risk.Weights) { w.Version = "" }, "no day": func(w *risk.Weights) { w.From = "soon" },
		"set by a law that there is not": func(w *risk.Weights) { w.SetBy = "law" },
		"no severities":                  func(w *risk.Weights) { w.Severities = nil },
		"a severity of nothing":          func(w *risk.Weights) { w.Severities = []risk.Severity{{Name: "low"}} },
		"an outcome is missing":          func(w *risk.Weights) { w.Outcomes = w.Outcomes[:1] },
		"an outcome too many":            func(w *risk.Weights) { w.Outcomes = append(w.Outcomes[:2:2], risk.Factor{Name: "pass", Percent: 1}) },
		"no ages":                        func(w *risk.Weights) { w.Ages = nil },
		"ages from tomorrow":             func(w *risk.Weights) { w.Ages = []risk.Age{{Days: 1, Percent: 100}} },
		"ages down": func(w *risk.Weights) {
			w.Ages = []risk.Age{{Percent: 100}, {Days: 9, Percent: 9}, {Days: 9, Percent: 9}}
		},
		"a rule twice":      func(w *risk.Weights) { w.Rules = append(w.Rules[:1:1], w.Rules[0]) },
		"beyond all bounds": func(w *risk.Weights) { w.Rules = []risk.Factor{{Name: "x", Percent: 1001}} },
	} {
		w := weights
		change(&w)
		if err := w.Check(); err == nil || !strings.HasPrefix(err.Error(), "risk: ") {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	if err := weights.Check(); err != nil {
		t.Error(err)
	}
}
