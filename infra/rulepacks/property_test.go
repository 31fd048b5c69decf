package rulepacks

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/compliance/rules"
	"shixin/shared/workday"
)

// at is a moment at which October 2026 has ended and is due.
var at = time.Date(2026, 11, 25, 9, 0, 0, 0, workday.Zone)

// shipped are the programs of all packs that ship, and the built-in one.
func shipped(t testing.TB) []*rules.Program {
	t.Helper()
	var programs []*rules.Program
	for _, p := range append([]rules.Pack{rules.ListedPack()}, packs(t)...) {
		program, err := rules.Compile(p, library(t))
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, program)
	}
	return programs
}

// drawn are an enterprise and figures as they come: many missing, some of them odd.
func drawn(t *rapid.T, l *indicator.Library) (compliance.Enterprise, indicator.Figures, []rules.Past) {
	e := compliance.Enterprise{USCC: "91320500000000035C", Since: "2020-01-01"}
	e.Sectors = rapid.SliceOfNDistinct(rapid.SampledFrom(indicator.Sectors()), 1, 3, rapid.ID).Draw(t, "sectors")
	e.Region = rapid.SampledFrom([]string{"110100", "320500", "440300", "320000"}).Draw(t, "region")
	e.Size = rapid.SampledFrom([]string{"", "micro", "large"}).Draw(t, "size")
	var f indicator.Figures
	share := rapid.IntRange(0, 10).Draw(t, "of ten are reported")
	for i := range l.Len() {
		d := l.At(i)
		for back := range 8 {
			if rapid.IntRange(1, 10).Draw(t, "reported") > share {
				continue
			}
			p := indicator.LastDue(d.Period, at, l.Due).Add(-back)
			v := rapid.SampledFrom([]float64{0, 1, d.Max, 0.5 * d.Max, 0.01 * d.Max, min(30, d.Max)}).Draw(t, "value")
			if d.Kind == indicator.Count {
				v = float64(int64(v))
			}
			if _, err := f.Put(l, d.Name, p, indicator.Figure{Value: v, Mark: indicator.Self, Revision: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	past := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rules.Past {
		return rules.Past{Rule: rapid.SampledFrom([]string{"listed", "telecom/card-limit"}).Draw(t, "rule"), State: rapid.SampledFrom([]string{"open", "cured"}).Draw(t, "state"), Days: rapid.IntRange(0, 99).Draw(t, "days")}
	}), 0, 3).Draw(t, "findings")
	return e, f, past
}

// comparableOnes are a distribution of 400 enterprises with figures of all kinds.
func comparableOnes(t testing.TB, l *indicator.Library) *peers.Distribution {
	t.Helper()
	b, w := peers.NewBuilder(l, at), indicator.NewWindow(l)
	for i := range 400 {
		var f indicator.Figures
		for k := range l.Len() {
			d := l.At(k)
			v := d.Max * float64(i%100) / 100
			if d.Kind == indicator.Count {
				v = float64(int64(v))
			}
			if _, err := f.Put(l, d.Name, indicator.LastDue(d.Period, at, l.Due), indicator.Figure{Value: v, Mark: indicator.Self, Revision: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Read(f.Encode()); err != nil {
			t.Fatal(err)
		}
		b.Add(compliance.Enterprise{Sectors: indicator.Sectors(), Region: []string{"110100", "320500"}[i%2], Size: []string{"micro", "large"}[i/2%2]}, w)
	}
	return b.Distribution()
}

// Judging again gives the same bytes, whatever the judge has looked at in between, and whoever judges.
func TestJudgingAgainGivesTheSameBytes(t *testing.T) {
	l := library(t)
	in := rules.Inputs{At: at, Library: l, Programs: shipped(t), Peers: comparableOnes(t, l)}
	busy, err := rules.NewJudge(in)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		e, f, past := drawn(t, l)
		facts := rules.Facts{Enterprise: e, Figures: f.Encode(), Findings: past}
		fresh, err := rules.NewJudge(rules.Inputs{At: at, Library: l, Programs: in.Programs, Peers: reopened(t, l, in.Peers)})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := json.Marshal(fresh.Judge(nil, facts))
		got, _ := json.Marshal(busy.Judge(nil, facts))
		if !bytes.Equal(got, want) {
			t.Fatalf("a judge that has looked at others says\n%s\nand a fresh one\n%s", got, want)
		}
	})
}

func reopened(t *rapid.T, l *indicator.Library, d *peers.Distribution) *peers.Distribution {
	again, err := peers.Open(l, d.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// What is decided while figures are missing stays decided when they are reported: the unknown is no guess.
func TestWhatIsDecidedStaysDecided(t *testing.T) {
	l := library(t)
	in := rules.Inputs{At: at, Library: l, Programs: shipped(t), Peers: comparableOnes(t, l)}
	j, err := rules.NewJudge(in)
	if err != nil {
		t.Fatal(err)
	}
	decided, unknown := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		e, f, past := drawn(t, l)
		before := j.Judge(nil, rules.Facts{Enterprise: e, Figures: f.Encode(), Findings: past})
		for i := range l.Len() {
			d := l.At(i)
			for back := range 13 {
				p := indicator.LastDue(d.Period, at, l.Due).Add(-back)
				if _, has := f.Get(l, d.Name, p); has {
					continue
				}
				v := rapid.SampledFrom([]float64{0, 1, d.Max}).Draw(t, "value")
				if _, err := f.Put(l, d.Name, p, indicator.Figure{Value: v, Mark: indicator.Self, Revision: 1}); err != nil {
					t.Fatal(err)
				}
			}
		}
		after := j.Judge(nil, rules.Facts{Enterprise: e, Figures: f.Encode(), Findings: past})
		for i, v := range before {
			if v.Outcome == compliance.Unknown {
				if unknown++; v.Reason == "" {
					t.Fatalf("%s is unknown for no reason", v.Rule)
				}
				if v.Reason == compliance.ReasonMissing && len(v.Inputs) == 0 {
					t.Fatalf("%s names nothing that is missing", v.Rule)
				}
				continue
			}
			if decided++; v.Rule != rules.ReportLate && after[i].Outcome != v.Outcome {
				t.Fatalf("%s/%s was %v and is %v when all is reported", v.Pack, v.Rule, v, after[i])
			}
			if v.Outcome == compliance.Fail && len(v.Inputs) == 0 {
				t.Fatalf("%s fails for nothing", v.Rule)
			}
		}
	})
	if decided == 0 || unknown == 0 {
		t.Errorf("%d verdicts were decided and %d unknown: both have to be tried", decided, unknown)
	}
}

// Programs are shared by all workers of a process, each with a judge of its own.
func TestJudgesShareProgramsAndPeers(t *testing.T) {
	l := library(t)
	in := rules.Inputs{At: at, Library: l, Programs: shipped(t), Peers: comparableOnes(t, l)}
	var f indicator.Figures
	for i := range l.Len() {
		d := l.At(i)
		for back := range 8 {
			if _, err := f.Put(l, d.Name, indicator.LastDue(d.Period, at, l.Due).Add(-back), indicator.Figure{Value: d.Max, Mark: indicator.Checked, Revision: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	facts := rules.Facts{Enterprise: compliance.Enterprise{USCC: "91320500000000035C", Sectors: indicator.Sectors(), Region: "320500", Size: "large"}, Figures: f.Encode()}
	results := make(chan []byte)
	for range 4 {
		go func() {
			j, err := rules.NewJudge(in)
			if err != nil {
				results <- nil
				return
			}
			var said []byte
			for range 50 {
				said, _ = json.Marshal(j.Judge(nil, facts))
			}
			results <- said
		}()
	}
	first := <-results
	for range 3 {
		if other := <-results; first == nil || !bytes.Equal(first, other) {
			t.Errorf("one judge says\n%s\nand another\n%s", first, other)
		}
	}
}
