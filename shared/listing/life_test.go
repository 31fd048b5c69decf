package listing_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/procedure"
	"shixin/shared/workday"
)

// life is one listing as it is lived through: its law, its clock, its state and its events. Every step it takes is held
// against what must be true of all steps.
type life struct {
	t      testing.TB
	rules  listing.Rules
	now    time.Time
	l      listing.Listing
	events []listing.Event
}

// begin opens a life on 2 March 2026, a Monday, at nine in the morning.
func begin(t testing.TB, rules listing.Rules) *life {
	return &life{t: t, rules: rules, now: at("2026-03-02 09:00")}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, workday.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// on moves the clock to nine in the morning of a day.
func (s *life) on(day workday.Day) *life {
	s.now = day.Start().Add(9 * time.Hour)
	return s
}

func (s *life) today() workday.Day { return workday.DayOf(s.now) }

func (s *life) propose(by listing.Actor, c listing.Content) {
	s.t.Helper()
	s.do(by, s.proposal(c))
}

func (s *life) proposal(c listing.Content) listing.Propose {
	return listing.Propose{ID: "L1", Regime: s.rules.Version.Regime, RegimeVersion: s.rules.Version.Version,
		Ground: s.rules.Ground.ID, Authority: cityAuthority, Content: c}
}

// do takes a step that must succeed.
func (s *life) do(by listing.Actor, c listing.Command) {
	s.t.Helper()
	if err := s.try(by, c); err != nil {
		s.t.Fatalf("%s by %s on %s: %v", c.Step(), by.Account, s.today(), err)
	}
}

// try takes a step if it may be taken, and checks what holds of every step, taken or refused.
func (s *life) try(by listing.Actor, c listing.Command) error {
	s.t.Helper()
	before := encode(s.t, s.l)
	events, err := listing.Decide(s.l, c, by, s.rules, s.now)
	if got := encode(s.t, s.l); got != before {
		s.t.Fatalf("%s changed the listing it was asked about:\n%s\n%s", c.Step(), before, got)
	}
	if err != nil {
		if len(events) != 0 {
			s.t.Fatalf("%s was refused and yet led to %d events", c.Step(), len(events))
		}
		if fault.Of(err) == "" {
			s.t.Fatalf("%s: a refusal that is no fault: %v", c.Step(), err)
		}
		return err
	}
	from := listing.Judged(s.l, s.rules, s.now).State
	if c.Step() == "expiry" {
		from = s.l.State
	}
	after, err := listing.Fold(s.l, events...)
	if err != nil {
		s.t.Fatalf("%s: %v", c.Step(), err)
	}
	s.checkRow(c, from, after.State)
	s.l, s.events = after, append(s.events, events...)
	return nil
}

// checkRow holds a step that was taken against its line of the table.
func (s *life) checkRow(c listing.Command, from, to listing.State) {
	s.t.Helper()
	step := c.Step()
	switch {
	case strings.HasPrefix(step, "requests:"):
		step = "requests:"
	case strings.HasPrefix(step, "requests/"):
		step = "requests/"
	}
	rows := listing.Table()
	i := slices.IndexFunc(rows, func(r procedure.Row) bool { return r.Step == step })
	if i < 0 || !slices.Contains(rows[i].From, string(from)) || !slices.Contains(rows[i].To, string(to)) && !(rows[i].To == nil && from == to) {
		s.t.Fatalf("step %s led from %q to %q, which the table does not have", c.Step(), from, to)
	}
}

// refusal is what a refused step must say.
type refusal struct {
	kind    fault.Kind
	pointer string // of an Invalid fault
	day     string // of a Conflict that names the first day
	says    string // part of the text
}

func forbidden() refusal           { return refusal{kind: fault.Forbidden} }
func conflict(says string) refusal { return refusal{kind: fault.Conflict, says: says} }
func tooEarly(day string) refusal  { return refusal{kind: fault.Conflict, day: day, says: day} }
func wrong(pointer string) refusal { return refusal{kind: fault.Invalid, pointer: pointer} }

// refused takes a step that must be refused, and changes nothing.
func (s *life) refused(by listing.Actor, c listing.Command, want refusal) {
	s.t.Helper()
	version := s.l.Version
	err := s.try(by, c)
	if err == nil {
		s.t.Fatalf("%s by %s on %s was not refused", c.Step(), by.Account, s.today())
	}
	if s.l.Version != version {
		s.t.Fatalf("%s was refused and changed the listing", c.Step())
	}
	want.check(s.t, err)
}

func (want refusal) check(t testing.TB, err error) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatalf("not a fault: %v", err)
	}
	if f.Kind != want.kind {
		t.Errorf("kind %s, want %s: %v", f.Kind, want.kind, err)
	}
	if f.Day != want.day {
		t.Errorf("names the day %q, want %q: %v", f.Day, want.day, err)
	}
	if want.pointer != "" && (len(f.Fields) != 1 || f.Fields[0].Pointer != want.pointer) {
		t.Errorf("want one field at %s: %v", want.pointer, err)
	}
	if !strings.Contains(err.Error(), want.says) {
		t.Errorf("want %q in: %v", want.says, err)
	}
	if !strings.Contains(f.Detail, " · ") {
		t.Errorf("only one language: %v", err)
	}
}

// allowed is the steps that an actor may take now.
func (s *life) allowed(by listing.Actor) []string {
	return listing.Allowed(s.l, by, s.rules, s.now)
}

func (s *life) wantState(want listing.State) {
	s.t.Helper()
	if s.l.State != want {
		s.t.Fatalf("state %q, want %q", s.l.State, want)
	}
}

// Stretches of an ordinary life.

// notice serves the notice now and leaves the rest to the regime's clock.
func (s *life) notice(by listing.Actor) {
	s.t.Helper()
	n := listing.GiveNotice{Method: "post", ServedAt: s.now}
	if s.rules.Version.Statement.Within == nil {
		n.RespondUntil = s.today().AddDays(10)
	}
	s.do(by, n)
}

// listed brings a listing from the proposal to the list with a waiver, all on one day: officer proposes, decider decides.
func listed(t testing.TB, rules listing.Rules, c listing.Content) *life {
	t.Helper()
	s := begin(t, rules)
	s.propose(officer, c)
	s.notice(officer)
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	if cs := rules.Version.Consent; cs != nil && slices.Contains(cs.For, cityAuthority.Level) {
		s.do(superior, listing.GiveConsent{Outcome: "granted", Reasons: reasons})
	}
	s.do(decider, list())
	s.wantState(listing.Listed)
	return s
}

const reasons listing.Text = "cmVhc29ucw"

func list(answers ...listing.Answer) listing.Determine {
	return listing.Determine{Outcome: "list", Reasons: reasons, Answers: answers}
}
func drop() listing.Determine     { return listing.Determine{Outcome: "drop", Reasons: reasons} }
func giveBack() listing.Determine { return listing.Determine{Outcome: "return", Reasons: reasons} }
func ask(kind string) listing.Ask { return listing.Ask{Kind: kind, Grounds: "Z3JvdW5kcw"} }
func grant(n int) listing.Resolve {
	return listing.Resolve{N: n, Outcome: "granted", Reasons: reasons}
}
func refuse(n int) listing.Resolve {
	return listing.Resolve{N: n, Outcome: "refused", Reasons: reasons}
}
func vary(n int, c listing.Change) listing.Resolve {
	return listing.Resolve{N: n, Outcome: "varied", Reasons: reasons, Change: &c}
}
func answer(n int) listing.Answer { return listing.Answer{Statement: n, Text: "YW5zd2Vy"} }

func encode(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
