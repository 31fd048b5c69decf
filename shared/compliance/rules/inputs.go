package rules

import (
	"slices"
	"strconv"
	"strings"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
)

// Why nothing is known of an input.
const (
	notReported = "not-reported"
	notSet      = "not-set"
	tooFew      = "too-few-peers"
	notKnown    = "not-known"
)

// inputs tells what an expression has read.
func (f *frame) inputs(p *Program) []compliance.Input {
	var out []compliance.Input
	for _, r := range f.reads {
		out = f.input(out, p, r, "")
	}
	return out
}

// missing tells what an expression would have needed.
func (f *frame) missing(p *Program, ids []int64) []compliance.Input {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var out []compliance.Input
	for _, id := range slices.Compact(ids) {
		a := atom(id)
		reason := notReported
		switch a.kind() {
		case atomParameter:
			reason = notSet
		case atomPeers, atomMembers:
			reason = tooFew
		case atomParty:
			reason = compliance.ReasonNotAdopted
			if f.in.List == nil {
				reason = compliance.ReasonList
			}
		case atomTrait:
			reason = notKnown
		}
		out = f.input(out, p, read{atom: a}, reason)
	}
	for _, r := range f.reads {
		if r.kind() == atomFindings { // which the verdict can only be given again from
			out = f.input(out, p, r, "")
		}
	}
	return out
}

// input appends one thing as a finding shows it; with a reason it is not known. Everything here may be seen by the enterprise.
func (f *frame) input(out []compliance.Input, p *Program, r read, reason string) []compliance.Input {
	l := f.in.Library
	in := compliance.Input{Of: compliance.Self, Published: true, Reason: reason}
	switch r.kind() {
	case atomFigure:
		d := l.At(r.of())
		period := f.period(d.Period).Add(-r.sub())
		in.Kind, in.Name, in.Period = compliance.OfFigure, d.Name, period.String()
		if v, ok := f.window.At(r.of(), period.N); ok {
			in.Value, in.Mark, in.Revision = number(v.Value), v.Mark.String(), v.Revision
		}
	case atomAggregate:
		d := l.At(r.of())
		n := r.sub() & 0xff
		newest := f.period(d.Period).Add(-1)
		in.Kind, in.Name = compliance.OfHistory, d.Name+"."+aggregates[r.sub()>>8]+"("+strconv.Itoa(n)+")"
		in.Period, in.Value = newest.String()+"/"+newest.Add(1-n).String(), number(r.result)
	case atomPeers:
		d := l.At(r.of())
		in.Kind, in.Name = compliance.OfPeers, d.Name+"."+percentileName(r.sub())
		s, ok := f.view.Percentile(r.of(), r.sub())
		f.peersInput(&in, d, s, ok)
	case atomMembers:
		d := l.At(r.of())
		in.Kind, in.Name = compliance.OfPeers, d.Name+".members"
		f.peersInput(&in, d, f.view.Members(r.of()), reason == "")
	case atomParameter:
		q := &p.Pack.Parameters[r.of()]
		in.Kind, in.Name, in.SetBy = compliance.OfParameter, q.Name, string(q.SetBy)
		if within(f.enterprise.Region, q.Regions) {
			in.SetBy = string(ByAuthority) // a jurisdiction's own number
		}
		if t := f.params[r.of()]; t.set {
			in.Value = number(t.value)
		}
	case atomParties:
		in.Kind, in.Name, in.Value = compliance.OfParties, "parties", strconv.Itoa(len(f.enterprise.Parties))
	case atomParty:
		return f.listings(out, r.of(), in)
	case atomFindings:
		return f.pastInputs(out, in)
	case atomTrait:
		in.Kind = compliance.OfTrait
		f.traitInput(&in, r.of())
	}
	return append(out, in)
}

func (f *frame) period(u indicator.Unit) indicator.Period {
	if u == indicator.Day {
		return indicator.Period{Unit: u, N: f.day}
	}
	return indicator.Period{Unit: u, N: f.month}
}

func (f *frame) peersInput(in *compliance.Input, d *indicator.Definition, s peers.Stat, ok bool) {
	if f.in.Peers != nil {
		in.Period = f.in.Peers.Period(d.Period).String()
	}
	if ok {
		in.Value, in.Group, in.Wider, in.Members = number(s.Value), groupName(s.Group), s.Wider, s.Members
	}
}

// listings are the published ones of a party, or the party of which nothing is known.
func (f *frame) listings(out []compliance.Input, index int, in compliance.Input) []compliance.Input {
	p := f.enterprise.Parties[index]
	in.Of, in.Scheme, in.Value = p.Role, p.Ref.Scheme, p.Ref.Shown
	if in.Reason != "" {
		return append(out, in)
	}
	found, _ := f.in.List.Of(p.Ref)
	for _, l := range found {
		if l.Published {
			in.Listing, in.Regime, in.Ground = l.ID, l.Regime, l.Ground
			out = append(out, in)
		}
	}
	return out
}

// pastInputs are all findings before the run, so that the verdict can be given again from them; or that there were none.
func (f *frame) pastInputs(out []compliance.Input, in compliance.Input) []compliance.Input {
	in.Kind = compliance.OfFinding
	if len(f.findings) == 0 {
		in.Value = "0"
		return append(out, in)
	}
	for _, p := range f.findings {
		in.Name, in.Value = p.Rule, p.State+","+strconv.Itoa(p.Days)+","+strconv.Itoa(p.Times)
		out = append(out, in)
	}
	return out
}

// PastFrom reads the findings before the run back from a verdict's inputs; false where the verdict did not look at them.
func PastFrom(inputs []compliance.Input) (all []Past, looked bool) {
	for _, in := range inputs {
		if in.Kind != compliance.OfFinding {
			continue
		}
		looked = true
		parts := strings.Split(in.Value, ",")
		if len(parts) != 3 {
			continue
		}
		days, _ := strconv.Atoi(parts[1])
		times, _ := strconv.Atoi(parts[2])
		all = append(all, Past{Rule: in.Name, State: parts[0], Days: days, Times: times})
	}
	return all, looked
}

func (f *frame) traitInput(in *compliance.Input, which int) {
	switch which {
	case traitSize:
		in.Name, in.Value = "size", f.enterprise.Size
	case traitRegion:
		in.Name, in.Value = "region", f.enterprise.Region
	case traitSectors:
		in.Name, in.Value = "sectors", strings.Join(f.enterprise.Sectors, ",")
	}
}

// number is a number in decimal, the shortest that reads back as the same.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func groupName(g peers.Group) string {
	if g.Sector == "" {
		return "" // fewer than any group shows
	}
	return g.String()
}
