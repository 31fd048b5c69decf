package compliance

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
)

// Report is one report of figures of a period. A correction is a further revision: it says which figures are otherwise, and why; what it
// does not name stands as it was reported.
type Report struct {
	Period     indicator.Period   `json:"period"`
	Revision   int                `json:"revision"` // of the reports of its period, from 1
	N          int                `json:"n"`        // of all reports of the enterprise, from 1
	Indicators map[string]float64 `json:"indicators"`
	Source     string             `json:"source"`           // self, checked, measured
	Reason     []byte             `json:"reason,omitempty"` // sealed: it may name persons
	At         time.Time          `json:"at"`
	Role       string             `json:"role"` // of who reported: the enterprise itself, or an officer for it
	By         string             `json:"by"`   // the account
	Person     string             `json:"person,omitempty"`
	Authority  string             `json:"authority,omitempty"`
}

// Fold is the figures that the first n reports of an enterprise come to, in whatever order they are given. Indicators that the library
// does not know are passed over.
func Fold(l *indicator.Library, reports []Report, n int) indicator.Figures {
	ordered := slices.Clone(reports)
	slices.SortFunc(ordered, func(a, b Report) int { return cmp.Compare(a.N, b.N) })
	var f indicator.Figures
	for _, r := range ordered {
		if r.N <= n {
			r.Apply(l, &f)
		}
	}
	return f
}

// Apply puts the report's figures over those before it. A figure that the library no longer takes is passed over.
func (r Report) Apply(l *indicator.Library, f *indicator.Figures) {
	mark, _ := indicator.ParseMark(r.Source)
	for _, name := range slices.Sorted(maps.Keys(r.Indicators)) {
		_, _ = f.Put(l, name, r.Period, indicator.Figure{Value: r.Indicators[name], Revision: r.Revision, Mark: mark})
	}
}

// Says reports whether the figures say already what the report does, from the same source.
func (r Report) Says(l *indicator.Library, f *indicator.Figures) bool {
	for name, v := range r.Indicators {
		had, ok := f.Get(l, name, r.Period)
		if !ok || had.Value != v || had.Mark.String() != r.Source {
			return false
		}
	}
	return true
}

// Overrules names the figures that the report of an enterprise itself would put in the place of what its authority has checked or measured.
func (r Report) Overrules(l *indicator.Library, f *indicator.Figures) []fault.Field {
	var fields []fault.Field
	for _, name := range slices.Sorted(maps.Keys(r.Indicators)) {
		if had, ok := f.Get(l, name, r.Period); ok && r.Source == indicator.Self.String() && had.Mark > indicator.Self {
			fields = append(fields, fault.Field{Pointer: "/indicators/" + name, Detail: fault.Both(
				"the authority has "+had.Mark.String()+" this figure; ask it for a correction, or contest the finding that rests on it",
				"该指标已由主管部门核查或者测量,请申请更正,或者对据此作出的问题提出异议")})
		}
	}
	return fields
}

// How far back figures are missed, in periods that are due: older ones are looked at by nobody.
const (
	MissedMonths = 12
	MissedDays   = 31
)

// Expected is one period for which an enterprise reports.
type Expected struct {
	Period  indicator.Period `json:"period"`
	Due     string           `json:"due"`               // the last day, YYYY-MM-DD
	SetBy   string           `json:"set_by"`            // no law states it
	State   string           `json:"state"`             // reported, open, late
	Missing []string         `json:"missing,omitempty"` // indicators
}

// Expectations lists the periods that have ended since an enterprise was registered and for which it reports, the newest first, of months and
// then of days. has tells whether the figure of the indicator at a position of the library is there for the n-th period of its unit.
func Expectations(l *indicator.Library, e Enterprise, at time.Time, has func(position, n int) bool) []Expected {
	out := []Expected{}
	for _, u := range []indicator.Unit{indicator.Month, indicator.Day} {
		back := MissedMonths
		if u == indicator.Day {
			back = MissedDays
		}
		due := indicator.LastDue(u, at, l.Due)
		for p := indicator.LastEnded(u, at); p.N > due.N-back && p.End() >= e.Since; p = p.Add(-1) {
			x := Expected{Period: p, Due: string(p.Due(l.Due)), SetBy: l.Due.SetBy, State: "reported"}
			asked := false
			for i := range l.All() {
				d := l.At(i)
				if d.Period != u || !d.For(e.Sectors) {
					continue
				}
				if asked = true; !has(i, p.N) {
					x.Missing = append(x.Missing, d.Name)
				}
			}
			if !asked {
				break
			}
			if x.Missing != nil {
				if x.State = "open"; p.N <= due.N {
					x.State = "late"
				}
			}
			out = append(out, x)
		}
	}
	return out
}
