package rules

import (
	"fmt"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"pgregory.net/rapid"

	"shixin/shared/compliance"
)

// condition draws a condition over some figures.
func condition(t *rapid.T, names []string, depth int) string {
	value := func() string {
		v := "now." + rapid.SampledFrom(names).Draw(t, "figure")
		switch rapid.IntRange(0, 3).Draw(t, "reckoned") {
		case 0:
			v += " + now." + rapid.SampledFrom(names).Draw(t, "summand")
		case 1:
			v = fmt.Sprintf("%.1f * %s", rapid.Float64Range(0, 3).Draw(t, "factor"), v)
		}
		return v
	}
	if depth == 0 {
		return fmt.Sprintf("%s %s %.1f", value(), rapid.SampledFrom([]string{"<", ">", "<=", ">=", "==", "!="}).Draw(t, "comparison"), rapid.Float64Range(0, 4).Draw(t, "number"))
	}
	a, b := condition(t, names, depth-1), condition(t, names, depth-1)
	switch rapid.IntRange(0, 5).Draw(t, "form") {
	case 0:
		return "!(" + a + ")"
	case 1:
		return "(" + a + " ? " + b + " : " + condition(t, names, depth-1) + ")"
	case 2:
		return "[" + value() + ", " + value() + "].exists(v, v > 1.5 || " + a + ")"
	case 3:
		return "(" + a + " && " + b + ")"
	}
	return "(" + a + " || " + b + ")"
}

// A rule is unknown exactly where CEL's own partial evaluation, told which attributes are unknown, says so, and else says the same.
func TestUnknownIsAsCELHasIt(t *testing.T) {
	names := []string{"abnormal_cards", "block_hours", "spoofed_calls_rate", "case_lines_rate"}
	plain, err := cel.NewEnv(cel.Variable("now", cel.MapType(cel.StringType, cel.DoubleType)))
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[compliance.Outcome]int{}
	rapid.Check(t, func(rt *rapid.T) {
		text := condition(rt, names, rapid.IntRange(0, 3).Draw(rt, "depth"))
		if len(text) > MaxExpression {
			return
		}
		figures, known, patterns := map[string]map[string]float64{}, map[string]float64{}, []*cel.AttributePatternType(nil)
		for _, n := range names {
			if rapid.Bool().Draw(rt, n+" is reported") {
				v := float64(rapid.IntRange(0, 3).Draw(rt, n))
				figures[n], known[n] = map[string]float64{"2026-10": v}, v
			} else {
				patterns = append(patterns, cel.AttributePattern("now").QualString(n))
			}
		}
		ast, issues := plain.Compile(text)
		if issues.Err() != nil {
			rt.Fatalf("%s: %v", text, issues.Err())
		}
		program, err := plain.Program(ast, cel.EvalOptions(cel.OptPartialEval))
		if err != nil {
			rt.Fatal(err)
		}
		vars, err := cel.PartialVars(map[string]any{"now": known}, patterns...)
		if err != nil {
			rt.Fatal(err)
		}
		out, _, err := program.Eval(vars)
		want := compliance.Pass
		switch {
		case types.IsUnknown(out):
			want = compliance.Unknown
		case err != nil:
			rt.Fatalf("%s: %v", text, err)
		case out == types.True:
			want = compliance.Fail
		}
		v := judge(t, Inputs{Programs: []*Program{compiled(t, of("", text))}}, Facts{Enterprise: enterprise(), Figures: packed(t, figures)})
		if v[0].Outcome != want {
			rt.Fatalf("%s with %v: %s, and CEL says %s", text, known, shown(v[0]), want)
		}
		outcomes[want]++
	})
	if len(outcomes) < 3 {
		t.Errorf("not all outcomes were tried: %v", outcomes)
	}
}

// The cost that an expression may have is a bound on what it has: looking through as much as there can be of everything.
func TestCostIsBounded(t *testing.T) {
	text := "parties.exists(p, p.role == 'nobody' || p.role == 'noone' || p.listed) || findings.exists(f, f.days > 1000) || history.abnormal_cards.all(v, v > 1e6)"
	program := compiled(t, of("", text))
	if !program.checks[0].limited {
		t.Fatal("an expression with a loop has no limit while it runs")
	}
	e := enterprise()
	var past []Past
	for i := range maxFindings {
		past = append(past, Past{Rule: fmt.Sprint("telecom/", i), State: "open", Days: i % 100})
	}
	for range maxParties {
		e.Parties = append(e.Parties, compliance.Party{Role: compliance.Supplier})
	}
	months := map[string]float64{}
	for i := range 12 {
		months[fmt.Sprintf("%d-%02d", 2026-(12-10+i)/12, (10-i+11)%12+1)] = 5e6
	}
	v := judge(t, Inputs{Programs: []*Program{program}}, Facts{Enterprise: e, Findings: past, Figures: packed(t, map[string]map[string]float64{"abnormal_cards": months})})
	if v[0].Outcome != compliance.Unknown || v[0].Reason != compliance.ReasonMissing { // the list is not there, so nobody knows whether a party is listed
		t.Errorf("%s %s", v[0].Outcome, v[0].Reason)
	}
	e.Parties = append(e.Parties, e.Parties[0])
	program = compiled(t, of("", "parties.exists(p, p.role == 'nobody')"))
	if v := judge(t, Inputs{Programs: []*Program{program}}, Facts{Enterprise: e}); v[0].Outcome != compliance.Unknown || v[0].Reason != compliance.ReasonComputing {
		t.Errorf("more parties than there can be: %s %s", v[0].Outcome, v[0].Reason)
	}
}
