package rules

import (
	"testing"
	"time"

	"shixin/infra/indicators"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// at is a moment at which October 2026 has ended and is due, 25 November.
var at = time.Date(2026, 11, 25, 9, 0, 0, 0, workday.Zone)

const uscc = "91320500000000035C"

func library(t testing.TB) *indicator.Library {
	t.Helper()
	l, err := indicators.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var (
	text   = regime.Text{Zh: "示例", En: "Example"}
	source = regime.Source{Cite: "《反电信网络诈骗法》第十一条 · Anti-Fraud Law, art. 11", Confidence: regime.Official}
)

// of makes a pack of one rule; its parameters are 50 (limit), 30 in Jiangsu, and one that is unset.
func of(when, fails string) Pack {
	limit := 50.0
	return Pack{Name: "test", Version: "1", Title: text, Sectors: []string{"telecom"},
		Parameters: []Parameter{
			{Name: "limit", Title: text, Value: &limit, SetBy: ByAuthority, Source: source, Regions: map[string]float64{"320000": 30, "320500": 20}},
			{Name: "unset", Title: text, SetBy: ByAuthority, Source: source},
		},
		Rules: []Rule{{ID: "one", Title: text, When: when, Fails: fails, Severity: High, Cure: text, Source: source}}}
}

func compiled(t testing.TB, p Pack) *Program {
	t.Helper()
	program, err := Compile(p, library(t))
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// enterprise is one in Beijing that has been there for long.
func enterprise() compliance.Enterprise {
	return compliance.Enterprise{USCC: uscc, Sectors: []string{"telecom"}, Region: "110100", Size: "small", Since: "2020-01-01"}
}

// figures packs figures: name -> period -> value.
func packed(t testing.TB, of map[string]map[string]float64) []byte {
	t.Helper()
	var f indicator.Figures
	for name, periods := range of {
		for period, v := range periods {
			p, err := indicator.ParsePeriod(period)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Put(library(t), name, p, indicator.Figure{Value: v, Mark: indicator.Self, Revision: 2}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return f.Encode()
}

func judge(t testing.TB, in Inputs, facts Facts) []compliance.Verdict {
	t.Helper()
	in.At, in.Library = at, library(t)
	j, err := NewJudge(in)
	if err != nil {
		t.Fatal(err)
	}
	return j.Judge(nil, facts)
}
