// Package ladder provides the rungs of the supervision of enterprises as dated and cited data.
//
// A rung is what an authority may do about findings: interview 约谈, supervised handling 督办, listed rectification 挂牌整治,
// proposed listing. No number here is invented: what no source states is unset, starts no clock, and is set by the authority in
// the single case.
package ladder

import (
	"errors"
	"fmt"
	"slices"

	"shixin/shared/access"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// The contents that a rung may ask for when it is taken.
const (
	Reason       = "reason"       // why, in words
	LegalBasis   = "legal_basis"  // what the authority rests it on: no law states this ladder as a whole
	Time         = "time"         // of the interview
	Place        = "place"        // of the interview
	Participants = "participants" // of the interview
	Task         = "task"         // what the enterprise has to do
	Deadline     = "deadline"     // by when: in working days, or a day
	Document     = "document"     // number of the decision on which a listing rests
)

var contents = []string{Reason, LegalBasis, Time, Place, Participants, Task, Deadline, Document}

// Power is who may take a step of a rung.
type Power struct {
	Roles []access.Role `json:"roles" yaml:"roles"` // officer, decider
	Level access.Level  `json:"level" yaml:"level"` // the lowest that may
	// Another says that it is another natural person than those who took the rung and served its notice.
	Another bool          `json:"another" yaml:"another"`
	Source  regime.Source `json:"source" yaml:"source"`
}

// Allows reports whether a role of a level has the power.
func (p Power) Allows(role access.Role, level access.Level) bool {
	return slices.Contains(p.Roles, role) && level.Rank() >= p.Level.Rank()
}

// Support is one way in which a failing finding supports a rung. All that it names must hold.
type Support struct {
	Severities []string `json:"severities,omitempty" yaml:"severities"` // any when empty
	Repeated   bool     `json:"repeated,omitempty" yaml:"repeated"`     // it was cured before, and has come back
	// After is a rung that was taken for the same finding, since it opened, and closed as not cured.
	After  string        `json:"after,omitempty" yaml:"after"`
	Source regime.Source `json:"source" yaml:"source"`
}

// Publication says whether a rung may be shown to the public, and what comes before.
type Publication struct {
	Allowed bool          `json:"allowed" yaml:"allowed"`
	Power   Power         `json:"power" yaml:"power"`     // who decides it
	Reply   regime.Clock  `json:"reply" yaml:"reply"`     // how long the enterprise may reply to the announcement
	Contest regime.Clock  `json:"contest" yaml:"contest"` // by when a contest is decided
	Source  regime.Source `json:"source" yaml:"source"`
}

// Ground is a ground on which an enterprise may be proposed for listing, and the decision that must be named for it.
type Ground struct {
	Regime   string        `json:"regime" yaml:"regime"`
	Ground   string        `json:"ground" yaml:"ground"`
	Sectors  []string      `json:"sectors,omitempty" yaml:"sectors"` // of the enterprise; any when empty
	Decision regime.Text   `json:"decision" yaml:"decision"`         // what is to be named by its document number
	Source   regime.Source `json:"source" yaml:"source"`
}

// Fits reports whether the ground is one for an enterprise of these sectors.
func (g Ground) Fits(sectors []string) bool {
	return len(g.Sectors) == 0 || slices.ContainsFunc(sectors, func(s string) bool { return slices.Contains(g.Sectors, s) })
}

// Rung is one step of the ladder.
type Rung struct {
	ID       string      `json:"id" yaml:"id"`
	Name     regime.Text `json:"name" yaml:"name"`
	Take     Power       `json:"take" yaml:"take"`
	Close    *Power      `json:"close,omitempty" yaml:"close"` // nil where it proposes a listing
	Supports []Support   `json:"supports" yaml:"supports"`     // any of them
	Content  []string    `json:"content" yaml:"content"`       // what taking it must say
	Record   bool        `json:"record" yaml:"record"`         // what was said is recorded before it is assessed
	// Clocks: reply after notice, assessment after deadline. Within is nil where no law states a time.
	Clocks      []regime.Clock `json:"clocks" yaml:"clocks"`
	Publication *Publication   `json:"publication" yaml:"publication"`
	// Grounds is set where taking the rung proposes a listing, and does nothing else.
	Grounds []Ground      `json:"grounds,omitempty" yaml:"grounds"`
	Source  regime.Source `json:"source" yaml:"source"`
}

// Proposes reports whether taking the rung proposes a listing: it then has no notice and no outcome of its own.
func (r *Rung) Proposes() bool { return len(r.Grounds) > 0 }

// Asks reports whether taking the rung must say something of this kind.
func (r *Rung) Asks(content string) bool { return slices.Contains(r.Content, content) }

// Clock returns the rung's clock of a step, nil when it has none.
func (r *Rung) Clock(step string) *regime.Clock {
	i := slices.IndexFunc(r.Clocks, func(c regime.Clock) bool { return c.Step == step })
	if i < 0 {
		return nil
	}
	return &r.Clocks[i]
}

// Ground returns the entry of a ground.
func (r *Rung) Ground(id, ground string) (*Ground, bool) {
	i := slices.IndexFunc(r.Grounds, func(g Ground) bool { return g.Regime == id && g.Ground == ground })
	if i < 0 {
		return nil, false
	}
	return &r.Grounds[i], true
}

// Version is the ladder in effect from a day on. An action keeps the version under which it was taken; a run pins one.
type Version struct {
	Version string        `json:"version" yaml:"version"` // the day From, or "from.n" for a corrected transcription
	From    workday.Day   `json:"from" yaml:"from"`
	Rungs   []Rung        `json:"rungs" yaml:"rungs"` // lowest first
	Source  regime.Source `json:"source" yaml:"source"`
}

// Rung returns a rung by its id.
func (v *Version) Rung(id string) (*Rung, bool) {
	i := slices.IndexFunc(v.Rungs, func(r Rung) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return &v.Rungs[i], true
}

// Library is the ladder through time, and the duties of authorities.
type Library struct {
	Versions []Version // ascending by From
	Duties   []Duty
}

// In returns the version in effect on a day; false before the first.
func (l Library) In(on workday.Day) (*Version, bool) {
	for i := len(l.Versions) - 1; i >= 0; i-- {
		if v := &l.Versions[i]; v.From <= on {
			return v, true
		}
	}
	return nil, false
}

// Version returns a version by its name.
func (l Library) Version(name string) (*Version, bool) {
	i := slices.IndexFunc(l.Versions, func(v Version) bool { return v.Version == name })
	if i < 0 {
		return nil, false
	}
	return &l.Versions[i], true
}

// Check refuses a library that says something impossible or leaves out where it comes from.
func (l Library) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("ladder: "+format, args...)) }
	if len(l.Versions) == 0 {
		bad("there is no version")
	}
	for i := range l.Versions {
		v := &l.Versions[i]
		if i > 0 && v.From <= l.Versions[i-1].From {
			bad("version %s does not come after the one before it", v.Version)
		}
		if _, err := workday.ParseDay(string(v.From)); err != nil || v.Version == "" {
			bad("a version needs a name and the day from which it is in effect")
		}
		checkSource(bad, v.Version, v.Source)
		for n := range v.Rungs {
			v.checkRung(n, bad)
		}
	}
	for _, d := range l.Duties {
		d.check(bad)
	}
	return errors.Join(errs...)
}

func (v *Version) checkRung(n int, bad func(string, ...any)) {
	r := &v.Rungs[n]
	at := v.Version + "/" + r.ID
	if r.ID == "" || r.Name.Zh == "" || r.Name.En == "" {
		bad("%s: a rung needs an id and its name in both languages", at)
	}
	checkSource(bad, at, r.Source)
	if len(r.Supports) == 0 {
		bad("%s: nothing supports it", at)
	}
	for _, c := range r.Content {
		if !slices.Contains(contents, c) {
			bad("%s: unknown content %q", at, c)
		}
	}
	for _, s := range r.Supports {
		checkSource(bad, at+"/supports", s.Source)
		if before, ok := v.Rung(s.After); s.After != "" && (!ok || slices.IndexFunc(v.Rungs, func(x Rung) bool { return x.ID == before.ID }) >= n) {
			bad("%s: it rests on %q, which is no lower rung", at, s.After)
		}
		if r.Proposes() && s.After == "" {
			bad("%s: nobody is proposed for listing by a finding alone", at)
		}
	}
	powers := []Power{r.Take}
	switch {
	case r.Close != nil:
		powers = append(powers, *r.Close)
	case !r.Proposes():
		bad("%s: nobody may close it", at)
	}
	if p := r.Publication; p != nil {
		powers = append(powers, p.Power)
		checkSource(bad, at+"/publication", p.Source)
		checkClocks(bad, at+"/publication", p.Reply, p.Contest)
		if p.Allowed && !p.Power.Another {
			bad("%s: another person decides what is made public", at)
		}
	}
	for _, p := range powers {
		checkSource(bad, at+"/power", p.Source)
		if len(p.Roles) == 0 || p.Level.Rank() == 0 {
			bad("%s: a power needs roles and a level", at)
		}
	}
	checkClocks(bad, at, r.Clocks...)
	for _, g := range r.Grounds {
		checkSource(bad, at+"/grounds/"+g.Ground, g.Source)
		if g.Regime == "" || g.Ground == "" || g.Decision.Zh == "" || g.Decision.En == "" {
			bad("%s: a ground needs its regime and the decision that is to be named", at)
		}
	}
	if r.Proposes() && !r.Asks(Document) {
		bad("%s: a proposed listing names the decision on which it rests", at)
	}
}

func checkClocks(bad func(string, ...any), at string, clocks ...regime.Clock) {
	for _, c := range clocks {
		checkSource(bad, at+"/clocks/"+c.Step, c.Source)
		switch {
		case c.Step == "" || c.After == "":
			bad("%s: a clock needs its step and what it runs after", at)
		case (c.Within == nil) != (c.Source.Confidence == regime.NotFound):
			bad("%s: the clock of %s is set if, and only if, its source was found", at, c.Step)
		}
	}
}

func checkSource(bad func(string, ...any), at string, s regime.Source) {
	known := []regime.Confidence{regime.Official, regime.Partial, regime.Memory, regime.NotFound, regime.Technical}
	switch {
	case s.Cite == "" || !slices.Contains(known, s.Confidence):
		bad("%s: a source with its confidence is missing", at)
	case s.Verified && s.Confidence != regime.Official:
		bad("%s: only what was read in full ships as verified", at)
	}
}
