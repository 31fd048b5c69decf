// Package regime provides the rules under which listings are made, as dated and cited data.
//
// No number here is invented: what a source does not state is unset (a nil pointer), shown as null, and starts no clock.
package regime

import (
	"slices"
	"strings"
	"unicode"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/workday"
)

// Confidence says how well a fact of the law is known.
type Confidence string

// The confidences. Everything but Official is to be checked by the law's owner before production.
const (
	Official  Confidence = "S" // the official text was read
	Partial   Confidence = "P" // a fragment or an official summary was read
	Memory    Confidence = "M" // general knowledge, unchecked
	NotFound  Confidence = "X" // not found: the value is unset
	Technical Confidence = "T" // a choice of this register, not of the law
)

// Source is where a fact stands. Every rule carries one.
type Source struct {
	Cite       string     `json:"cite" yaml:"cite"`
	Confidence Confidence `json:"confidence" yaml:"confidence"`
	Verified   bool       `json:"verified" yaml:"verified"` // the law's owner has checked it; only S ships true
	Note       string     `json:"note,omitempty" yaml:"note"`
}

// In is the citation in English and in Chinese. Where it stands in one language only, both are that.
func (s Source) In() (en, zh string) {
	first, second, both := strings.Cut(s.Cite, " · ")
	switch {
	case !both:
		return s.Cite, s.Cite
	case has(first, unicode.Han):
		return second, first
	}
	return first, second
}

// Text is a text for people in both languages.
type Text struct {
	Zh string `json:"zh" yaml:"zh"`
	En string `json:"en" yaml:"en"`
}

// Period is a length of time; exactly one part is set.
type Period struct {
	WorkingDays int `json:"working_days,omitempty" yaml:"working_days"`
	Days        int `json:"days,omitempty" yaml:"days"`
	Months      int `json:"months,omitempty" yaml:"months"`
	Years       int `json:"years,omitempty" yaml:"years"`
}

// Clock is a deadline: Step is due Within a period of what it runs After. A nil Within is a clock that the law does not state.
type Clock struct {
	Step   string  `json:"step" yaml:"step"`   // statements, decision, publication, service; of a request: acceptance, outcome, unpublication
	After  string  `json:"after" yaml:"after"` // proposal, notice, decision, service, request, outcome
	Within *Period `json:"within" yaml:"within"`
	Source Source  `json:"source" yaml:"source"`
}

// Measure is what follows from a listing, with what it leaves alone.
type Measure struct {
	Code       string `json:"code" yaml:"code"`
	Field      string `json:"field" yaml:"field"` // financial, telecom, credit, administrative
	Name       Text   `json:"name" yaml:"name"`
	Exceptions []Text `json:"exceptions,omitempty" yaml:"exceptions"`
	Source     Source `json:"source" yaml:"source"`
}

// Term is how long a listing lasts.
type Term struct {
	Length Period `json:"length" yaml:"length"`
	Starts string `json:"starts" yaml:"starts"` // decision, or event: the step "term" says when it happened
	Source Source `json:"source" yaml:"source"`
}

// Cap is how long several listings of one subject may last in a row.
type Cap struct {
	Length Period `json:"length" yaml:"length"`
	Source Source `json:"source" yaml:"source"`
}

// Publication says whether listings on a ground may be shown to the public.
type Publication struct {
	Allowed    bool     `json:"allowed" yaml:"allowed"`
	Persons    bool     `json:"persons" yaml:"persons"`         // natural persons too; minors never
	AgeUnknown bool     `json:"age_unknown" yaml:"age_unknown"` // persons whose birth is not known too (mirrors of lists published elsewhere)
	Fields     []string `json:"fields" yaml:"fields"`           // name, identifiers, facts, legal_basis, authority, term, measures
	Source     Source   `json:"source" yaml:"source"`
}

// Consent is asked of the authority one level up before the decision, when the deciding authority's level is one of For.
type Consent struct {
	For    []access.Level `json:"for" yaml:"for"`
	Source Source         `json:"source" yaml:"source"`
}

// Ground is one reason for which a subject may be listed.
type Ground struct {
	ID          string       `json:"id" yaml:"id"`
	Name        Text         `json:"name" yaml:"name"`
	Subjects    []string     `json:"subjects" yaml:"subjects"` // organization, person
	From        workday.Day  `json:"from" yaml:"from"`         // in effect from this day
	To          workday.Day  `json:"to,omitempty" yaml:"to"`   // to this day, included
	Level       access.Level `json:"level" yaml:"level"`       // the lowest that decides; a lower one may propose
	Conviction  bool         `json:"conviction" yaml:"conviction"`
	Term        *Term        `json:"term" yaml:"term"` // nil: without a term
	Capped      bool         `json:"capped" yaml:"capped"`
	Measures    []string     `json:"measures" yaml:"measures"`
	Publication Publication  `json:"publication" yaml:"publication"`
	Source      Source       `json:"source" yaml:"source"`
}

// Earliest is the day before which a request is too early.
type Earliest struct {
	After  string `json:"after" yaml:"after"` // term (its first day) or decision
	Length Period `json:"length" yaml:"length"`
	Source Source `json:"source" yaml:"source"`
}

// Request says what one kind of request does, who may ask for it, who may not decide it, and its clocks.
type Request struct {
	Kind     string    `json:"kind" yaml:"kind"`               // appeal, repair, correction, revocation, unpublication, stay, identity, reinstatement
	Open     bool      `json:"open" yaml:"open"`               // a switch: false where it is not settled that the law grants it
	Ask      []string  `json:"ask" yaml:"ask"`                 // subject, officer
	When     []string  `json:"when" yaml:"when"`               // states of the listing: listed, removed
	Causes   []string  `json:"causes,omitempty" yaml:"causes"` // with removed: only after a removal for one of these
	Effect   string    `json:"effect" yaml:"effect"`           // remove, correct, stay, unpublish, reinstate
	Cause    string    `json:"cause,omitempty" yaml:"cause"`   // with remove: the removal's cause
	Outcomes []string  `json:"outcomes" yaml:"outcomes"`       // granted, refused, varied
	Against  string    `json:"against" yaml:"against"`         // decision, publication, removal: whose maker may not decide it
	Earliest *Earliest `json:"earliest" yaml:"earliest"`
	Clocks   []Clock   `json:"clocks" yaml:"clocks"`
	Source   Source    `json:"source" yaml:"source"`
}

// Version is the text of a regime in effect from a day on. A listing keeps the version it was made under.
type Version struct {
	Regime    string      `json:"regime" yaml:"-"`
	Version   string      `json:"version" yaml:"version"` // the day From, or "from.n" for a corrected transcription
	Name      Text        `json:"name" yaml:"-"`
	From      workday.Day `json:"from" yaml:"from"`
	To        workday.Day `json:"to,omitempty" yaml:"to"`
	Sectors   []string    `json:"sectors" yaml:"sectors"`     // an authority must have one of them; empty: any
	Mirror    bool        `json:"mirror" yaml:"mirror"`       // a mirror of other published lists: no measures, no term, never counted
	Statement Clock       `json:"statement" yaml:"statement"` // how long the subject may make a statement after the notice
	Consent   *Consent    `json:"consent" yaml:"consent"`
	Cap       *Cap        `json:"cap" yaml:"cap"`
	Clocks    []Clock     `json:"clocks" yaml:"clocks"`
	Measures  []Measure   `json:"measures" yaml:"measures"`
	Grounds   []Ground    `json:"grounds" yaml:"grounds"`
	Requests  []Request   `json:"requests" yaml:"requests"`
	Source    Source      `json:"source" yaml:"source"`
}

// Regime is a body of rules under which listings are made, through time.
type Regime struct {
	ID       string    `json:"id" yaml:"id"`
	Name     Text      `json:"name" yaml:"name"`
	Versions []Version `json:"versions" yaml:"versions"` // ascending by From
}

// Ground returns a ground by its id.
func (v *Version) Ground(id string) (*Ground, bool) {
	i := slices.IndexFunc(v.Grounds, func(g Ground) bool { return g.ID == id })
	if i < 0 {
		return nil, false
	}
	return &v.Grounds[i], true
}

// Request returns the rule of a kind of request.
func (v *Version) Request(kind string) (*Request, bool) {
	i := slices.IndexFunc(v.Requests, func(r Request) bool { return r.Kind == kind })
	if i < 0 {
		return nil, false
	}
	return &v.Requests[i], true
}

// In reports whether the ground is in effect on a day.
func (g *Ground) In(d workday.Day) bool { return g.From <= d && (g.To == "" || d <= g.To) }

// After is the last day of a period that starts with day d (which is not counted, Civil Code art. 201; the
// corresponding day is the last, art. 202). It is false when a working day lies beyond the calendar's data.
func (p Period) After(d workday.Day, calendar workday.Calendar) (workday.Day, bool) {
	switch {
	case p.WorkingDays > 0:
		return calendar.Add(d, p.WorkingDays)
	case p.Days > 0:
		return d.AddDays(p.Days), true
	default:
		return d.AddMonths(p.Months + 12*p.Years), true
	}
}

// Library is all regimes.
type Library struct{ Regimes []Regime }

// In returns the version of a regime in effect on a day. Unknown regimes and days without a version are Invalid at /regime.
func (l Library) In(id string, on workday.Day) (*Version, error) {
	r, ok := l.Regime(id)
	if !ok {
		return nil, fault.At("/regime", "there is no such regime; GET /v1/regimes lists them", "没有该名单制度,可用 GET /v1/regimes 查询")
	}
	for i := len(r.Versions) - 1; i >= 0; i-- {
		v := &r.Versions[i]
		if v.From <= on && (v.To == "" || on <= v.To) {
			return v, nil
		}
	}
	return nil, fault.At("/regime", "the regime is not in effect on "+string(on), "该名单制度在"+string(on)+"未施行")
}

// Regime returns a regime by its id.
func (l Library) Regime(id string) (*Regime, bool) {
	i := slices.IndexFunc(l.Regimes, func(r Regime) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return &l.Regimes[i], true
}

// Version returns the version under which a listing was made.
func (l Library) Version(id, version string) (*Version, bool) {
	r, ok := l.Regime(id)
	if !ok {
		return nil, false
	}
	i := slices.IndexFunc(r.Versions, func(v Version) bool { return v.Version == version })
	if i < 0 {
		return nil, false
	}
	return &r.Versions[i], true
}
