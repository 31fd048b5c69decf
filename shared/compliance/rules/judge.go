package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/workday"
)

// Inputs is what a run has pinned for its judgments.
type Inputs struct {
	At       time.Time // the run's moment
	Library  *indicator.Library
	Programs []*Program
	List     *compliance.List    // nil where its snapshot cannot be read
	Peers    *peers.Distribution // nil where there is none: what asks for peers is unknown
}

// Facts is what is judged of one enterprise.
type Facts struct {
	Enterprise compliance.Enterprise
	Figures    []byte // packed; see indicator.Figures
	Findings   []Past // as they were before the run; see PastOf
}

// Judge applies the programs of a run. It is not safe for concurrent use: each worker has its own.
type Judge struct {
	in   Inputs
	f    *frame
	exec *interpreter.ExecutionFrame
	// The last periods that have ended, and the last ones that are due, at the run's moment.
	endedMonth, dueMonth, endedDay, dueDay int
}

// NewJudge makes a judge of what a run has pinned.
func NewJudge(in Inputs) (*Judge, error) {
	j := &Judge{in: in}
	j.f = newFrame(&j.in)
	exec, err := interpreter.NewExecutionFrame(j.f)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	j.exec = exec
	due := in.Library.Due
	j.endedMonth, j.dueMonth = indicator.LastEnded(indicator.Month, in.At).N, indicator.LastDue(indicator.Month, in.At, due).N
	j.endedDay, j.dueDay = indicator.LastEnded(indicator.Day, in.At).N, indicator.LastDue(indicator.Day, in.At, due).N
	return j, nil
}

// Judge appends what each rule of each program says about an enterprise, in their orders. It depends on nothing but the inputs and the
// facts. Verdicts share nothing with the judge.
func (j *Judge) Judge(verdicts []compliance.Verdict, facts Facts) []compliance.Verdict {
	f := j.f
	f.enterprise, f.findings, f.parties, f.pasts = facts.Enterprise, facts.Findings, nil, nil
	damaged := f.window.Read(facts.Figures) != nil
	for _, p := range j.in.Programs {
		name := p.Pack.Name + "@" + p.Pack.Version
		sector, fits := p.sector(facts.Enterprise.Sectors)
		if fits {
			j.enter(p, sector)
		}
		for i := range p.checks {
			k := &p.checks[i]
			v := compliance.Verdict{Rule: k.rule.ID, Pack: name, Outcome: compliance.NotApplicable}
			switch {
			case !fits:
			case k.rule.Builtin == Listed:
				v.Outcome, v.Reason, v.Inputs = compliance.Listed(facts.Enterprise, j.in.List)
			case damaged:
				v.Outcome, v.Reason = compliance.Unknown, compliance.ReasonFigures
			case k.rule.Builtin == ReportLate:
				j.late(&v)
			default:
				j.check(&v, p, k)
			}
			verdicts = append(verdicts, v)
		}
	}
	return verdicts
}

// sector is the first sector of the enterprise that the pack judges: peers are those of it.
func (p *Program) sector(of []string) (string, bool) {
	for _, s := range of {
		if len(p.Pack.Sectors) == 0 || slices.Contains(p.Pack.Sectors, s) {
			return s, true
		}
	}
	return "", len(p.Pack.Sectors) == 0
}

// enter sets what is the same for all rules of a pack.
func (j *Judge) enter(p *Program, sector string) {
	f := j.f
	f.view = j.in.Peers.View(sector, f.enterprise.Region, f.enterprise.Size)
	f.params = f.params[:0]
	for i := range p.Pack.Parameters {
		v, set := p.Pack.Parameters[i].At(f.enterprise.Region)
		f.params = append(f.params, threshold{v, set})
	}
}

// check judges by one rule that is written in CEL. The period is the last one that has ended, where all that the rule reads of it through
// now is reported already, and else the last one that is due.
func (j *Judge) check(v *compliance.Verdict, p *Program, k *check) {
	f := j.f
	f.reads = f.reads[:0]
	f.month, f.day = j.dueMonth, j.dueDay
	if f.reported(k.months, j.endedMonth) {
		f.month = j.endedMonth
	}
	if f.reported(k.days, j.endedDay) {
		f.day = j.endedDay
	}
	if k.when != nil {
		applies, ok := j.evaluate(v, p, k.when, k.limited)
		if !ok || !applies {
			return
		}
	}
	fails, ok := j.evaluate(v, p, k.fails, k.limited)
	switch {
	case !ok:
	case fails:
		v.Outcome, v.Inputs = compliance.Fail, f.inputs(p)
	default:
		v.Outcome = compliance.Pass
	}
}

func (f *frame) reported(positions []int, period int) bool {
	for _, i := range positions {
		if _, ok := f.window.Value(i, period); !ok {
			return false
		}
	}
	return len(positions) > 0
}

// evaluate is the value of a condition; where it has none the verdict is unknown and says why.
func (j *Judge) evaluate(v *compliance.Verdict, p *Program, program cel.Program, limited bool) (value, ok bool) {
	var vars any = j.exec
	if limited {
		vars = j.f
	}
	out, _, err := program.Eval(vars)
	switch out := out.(type) {
	case types.Bool:
		if err == nil {
			return bool(out), true
		}
	case *types.Unknown:
		v.Outcome, v.Reason, v.Inputs = compliance.Unknown, compliance.ReasonMissing, j.f.missing(p, out.IDs())
		return false, false
	}
	v.Outcome, v.Reason, v.Inputs = compliance.Unknown, compliance.ReasonComputing, j.f.inputs(p)
	return false, false
}

// late is the built-in rule that what is due was reported. Nothing is asked for of the time before the enterprise was registered.
func (j *Judge) late(v *compliance.Verdict) {
	f := j.f
	asked := 0
	for i := range j.in.Library.Len() {
		d := j.in.Library.At(i)
		if !d.For(f.enterprise.Sectors) {
			continue
		}
		period := indicator.Period{Unit: d.Period, N: j.dueMonth}
		if d.Period == indicator.Day {
			period.N = j.dueDay
		}
		if since := f.enterprise.Since; since != "" && period.End() < since {
			continue
		}
		asked++
		if _, ok := f.window.Value(i, period.N); !ok {
			v.Inputs = append(v.Inputs, compliance.Input{Of: compliance.Self, Published: true, Kind: compliance.OfFigure, Name: d.Name, Period: period.String(), Reason: notReported})
		}
	}
	switch {
	case asked == 0:
	case len(v.Inputs) > 0:
		v.Outcome = compliance.Fail
	default:
		v.Outcome = compliance.Pass
	}
}

// Past is a finding as rules see it: as it was before the run.
type Past struct {
	Rule  string `json:"rule"`  // pack/rule, or the rule alone where the pack is called as it is
	State string `json:"state"` // open, contested, cured
	Days  int    `json:"days"`  // since it was opened first, or reopened last
	Times int    `json:"times"` // how often it was reopened
}

// PastOf is a finding as it stood before a moment; false where it was not there yet. It is read from the marks, so that a later run sees
// the same; a finding of which a mark was dropped since has fewer times.
func PastOf(f compliance.Finding, at time.Time) (Past, bool) {
	p := Past{Rule: f.Key()}
	var opened time.Time
	for _, m := range f.Marks {
		if !m.At.Before(at) {
			break
		}
		switch m.Event {
		case compliance.Opened:
			p.State, opened = string(compliance.Open), m.At
		case compliance.Reopened:
			p.State, opened = string(compliance.Open), m.At
			p.Times++
		case compliance.Healed, compliance.Withdrawn:
			p.State = string(compliance.Cured)
		}
	}
	if p.State == "" {
		return Past{}, false
	}
	for _, c := range f.Contests {
		switch {
		case c.At.Before(opened) || !c.At.Before(at) || p.State == string(compliance.Cured):
		case c.Decided == nil && c.State == compliance.Pending, c.Decided != nil && !c.Decided.Before(at):
			p.State = string(compliance.Contested)
		case c.Decided != nil && c.State == compliance.Granted:
			p.State = string(compliance.Cured)
		}
	}
	p.Days = int(workday.DayOf(at).Start().Sub(workday.DayOf(opened).Start()).Hours() / 24)
	return p, true
}

// within reports whether a parameter is set for the region itself, and not for the whole nation.
func within(region string, of map[string]float64) bool {
	for r := range of {
		if access.Within(region, r) {
			return true
		}
	}
	return false
}
