// Package procedure provides procedures as tables: which step may be taken from which state, by whom, under which guards, and to where it leads.
//
// The table that decides a step is the one that says what may be done now and the one that is drawn as documentation, so that the three cannot
// differ. What a step is judged by, a record with who acts and when, is the caller's: M. So are commands, C, and what happens, D.
package procedure

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"shixin/shared/fault"
)

// About is which of several a step is about: the kind of a request, or its number from 1. The zero value is none.
type About struct {
	Kind string
	N    int
}

// Guard is a named condition; nil is a pass.
type Guard[M any] struct {
	Name  string
	Check func(m M, about About) *fault.Fault
}

// Step is one line of a table.
type Step[M, C, D any, S ~string] struct {
	Name string // as the API spells it; of "requests:" all kinds, of "requests/" the outcomes of all numbers
	From []S
	To   []S // none where the state stays as it is
	// Persons are about who: their refusal is Forbidden and comes before any look at the state.
	Persons []Guard[M]
	// Guards are about the record at this moment: their refusal is Conflict, or NotFound where it has no such number.
	Guards []Guard[M]
	// Make checks what the command itself says against the record (Invalid) and tells what happens.
	Make func(m M, c C) (D, *fault.Fault)
}

// Spelled is the step as the API spells it, about one of several.
func (s *Step[M, C, D, S]) Spelled(about About) string {
	switch {
	case strings.HasSuffix(s.Name, ":"):
		return s.Name + about.Kind
	case strings.HasSuffix(s.Name, "/"):
		return fmt.Sprintf("%s%d/outcome", s.Name, about.N)
	}
	return s.Name
}

// MayTake refuses a person who may not take the step whatever the state: a Forbidden fault, or nil.
func (s *Step[M, C, D, S]) MayTake(m M, about About) error { return first(s.Persons, m, about) }

// Led refuses a state to which the step does not lead: a mistake in the program.
func (s *Step[M, C, D, S]) Led(from, to S) error {
	if slices.Contains(s.To, to) || s.To == nil && from == to {
		return nil
	}
	return fmt.Errorf("procedure: step %s led from %q to %q, which the table does not have", s.Name, from, to)
}

func first[M any](guards []Guard[M], m M, about About) error {
	for _, g := range guards {
		if f := g.Check(m, about); f != nil {
			return f
		}
	}
	return nil
}

// Table is a whole procedure: nothing can be done that does not stand in it.
type Table[M, C, D any, S ~string] struct {
	En, Zh string // what it is the procedure of, for example "listing"
	States States[S]
	Steps  []Step[M, C, D, S]
}

// Step finds the line of a step, which must be there.
func (t *Table[M, C, D, S]) Step(name string) *Step[M, C, D, S] {
	return &t.Steps[slices.IndexFunc(t.Steps, func(s Step[M, C, D, S]) bool { return s.Name == name })]
}

// Possible refuses a step that a record in a state does not allow now, whatever the command says: a Conflict, or nil.
func (t *Table[M, C, D, S]) Possible(s *Step[M, C, D, S], m M, state S, about About) error {
	if !slices.Contains(s.From, state) {
		en, zh := t.States.Names(state)
		thenEN, thenZH := t.States.Names(s.From...)
		return fault.New(fault.Conflict, fmt.Sprintf("the %s is %s; this step is taken while it is %s", t.En, en, thenEN),
			fmt.Sprintf("%s状态为%s,该步骤仅在%s时办理", t.Zh, zh, thenZH))
	}
	return first(s.Guards, m, about)
}

// States is the Chinese names of states.
type States[S ~string] map[S]string

// Names is states as refusals name them, in English and in Chinese.
func (n States[S]) Names(states ...S) (en, zh string) {
	var chinese []string
	for _, s := range states {
		chinese = append(chinese, cmp.Or(n[s], string(s)))
	}
	return strings.Join(named("not there yet", states...), " or "), strings.Join(chinese, "或者")
}

// named is states as people read them, with a word for the empty one.
func named[S ~string](none string, states ...S) []string {
	var out []string
	for _, s := range states {
		out = append(out, cmp.Or(string(s), none))
	}
	return out
}

// Hash is the lower-case hex SHA-256 of an event's stored bytes, by which the next event of its record is chained to it.
func Hash(event any) string {
	b, err := json.Marshal(event)
	if err != nil {
		panic("procedure: an event is plain data: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
