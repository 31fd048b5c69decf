// Package opa measures judging by the telecom pack beside the Open Policy Agent: the same rules, the same data, the same run. It is a module of
// its own, so that the register does not depend on it:
//
//	cd tests/bench/opa && go test -run . -bench . -cpu 1
package opa

import (
	"context"
	_ "embed"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"shixin/infra/indicators"
	"shixin/infra/rulepacks"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/compliance/rules"
	"shixin/tests/bench/carriers"
)

//go:embed telecom.rego
var policy string

// leastTimes is how many times faster judging has to be.
const leastTimes = 5

// world is the carriers, once as the register stores them, and once as values that the agent takes as they are: reading them costs it nothing.
type world struct {
	library *indicator.Library
	pack    rules.Pack
	facts   []rules.Facts
	peers   *peers.Distribution
	values  []ast.Value
	query   rego.PreparedEvalQuery
}

func prepare(tb testing.TB, n int) *world {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	w := &world{}
	var err error
	w.library, err = indicators.Load()
	must(err)
	packs, err := rulepacks.Load()
	must(err)
	w.pack = packs[0]
	if w.pack.Name != "telecom" || len(w.pack.Rules) < 20 {
		tb.Fatalf("%s has %d rules", w.pack.Name, len(w.pack.Rules))
	}
	w.pack.Rules = w.pack.Rules[:20] // those that telecom.rego has
	w.facts, err = carriers.Make(w.library, n)
	must(err)
	w.peers = carriers.Peers(w.library, w.facts)
	w.query, err = rego.New(rego.Query("data.telecom.fails"), rego.Module("telecom.rego", policy)).PrepareForEval(context.Background())
	must(err)
	for _, f := range w.facts {
		v, err := ast.InterfaceToValue(w.document(tb, f))
		must(err)
		w.values = append(w.values, v)
	}
	return w
}

// document is what a carrier's stored figures, its peers and the parameters are in JSON.
func (w *world) document(tb testing.TB, f rules.Facts) map[string]any {
	figures, err := indicator.Decode(f.Figures)
	if err != nil {
		tb.Fatal(err)
	}
	now, previous, history, others, params := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	view := w.peers.View("telecom", f.Enterprise.Region, f.Enterprise.Size)
	for i := range w.library.Len() {
		d := w.library.At(i)
		p := indicator.LastDue(d.Period, carriers.At, w.library.Due)
		var past []any
		for back := range rules.HistoryDays {
			v, ok := figures.Get(w.library, d.Name, p.Add(-back))
			switch {
			case !ok:
			case back == 0:
				now[d.Name] = v.Value
			default:
				past = append(past, v.Value)
				if back == 1 {
					previous[d.Name] = v.Value
				}
			}
		}
		history[d.Name] = past
		of := map[string]any{"members": view.Members(i).Members}
		for k, name := range []string{"p10", "p25", "median", "p75", "p90", "p95", "p99"} {
			if v, ok := view.Value(i, k); ok {
				of[name] = v
			}
		}
		others[d.Name] = of
	}
	for i := range w.pack.Parameters {
		q := &w.pack.Parameters[i]
		if v, set := q.At(f.Enterprise.Region); set {
			params[q.Name] = v
		}
	}
	return map[string]any{"now": now, "previous": previous, "history": history, "peers": others, "params": params}
}

func (w *world) judge(tb testing.TB) *rules.Judge {
	program, err := rules.Compile(w.pack, w.library)
	if err != nil {
		tb.Fatal(err)
	}
	j, err := rules.NewJudge(rules.Inputs{At: carriers.At, Library: w.library, Programs: []*rules.Program{program}, Peers: w.peers})
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

// The comparison means nothing unless both say the same of every carrier and every rule.
func TestBothSayTheSame(t *testing.T) {
	w := prepare(t, 1000)
	j := w.judge(t)
	failed := map[string]int{}
	for i, f := range w.facts {
		var want []string
		for _, v := range j.Judge(nil, f) {
			switch v.Outcome {
			case compliance.Fail:
				want = append(want, v.Rule)
				failed[v.Rule]++
			case compliance.Pass:
			default:
				t.Fatalf("%s is %s: all figures are there", v.Rule, v.Outcome)
			}
		}
		slices.Sort(want)
		result, err := w.query.Eval(context.Background(), rego.EvalParsedInput(w.values[i]))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range result[0].Expressions[0].Value.([]any) {
			got = append(got, r.(string))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("carrier %d: the agent says %v fail, and the register %v", i, got, want)
		}
	}
	if len(failed) < 15 {
		t.Errorf("only %d rules failed anywhere: %v", len(failed), failed)
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBeside lets both judge the same carriers in turn, and reports how often each does in a second of the processor.
func BenchmarkBeside(b *testing.B) {
	w := prepare(b, 500)
	j := w.judge(b)
	var verdicts []compliance.Verdict
	var mine, agents time.Duration
	b.ResetTimer()
	n := 0
	for b.Loop() {
		start := cpu()
		for i := range w.facts {
			verdicts = j.Judge(verdicts[:0], w.facts[i])
		}
		middle := cpu()
		for i := range w.values {
			if _, err := w.query.Eval(context.Background(), rego.EvalParsedInput(w.values[i])); err != nil {
				b.Fatal(err)
			}
		}
		mine, agents = mine+middle-start, agents+cpu()-middle
		n += len(w.facts)
	}
	times := agents.Seconds() / mine.Seconds()
	b.ReportMetric(float64(n)/mine.Seconds(), "enterprises/cpu-s")
	b.ReportMetric(float64(n)/agents.Seconds(), "opa-enterprises/cpu-s")
	b.ReportMetric(times, "times-opa")
	if times < leastTimes {
		b.Errorf("judging is %.1f times as fast as the agent; it has to be %d times", times, leastTimes)
	}
}
