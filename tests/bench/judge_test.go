package bench

import (
	"testing"

	"shixin/infra/indicators"
	"shixin/infra/rulepacks"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/compliance/rules"
	"shixin/tests/bench/carriers"
)

// telecomPack is the telecom pack with its first 20 rules: what is measured stays the same when another is added.
func telecomPack(tb testing.TB) rules.Pack {
	tb.Helper()
	packs, err := rulepacks.Load()
	if err != nil {
		tb.Fatal(err)
	}
	p := packs[0]
	if p.Name != "telecom" || len(p.Rules) < 20 {
		tb.Fatalf("%s has %d rules", p.Name, len(p.Rules))
	}
	p.Rules = p.Rules[:20]
	return p
}

func library(tb testing.TB) *indicator.Library {
	tb.Helper()
	l, err := indicators.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func made(tb testing.TB, l *indicator.Library) []rules.Facts {
	tb.Helper()
	all, err := carriers.Make(l, 4000)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// leastEnterprises is how many enterprises one core must judge in a second.
const leastEnterprises = 20_000

// BenchmarkJudge judges enterprises by the 20 rules of the telecom pack, decoding of their stored figures included.
func BenchmarkJudge(b *testing.B) {
	l := library(b)
	all := made(b, l)
	program, err := rules.Compile(telecomPack(b), l)
	if err != nil {
		b.Fatal(err)
	}
	j, err := rules.NewJudge(rules.Inputs{At: carriers.At, Library: l, Programs: []*rules.Program{program}, Peers: carriers.Peers(l, all)})
	if err != nil {
		b.Fatal(err)
	}
	counts, bytes := map[compliance.Outcome]int{}, 0
	var verdicts []compliance.Verdict
	for i := range all {
		bytes += len(all[i].Figures)
		for _, v := range j.Judge(verdicts[:0], all[i]) {
			counts[v.Outcome]++
		}
	}
	r := begin(b)
	for i := range b.N {
		verdicts = j.Judge(verdicts[:0], all[i%len(all)])
	}
	used := cpuTime() - r.cpu
	r.report("enterprises")
	b.ReportMetric(float64(bytes)/float64(len(all)), "B/figures")
	for o, n := range counts {
		b.ReportMetric(float64(n)/float64(len(all)), string(o)+"/enterprise")
	}
	if rate := float64(b.N) / used.Seconds(); b.N > 10_000 && rate < leastEnterprises {
		b.Errorf("%.0f enterprises a second of the processor; it has to judge %d", rate, leastEnterprises)
	}
}

// BenchmarkCompile compiles the telecom pack, as a function does once a process.
func BenchmarkCompile(b *testing.B) {
	l, p := library(b), telecomPack(b)
	for b.Loop() {
		if _, err := rules.Compile(p, l); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstPass counts the peers of one enterprise, decoding of its figures included.
func BenchmarkFirstPass(b *testing.B) {
	l := library(b)
	all := made(b, l)
	counter, w := peers.NewBuilder(l, carriers.At), indicator.NewWindow(l)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f := all[i%len(all)]
		if err := w.Read(f.Figures); err != nil {
			b.Fatal(err)
		}
		counter.Add(f.Enterprise, w)
		i++
	}
}

// BenchmarkOpenPeers opens the pinned distribution, as a worker does for each shard.
func BenchmarkOpenPeers(b *testing.B) {
	l := library(b)
	stored := carriers.Peers(l, made(b, l)).Encode()
	b.ReportMetric(float64(len(stored)), "B")
	for b.Loop() {
		if _, err := peers.Open(l, stored); err != nil {
			b.Fatal(err)
		}
	}
}
