package indicator

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// How many periods of an indicator are kept in its packed figures, the newest reported one included: a rule looks at most a year back
// from the last period that is due, and that one may be two behind the newest.
const (
	KeepMonths = 16
	KeepDays   = 62
)

// keep is how many periods of a unit are kept.
func keep(u Unit) int {
	if u == Day {
		return KeepDays
	}
	return KeepMonths
}

// Figure is one reported number. The zero Figure is none: an unreported figure has no mark.
type Figure struct {
	Value    float64
	Revision int // of the report of its period that it came from, from 1
	Mark     Mark
}

// Figures are the latest figures of one enterprise. The zero Figures are none.
type Figures struct {
	series []series // ascending by code
}

// series are the figures of one indicator, the newest first; both its first and its last one are reported.
type series struct {
	code   int
	newest Period
	slots  []Figure
}

// ErrFigures is wrapped by Decode for bytes that Encode did not make. Nothing is known of the figures then.
var ErrFigures = errors.New("indicator: the packed figures are not readable")

// The limits of packed figures.
const (
	MaxSeries    = 256
	MaxRevision  = 1 << 20
	formatFirst  = 1
	scaleRaw     = 15 // the series is stored as raw doubles
	maxScale     = 12
	maxExact     = 1 << 53
	unitMonthBit = 0
	unitDayBit   = 1
)

// Put sets a figure, over one of an earlier revision too. It is false, and changes nothing, where the period is older than those that
// are kept. An error says that the figure cannot be one: no such indicator, another period, no number, no mark, no revision.
func (f *Figures) Put(l *Library, name string, p Period, v Figure) (bool, error) {
	i, ok := l.byName[name]
	if !ok {
		return false, fmt.Errorf("indicator: there is no indicator %q", name)
	}
	d := &l.all[i]
	if d.Period != p.Unit || v.Mark < Self || v.Mark > Measured || v.Revision < 1 || v.Revision > MaxRevision {
		return false, fmt.Errorf("indicator: a figure of %s without its period, mark or revision", name)
	}
	if en, _ := d.Complaint(v.Value); en != "" {
		return false, fmt.Errorf("indicator: %s %s", name, en)
	}
	at, found := slices.BinarySearchFunc(f.series, d.Code, func(s series, code int) int { return cmp.Compare(s.code, code) })
	if !found {
		if len(f.series) >= MaxSeries {
			return false, errors.New("indicator: an enterprise has too many indicators")
		}
		f.series = slices.Insert(f.series, at, series{d.Code, p, []Figure{v}})
		return true, nil
	}
	return f.series[at].put(p, v), nil
}

func (s *series) put(p Period, v Figure) bool {
	most := keep(p.Unit)
	if ahead := p.N - s.newest.N; ahead > 0 {
		slots := make([]Figure, min(len(s.slots)+ahead, most))
		slots[0] = v
		if ahead < most {
			copy(slots[ahead:], s.slots)
		}
		s.newest, s.slots = p, trim(slots)
		return true
	}
	back := s.newest.N - p.N
	if back >= most {
		return false
	}
	if back >= len(s.slots) {
		s.slots = append(s.slots, make([]Figure, back+1-len(s.slots))...)
	}
	s.slots[back] = v
	return true
}

// trim cuts unreported periods off the old end.
func trim(slots []Figure) []Figure {
	for len(slots) > 0 && slots[len(slots)-1].Mark == 0 {
		slots = slots[:len(slots)-1]
	}
	return slots
}

// Get returns the figure of an indicator for a period; false where none is kept.
func (f *Figures) Get(l *Library, name string, p Period) (Figure, bool) {
	i, ok := l.byName[name]
	if !ok {
		return Figure{}, false
	}
	at, found := slices.BinarySearchFunc(f.series, l.all[i].Code, func(s series, code int) int { return cmp.Compare(s.code, code) })
	if !found {
		return Figure{}, false
	}
	s := &f.series[at]
	back := s.newest.N - p.N
	if s.newest.Unit != p.Unit || back < 0 || back >= len(s.slots) || s.slots[back].Mark == 0 {
		return Figure{}, false
	}
	return s.slots[back], true
}

// Oldest is the first period of which a figure put now would be kept, with the newest one that is kept of any indicator of the unit; a
// zero Period where all are.
func (f *Figures) Oldest(u Unit) Period {
	var newest Period
	for _, s := range f.series {
		if s.newest.Unit == u && s.newest.N > newest.N {
			newest = s.newest
		}
	}
	if newest.Unit == "" {
		return newest
	}
	return newest.Add(1 - keep(u))
}

// Any reports whether there is a figure of a period.
func (f *Figures) Any(p Period) bool {
	for _, s := range f.series {
		back := s.newest.N - p.N
		if s.newest.Unit == p.Unit && back >= 0 && back < len(s.slots) && s.slots[back].Mark != 0 {
			return true
		}
	}
	return false
}

// Empty reports whether there is no figure at all.
func (f *Figures) Empty() bool { return len(f.series) == 0 }
