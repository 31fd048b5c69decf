package listing

import (
	"shixin/shared/journal"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Rules is the law a listing is judged by, and what only the other listings of its subject tell.
type Rules struct {
	Version  *regime.Version // the version under which the listing was made
	Ground   *regime.Ground
	Calendar workday.Calendar
	// Accrued is the last day of this listing when the terms of all listings of its subject are added up to the regime's
	// cap; empty where nothing adds up.
	Accrued workday.Day
	// Sum is how long they all last; nil where this listing stands alone.
	Sum *journal.Capped
}

// termFrom is the term of a ground from a day on. From is empty when the term waits for an event.
func termFrom(g *regime.Ground, day workday.Day) Term {
	switch {
	case g.Term == nil:
		return Term{From: day}
	case g.Term.Starts == "event":
		return Term{}
	}
	until, _ := g.Term.Length.After(day, workday.Calendar{}) // terms are months and years, which need no calendar
	return Term{From: day, Until: until}
}

// until is the last day of the listing, empty without an end.
func (m *moment) until() workday.Day {
	if m.l.Term.Until == "" || m.rules.Accrued == "" {
		return m.l.Term.Until
	}
	return m.rules.Accrued
}

// ranOut reports whether the term has run out although nobody has written it down yet.
func (m *moment) ranOut() bool {
	return m.l.State == Listed && m.until() != "" && m.until() < m.today
}
