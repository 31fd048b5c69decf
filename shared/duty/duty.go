// Package duty provides what waits for whom: steps that somebody owes, from when they can be taken, and which are late.
package duty

import (
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/workday"
)

// Whom a step waits for.
const (
	Officer = "officer" // an officer of the authority
	Decider = "decider" // a decider of the authority
	Above   = "above"   // a decider one level up
	Subject = "subject" // the subject of the listing, or the enterprise
)

// The kinds of what waits.
const (
	Listing  = "listing"
	Import   = "import"
	Finding  = "finding"  // its contest, or its cure
	Action   = "action"   // a rung that was taken
	Proposal = "proposal" // a rung that a run proposes
	Report   = "report"
	RulePack = "rulepack"
)

// Kinds lists the kinds.
func Kinds() []string { return []string{Listing, Import, Finding, Action, Proposal, Report, RulePack} }

// Wait is one step that somebody owes.
type Wait struct {
	Step    string      `json:"step"` // as the call's last path segments, for example "decision", "requests/2/outcome"
	For     string      `json:"for"`
	Request string      `json:"request,omitempty"` // of the outcome of a request: its kind
	From    workday.Day `json:"from,omitempty"`    // the first day on which it is possible; empty: at once
	By      workday.Day `json:"by,omitempty"`      // the last day; empty where no clock runs, or the calendar ends before
	Pending string      `json:"pending,omitempty"` // "calendar" where the day lies beyond the published calendar
	// Start and Days are what a pending day will be counted from, once the calendar is published: so many working days after a day.
	Start workday.Day `json:"start,omitempty"`
	Days  int         `json:"working_days,omitempty"`
	Basis string      `json:"basis,omitempty"`  // of the clock
	SetBy string      `json:"set_by,omitempty"` // regime, ladder or authority
	May   bool        `json:"may,omitempty"`    // an opportunity, as a statement is: when its time is over it is gone, and nothing is late
}

// Late reports whether the step is owed and its last day has passed.
func (w Wait) Late(today workday.Day) bool { return !w.May && w.By != "" && w.By < today }

// Known fills in the days that were beyond the calendar when the item was stored, and are not any more.
func (i *Item) Known(c workday.Calendar) {
	for n := range i.Waits {
		w := &i.Waits[n]
		if w.Pending == "" || w.Days == 0 {
			continue
		}
		if by, known := c.Add(w.Start, w.Days); known {
			w.By, w.Pending, w.Start, w.Days = by, "", "", 0
		}
	}
}

// Open reports whether the step can be taken on a day.
func (w Wait) Open(today workday.Day) bool {
	return w.From <= today && !(w.May && w.By != "" && w.By < today)
}

// Item is one record that waits for somebody. It names no person: its id leads to the record.
type Item struct {
	Kind      string       `json:"kind"`
	ID        string       `json:"id"`
	Authority string       `json:"authority"`
	Level     access.Level `json:"level"`
	Region    string       `json:"region"`
	Sectors   []string     `json:"sectors,omitempty"` // empty is all
	State     string       `json:"state,omitempty"`
	Regime    string       `json:"regime,omitempty"` // of a listing
	Ground    string       `json:"ground,omitempty"`
	USCC      string       `json:"uscc,omitempty"` // of what is about an enterprise
	Rung      string       `json:"rung,omitempty"` // of an action or a proposal
	Rule      string       `json:"rule,omitempty"` // of a finding
	Since     time.Time    `json:"since"`
	Waits     []Wait       `json:"waits"`
}

// Of fills in the level and region of the item's authority where whoever stored it did not know them.
func (i *Item) Of(level access.Level, region string) {
	if i.Level == "" {
		i.Level, i.Region = level, region
	}
}

// Late reports whether a step of the item is late on a day.
func (i Item) Late(today workday.Day) bool {
	return slices.ContainsFunc(i.Waits, func(w Wait) bool { return w.Late(today) })
}

// For is what of an item waits for a caller on a day: the steps of its role that can be taken, and those of anybody that are late
// where the caller's is the next authority above the item's. Where next is set, none is known between the two; else the next is one level up.
// Consent is asked one level up whoever is known. It is empty where the item is nothing to the caller. An auditor sees whatever is late.
func (i Item) For(who access.Principal, today workday.Day, next bool) []Wait {
	own := who.Authority == i.Authority && who.Authority != ""
	over := !own && i.Level != "" && who.Level.Rank() > i.Level.Rank() && who.Covers(i.Region) && i.shares(who.Sectors)
	above := over && who.Level.Rank() == i.Level.Rank()+1
	sees := above || over && next || who.Role == access.Auditor
	if !own && !sees {
		return nil
	}
	var out []Wait
	for _, w := range i.Waits {
		mine := own && (w.For == string(who.Role)) || above && w.For == Above && who.Role == access.Decider
		if mine && w.Open(today) || w.Late(today) && (sees || w.For != Above || mine) {
			out = append(out, w)
		}
	}
	return out
}

func (i Item) shares(sectors []string) bool {
	return len(i.Sectors) == 0 || slices.ContainsFunc(i.Sectors, func(s string) bool { return slices.Contains(sectors, s) })
}

// Earliest is the earliest last day among what is owed, empty where there is none.
func (i Item) Earliest() workday.Day {
	var first workday.Day
	for _, w := range i.Waits {
		if w.By != "" && !w.May && (first == "" || w.By < first) {
			first = w.By
		}
	}
	return first
}
