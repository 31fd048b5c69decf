package action_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/infra/ladder"
	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// life is one action as it is lived through.
type life struct {
	t      testing.TB
	rules  action.Rules
	now    time.Time
	a      action.Action
	events []action.Event
}

func person(name string, role access.Role, level access.Level) listing.Actor {
	return listing.Actor{Person: name, Account: name + "@" + string(role), Role: role, Authority: "suzhou", Level: level, Region: "320500"}
}

var (
	officer      = person("wang", access.Officer, access.City)
	colleague    = person("zhao", access.Officer, access.City)
	decider      = person("li", access.Decider, access.City)
	second       = person("sun", access.Decider, access.City)
	wangDecides  = person("wang", access.Decider, access.City) // the person of officer
	county       = person("qian", access.Officer, access.County)
	countyRules  = person("zhou", access.Decider, access.County)
	enterprise   = listing.Actor{Account: "e", Person: "p-e", Role: access.Enterprise, Subject: true}
	nobody       = listing.Actor{Account: "x", Role: access.Officer, Level: access.City}
	clock        = listing.Actor{Clock: true}
	personas     = []listing.Actor{officer, colleague, decider, second, wangDecides, county, countyRules, enterprise, nobody, clock}
	fresh        = []listing.Actor{person("he", access.Officer, access.City), person("gao", access.Decider, access.City)} // they have done nothing yet
	paper        = &listing.Evidence{Title: "dA", SHA256: strings.Repeat("0", 64)}
	months       = calendar()
	ten          = &regime.Period{WorkingDays: 10}
	everyRung    = []string{"interview", "supervised-handling", "listed-rectification"}
	said, basis  = listing.Text("dGV4dA"), "《反电信网络诈骗法》第六条"
	participants = []listing.Text{"YQ", "Yg"}
)

// calendar knows 2026 without holidays, so that weekends are all that is off.
func calendar() workday.Calendar {
	c, err := workday.New(map[int]workday.Year{2026: {Notice: "test"}})
	if err != nil {
		panic(err)
	}
	return c
}

// rulesOf is the ladder that ships, with clocks of ten working days where a test asks for them.
func rulesOf(rung string, clocks bool) action.Rules {
	l, err := ladder.Load()
	if err != nil {
		panic(err)
	}
	v, _ := l.In("2026-03-02")
	found, _ := v.Rung(rung)
	r := *found
	if clocks {
		r.Clocks = nil
		for _, c := range found.Clocks {
			c.Within = ten
			r.Clocks = append(r.Clocks, c)
		}
		if found.Publication != nil {
			p := *found.Publication
			p.Reply.Within, p.Contest.Within = ten, ten
			r.Publication = &p
		}
	}
	return action.Rules{Ladder: v, Rung: &r, Calendar: months}
}

// begin opens a life on 2 March 2026, a Monday, at nine in the morning.
func begin(t testing.TB, rung string) *life {
	return &life{t: t, rules: rulesOf(rung, false), now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
}

func (s *life) on(day workday.Day) *life {
	s.now = day.Start().Add(9 * time.Hour)
	return s
}

func (s *life) today() workday.Day { return workday.DayOf(s.now) }

func (s *life) taking() action.Take {
	c := action.Content{Reason: said, LegalBasis: []listing.Text{said}, Findings: []string{"f1"}}
	switch s.rules.Rung.ID {
	case "interview":
		c.Interview = &action.Interview{At: s.now.Add(72 * time.Hour), Place: said, Participants: participants}
	case "proposed-listing":
		c.Listing = &action.Listing{ID: "L1", Regime: "market-regulation", Ground: "serious-violation", Document: said}
	default:
		c.Task, c.Deadline = said, &action.Deadline{WorkingDays: 20}
	}
	return action.Take{ID: "A1", USCC: "91320500000000035C", Ladder: s.rules.Ladder.Version, Authority: listing.Authority{ID: "suzhou", Level: access.City, Region: "320500"},
		Sectors: []string{"telecom"}, Content: c}
}

// try takes a step if it may be taken, and checks what holds of every step, taken or refused.
func (s *life) try(by listing.Actor, c action.Command) error {
	s.t.Helper()
	before := encode(s.t, s.a)
	events, err := action.Decide(s.a, c, by, s.rules, s.now)
	if got := encode(s.t, s.a); got != before {
		s.t.Fatalf("%s changed the action it was asked about:\n%s\n%s", c.Step(), before, got)
	}
	if err != nil {
		if fault.Of(err) == "" || len(events) > 0 {
			s.t.Fatalf("%s: a refusal that is no fault, or that has events: %v", c.Step(), err)
		}
		return err
	}
	after, err := action.Fold(s.a, events...)
	if err != nil {
		s.t.Fatalf("%s: %v", c.Step(), err)
	}
	s.a, s.events = after, append(s.events, events...)
	return nil
}

func (s *life) do(by listing.Actor, c action.Command) {
	s.t.Helper()
	if err := s.try(by, c); err != nil {
		s.t.Fatalf("%s by %s on %s: %v", c.Step(), by.Account, s.today(), err)
	}
}

// refused takes a step that must be refused, saying something.
func (s *life) refused(by listing.Actor, c action.Command, kind fault.Kind, says string) {
	s.t.Helper()
	err := s.try(by, c)
	if fault.Of(err) != kind || !strings.Contains(err.Error(), says) {
		s.t.Fatalf("%s by %s on %s: %v, want %s saying %q", c.Step(), by.Account, s.today(), err, kind, says)
	}
}

func encode(t testing.TB, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (s *life) notice() action.GiveNotice {
	return action.GiveNotice{Method: "post", ServedAt: s.now, Reply: &action.Deadline{WorkingDays: 5}}
}

func (s *life) announcement() action.Announce {
	return action.Announce{Method: "post", ServedAt: s.now, Reply: &action.Deadline{Day: s.today().AddDays(7)}, Reasons: said}
}

func (s *life) publication() action.Publish {
	p := action.Publish{Outcome: "publish", Reasons: said, LegalBasis: []string{basis}, Until: s.today().AddDays(60)}
	if n := s.a.Announcement; n != nil {
		for _, r := range s.a.Replies {
			if r.To == action.ToAnnouncement && r.Round == n.Round && !r.Waiver {
				p.Answers = append(p.Answers, listing.Answer{Statement: r.N, Text: said})
			}
		}
	}
	return p
}

// randomly lives a random life: random persons try random steps at random times, most of them plausible ones.
func randomly(t *rapid.T, tb testing.TB, each func(*life)) *life {
	s := begin(tb, rapid.SampledFrom(everyRung).Draw(t, "rung"))
	s.rules = rulesOf(s.rules.Rung.ID, rapid.Bool().Draw(t, "clocks"))
	if rapid.IntRange(0, 3).Draw(t, "start") == 0 {
		s.on("2026-12-14")
	}
	s.do(officer, s.taking())
	for range rapid.IntRange(5, 50).Draw(t, "steps") {
		if rapid.IntRange(0, 3).Draw(t, "wait") == 0 {
			s.now = s.now.Add(time.Duration(rapid.SampledFrom([]int{1, 24, 24 * 4, 24 * 9, 24 * 40}).Draw(t, "hours")) * time.Hour)
		}
		by := rapid.SampledFrom(personas).Draw(t, "by")
		c := rapid.SampledFrom(everyCommand(s)).Draw(t, "command")
		if rapid.IntRange(0, 2).Draw(t, "plausible") > 0 {
			for range 8 { // withdrawing and assessing end most of it, so they are drawn again
				if by, c = drawNext(t, s); c.Step() != "outcome" || rapid.IntRange(0, 3).Draw(t, "end") == 0 {
					break
				}
			}
		}
		_ = s.try(by, c)
		if each != nil {
			each(s)
		}
	}
	return s
}

func drawNext(t *rapid.T, s *life) (listing.Actor, action.Command) {
	type next struct {
		by   listing.Actor
		step string
	}
	var all []next
	for _, by := range personas {
		for _, step := range action.Allowed(s.a, by, s.rules, s.now) {
			all = append(all, next{by, step})
			if step == "notice" || step == "announcement" || step == "publication" || step == "contests" {
				all = append(all, next{by, step}, next{by, step}, next{by, step})
			}
		}
	}
	if len(all) == 0 {
		return officer, action.Show{Text: said}
	}
	n := rapid.SampledFrom(all).Draw(t, "next")
	return n.by, rapid.SampledFrom(wellFormed(s, n.step)).Draw(t, "of it")
}

// everyStep is all steps that a caller could name.
func everyStep(s *life) []string {
	steps := []string{"notice", "replies", "evidence", "record", "extension", "outcome", "announcement", "publication", "contests"}
	for n := range len(s.a.Contests) + 2 {
		steps = append(steps, fmt.Sprintf("contests/%d/outcome", n))
	}
	return steps
}

func everyCommand(s *life) []action.Command {
	all := []action.Command{
		action.GiveNotice{Method: "pigeon", ServedAt: s.now}, action.GiveNotice{Method: "post", ServedAt: s.now.AddDate(0, 0, 3)},
		action.Say{To: "nobody"}, action.Say{To: action.ToNotice, Waiver: true}, action.Recorded{HeldAt: s.now.AddDate(0, 1, 0)},
		action.Extend{Deadline: action.Deadline{Day: "2026-03-03"}}, action.Extend{}, action.Assess{Outcome: "fine"}, action.Assess{Outcome: action.NotCured},
		action.Publish{Outcome: "publish"}, action.Publish{Outcome: "publish", LegalBasis: []string{basis}, Until: "2020-01-01"}, action.Resolve{N: 1, Outcome: "x"}, s.taking(),
	}
	for _, step := range everyStep(s) {
		all = append(all, wellFormed(s, step)...)
	}
	return all
}

// wellFormed is commands of a step that say all that the ladder and the record ask for, and nothing that they do not have. One of them
// succeeds, or the step is not allowed.
func wellFormed(s *life, step string) []action.Command {
	switch step {
	case "notice":
		n := s.notice()
		n.Reply = &action.Deadline{WorkingDays: 10}
		n.ServedAt, n.Receipt = s.a.Taken.At, paper
		return []action.Command{n}
	case "replies":
		return []action.Command{action.Say{To: action.ToNotice, Text: said}, action.Say{To: action.ToAnnouncement, Text: said}, action.Say{To: action.ToAnnouncement, Waiver: true, Text: said}}
	case "evidence":
		return []action.Command{action.Show{Text: said, Documents: []listing.Evidence{*paper}}}
	case "record":
		return []action.Command{action.Recorded{HeldAt: s.now, Participants: participants, Text: said}}
	case "extension":
		day := workday.Day("2035-01-01")
		if d := s.a.Deadline(); d != nil && d.Day >= day {
			day = d.Day.AddDays(1)
		}
		return []action.Command{action.Extend{Deadline: action.Deadline{WorkingDays: 900}, Reasons: said}, action.Extend{Deadline: action.Deadline{Day: day}, Reasons: said}}
	case "outcome":
		return []action.Command{action.Assess{Outcome: action.Cured, Reasons: said}, action.Assess{Outcome: action.NotCured, Reasons: said}, action.Assess{Outcome: action.Withdrawn, Reasons: said}}
	case "announcement":
		n := s.announcement()
		n.Reply = &action.Deadline{WorkingDays: 10}
		return []action.Command{n}
	case "publication":
		drop := s.publication()
		drop.Outcome, drop.Until, drop.LegalBasis = "drop", "", nil
		return []action.Command{s.publication(), s.publication(), drop}
	case "contests":
		return []action.Command{action.Dispute{Grounds: said}}
	}
	var n int
	if _, err := fmt.Sscanf(step, "contests/%d/outcome", &n); err != nil {
		panic(step)
	}
	return []action.Command{action.Resolve{N: n, Outcome: "refused", Reasons: said}, action.Resolve{N: n, Outcome: "granted", Reasons: said}}
}
