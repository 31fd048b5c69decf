package listing

import (
	"time"

	"shixin/shared/procedure"
	"shixin/shared/workday"
)

// moment is everything a step is judged by.
type moment struct {
	l     *Listing
	by    Actor
	rules Rules
	now   time.Time
	today workday.Day
}

// The parts of the table. Guards are asked about the kind of a request (mayAsk, askable) or its number (notParty, requestOpen).
type (
	transition = procedure.Step[*moment, Command, Data, State]
	guard      = procedure.Guard[*moment]
)

// table is the procedure. Nothing can be done to a listing that does not stand here.
var table = procedure.Table[*moment, Command, Data, State]{En: "listing", Zh: "名单", States: states, Steps: []transition{
	{Name: "proposal", From: []State{None}, To: []State{Proposed}, Make: propose},
	{Name: "amendment", From: []State{Proposed}, Guards: []guard{undecidedElsewhere}, Make: amend},
	{Name: "withdrawal", From: []State{Proposed}, To: []State{Withdrawn}, Make: withdraw},
	{Name: "adoption", From: []State{Proposed}, To: []State{Listed}, Persons: []guard{notPrepared}, Guards: []guard{decidedElsewhere}, Make: adopt},
	{Name: "notice", From: []State{Proposed}, To: []State{Noticed}, Guards: []guard{undecidedElsewhere}, Make: giveNotice},
	{Name: "statements", From: []State{Noticed}, Make: makeStatement},
	{Name: "consent", From: []State{Noticed}, Persons: []guard{notPrepared}, Guards: []guard{consentDue}, Make: giveConsent},
	{Name: "decision", From: []State{Noticed}, To: []State{Listed, Dropped, Proposed}, Persons: []guard{notPrepared, notConsenter},
		Guards: []guard{clockRunOut, consentGiven}, Make: determine},
	{Name: "service", From: []State{Listed, Dropped, Removed}, Guards: []guard{toServe}, Make: serve},
	{Name: "term", From: []State{Listed}, Guards: []guard{termWaits}, Make: startTerm},
	{Name: "publication", From: []State{Listed}, Persons: []guard{notPrepared}, Guards: []guard{publishable}, Make: publish},
	{Name: "requests:", From: []State{Listed, Removed}, Persons: []guard{mayAsk}, Guards: []guard{askable}, Make: ask},
	{Name: "requests/", From: []State{Listed, Removed}, To: []State{Listed, Removed}, Persons: []guard{notParty}, Guards: []guard{requestOpen}, Make: resolve},
	{Name: "expiry", From: []State{Listed}, To: []State{Removed}, Persons: []guard{theClock}, Guards: []guard{termOver}, Make: expire},
}}

// rowOf finds the line of a step, and which request it is about.
func rowOf(c Command) (*transition, procedure.About) {
	switch c := c.(type) {
	case Ask:
		return table.Step("requests:"), procedure.About{Kind: c.Kind}
	case Resolve:
		return table.Step("requests/"), procedure.About{N: c.N}
	}
	return table.Step(c.Step()), procedure.About{}
}

// Decide answers a command: the events that it leads to, or why it is refused. The first refusal counts: the wrong person (Forbidden), the wrong state
// or too early (Conflict), a contradiction to the record (Invalid). Times are whole milliseconds.
//
// A listing whose term has run out is first written down as expired, so that nobody acts on what is no longer true.
func Decide(l Listing, c Command, by Actor, rules Rules, now time.Time) ([]Event, error) {
	m := newMoment(&l, by, rules, now)
	row, about := rowOf(c)
	if err := m.persons(row, about); err != nil {
		return nil, err
	}
	var events []Event
	add := func(by Actor, d Data) error {
		e := Event{N: m.l.Version + 1, Type: d.eventType(), At: m.now, Actor: by, Data: d, Prev: m.l.Head}
		after, err := Fold(*m.l, e)
		if err != nil {
			return err
		}
		m.l = &after
		events = append(events, e)
		return nil
	}
	if m.ranOut() && row.Name != "expiry" {
		d, _ := expire(m, Expire{})
		if err := add(Actor{Clock: true}, d); err != nil {
			return nil, err
		}
	}
	if err := table.Possible(row, m, m.l.State, about); err != nil {
		return nil, err
	}
	before := m.l.State
	d, refusal := row.Make(m, c)
	if refusal != nil {
		return nil, refusal
	}
	if err := add(by, d); err != nil {
		return nil, err
	}
	return events, row.Led(before, m.l.State)
}

// MayTake refuses a person who may not take the step whatever the state of the listing: a Forbidden fault, or nil.
func MayTake(l Listing, c Command, by Actor, rules Rules, now time.Time) error {
	row, about := rowOf(c)
	return newMoment(&l, by, rules, now).persons(row, about)
}

// Possible refuses a step that the state of the listing does not allow now, whatever the command says: a Conflict, or nil.
func Possible(l Listing, c Command, by Actor, rules Rules, now time.Time) error {
	row, about := rowOf(c)
	m := newMoment(&l, by, rules, now).judged()
	return table.Possible(row, m, m.l.State, about)
}

// Allowed is the steps that the table lets this actor take now, in the table's order, spelled as the API's "allowed". Roles, levels and
// regions are not its matter: the caller takes away what policy does not permit.
func Allowed(l Listing, by Actor, rules Rules, now time.Time) []string {
	var steps []string
	m := newMoment(&l, by, rules, now).judged()
	try := func(row *transition, about procedure.About) {
		if m.persons(row, about) == nil && table.Possible(row, m, m.l.State, about) == nil {
			steps = append(steps, row.Spelled(about))
		}
	}
	for i := range table.Steps {
		row := &table.Steps[i]
		switch row.Name {
		case "proposal", "expiry", "adoption":
		case "requests:":
			for _, r := range rules.Version.Requests {
				try(row, procedure.About{Kind: r.Kind})
			}
		case "requests/":
			for n := range m.l.Requests {
				try(row, procedure.About{N: n + 1})
			}
		default:
			try(row, procedure.About{})
		}
	}
	return steps
}

// Judged is the listing as it is true at a moment: one whose term has run out is removed, whether or not the clock has written it down.
func Judged(l Listing, rules Rules, now time.Time) Listing {
	return *newMoment(&l, Actor{Clock: true}, rules, now).judged().l
}

// judged is the moment with a listing whose term has run out already removed.
func (m *moment) judged() *moment {
	if m.ranOut() {
		d, _ := expire(m, Expire{})
		after := m.l.apply(Event{At: m.now, Actor: Actor{Clock: true}, Data: d})
		m.l = &after
	}
	return m
}

func newMoment(l *Listing, by Actor, rules Rules, now time.Time) *moment {
	now = now.UTC().Truncate(time.Millisecond)
	return &moment{l: l, by: by, rules: rules, now: now, today: workday.DayOf(now)}
}

func (m *moment) persons(row *transition, about procedure.About) error {
	if f := m.by.Acts(row.Name == "expiry"); f != nil {
		return f
	}
	return row.MayTake(m, about)
}

func outcomeStep(n int) string { return table.Step("requests/").Spelled(procedure.About{N: n}) }

// Table is the procedure for documentation and for tests that walk it.
func Table() []procedure.Row { return table.Rows() }
