package action

import (
	"time"

	"shixin/shared/listing"
	"shixin/shared/procedure"
	"shixin/shared/workday"
)

// moment is everything a step is judged by.
type moment struct {
	a     *Action
	by    listing.Actor
	rules Rules
	now   time.Time
	today workday.Day
}

// The parts of the table. Guards are asked about the number of a contest (notParty, contestOpen).
type (
	transition = procedure.Step[*moment, Command, Data, State]
	guard      = procedure.Guard[*moment]
)

// table is the procedure. Nothing can be done to an action that does not stand here.
var table = procedure.Table[*moment, Command, Data, State]{En: "action", Zh: "该监管措施", States: states, Steps: []transition{
	{Name: "taking", From: []State{None}, To: []State{Taken, Referred}, Persons: []guard{mayTake}, Make: take},
	{Name: "notice", From: []State{Taken}, To: []State{Noticed}, Persons: []guard{authority}, Make: giveNotice},
	{Name: "replies", From: []State{Noticed, Closed}, Guards: []guard{replyable}, Make: say},
	{Name: "evidence", From: []State{Noticed, Closed}, Guards: []guard{unsettled}, Make: show},
	{Name: "record", From: []State{Noticed}, Persons: []guard{authority}, Guards: []guard{recordable}, Make: record},
	{Name: "extension", From: []State{Noticed}, Persons: []guard{authority}, Guards: []guard{hasDeadline}, Make: extend},
	{Name: "outcome", From: []State{Taken, Noticed, Closed}, To: []State{Closed}, Persons: []guard{mayClose}, Guards: []guard{unsettled}, Make: assess},
	{Name: "announcement", From: []State{Noticed, Closed}, Persons: []guard{authority}, Guards: []guard{announceable}, Make: announce},
	{Name: "publication", From: []State{Noticed, Closed}, Persons: []guard{mayPublish}, Guards: []guard{announced, replyOver}, Make: publish},
	{Name: "contests", From: []State{Noticed, Closed}, Guards: []guard{contestable}, Make: dispute},
	{Name: "contests/", From: []State{Noticed, Closed}, Persons: []guard{notParty}, Guards: []guard{contestOpen}, Make: resolve},
}}

// rowOf finds the line of a step, and which contest it is about.
func rowOf(c Command) (*transition, procedure.About) {
	if r, is := c.(Resolve); is {
		return table.Step("contests/"), procedure.About{N: r.N}
	}
	return table.Step(c.Step()), procedure.About{}
}

func newMoment(a *Action, by listing.Actor, rules Rules, now time.Time) *moment {
	now = now.UTC().Truncate(time.Millisecond)
	return &moment{a: a, by: by, rules: rules, now: now, today: workday.DayOf(now)}
}

// Decide answers a command: the event that it leads to, or why it is refused. The first refusal counts: the wrong person (Forbidden), the
// wrong state or too early (Conflict), a contradiction to the record (Invalid). Times are whole milliseconds.
func Decide(a Action, c Command, by listing.Actor, rules Rules, now time.Time) ([]Event, error) {
	m := newMoment(&a, by, rules, now)
	row, about := rowOf(c)
	if err := m.persons(row, about); err != nil {
		return nil, err
	}
	if err := table.Possible(row, m, a.State, about); err != nil {
		return nil, err
	}
	d, refusal := row.Make(m, c)
	if refusal != nil {
		return nil, refusal
	}
	e := Event{N: a.Version + 1, Type: d.kind(), At: m.now, Actor: by, Data: d, Prev: a.Head}
	after, err := Fold(a, e)
	if err != nil {
		return nil, err
	}
	return []Event{e}, row.Led(a.State, after.State)
}

// MayTake refuses a person who may not take the step whatever the state of the action: a Forbidden fault, or nil.
func MayTake(a Action, c Command, by listing.Actor, rules Rules, now time.Time) error {
	row, about := rowOf(c)
	return newMoment(&a, by, rules, now).persons(row, about)
}

// Possible refuses a step that the state of the action does not allow now, whatever the command says: a Conflict, or nil.
func Possible(a Action, c Command, by listing.Actor, rules Rules, now time.Time) error {
	row, about := rowOf(c)
	return table.Possible(row, newMoment(&a, by, rules, now), a.State, about)
}

// Allowed is the steps that the table lets this actor take now, in the table's order, spelled as the API's "allowed". Roles, levels and
// regions beyond what the ladder says are not its matter: the caller takes away what policy does not permit.
func Allowed(a Action, by listing.Actor, rules Rules, now time.Time) []string {
	var steps []string
	m := newMoment(&a, by, rules, now)
	try := func(row *transition, about procedure.About) {
		if m.persons(row, about) == nil && table.Possible(row, m, a.State, about) == nil {
			steps = append(steps, row.Spelled(about))
		}
	}
	for i := range table.Steps {
		row := &table.Steps[i]
		switch row.Name {
		case "taking":
		case "contests/":
			for n := range a.Contests {
				try(row, procedure.About{N: n + 1})
			}
		default:
			try(row, procedure.About{})
		}
	}
	return steps
}

func (m *moment) persons(row *transition, about procedure.About) error {
	if f := m.by.Acts(false); f != nil {
		return f
	}
	return row.MayTake(m, about)
}

func outcomeStep(n int) string { return table.Step("contests/").Spelled(procedure.About{N: n}) }

// Table is the procedure for documentation and for tests that walk it.
func Table() []procedure.Row { return table.Rows() }
