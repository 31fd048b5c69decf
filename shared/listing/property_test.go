package listing_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/listing"
	"shixin/shared/workday"
)

func TestAllowedIsExactlyWhatSucceeds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		moments := 0
		s := randomly(rt, t, func(s *life) {
			if moments++; moments%4 == 0 {
				checkAllowed(rt, s)
			}
		})
		checkAllowed(rt, s)
	})
}

func checkAllowed(t *rapid.T, s *life) {
	for _, by := range personas {
		allowed := s.allowed(by)
		for _, step := range everyStep(s) {
			var refusals []error
			succeeds := false
			for _, c := range wellFormed(s, step) {
				_, err := listing.Decide(s.l, c, by, s.rules, s.now)
				succeeds = succeeds || err == nil
				refusals = append(refusals, err)
			}
			if succeeds != slices.Contains(allowed, step) {
				t.Fatalf("%s by %q while %s on %s: succeeds %v, but allowed is %v (%v)", step, by.Account, s.l.State, s.today(), succeeds, allowed, refusals)
			}
		}
		for _, step := range allowed {
			if !slices.Contains(everyStep(s), step) {
				t.Fatalf("allowed names %q, which is no step", step)
			}
		}
	}
}

// Nothing is ever listed that one person alone brought there, or that its subject could not answer.
func TestNoPathToTheListWithoutNoticeAndASecondPerson(t *testing.T) {
	listings := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		prepared := map[string]bool{}
		var notice *listing.NoticedData
		waived := false
		for _, e := range s.events {
			switch d := e.Data.(type) {
			case listing.ProposedData, listing.AmendedData:
				prepared[e.Actor.Person] = true
			case listing.NoticedData:
				prepared[e.Actor.Person] = true
				notice, waived = &d, false
			case listing.StatedData:
				waived = waived || d.Kind == "waiver"
			case listing.AdoptedData:
				listings++
				if s.l.Elsewhere == nil || prepared[e.Actor.Person] {
					rt.Fatalf("adopted by %s, prepared by %v", e.Actor.Person, prepared)
				}
			case listing.DecidedData:
				if prepared[e.Actor.Person] || e.Actor.Person == "" {
					rt.Fatalf("decided by %q, prepared by %v", e.Actor.Person, prepared)
				}
				if d.Outcome == "return" {
					notice = nil
					continue
				}
				heard := notice != nil && (waived || notice.Until != "" && workday.DayOf(e.At) > notice.Until)
				if notice != nil && notice.Pending {
					heard = waived
				}
				if !heard {
					rt.Fatalf("decided on %s without notice, waiver or time: %+v", workday.DayOf(e.At), notice)
				}
				listings++
			}
		}
	})
	if listings == 0 {
		t.Error("no random life came to a decision: the property was not tried")
	}
}

// Whatever ends, softens, corrects or hides a listing is asked by one person and decided by another; only the clock acts alone.
func TestNobodyLiftsOrChangesAListingAlone(t *testing.T) {
	outcomes := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		asked := map[int]string{}
		var decided string
		for _, e := range s.events {
			switch d := e.Data.(type) {
			case listing.DecidedData, listing.AdoptedData:
				decided = e.Actor.Person
			case listing.RequestedData:
				asked[d.N] = e.Actor.Person
			case listing.ResolvedData:
				outcomes++
				if asked[d.N] == e.Actor.Person {
					rt.Fatalf("%s asked and decided request %d", e.Actor.Person, d.N)
				}
				if d.Kind != "unpublication" && d.Kind != "reinstatement" && e.Actor.Person == decided {
					rt.Fatalf("%s decided, and decided %s against it", decided, d.Kind)
				}
			case listing.ExpiredData:
				if !e.Actor.Clock || workday.DayOf(e.At) <= d.Until {
					rt.Fatalf("expired on %s by %q, with the term until %s", workday.DayOf(e.At), e.Actor.Person, d.Until)
				}
			}
		}
	})
	if outcomes == 0 {
		t.Error("no random life came to an outcome: the property was not tried")
	}
}

func TestMinorsAndRestrictedGroundsAreNeverPublished(t *testing.T) {
	shown := 0
	rapid.Check(t, func(rt *rapid.T) {
		randomly(rt, t, func(s *life) {
			if !s.l.Published(s.today()) {
				return
			}
			shown++
			if f := listing.Publishable(s.l.Content, s.rules.Ground, s.today()); f != nil {
				rt.Fatalf("published: %v", f)
			}
			a := s.l.Content.Subject.Adult
			if s.rules.Ground.ID == "trading" || s.l.Content.Subject.Kind == "person" && (a > s.today() || a == "" && s.rules.Ground.ID != "mirrored") {
				rt.Fatalf("published under %s, of age on %q", s.rules.Ground.ID, a)
			}
		})
	})
	if shown == 0 {
		t.Error("no random life was published: the property was not tried")
	}
}

func TestNoListingOutlivesItsTerm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		randomly(rt, t, func(s *life) {
			l := listing.Judged(s.l, s.rules, s.now)
			if l.State == listing.Listed && l.Term.Until != "" && (l.Term.Until < s.today() || l.Term.From != "" && l.Term.Until > l.Term.From.AddYears(3)) {
				rt.Fatalf("listed on %s with the term %+v", s.today(), l.Term)
			}
			for i := range l.Requests { // no request is lost: each can be decided, has its outcome, or lapsed with the listing
				if r := &l.Requests[i]; r.Open() {
					rule, _ := s.rules.Version.Request(r.Kind)
					if !slices.Contains(rule.When, string(l.State)) {
						rt.Fatalf("request %d (%s) is open while the listing is %s", r.N, r.Kind, l.State)
					}
				}
			}
		})
	})
}

func TestEventsAreTheWholeState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		whole, err := listing.Fold(listing.Listing{}, s.events...)
		if err != nil {
			rt.Fatal(err)
		}
		if got, want := encode(t, whole), encode(t, s.l); got != want {
			rt.Fatalf("folded at once\n%s\nstep by step\n%s", got, want)
		}
		var stored listing.Listing // as it comes back from the table
		if err := json.Unmarshal([]byte(encode(t, s.l)), &stored); err != nil {
			rt.Fatal(err)
		}
		if got, want := encode(t, stored), encode(t, s.l); got != want {
			rt.Fatalf("stored and read\n%s\nwant\n%s", got, want)
		}
		var back []listing.Event
		head, before := "", time.Time{}
		for i, e := range s.events {
			if e.N != i+1 || e.Prev != head || e.At.Before(before) {
				rt.Fatalf("event %d does not follow the one before it", i+1)
			}
			head, before = e.Hash(), e.At
			var read listing.Event
			b := encode(t, e)
			if err := json.Unmarshal([]byte(b), &read); err != nil {
				rt.Fatal(err)
			}
			if again := encode(t, read); again != b || read.Hash() != e.Hash() {
				rt.Fatalf("read back\n%s\nwant\n%s", again, b)
			}
			back = append(back, read)
		}
		again, err := listing.Fold(listing.Listing{}, back...)
		if err != nil || encode(t, again) != encode(t, s.l) || again.Head != head {
			rt.Fatalf("replayed from storage: %v\n%s", err, encode(t, again))
		}
	})
}

// A step is decided alike from the state in memory and from the stored one.
func TestStoredStateDecidesAlike(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		var stored listing.Listing
		if err := json.Unmarshal([]byte(encode(t, s.l)), &stored); err != nil {
			rt.Fatal(err)
		}
		by, c := rapid.SampledFrom(personas).Draw(rt, "by"), drawCommand(rt, s)
		fresh, errFresh := listing.Decide(s.l, c, by, s.rules, s.now)
		read, errRead := listing.Decide(stored, c, by, s.rules, s.now)
		if encode(t, fresh) != encode(t, read) || fmt.Sprint(errFresh) != fmt.Sprint(errRead) {
			rt.Fatalf("%s: %v %v", c.Step(), errFresh, errRead)
		}
	})
}

func TestTamperingIsSeen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := randomly(rt, t, nil)
		events := slices.Clone(s.events)
		i := rapid.IntRange(0, len(events)-1).Draw(rt, "event")
		switch rapid.IntRange(0, 4).Draw(rt, "tampering") {
		case 0:
			events = slices.Delete(events, i, i+1)
		case 1:
			events[i].At = events[i].At.Add(time.Millisecond)
		case 2:
			events[i].Actor.Person = "p-nobody"
		case 3:
			events[i].Data = listing.PublishedData{Reasons: "Zm9yZ2Vk"}
			events[i].Type = "published"
		case 4:
			events = slices.Insert(events, i, events[i])
		}
		l, err := listing.Fold(listing.Listing{}, events...)
		if err == nil && l.Head == s.l.Head && l.Version == s.l.Version {
			rt.Fatal("a changed history folds to the same head")
		}
	})
}
