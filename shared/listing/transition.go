package listing

import (
	"fmt"
	"slices"
	"time"

	"shixin/shared/fault"
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

// transition is one line of the procedure: from where, under which guards, to where.
type transition struct {
	step string // as Command.Step spells it; of "requests:" and "requests/" all kinds and numbers
	from []State
	to   []State
	// persons are about who: their refusal is Forbidden and comes before any look at the state.
	persons []guard
	// guards are about the record at this moment: their refusal is Conflict, or Invalid where the regime has no such step.
	guards []guard
	// make checks what the command itself says against the record (Invalid) and tells what happens.
	make func(m *moment, c Command) (Data, *fault.Fault)
}

// guard is a named condition; nil is a pass.
type guard struct {
	name  string
	check func(m *moment, subject any) *fault.Fault
}

// table is the procedure. Nothing can be done to a listing that does not stand here.
var table = []transition{
	{step: "proposal", from: []State{None}, to: []State{Proposed}, make: propose},
	{step: "amendment", from: []State{Proposed}, to: []State{Proposed}, guards: []guard{undecidedElsewhere}, make: amend},
	{step: "withdrawal", from: []State{Proposed}, to: []State{Withdrawn}, make: withdraw},
	{step: "adoption", from: []State{Proposed}, to: []State{Listed}, persons: []guard{notPrepared}, guards: []guard{decidedElsewhere}, make: adopt},
	{step: "notice", from: []State{Proposed}, to: []State{Noticed}, guards: []guard{undecidedElsewhere}, make: giveNotice},
	{step: "statements", from: []State{Noticed}, to: []State{Noticed}, make: makeStatement},
	{step: "consent", from: []State{Noticed}, to: []State{Noticed}, persons: []guard{notPrepared}, guards: []guard{consentDue}, make: giveConsent},
	{step: "decision", from: []State{Noticed}, to: []State{Listed, Dropped, Proposed}, persons: []guard{notPrepared, notConsenter},
		guards: []guard{clockRunOut, consentGiven}, make: determine},
	{step: "service", from: []State{Listed, Dropped, Removed}, to: []State{Listed, Dropped, Removed}, guards: []guard{toServe}, make: serve},
	{step: "term", from: []State{Listed}, to: []State{Listed}, guards: []guard{termWaits}, make: startTerm},
	{step: "publication", from: []State{Listed}, to: []State{Listed}, persons: []guard{notPrepared}, guards: []guard{publishable}, make: publish},
	{step: "requests:", from: []State{Listed, Removed}, to: []State{Listed, Removed}, persons: []guard{mayAsk}, guards: []guard{askable}, make: ask},
	{step: "requests/", from: []State{Listed, Removed}, to: []State{Listed, Removed}, persons: []guard{notParty}, guards: []guard{requestOpen}, make: resolve},
	{step: "expiry", from: []State{Listed}, to: []State{Removed}, persons: []guard{theClock}, guards: []guard{termOver}, make: expire},
}

// rowOf finds the line of a step, and what the guards look at: the kind of a request, or its number.
func rowOf(c Command) (*transition, any) {
	step, about := c.Step(), any(nil)
	switch c := c.(type) {
	case Ask:
		step, about = "requests:", c.Kind
	case Resolve:
		step, about = "requests/", c.N
	}
	i := slices.IndexFunc(table, func(t transition) bool { return t.step == step })
	return &table[i], about
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
	if m.ranOut() && row.step != "expiry" {
		d, _ := expire(m, Expire{})
		if err := add(Actor{Clock: true}, d); err != nil {
			return nil, err
		}
	}
	if err := m.guards(row, about); err != nil {
		return nil, err
	}
	d, refusal := row.make(m, c)
	if refusal != nil {
		return nil, refusal
	}
	if err := add(by, d); err != nil {
		return nil, err
	}
	if !slices.Contains(row.to, m.l.State) {
		return nil, fmt.Errorf("listing: step %s led to %q, which the table does not have", row.step, m.l.State)
	}
	return events, nil
}

// MayTake refuses a person who may not take the step whatever the state of the listing: a Forbidden fault, or nil.
func MayTake(l Listing, c Command, by Actor, rules Rules, now time.Time) error {
	row, about := rowOf(c)
	if err := newMoment(&l, by, rules, now).persons(row, about); err != nil {
		return err
	}
	return nil
}

// Possible refuses a step that the state of the listing does not allow now, whatever the command says: a Conflict, or nil.
func Possible(l Listing, c Command, by Actor, rules Rules, now time.Time) error {
	row, about := rowOf(c)
	return newMoment(&l, by, rules, now).judged().guards(row, about)
}

// Allowed is the steps that the table lets this actor take now, in the table's order, spelled as the API's "allowed". Roles, levels and
// regions are not its matter: the caller takes away what policy does not permit.
func Allowed(l Listing, by Actor, rules Rules, now time.Time) []string {
	var steps []string
	m := newMoment(&l, by, rules, now).judged()
	try := func(row *transition, about any, name string) {
		if m.persons(row, about) == nil && m.guards(row, about) == nil {
			steps = append(steps, name)
		}
	}
	for i := range table {
		row := &table[i]
		switch row.step {
		case "proposal", "expiry", "adoption":
		case "requests:":
			for _, r := range rules.Version.Requests {
				try(row, r.Kind, row.step+r.Kind)
			}
		case "requests/":
			for n := range m.l.Requests {
				try(row, n+1, outcomeStep(n+1))
			}
		default:
			try(row, nil, row.step)
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

func (m *moment) persons(row *transition, about any) error {
	if f := m.acts(row); f != nil {
		return f
	}
	for _, g := range row.persons {
		if f := g.check(m, about); f != nil {
			return f
		}
	}
	return nil
}

func (m *moment) guards(row *transition, about any) error {
	if !slices.Contains(row.from, m.l.State) {
		return fault.New(fault.Conflict, fmt.Sprintf("the listing is %s; this step is taken while it is %s", stateName(m.l.State), stateNames(row.from)),
			"名单所处阶段不允许该步骤")
	}
	for _, g := range row.guards {
		if f := g.check(m, about); f != nil {
			return f
		}
	}
	return nil
}

func outcomeStep(n int) string { return fmt.Sprintf("requests/%d/outcome", n) }

func stateName(s State) string {
	if s == None {
		return "not there yet"
	}
	return string(s)
}

func stateNames(states []State) string {
	out := ""
	for i, s := range states {
		if i > 0 {
			out += " or "
		}
		out += stateName(s)
	}
	return out
}

// Row is one line of the procedure as documentation shows it.
type Row struct {
	Step   string
	From   []State
	To     []State
	Guards []string
}

// Table is the procedure for documentation and for tests that walk it.
func Table() []Row {
	rows := make([]Row, 0, len(table))
	for _, t := range table {
		r := Row{Step: t.step, From: t.from, To: t.to}
		for _, g := range slices.Concat(t.persons, t.guards) {
			r.Guards = append(r.Guards, g.name)
		}
		rows = append(rows, r)
	}
	return rows
}
