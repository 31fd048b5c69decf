package compliance

import (
	"slices"
	"strconv"
	"time"

	"shixin/shared/fault"
	"shixin/shared/workday"
)

// RuleText is one rule of a pack as people read it.
type RuleText struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`   // the rule in words
	Written  string    `json:"written"` // the rule as it is written
	Severity string    `json:"severity"`
	Cure     string    `json:"cure"`
	Deadline *Deadline `json:"deadline"` // null where none is set
	Basis    []string  `json:"basis"`    // the articles that it rests on
}

// Deadline is by when a problem is to be cured, in working days from the finding.
type Deadline struct {
	WorkingDays int    `json:"working_days"`
	SetBy       string `json:"set_by"` // law, authority
}

// PackText is one version of a rule pack as it is written.
type PackText struct {
	Pack
	Title string     `json:"title"`
	Texts []RuleText `json:"texts"`
	Text  []byte     `json:"-"` // JSON, as it is kept and compiled
}

// Rule finds a rule by its id; nil where there is none.
func (p *PackText) Rule(id string) *RuleText {
	for i := range p.Texts {
		if p.Texts[i].ID == id {
			return &p.Texts[i]
		}
	}
	return nil
}

// Act is who did a step on a pack version, and when.
type Act struct {
	At        time.Time `json:"at"`
	By        string    `json:"by"` // the account
	Person    string    `json:"person"`
	Authority string    `json:"authority,omitempty"`
}

// Edition is one version of a rule pack: a draft until it is published.
type Edition struct {
	Version   int         `json:"version"`
	Sum       string      `json:"sum"`               // SHA-256 of its text
	Drafted   *Act        `json:"drafted,omitempty"` // nil where it comes with the register
	Trial     string      `json:"trial,omitempty"`   // the newest run that tried it
	Published *Act        `json:"published,omitempty"`
	Reasons   []byte      `json:"reasons,omitempty"` // of the publication, sealed
	From      workday.Day `json:"from,omitempty"`    // the first day on which runs use it; empty with what comes with the register
}

// Draft reports whether the version cannot be run but for trial.
func (e Edition) Draft() bool { return e.Drafted != nil && e.Published == nil }

// Book is the versions of one rule pack, ascending. Those that come with the register are the first ones.
type Book struct {
	Name     string    `json:"name"`
	Editions []Edition `json:"editions"`
}

// On is the version that runs of a moment use: of those in force on its day, as it was known then, the one that came into force last. False
// where there is none.
func (b Book) On(at time.Time) (Edition, bool) {
	var found Edition
	ok := false
	for _, e := range b.Editions {
		if e.Draft() || e.Published != nil && e.Published.At.After(at) {
			continue
		}
		if e.From <= workday.DayOf(at) && (!ok || e.From >= found.From) {
			found, ok = e, true
		}
	}
	return found, ok
}

// Edition is one of the versions; false where there is none.
func (b Book) Edition(version int) (Edition, bool) {
	i := slices.IndexFunc(b.Editions, func(e Edition) bool { return e.Version == version })
	if i < 0 {
		return Edition{}, false
	}
	return b.Editions[i], true
}

// Join puts what comes with the register before what was drafted. Once a version was drafted, no further ones come with the register: their
// numbers are taken.
func (b Book) Join(builtin []Edition) Book {
	drafted := slices.ContainsFunc(b.Editions, func(e Edition) bool { return e.Drafted != nil })
	all := slices.Clone(b.Editions)
	for _, e := range builtin {
		if _, has := b.Edition(e.Version); !has && !drafted {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(x, y Edition) int { return x.Version - y.Version })
	b.Editions = all
	return b
}

// Draft adds a version. It is the next one, and runs for trial alone.
func (b Book) Draft(sum string, by Act) (Book, Edition) {
	e := Edition{Version: 1, Sum: sum, Drafted: &by}
	if n := len(b.Editions); n > 0 {
		e.Version = b.Editions[n-1].Version + 1
	}
	b.Editions = append(slices.Clone(b.Editions), e)
	return b, e
}

// Try notes the run that tries a version.
func (b Book) Try(version int, run string) Book {
	b.Editions = slices.Clone(b.Editions)
	for i := range b.Editions {
		if b.Editions[i].Version == version {
			b.Editions[i].Trial = run
		}
	}
	return b
}

// Publish puts a version in force from a day on. tried says whether a run over it was closed.
func (b Book) Publish(version int, tried bool, from workday.Day, by Act, reasons []byte) (Book, error) {
	e, found := b.Edition(version)
	switch {
	case !found:
		return b, fault.New(fault.NotFound, "there is no such record", "没有该记录")
	case !e.Draft():
		return b, fault.New(fault.Conflict, "version "+strconv.Itoa(version)+" is published already", "该版本已发布")
	case e.Drafted.Person == by.Person:
		return b, fault.New(fault.Forbidden, "who drafted a version does not publish it; another decider does", "起草人不得发布该版本,须由其他决定人员发布")
	case !tried:
		return b, fault.New(fault.Conflict, "the version was never tried: run its trial first, until it is closed", "该版本尚未试运行,请先完成试运行")
	case from < workday.DayOf(by.At):
		return b, fault.At("/from", "must be today or later: what runs have said is not changed behind them", "不得早于当日")
	}
	b.Editions = slices.Clone(b.Editions)
	i := slices.IndexFunc(b.Editions, func(x Edition) bool { return x.Version == version })
	b.Editions[i].Published, b.Editions[i].From, b.Editions[i].Reasons = &by, from, reasons
	return b, nil
}
