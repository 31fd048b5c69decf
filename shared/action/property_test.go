package action_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/action"
	"shixin/shared/duty"
	"shixin/shared/workday"
)

func TestAllowedIsExactlyWhatSucceeds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		moments := 0
		check := func(s *life) {
			for _, by := range personas {
				allowed := action.Allowed(s.a, by, s.rules, s.now)
				for _, step := range everyStep(s) {
					succeeds := false
					var refusals []error
					for _, c := range wellFormed(s, step) {
						_, err := action.Decide(s.a, c, by, s.rules, s.now)
						succeeds = succeeds || err == nil
						refusals = append(refusals, err)
					}
					if succeeds != slices.Contains(allowed, step) {
						rt.Fatalf("%s by %q while %s on %s: succeeds %v, but allowed is %v (%v)", step, by.Account, s.a.State, s.today(), succeeds, allowed, refusals)
					}
				}
			}
		}
		check(randomly(rt, t, func(s *life) {
			if moments++; moments%4 == 0 {
				check(s)
			}
		}))
	})
}

// Nothing is ever shown in public that the enterprise was not told of, could not reply to, and that one person alone brought there.
func TestNoPublicationWithoutNoticeAndASecondPerson(t *testing.T) {
	shown := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		prepared := map[string]bool{}
		noticed, waived := false, false
		var told *action.AnnouncedData
		for _, e := range s.events {
			switch d := e.Data; {
			case d.Taken != nil:
				prepared[e.Actor.Person] = true
			case d.Noticed != nil:
				prepared[e.Actor.Person], noticed = true, true
			case d.Announced != nil:
				prepared[e.Actor.Person] = true
				told, waived = d.Announced, false
			case d.Replied != nil && d.Replied.Waiver:
				waived = true
			case d.Published != nil:
				if d.Published.Outcome == "publish" {
					shown++
					by, known := workday.Day(""), false
					if told != nil {
						by, known = told.Reply.By(months)
					}
					if !noticed || told == nil || !waived && (!known || workday.DayOf(e.At) <= by) {
						rt.Fatalf("published on %s: noticed %v, announced %+v, waived %v", workday.DayOf(e.At), noticed, told, waived)
					}
					if prepared[e.Actor.Person] || e.Actor.Person == "" {
						rt.Fatalf("%q published what it prepared with %v", e.Actor.Person, prepared)
					}
					if len(d.Published.LegalBasis) == 0 || d.Published.Until < workday.DayOf(e.At) {
						rt.Fatalf("published without a basis or an end: %+v", d.Published)
					}
				}
				told = nil
			}
		}
	})
	if shown == 0 {
		t.Error("no random action was published: the property was not tried")
	}
}

// Nobody decides a contest against a publication of its own, and what is cured, withdrawn or contested in right is shown no more.
func TestPublicationEnds(t *testing.T) {
	granted := 0
	property := func(rt *rapid.T) {
		publisher := ""
		s := randomly(rt, t, func(s *life) {
			e := s.events[len(s.events)-1]
			switch d := e.Data; {
			case d.Published != nil && d.Published.Outcome == "publish":
				publisher = e.Actor.Person
			case d.Resolved != nil:
				if e.Actor.Person == publisher || slices.Contains(s.a.Prepared, e.Actor.Person) {
					rt.Fatalf("%s decided a contest; published by %s, prepared by %v", e.Actor.Person, publisher, s.a.Prepared)
				}
				if d.Resolved.Outcome == "granted" {
					granted++
					if s.a.Published(s.today()) {
						rt.Fatal("shown after a contest was granted")
					}
				}
			case d.Assessed != nil && d.Assessed.Outcome != action.NotCured && s.a.Published(s.today()):
				rt.Fatalf("shown after it was assessed as %s", d.Assessed.Outcome)
			}
		})
		if p := s.a.Publication; p != nil && s.a.Published(p.Until.AddDays(1)) {
			rt.Fatal("shown beyond its last day")
		}
	}
	for rounds := 0; granted == 0 && rounds < 20; rounds++ { // in a hundred tries it may happen that none is granted
		rapid.Check(t, property)
	}
	if granted == 0 {
		t.Error("no random contest was granted: the property was not tried")
	}
}

func TestEventsAreTheWholeState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		var back []action.Event
		head := ""
		for i, e := range s.events {
			if e.N != i+1 || e.Prev != head {
				rt.Fatalf("event %d does not follow the one before it", i+1)
			}
			head = e.Hash()
			var read action.Event
			if err := json.Unmarshal([]byte(encode(t, e)), &read); err != nil || read.Hash() != head {
				rt.Fatalf("read back %v %+v", err, read)
			}
			back = append(back, read)
		}
		again, err := action.Fold(action.Action{}, back...)
		if err != nil || encode(t, again) != encode(t, s.a) {
			rt.Fatalf("replayed from storage: %v\n%s\nwant\n%s", err, encode(t, again), encode(t, s.a))
		}
		var stored action.Action
		if err := json.Unmarshal([]byte(encode(t, s.a)), &stored); err != nil || encode(t, stored) != encode(t, s.a) {
			rt.Fatalf("stored and read: %v", err)
		}
		i := rapid.IntRange(0, len(back)-1).Draw(rt, "tampering")
		back[i].Actor.Person = "p-nobody"
		if bad, err := action.Fold(action.Action{}, back...); err == nil && bad.Head == s.a.Head {
			rt.Fatal("a changed history folds to the same head")
		}
	})
}

// What waits can be done by somebody of the role it waits for, and an action that is not finished waits for somebody, unless only the
// calendar is missing.
func TestWhatWaitsCanBeDone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		randomly(rt, t, func(s *life) {
			waits := action.Waits(s.a, s.rules)
			pending := false
			for _, w := range waits {
				pending = pending || w.Pending != ""
				if !w.Open(s.today()) || w.Step == "record" || w.Pending != "" {
					continue // the interview has its hour
				}
				can := false
				for _, by := range slices.Concat(personas, fresh) {
					role := string(by.Role)
					if by.Subject {
						role = duty.Subject
					}
					can = can || role == w.For && slices.Contains(action.Allowed(s.a, by, s.rules, s.now), w.Step)
				}
				if !can {
					rt.Fatalf("%+v waits on %s while %s, and nobody can do it", w, s.today(), s.a.State)
				}
			}
			if !s.a.Finished() && len(waits) == 0 && !pending {
				rt.Fatalf("%s, and nothing waits", s.a.State)
			}
		})
	})
}
