package action

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/fault"
	"shixin/shared/listing"
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

// transition is one line of the procedure: from where, under which guards, to where.
type transition struct {
	step string // as Command.Step spells it; of "contests/" all numbers
	from []State
	to   []State
	// persons are about who: their refusal is Forbidden and comes before any look at the state.
	persons []guard
	// guards are about the record at this moment: their refusal is Conflict.
	guards []guard
	// make checks what the command itself says against the record (Invalid) and tells what happens.
	make func(m *moment, c Command) (Data, *fault.Fault)
}

// guard is a named condition; nil is a pass. n is the number that the step names, 0 where it names none.
type guard struct {
	name  string
	check func(m *moment, n int) *fault.Fault
}

// table is the procedure. Nothing can be done to an action that does not stand here.
var table = []transition{
	{step: "taking", from: []State{None}, to: []State{Taken, Referred}, persons: []guard{mayTake}, make: take},
	{step: "notice", from: []State{Taken}, to: []State{Noticed}, persons: []guard{authority}, make: giveNotice},
	{step: "replies", from: []State{Noticed, Closed}, to: []State{Noticed, Closed}, guards: []guard{replyable}, make: say},
	{step: "evidence", from: []State{Noticed, Closed}, to: []State{Noticed, Closed}, guards: []guard{unsettled}, make: show},
	{step: "record", from: []State{Noticed}, to: []State{Noticed}, persons: []guard{authority}, guards: []guard{recordable}, make: record},
	{step: "extension", from: []State{Noticed}, to: []State{Noticed}, persons: []guard{authority}, guards: []guard{hasDeadline}, make: extend},
	{step: "outcome", from: []State{Taken, Noticed, Closed}, to: []State{Closed}, persons: []guard{mayClose}, guards: []guard{unsettled}, make: assess},
	{step: "announcement", from: []State{Noticed, Closed}, to: []State{Noticed, Closed}, persons: []guard{authority}, guards: []guard{announceable}, make: announce},
	{step: "publication", from: []State{Noticed, Closed}, to: []State{Noticed, Closed}, persons: []guard{mayPublish}, guards: []guard{announced, replyOver}, make: publish},
	{step: "contests", from: []State{Noticed, Closed}, to: []State{Noticed, Closed}, guards: []guard{contestable}, make: dispute},
	{step: "contests/", from: []State{Noticed, Closed}, to: []State{Noticed, Closed}, persons: []guard{notParty}, guards: []guard{contestOpen}, make: resolve},
}

// rowOf finds the line of a step, and the number that it names.
func rowOf(c Command) (*transition, int) {
	step, n := c.Step(), 0
	if r, is := c.(Resolve); is {
		step, n = "contests/", r.N
	}
	i := slices.IndexFunc(table, func(t transition) bool { return t.step == step })
	return &table[i], n
}

func newMoment(a *Action, by listing.Actor, rules Rules, now time.Time) *moment {
	now = now.UTC().Truncate(time.Millisecond)
	return &moment{a: a, by: by, rules: rules, now: now, today: workday.DayOf(now)}
}

// Decide answers a command: the event that it leads to, or why it is refused. The first refusal counts: the wrong person (Forbidden), the
// wrong state or too early (Conflict), a contradiction to the record (Invalid). Times are whole milliseconds.
func Decide(a Action, c Command, by listing.Actor, rules Rules, now time.Time) ([]Event, error) {
	m := newMoment(&a, by, rules, now)
	row, n := rowOf(c)
	if err := m.persons(row, n); err != nil {
		return nil, err
	}
	if err := m.guards(row, n); err != nil {
		return nil, err
	}
	d, refusal := row.make(m, c)
	if refusal != nil {
		return nil, refusal
	}
	e := Event{N: a.Version + 1, Type: d.kind(), At: m.now, Actor: by, Data: d, Prev: a.Head}
	after, err := Fold(a, e)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(row.to, after.State) {
		return nil, fmt.Errorf("action: step %s led to %q, which the table does not have", row.step, after.State)
	}
	return []Event{e}, nil
}

// MayTake refuses a person who may not take the step whatever the state of the action: a Forbidden fault, or nil.
func MayTake(a Action, c Command, by listing.Actor, rules Rules, now time.Time) error {
	row, n := rowOf(c)
	return newMoment(&a, by, rules, now).persons(row, n)
}

// Possible refuses a step that the state of the action does not allow now, whatever the command says: a Conflict, or nil.
func Possible(a Action, c Command, by listing.Actor, rules Rules, now time.Time) error {
	row, n := rowOf(c)
	return newMoment(&a, by, rules, now).guards(row, n)
}

// Allowed is the steps that the table lets this actor take now, in the table's order, spelled as the API's "allowed". Roles, levels and
// regions beyond what the ladder says are not its matter: the caller takes away what policy does not permit.
func Allowed(a Action, by listing.Actor, rules Rules, now time.Time) []string {
	var steps []string
	m := newMoment(&a, by, rules, now)
	try := func(row *transition, n int, name string) {
		if m.persons(row, n) == nil && m.guards(row, n) == nil {
			steps = append(steps, name)
		}
	}
	for i := range table {
		row := &table[i]
		switch row.step {
		case "taking":
		case "contests/":
			for n := range a.Contests {
				try(row, n+1, outcomeStep(n+1))
			}
		default:
			try(row, 0, row.step)
		}
	}
	return steps
}

func (m *moment) persons(row *transition, n int) error {
	if m.by.Clock {
		return fault.New(fault.Forbidden, "this step is taken by a person, not by the clock", "该步骤应由自然人办理")
	}
	if m.by.Person == "" && !m.by.Subject {
		return fault.New(fault.Forbidden, "the account names no natural person, so it cannot take a step", "账号未关联自然人,不得办理")
	}
	for _, g := range row.persons {
		if f := g.check(m, n); f != nil {
			return f
		}
	}
	return nil
}

func (m *moment) guards(row *transition, n int) error {
	if !slices.Contains(row.from, m.a.State) {
		var from []string
		for _, s := range row.from {
			from = append(from, stateName(s))
		}
		return fault.New(fault.Conflict, fmt.Sprintf("the action is %s; this step is taken while it is %s", stateName(m.a.State), strings.Join(from, " or ")),
			"该监管措施所处阶段不允许该步骤")
	}
	for _, g := range row.guards {
		if f := g.check(m, n); f != nil {
			return f
		}
	}
	return nil
}

func stateName(s State) string {
	if s == None {
		return "not there yet"
	}
	return string(s)
}

// Row is one line of the procedure as documentation shows it.
type Row struct {
	Step   string
	From   []State
	To     []State
	Guards []string
}

// Table is the procedure for documentation and for tests that walk it.
func Table() (rows []Row) {
	for _, t := range table {
		rows = append(rows, Row{Step: t.step, From: t.from, To: t.to, Guards: t.conditions()})
	}
	return rows
}

// conditions is the names of a line's guards, in the order in which they are asked.
func (t transition) conditions() (names []string) {
	for _, guards := range [][]guard{t.persons, t.guards} {
		for _, g := range guards {
			names = append(names, g.name)
		}
	}
	return names
}

// Diagram is the procedure as a Mermaid state diagram, made from the table that Decide runs.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	name := func(s State) string {
		if s == None {
			return "[*]"
		}
		return string(s)
	}
	for _, row := range table {
		for _, from := range row.from {
			for _, to := range row.to {
				if len(row.from) > 1 && len(row.to) > 1 && from != to {
					continue // such a step leaves the state as it is
				}
				step := row.step
				if step == "contests/" {
					step = "contest outcome"
				}
				fmt.Fprintf(&b, "    %s --> %s: %s\n", name(from), name(to), step)
			}
		}
	}
	return b.String()
}
