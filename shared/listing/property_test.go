package listing_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/access"
	"shixin/shared/listing"
	"shixin/shared/workday"
)

// personas are all who act in random lives.
var personas = []listing.Actor{officer, officerDecides, colleague, colleagueRules, decider, secondDecider, superior, theSubject, theClock}

var requestKinds = []string{"appeal", "repair", "correction", "revocation", "unpublication", "stay", "identity", "reinstatement", "pardon"}

// randomly lives a random life: random persons try random steps at random times, most of them plausible ones.
func randomly(t *rapid.T, tb testing.TB, each func(*life)) *life {
	v := law()
	if rapid.Bool().Draw(t, "consent") {
		withConsent(v)
	}
	if rapid.IntRange(0, 4).Draw(t, "statement clock") == 0 {
		noStatementClock(v)
	}
	ground := rapid.SampledFrom([]string{"violation", "crime", "trading", "mirrored"}).Draw(t, "ground")
	s := begin(tb, rulesOf(tb, v, ground))
	p := s.proposal(drawContent(t, ground))
	p.Authority.Level = rapid.SampledFrom([]access.Level{access.City, access.Province}).Draw(t, "level")
	if rapid.IntRange(0, 3).Draw(t, "elsewhere") == 0 {
		p.Elsewhere = &listing.Elsewhere{Document: "ZA", On: rapid.SampledFrom([]workday.Day{"2025-03-03", "2026-03-02"}).Draw(t, "on")}
	}
	if err := s.try(officer, p); err != nil {
		t.Skip("the ground does not list this subject")
	}
	for range rapid.IntRange(5, 60).Draw(t, "steps") {
		if rapid.IntRange(0, 3).Draw(t, "wait") == 0 {
			s.now = s.now.Add(time.Duration(rapid.SampledFrom([]int{1, 24, 24 * 9, 24 * 100, 24 * 400}).Draw(t, "hours")) * time.Hour)
		}
		by := rapid.SampledFrom(personas).Draw(t, "by")
		c := drawCommand(t, s)
		if rapid.IntRange(0, 2).Draw(t, "plausible") > 0 {
			by, c = drawNext(t, s)
		}
		_ = s.try(by, c) // a refusal is as good an answer; try holds both against what is always true
		if each != nil {
			each(s)
		}
	}
	return s
}

// drawNext is a step that somebody may take now. Lives that end early are drawn seldom, and asking gives way to deciding.
func drawNext(t *rapid.T, s *life) (listing.Actor, listing.Command) {
	type next struct {
		by   listing.Actor
		step string
	}
	var all []next
	if s.l.Elsewhere != nil && s.l.State == listing.Proposed {
		return decider, listing.Adopt{}
	}
	late := rapid.IntRange(0, 9).Draw(t, "late")
	for _, by := range personas {
		for _, step := range s.allowed(by) {
			if step == "withdrawal" && late > 0 || step == "amendment" && late > 1 || step == "statements" && late > 3 {
				continue
			}
			all = append(all, next{by, step})
			if step == "decision" || step == "publication" || step == "term" || strings.HasSuffix(step, "/outcome") {
				all = append(all, next{by, step}, next{by, step}, next{by, step})
			}
		}
	}
	if len(all) == 0 {
		return theClock, listing.Expire{}
	}
	n := rapid.SampledFrom(all).Draw(t, "next")
	return n.by, rapid.SampledFrom(wellFormed(s, n.step)).Draw(t, "command")
}

func drawContent(t *rapid.T, ground string) listing.Content {
	birth := rapid.SampledFrom([]workday.Day{"1990-05-01", "2008-09-01", "2010-01-01", ""}).Draw(t, "birth")
	switch {
	case ground == "crime":
		return convicted(person(birth), "2025-06-01", rapid.SampledFrom([]int{10, 90}).Draw(t, "months"))
	case rapid.Bool().Draw(t, "person"):
		return content(person(birth))
	}
	return content(company())
}

// drawCommand is any command, well-formed or not.
func drawCommand(t *rapid.T, s *life) listing.Command {
	day := func() workday.Day { return s.today().AddDays(rapid.IntRange(-400, 400).Draw(t, "day")) }
	n := func() int { return rapid.IntRange(0, len(s.l.Requests)+1).Draw(t, "n") }
	word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
	receipt := document("receipt")
	switch rapid.IntRange(0, 12).Draw(t, "command") {
	case 0:
		return listing.Amend{Content: drawContent(t, s.rules.Ground.ID)}
	case 1:
		return listing.Withdraw{}
	case 2:
		return listing.GiveNotice{Method: word("post", "pigeon"), ServedAt: day().Start(), RespondUntil: rapid.SampledFrom([]workday.Day{"", day()}).Draw(t, "until"), Receipt: &receipt}
	case 3:
		return listing.MakeStatement{Kind: word("statement", "hearing", "waiver", "silence"), Text: "dA"}
	case 4:
		return listing.GiveConsent{Outcome: word("granted", "refused", ""), Reasons: reasons}
	case 5:
		return listing.Determine{Outcome: word("list", "drop", "return", "LIST"), Reasons: reasons}
	case 6:
		return listing.Serve{Of: word("decision", "removal", "x"), Method: "post", ServedAt: day().Start(), Receipt: &receipt}
	case 7:
		return listing.StartTerm{From: day(), Document: "ZA"}
	case 8:
		return listing.Publish{Reasons: reasons}
	case 9:
		a := ask(word(requestKinds...))
		a.Until = rapid.SampledFrom([]workday.Day{"", day()}).Draw(t, "until")
		a.Change = drawChange(t, day())
		return a
	case 10:
		return listing.Resolve{N: n(), Outcome: word("granted", "refused", "varied", "x"), Reasons: reasons, Change: drawChange(t, day())}
	case 11:
		return listing.Adopt{}
	}
	return listing.Expire{}
}

func drawChange(t *rapid.T, day workday.Day) *listing.Change {
	return rapid.SampledFrom([]*listing.Change{nil, {}, {Until: day}, {Measures: []string{}}, {Measures: measures[:1]}, {What: []string{"publication"}},
		{Identifiers: []ref{cnID("h-9")}, Adult: day}, {Identifiers: []ref{cnID("h-8")}}, {Names: []listing.Name{{Text: "New"}}}}).Draw(t, "change")
}

// wellFormed is commands of a step as "allowed" spells it that say all that the regime and the record ask for, and nothing that
// they do not have. One of them succeeds, or the step is not allowed.
func wellFormed(s *life, step string) []listing.Command {
	receipt := document("receipt")
	switch step {
	case "amendment":
		return []listing.Command{listing.Amend{Content: s.l.Content}}
	case "withdrawal":
		return []listing.Command{listing.Withdraw{}}
	case "notice":
		n := listing.GiveNotice{Method: "post", ServedAt: s.now}
		if s.rules.Version.Statement.Within == nil {
			n.RespondUntil = s.today()
		}
		return []listing.Command{n}
	case "statements":
		return []listing.Command{listing.MakeStatement{Kind: "statement", Text: "dA"}, listing.MakeStatement{Kind: "waiver", Text: "dA"}}
	case "consent":
		return []listing.Command{listing.GiveConsent{Outcome: "granted", Reasons: reasons}}
	case "decision":
		d := drop()
		for _, st := range s.l.Statements {
			d.Answers = append(d.Answers, answer(st.N))
		}
		l, back := d, d
		l.Outcome, back.Outcome = "list", "return"
		return []listing.Command{l, d, back}
	case "service":
		return []listing.Command{listing.Serve{Of: "decision", Method: "left", ServedAt: s.now, Receipt: &receipt}, listing.Serve{Of: "removal", Method: "left", ServedAt: s.now, Receipt: &receipt}}
	case "term":
		return []listing.Command{listing.StartTerm{From: s.today(), Document: "ZA"}}
	case "publication":
		return []listing.Command{listing.Publish{Reasons: reasons}}
	}
	if kind, ok := strings.CutPrefix(step, "requests:"); ok {
		a := ask(kind)
		switch kind {
		case "correction":
			if s.l.Content.Subject.Kind == "person" { // of whom it turns out later that they are young
				other := a
				other.Change = &listing.Change{Identifiers: []ref{cnID("h-7")}, Adult: "2027-05-01"}
				a.Change = &listing.Change{Names: s.l.Content.Subject.Names}
				return []listing.Command{a, other}
			}
			a.Change = &listing.Change{Names: s.l.Content.Subject.Names, Identifiers: s.l.Content.Subject.Identifiers}
		case "stay":
			a.Change, a.Until = &listing.Change{What: []string{"measures"}}, s.today()
		}
		return []listing.Command{a}
	}
	var n int
	if _, err := fmt.Sscanf(step, "requests/%d/outcome", &n); err != nil {
		panic(step)
	}
	out := []listing.Command{refuse(n), grant(n)}
	if r, ok := s.l.Request(n); ok && r.Kind == "appeal" {
		out = append(out, vary(n, listing.Change{Measures: []string{}}))
	}
	return out
}

// everyStep is all steps that a caller could name for a listing.
func everyStep(s *life) []string {
	steps := []string{"amendment", "withdrawal", "notice", "statements", "consent", "decision", "service", "term", "publication"}
	for _, kind := range requestKinds {
		steps = append(steps, "requests:"+kind)
	}
	for n := range len(s.l.Requests) + 2 {
		steps = append(steps, fmt.Sprintf("requests/%d/outcome", n))
	}
	return steps
}

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
