package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"shixin/infra/indicators"
	"shixin/infra/rulepacks"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/compliance/rules"
	"shixin/shared/workday"
)

// judgedAt is when October 2026 is the last month that is due.
var judgedAt = time.Date(2026, 11, 25, 9, 0, 0, 0, workday.Zone)

// carriers makes telecom carriers with 13 months and 20 days of all their figures, a twentieth of them bad ones.
func carriers(tb testing.TB, l *indicator.Library, n int) []rules.Facts {
	tb.Helper()
	chance := rand.New(rand.NewPCG(1, 2))
	month, day := indicator.LastDue(indicator.Month, judgedAt, l.Due), indicator.LastDue(indicator.Day, judgedAt, l.Due)
	all := make([]rules.Facts, n)
	for i := range all {
		e := compliance.Enterprise{USCC: fmt.Sprintf("91320500%09dC", i), Sectors: []string{"telecom"}, Region: fmt.Sprintf("%02d%02d00", 11+i%23, 1+i%9),
			Size: []string{"micro", "small", "medium", "large"}[i%4], Since: "2020-01-01"}
		var f indicator.Figures
		for k := range l.Len() {
			d := l.At(k)
			if !d.For(e.Sectors) {
				continue
			}
			p, periods := month, 13
			if d.Period == indicator.Day {
				p, periods = day, 20
			}
			for back := range periods {
				v := healthy(d, chance)
				if chance.IntN(20) == 0 {
					v = min(max(1-v, v*8), d.Max)
				}
				if d.Kind == indicator.Count {
					v = float64(int(v))
				}
				if _, err := f.Put(l, d.Name, p.Add(-back), indicator.Figure{Value: v, Mark: indicator.Self, Revision: 1 + chance.IntN(10)/9}); err != nil {
					tb.Fatal(err)
				}
			}
		}
		all[i] = rules.Facts{Enterprise: e, Figures: f.Encode()}
	}
	return all
}

// healthy is a figure as most have it, with four decimals.
func healthy(d *indicator.Definition, chance *rand.Rand) float64 {
	switch {
	case d.Kind == indicator.Share && d.Direction == indicator.Higher:
		return float64(9900+chance.IntN(100)) / 1e4
	case d.Kind == indicator.Share:
		return float64(chance.IntN(100)) / 1e4
	case d.Name == "lines_unregistered", d.Name == "banned_devices_connected", d.Name == "persons_over_card_limit":
		return 0
	case d.Name == "abnormal_cards":
		return float64(500 + chance.IntN(500))
	case d.Name == "abnormal_cards_unresolved":
		return float64(chance.IntN(20))
	}
	return float64(chance.IntN(90000)) / 1e4
}

// peersOf counts the first pass over the carriers.
func peersOf(l *indicator.Library, all []rules.Facts) *peers.Distribution {
	b, w := peers.NewBuilder(l, judgedAt), indicator.NewWindow(l)
	for i := range all {
		if w.Read(all[i].Figures) == nil {
			b.Add(all[i].Enterprise, w)
		}
	}
	return b.Distribution()
}

// telecomPack is the pack of 20 rules.
func telecomPack(tb testing.TB) rules.Pack {
	tb.Helper()
	packs, err := rulepacks.Load()
	if err != nil {
		tb.Fatal(err)
	}
	if packs[0].Name != "telecom" || len(packs[0].Rules) != 20 {
		tb.Fatalf("%s has %d rules", packs[0].Name, len(packs[0].Rules))
	}
	return packs[0]
}

func library(tb testing.TB) *indicator.Library {
	tb.Helper()
	l, err := indicators.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// leastEnterprises is how many enterprises one core must judge in a second.
const leastEnterprises = 20_000

// BenchmarkJudge judges enterprises by the 20 rules of the telecom pack, decoding of their stored figures included.
func BenchmarkJudge(b *testing.B) {
	l := library(b)
	all := carriers(b, l, 4000)
	program, err := rules.Compile(telecomPack(b), l)
	if err != nil {
		b.Fatal(err)
	}
	j, err := rules.NewJudge(rules.Inputs{At: judgedAt, Library: l, Programs: []*rules.Program{program}, Peers: peersOf(l, all)})
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
	all := carriers(b, l, 4000)
	counter, w := peers.NewBuilder(l, judgedAt), indicator.NewWindow(l)
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
