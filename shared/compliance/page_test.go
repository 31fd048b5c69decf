package compliance_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shixin/shared/compliance"
)

func packs() []compliance.Pack {
	return []compliance.Pack{{ID: "listed", Version: "1"}, {ID: "telecom", Version: "3", Rules: []string{"a", "b"}}}
}

// What is packed comes out again, whatever the outcomes and reasons.
func TestPagesKeepOutcomes(t *testing.T) {
	columns := []compliance.Result{{Rule: "listed", Pack: "listed@1"}, {Rule: "a", Pack: "telecom@3"}, {Rule: "b", Pack: "telecom@3"}}
	rapid.Check(t, func(t *rapid.T) {
		page := compliance.NewPage(packs())
		var want []compliance.Result
		for n := range rapid.IntRange(0, 20).Draw(t, "enterprises") {
			uscc := fmt.Sprintf("%018d", n)
			isolated := rapid.IntRange(0, 9).Draw(t, "isolated") == 0
			var verdicts []compliance.Verdict
			for _, r := range columns {
				r.USCC = uscc
				v := compliance.Verdict{Outcome: rapid.SampledFrom(compliance.Outcomes()).Draw(t, "outcome")}
				if v.Outcome == compliance.Unknown {
					v.Reason = rapid.SampledFrom([]string{"", "missing x", "<不明>", compliance.ReasonList}).Draw(t, "reason")
				}
				r.Outcome, r.Reason = v.Outcome, v.Reason
				if isolated {
					r.Outcome, r.Reason = compliance.Unknown, compliance.ReasonIsolated
				}
				verdicts, want = append(verdicts, v), append(want, r)
			}
			if isolated {
				verdicts = nil
			}
			if err := page.Add(uscc, verdicts); err != nil {
				t.Fatal(err)
			}
		}
		got, err := page.Results()
		if err != nil || len(got) != len(want) || len(want) > 0 && !cmp.Equal(got, want) {
			t.Fatalf("%v\n%s", err, cmp.Diff(want, got))
		}
	})
}

// What is stored may be damaged in any way: it is refused, or read as something.
func FuzzPage(f *testing.F) {
	f.Add([]byte(`{"rules":["a@1","k@2/b"],"usccs":"000000000000000001","outcomes":"pu","words":["x"],"whys":"0"}`))
	f.Add([]byte(`{"rules":[],"usccs":"","outcomes":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var p compliance.Page
		if json.Unmarshal(text, &p) != nil {
			return
		}
		results, err := p.Results()
		if err == nil && len(results) != p.Len()*len(p.Rules) {
			t.Fatalf("%d results of %d enterprises and %d rules", len(results), p.Len(), len(p.Rules))
		}
	})
}

func TestDamagedPages(t *testing.T) {
	for name, p := range map[string]compliance.Page{
		"a code cut short":    {Rules: []string{"a@1"}, USCCs: "123", Outcomes: "p"},
		"an outcome too few":  {Rules: []string{"a@1", "b@1"}, USCCs: "000000000000000001", Outcomes: "p"},
		"a word that is not":  {Rules: []string{"a@1"}, USCCs: "000000000000000001", Outcomes: "u", Whys: "1", Words: []string{"x"}},
		"a word before all":   {Rules: []string{"a@1"}, USCCs: "000000000000000001", Outcomes: "u", Whys: "!", Words: []string{"x"}},
		"verdicts do not fit": {Rules: nil, USCCs: "000000000000000001", Outcomes: "p"},
	} {
		if got, err := p.Results(); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if err := compliance.NewPage(packs()).Add("000000000000000001", []compliance.Verdict{passes}); err == nil {
		t.Error("a verdict for three rules")
	}
}
