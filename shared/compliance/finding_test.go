package compliance_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
)

func pins(n int) compliance.FindingPins {
	return compliance.FindingPins{Run: fmt.Sprintf("run%02d", n), ListVersion: int64(n), At: at.Add(time.Duration(n) * time.Hour), Engine: "1"}
}

func hit(listing string, public bool) compliance.Input {
	return compliance.Input{Of: compliance.Supplier, Scheme: "uscc", Value: "v", Listing: listing, Published: public}
}

// The verdicts of a run.
func fails(inputs ...compliance.Input) compliance.Verdict {
	return compliance.Verdict{Rule: "listed", Pack: "listed@1", Outcome: compliance.Fail, Inputs: inputs}
}

var (
	passes   = compliance.Verdict{Rule: "listed", Pack: "listed@1", Outcome: compliance.Pass}
	unknown  = compliance.Verdict{Rule: "listed", Pack: "listed@1", Outcome: compliance.Unknown, Reason: compliance.ReasonList}
	unfitted = compliance.Verdict{Rule: "listed", Pack: "listed@1", Outcome: compliance.NotApplicable}
)

func TestFindingFromRunToRun(t *testing.T) {
	a, b := hit("a", true), hit("b", false)
	for name, c := range map[string]struct {
		verdicts []compliance.Verdict
		marks    string
		state    compliance.State
		outcome  compliance.Outcome
	}{
		"passes":            {[]compliance.Verdict{passes, passes}, "", "", ""},
		"not applicable":    {[]compliance.Verdict{unfitted}, "", "", ""},
		"opened":            {[]compliance.Verdict{fails(a)}, "opened", compliance.Open, compliance.Fail},
		"still failing":     {[]compliance.Verdict{fails(a), fails(a), fails(a)}, "opened", compliance.Open, compliance.Fail},
		"changed":           {[]compliance.Verdict{fails(a), fails(a, b)}, "opened changed", compliance.Open, compliance.Fail},
		"cured":             {[]compliance.Verdict{fails(a), passes, passes}, "opened cured", compliance.Cured, compliance.Fail},
		"reopened":          {[]compliance.Verdict{fails(a), passes, fails(a)}, "opened cured reopened", compliance.Open, compliance.Fail},
		"unknown":           {[]compliance.Verdict{unknown, unknown}, "opened", compliance.Open, compliance.Unknown},
		"unknown, cured":    {[]compliance.Verdict{unknown, passes}, "opened cured", compliance.Cured, compliance.Unknown},
		"unknown, fails":    {[]compliance.Verdict{unknown, fails(a)}, "opened changed", compliance.Open, compliance.Fail},
		"unknown no cure":   {[]compliance.Verdict{fails(a), unknown, unknown}, "opened unjudged", compliance.Open, compliance.Fail},
		"known again":       {[]compliance.Verdict{fails(a), unknown, fails(a)}, "opened unjudged changed", compliance.Open, compliance.Fail},
		"no longer applies": {[]compliance.Verdict{fails(a), unfitted}, "opened", compliance.Open, compliance.Fail},
	} {
		var f compliance.Finding
		for n, v := range c.verdicts {
			f, _ = f.Next("u", v, pins(n))
		}
		got := ""
		for _, m := range f.Marks {
			got += " " + string(m.Event)
		}
		if got != "" {
			got = got[1:]
		}
		if got != c.marks || f.State != c.state || f.Outcome != c.outcome {
			t.Errorf("%s: %q %s %s, want %q %s %s", name, got, f.State, f.Outcome, c.marks, c.state, c.outcome)
		}
	}
}

func TestVerdictTwiceOrLateCountsOnce(t *testing.T) {
	f, _ := compliance.Finding{}.Next("u", fails(hit("a", true)), pins(5))
	for name, p := range map[string]compliance.FindingPins{"twice": pins(5), "late": pins(4)} {
		if _, changed := f.Next("u", passes, p); changed {
			t.Errorf("a verdict that comes %s changes the finding", name)
		}
	}
}

func TestFindingKeepsItsFirstAndNewestMarks(t *testing.T) {
	var f compliance.Finding
	for n := range 100 {
		f, _ = f.Next("u", fails(hit(fmt.Sprint(n), true)), pins(n))
	}
	if len(f.Marks) != compliance.MaxMarks || f.Marks[0].Run != "run00" || f.Marks[compliance.MaxMarks-1].Run != "run99" {
		t.Errorf("marks %+v", f.Marks)
	}
}

// An enterprise sees the same, byte for byte, whether listings that are not published exist or not.
func TestPublicTellsNothingOfWhatIsNotPublished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var actual, without compliance.Finding
		for n := range rapid.IntRange(1, compliance.MaxMarks).Draw(t, "runs") {
			var all, public []compliance.Input
			v, w := passes, passes
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				v = unknown
				if rapid.Bool().Draw(t, "of a list") {
					v.Reason, v.Inputs = compliance.ReasonNotAdopted, []compliance.Input{{Of: "other", Reason: compliance.ReasonNotAdopted, Value: rapid.SampledFrom([]string{"x:1", "y:1"}).Draw(t, "entry")}}
				}
				w = v
			case 1:
			default:
				for _, l := range []string{"a", "b", "c", "d"} {
					if !rapid.Bool().Draw(t, l) {
						continue
					}
					i := hit(l, l < "c")
					all = append(all, i)
					if i.Published {
						public = append(public, i)
					}
				}
				if len(all) > 0 {
					v = fails(all...)
				}
				if len(public) > 0 {
					w = fails(public...)
				}
			}
			actual, _ = actual.Next("u", v, pins(n))
			without, _ = without.Next("u", w, pins(n))
			got, seen := actual.Public()
			want, exists := without.Public()
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if seen != exists || string(a) != string(b) {
				t.Fatalf("after run %d the enterprise sees\n%v %s\nand would see\n%v %s", n, seen, a, exists, b)
			}
		}
	})
}
