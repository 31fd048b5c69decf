// Package indicator provides the figures that enterprises report, as data with definitions, periods and a packed form.
//
// A [Library] knows every indicator and says what is wrong with a reported figure. [Figures] are the latest figures of one
// enterprise, small enough to lie in the item that an audit run reads anyway.
package indicator

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"shixin/shared/regime"
)

// Kind is what sort of number an indicator is.
type Kind string

// The kinds.
const (
	Count    Kind = "count"    // a whole number of things, 0 or more
	Share    Kind = "share"    // a part of a whole, 0 to 1
	Rate     Kind = "rate"     // so many for each so many, 0 or more
	Duration Kind = "duration" // hours, 0 or more
)

// Direction is which way an indicator is better.
type Direction string

// The directions.
const (
	Lower   Direction = "lower"
	Higher  Direction = "higher"
	Neutral Direction = "neutral" // it is read together with others
)

// Mark says how a figure came about.
type Mark uint8

// The marks. The zero Mark is none.
const (
	Self     Mark = 1 + iota // the enterprise says so
	Checked                  // the authority has looked at what the enterprise says
	Measured                 // the authority, or somebody for it, has measured it
)

var markNames = [...]string{"", "self", "checked", "measured"}

// String is the mark as the API spells it.
func (m Mark) String() string {
	if int(m) < len(markNames) {
		return markNames[m]
	}
	return ""
}

// ParseMark reads "self", "checked" or "measured"; false for anything else.
func ParseMark(s string) (Mark, bool) {
	i := slices.Index(markNames[:], s)
	return Mark(max(i, 0)), i > 0
}

// Sectors lists the sectors that indicators and rule packs are made for.
func Sectors() []string { return []string{"telecom", "finance", "internet"} }

// Definition is one indicator.
type Definition struct {
	// Code stands for the name in packed figures. It is never changed and never given to another indicator.
	Code        int           `json:"-" yaml:"code"`
	Name        string        `json:"name" yaml:"name"` // as reports and rules spell it: small letters, digits and underscores
	Title       regime.Text   `json:"title" yaml:"title"`
	Kind        Kind          `json:"kind" yaml:"kind"`
	Unit        string        `json:"unit" yaml:"unit"`               // share, hours, or what is counted
	Denominator *regime.Text  `json:"denominator" yaml:"denominator"` // of a share or rate: what it is a part of, or so many for each; else null
	Sectors     []string      `json:"sectors" yaml:"sectors"`         // whose enterprises report it
	Min         float64       `json:"min" yaml:"min"`                 // the plausible range, both ends included
	Max         float64       `json:"max" yaml:"max"`
	Direction   Direction     `json:"direction" yaml:"direction"`
	Period      Unit          `json:"period" yaml:"period"` // how often it is reported
	Source      regime.Source `json:"source" yaml:"source"` // the duty that it measures
}

// Due is by when figures are in, in days after their period has ended. No law states it.
type Due struct {
	Month  int           `json:"month" yaml:"month"`
	Day    int           `json:"day" yaml:"day"`
	SetBy  string        `json:"set_by" yaml:"set_by"` // authority
	Source regime.Source `json:"source" yaml:"source"`
}

// In is the days of grace for periods of a unit.
func (d Due) In(u Unit) int {
	if u == Day {
		return d.Day
	}
	return d.Month
}

// Library is all indicators, in the order of their names. It is immutable.
type Library struct {
	Version string // a digest of the definitions; a run pins it
	Due     Due
	all     []Definition
	byName  map[string]int
	byCode  []int32 // code -> position + 1
}

// MaxCode is the highest code of an indicator.
const MaxCode = 4095

// NewLibrary makes a library; the error names everything in which the definitions contradict themselves, one line each.
func NewLibrary(version string, due Due, all []Definition) (*Library, error) {
	l := &Library{Version: version, Due: due, all: slices.Clone(all), byName: map[string]int{}, byCode: make([]int32, MaxCode+1)}
	slices.SortFunc(l.all, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) })
	var errs []error
	if due.Month < 1 || due.Month > 27 || due.Day < 1 || due.Day > 27 {
		errs = append(errs, errors.New("due: figures are due 1 to 27 days after their period"))
	}
	for i := range l.all {
		d := &l.all[i]
		errs = append(errs, d.check())
		if _, twice := l.byName[d.Name]; twice {
			errs = append(errs, fmt.Errorf("%s: the name is used twice", d.Name))
		}
		l.byName[d.Name] = i
		if d.Code < 1 || d.Code > MaxCode {
			continue
		}
		if l.byCode[d.Code] != 0 {
			errs = append(errs, fmt.Errorf("%s: the code %d is used twice", d.Name, d.Code))
		}
		l.byCode[d.Code] = int32(i + 1)
	}
	return l, errors.Join(errs...)
}

// All returns the definitions in the order of their names. The caller must not change them.
func (l *Library) All() []Definition { return l.all }

// Len is how many indicators there are.
func (l *Library) Len() int { return len(l.all) }

// Find returns the position of an indicator in All.
func (l *Library) Find(name string) (int, bool) {
	i, ok := l.byName[name]
	return i, ok
}

// At returns the definition at a position of All.
func (l *Library) At(i int) *Definition { return &l.all[i] }

// Position is the place in All of a code, -1 where the library does not know it.
func (l *Library) Position(code int) int {
	if code < 0 || code >= len(l.byCode) {
		return -1
	}
	return int(l.byCode[code]) - 1
}

// For reports whether enterprises of any of the sectors report the indicator.
func (d *Definition) For(sectors []string) bool {
	return slices.ContainsFunc(d.Sectors, func(s string) bool { return slices.Contains(sectors, s) })
}

func (d *Definition) check() error {
	var errs []error
	must := func(ok bool, complaint string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s: %s", d.Name, complaint))
		}
	}
	must(d.Code >= 1 && d.Code <= MaxCode, fmt.Sprintf("the code is not 1 to %d", MaxCode))
	must(IsName(d.Name), "the name is not small letters, digits and underscores, at most 40, beginning with a letter")
	must(d.Title.Zh != "" && d.Title.En != "", "the title is missing in one language")
	must(slices.Contains([]Kind{Count, Share, Rate, Duration}, d.Kind), "the kind is not count, share, rate or duration")
	must(slices.Contains([]Direction{Lower, Higher, Neutral}, d.Direction), "the direction is not lower, higher or neutral")
	must(d.Period == Month || d.Period == Day, "the period is not month or day")
	must(d.Unit != "", "the unit is missing")
	must((d.Kind == Share) == (d.Unit == "share"), "a share, and nothing else, has the unit share")
	must((d.Kind == Duration) == (d.Unit == "hours"), "a duration, and nothing else, has the unit hours")
	needs := d.Kind == Share || d.Kind == Rate
	must(needs == (d.Denominator != nil), "shares and rates, and nothing else, have a denominator")
	must(d.Denominator == nil || d.Denominator.Zh != "" && d.Denominator.En != "", "the denominator is missing in one language")
	must(len(d.Sectors) > 0, "no sector reports it")
	for i, s := range d.Sectors {
		must(slices.Contains(Sectors(), s) && !slices.Contains(d.Sectors[:i], s), fmt.Sprintf("%q is no sector, or stands twice", s))
	}
	must(d.Min >= 0 && d.Min < d.Max && d.Max <= 1e12, "the plausible range is not within 0 to 1e12")
	must(d.Kind != Share || d.Max <= 1, "a share is at most 1")
	must(d.Kind != Count || d.Min == math.Trunc(d.Min) && d.Max == math.Trunc(d.Max), "a count has a range of whole numbers")
	must(d.Source.Cite != "" && d.Source.Confidence != "", "the source is missing")
	return errors.Join(errs...)
}

// IsName reports whether a text can name an indicator or a parameter: it reads as one word in a rule.
func IsName(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
