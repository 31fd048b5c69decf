package rules

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
)

// atom names one thing that an expression can read. It is the id of the unknown value where the thing is missing.
type atom int64

type atomKind int64

const (
	atomFigure    atomKind = 1 + iota // position, periods back
	atomAggregate                     // position, function and n
	atomPeers                         // position, percentile
	atomMembers                       // position
	atomParameter                     // index
	atomParties                       // the list of them
	atomParty                         // index: whether it is listed
	atomFindings                      // the list of them
	atomTrait                         // which
)

func newAtom(k atomKind, of, sub int) atom { return atom(int64(k)<<40 | int64(of)<<16 | int64(sub)) }

func (a atom) kind() atomKind { return atomKind(a >> 40) }
func (a atom) of() int        { return int(a>>16) & 0xffffff }
func (a atom) sub() int       { return int(a) & 0xffff }

const (
	traitSize = iota
	traitRegion
	traitSectors
)

// frame is what expressions are evaluated in: the variables, and a note of what was read.
type frame struct {
	in         *Inputs
	window     *indicator.Window
	isDay      []bool // by position
	enterprise compliance.Enterprise
	findings   []Past
	view       peers.View
	params     []threshold
	month, day int // numbers of the periods that the rule judges
	reads      []read

	now, previous figures
	history       histories
	compared      comparisons
	thresholds    thresholds
	traits        traitsOf
	parties       ref.Val // made when first asked for
	pasts         ref.Val
}

// threshold is a parameter where the enterprise lies.
type threshold struct {
	value float64
	set   bool
}

// read is one thing that was read; with aggregates what came out of it.
type read struct {
	atom
	result float64
}

func newFrame(in *Inputs) *frame {
	l := in.Library
	f := &frame{in: in, window: indicator.NewWindow(l), isDay: make([]bool, l.Len())}
	f.now = figures{object{kindFigures}, f, 0}
	f.previous = figures{object{kindFigures}, f, 1}
	f.history = histories{object{kindHistory}, f, make([]series, l.Len())}
	f.compared = comparisons{object{kindPeers}, f, make([]comparison, l.Len())}
	for i := range l.Len() {
		f.isDay[i] = l.At(i).Period == indicator.Day
		f.history.series[i] = series{f, i, historyOf(l.At(i).Period)}
		f.compared.each[i] = comparison{object{kindPeer}, f, i}
	}
	f.thresholds = thresholds{object{kindParams}, f}
	f.traits = traitsOf{object{kindEnterprise}, f}
	return f
}

// ResolveName gives the variables to CEL.
func (f *frame) ResolveName(name string) (any, bool) {
	switch name {
	case varNow:
		return &f.now, true
	case varPrevious:
		return &f.previous, true
	case varHistory:
		return &f.history, true
	case varPeers:
		return &f.compared, true
	case varParams:
		return &f.thresholds, true
	case varEnterprise:
		return &f.traits, true
	case varParties:
		f.note(newAtom(atomParties, 0, 0))
		if len(f.enterprise.Parties) > maxParties {
			return types.NewErr("more than %d parties", maxParties), true
		}
		if f.parties == nil {
			all := make([]ref.Val, len(f.enterprise.Parties))
			for i := range all {
				all[i] = &party{object{kindParty}, f, i}
			}
			f.parties = types.NewRefValList(types.DefaultTypeAdapter, all)
		}
		return f.parties, true
	case varFindings:
		f.note(newAtom(atomFindings, 0, 0))
		if len(f.findings) > maxFindings {
			return types.NewErr("more than %d findings", maxFindings), true
		}
		if f.pasts == nil {
			all := make([]ref.Val, len(f.findings))
			for i := range all {
				all[i] = &past{object{kindFinding}, f, i}
			}
			f.pasts = types.NewRefValList(types.DefaultTypeAdapter, all)
		}
		return f.pasts, true
	}
	return nil, false
}

// Parent is none.
func (f *frame) Parent() interpreter.Activation { return nil }

// note remembers what was read, each thing once, in the order of reading.
func (f *frame) note(a atom) { f.noteResult(read{atom: a}) }

func (f *frame) noteResult(r read) {
	for i := range f.reads {
		if f.reads[i].atom == r.atom {
			return
		}
	}
	f.reads = append(f.reads, r)
}

func missing(a atom) ref.Val { return types.NewUnknown(int64(a), nil) }

// figure is that of an indicator so many periods before the one that is judged.
func (f *frame) figure(position, back int) ref.Val {
	v, a, ok := f.lookup(position, back)
	if !ok {
		return missing(a)
	}
	f.note(a)
	return types.Double(v)
}

// lookup is figure without a note.
func (f *frame) lookup(position, back int) (float64, atom, bool) {
	n := f.month
	if f.isDay[position] {
		n = f.day
	}
	v, ok := f.window.Value(position, n-back)
	return v, newAtom(atomFigure, position, back), ok
}

func (f *frame) noteAggregate(name string, position, n int, result float64) {
	for i, a := range aggregates {
		if a == name {
			f.noteResult(read{newAtom(atomAggregate, position, i<<8|n), result})
		}
	}
}

func (f *frame) parameter(index int) ref.Val {
	a := newAtom(atomParameter, index, 0)
	if !f.params[index].set {
		return missing(a)
	}
	f.note(a)
	return types.Double(f.params[index].value)
}

func (f *frame) percentile(position, index int) ref.Val {
	a := newAtom(atomPeers, position, index)
	v, ok := f.view.Value(position, index)
	if !ok {
		return missing(a)
	}
	f.note(a)
	return types.Double(v)
}

func (f *frame) members(position int) ref.Val {
	a := newAtom(atomMembers, position, 0)
	if f.in.Peers == nil {
		return missing(a)
	}
	f.note(a)
	return types.Int(f.view.Members(position).Members)
}

// listed reports whether a party is on the published list. What is not published decides no rule that shows its inputs to the enterprise.
func (f *frame) listed(index int) ref.Val {
	a := newAtom(atomParty, index, 0)
	if f.in.List == nil {
		return missing(a)
	}
	listings, known := f.in.List.Of(f.enterprise.Parties[index].Ref)
	if !known {
		return missing(a)
	}
	for _, l := range listings {
		if l.Published {
			f.note(a)
			return types.True
		}
	}
	return types.False
}

func (f *frame) trait(which int) ref.Val {
	a := newAtom(atomTrait, which, 0)
	e := &f.enterprise
	var v ref.Val
	switch {
	case which == traitSize && e.Size != "":
		v = types.String(e.Size)
	case which == traitRegion && e.Region != "":
		v = types.String(e.Region)
	case which == traitSectors:
		v = types.NewStringList(types.DefaultTypeAdapter, e.Sectors)
	default:
		return missing(a)
	}
	f.note(a)
	return v
}
