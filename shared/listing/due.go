package listing

import (
	"slices"
	"time"

	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Due is one clock that runs: a step and the last day for it. By is empty with Pending "calendar" where the day lies beyond the published
// calendar.
type Due struct {
	Step    string
	By      workday.Day
	Pending string
	Basis   string
	SetBy   string // regime or authority
	// With Pending: so many working days after Start.
	Start workday.Day
	Days  int
}

// Clocks is the clocks that run for a listing: those that the regime states, and the one that the notice set.
func Clocks(l Listing, rules Rules) []Due {
	var due []Due
	if l.State == Noticed {
		d := Due{Step: "statements", Pending: "calendar", Basis: rules.Version.Statement.Source.Cite, SetBy: l.Notice.SetBy}
		m := moment{l: &l, rules: rules}
		if by, known := m.statementUntil(); known {
			d.By, d.Pending = by, ""
		}
		due = append(due, d)
	}
	for _, c := range rules.Version.Clocks {
		if from, ok := l.waitsFor(c, rules); ok {
			due = append(due, deadline(c, c.Step, from, rules.Calendar))
		}
	}
	for i := range l.Requests {
		r := &l.Requests[i]
		rule, ok := rules.Version.Request(r.Kind)
		if !ok || !r.Open() {
			continue
		}
		for _, c := range rule.Clocks {
			if c.After == "request" && c.Step == "outcome" && c.Within != nil {
				due = append(due, deadline(c, outcomeStep(r.N), r.At, rules.Calendar))
			}
		}
	}
	slices.SortStableFunc(due, func(a, b Due) int { return compareDue(a, b) })
	return due
}

// waitsFor is the moment from which a clock of the regime runs for a listing that still owes the step.
func (l *Listing) waitsFor(c regime.Clock, rules Rules) (time.Time, bool) {
	if c.Within == nil {
		return time.Time{}, false
	}
	m := moment{l: l, rules: rules}
	owed := false
	switch c.Step {
	case "decision":
		owed = l.State == Proposed && c.After == "proposal" && l.Elsewhere == nil || l.State == Noticed
	case "publication":
		owed = l.State == Listed && l.Publication == nil && Publishable(l.Content, rules.Ground, workday.DayOf(l.Decision.At)) == nil
	case "service":
		owed = m.servable("decision")
	}
	if !owed {
		return time.Time{}, false
	}
	switch {
	case c.After == "proposal":
		return l.Proposal.At, true
	case c.After == "notice" && l.Notice != nil:
		return l.Notice.ServedAt, true
	case c.After == "decision" && l.Elsewhere != nil && l.Decision != nil:
		return l.Elsewhere.On.Start(), true
	case c.After == "decision" && l.Decision != nil:
		return l.Decision.At, true
	}
	return time.Time{}, false
}

func deadline(c regime.Clock, step string, from time.Time, calendar workday.Calendar) Due {
	d := Due{Step: step, Basis: c.Source.Cite, SetBy: "regime"}
	by, known := c.Within.After(workday.DayOf(from), calendar)
	if !known {
		d.Pending, d.Start, d.Days = "calendar", workday.DayOf(from), c.Within.WorkingDays
		return d
	}
	d.By = by
	return d
}

func compareDue(a, b Due) int {
	if a.By == b.By {
		return 0
	}
	if a.By != "" && (b.By == "" || a.By < b.By) {
		return -1
	}
	return 1
}
