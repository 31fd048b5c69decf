package listing_test

import (
	"slices"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/listing"
	"shixin/shared/regime"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// published is a listing of the company that the public sees.
func published(t testing.TB) *life {
	s := listed(t, rulesOf(t, law(), "violation"), content(company()))
	s.do(decider, listing.Publish{Reasons: reasons})
	return s
}

func TestWhatEachRequestDoes(t *testing.T) {
	correction := ask("correction")
	correction.Change = &listing.Change{Identifiers: []ref{uscc("91110000000000002Y")}}
	stay := ask("stay")
	stay.Change, stay.Until = &listing.Change{What: []string{"measures", "publication"}}, "2026-03-31"
	for name, c := range map[string]struct {
		by      listing.Actor
		ask     listing.Ask
		resolve listing.Resolve
		effect  journal.Type
		state   listing.State
		cause   listing.Cause
		check   func(t *testing.T, s *life)
	}{
		"appeal granted":      {by: theSubject, ask: ask("appeal"), resolve: grant(1), effect: journal.Removed, state: listing.Removed, cause: listing.Appeal},
		"appeal refused":      {by: theSubject, ask: ask("appeal"), resolve: refuse(1), state: listing.Listed},
		"appeal on paper":     {by: officer, ask: ask("appeal"), resolve: grant(1), effect: journal.Removed, state: listing.Removed, cause: listing.Appeal},
		"appeal, shorter":     {by: theSubject, ask: ask("appeal"), resolve: vary(1, listing.Change{Until: "2027-01-31"}), effect: journal.Corrected, state: listing.Listed, check: termIs("2026-03-02", "2027-01-31")},
		"appeal, milder":      {by: theSubject, ask: ask("appeal"), resolve: vary(1, listing.Change{Measures: measures[:1]}), effect: journal.Corrected, state: listing.Listed, check: measuresAre(measures[:1]...)},
		"appeal, no measures": {by: theSubject, ask: ask("appeal"), resolve: vary(1, listing.Change{Measures: []string{}}), effect: journal.Corrected, state: listing.Listed, check: measuresAre()},
		"identity":            {by: theSubject, ask: ask("identity"), resolve: grant(1), effect: journal.Removed, state: listing.Removed, cause: listing.Identity},
		"revocation":          {by: colleague, ask: ask("revocation"), resolve: grant(1), effect: journal.Removed, state: listing.Removed, cause: listing.Revocation},
		"unpublication": {by: colleague, ask: ask("unpublication"), resolve: grant(1), effect: journal.Unpublished, state: listing.Listed, check: func(t *testing.T, s *life) {
			if s.l.Published(s.today()) {
				t.Error("still published")
			}
			if slices.Contains(s.allowed(colleague), "requests:unpublication") {
				t.Error("there is nothing to unpublish")
			}
			s.do(decider, listing.Publish{Reasons: reasons})
		}},
		"correction": {by: theSubject, ask: correction, resolve: grant(1), effect: journal.Corrected, state: listing.Listed, check: func(t *testing.T, s *life) {
			if got := s.l.Content.Subject.Identifiers; len(got) != 1 || got[0].Key != "91110000000000002Y" {
				t.Errorf("%+v", got)
			}
			if s.l.Content.Subject.Names[0].Text != "Example Trading Co., Ltd." || !s.l.Published(s.today()) {
				t.Error("what was not asked for changed")
			}
		}},
		"stay": {by: theSubject, ask: stay, resolve: grant(1), effect: journal.Stayed, state: listing.Listed, check: func(t *testing.T, s *life) {
			for _, day := range []workday.Day{"2026-03-02", "2026-03-31"} {
				if s.l.Published(day) || len(s.l.InForce(day)) != 0 {
					t.Errorf("not stayed on %s", day)
				}
			}
			if !s.l.Published("2026-04-01") || len(s.l.InForce("2026-04-01")) == 0 {
				t.Error("a stay ends with its last day, on reading")
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := published(t)
			s.do(c.by, c.ask)
			if s.l.Requests[0].Outcome != nil || s.l.State != listing.Listed {
				t.Fatal("asking changes nothing")
			}
			s.do(secondDecider, c.resolve)
			s.wantState(c.state)
			effect, has := listing.Effect(s.events[len(s.events)-1])
			if effect != c.effect || has != (c.effect != "") {
				t.Errorf("effect %q, want %q", effect, c.effect)
			}
			if c.cause != "" && (s.l.Removal.Cause != c.cause || s.l.Removal.On != "2026-03-02") {
				t.Errorf("removal %+v", s.l.Removal)
			}
			if c.check != nil {
				c.check(t, s)
			}
			s.refused(superior, refuse(1), conflict(""))
		})
	}
}

func termIs(from, until workday.Day) func(*testing.T, *life) {
	return func(t *testing.T, s *life) {
		if s.l.Term != (listing.Term{From: from, Until: until}) {
			t.Errorf("term %+v", s.l.Term)
		}
	}
}

func measuresAre(codes ...string) func(*testing.T, *life) {
	return func(t *testing.T, s *life) {
		if !slices.Equal(s.l.InForce(s.today()), codes) {
			t.Errorf("measures %v", s.l.InForce(s.today()))
		}
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	change := func(kind string, c *listing.Change, until workday.Day) listing.Ask {
		a := ask(kind)
		a.Change, a.Until = c, until
		return a
	}
	what := func(what ...string) *listing.Change { return &listing.Change{What: what} }
	for name, c := range map[string]struct {
		by   listing.Actor
		ask  listing.Ask
		want refusal
	}{
		"a kind that does not exist":    {officer, ask("pardon"), conflict("no such request")},
		"not the subject's":             {theSubject, ask("revocation"), forbidden()},
		"not in this state":             {officer, ask("reinstatement"), conflict("listed")},
		"repair too early":              {theSubject, ask("repair"), tooEarly("2027-03-03")},
		"an appeal with a change":       {theSubject, change("appeal", what("measures"), ""), wrong("/change")},
		"an appeal with a day":          {theSubject, change("appeal", nil, "2026-04-01"), wrong("/until")},
		"a stay of nothing":             {theSubject, change("stay", nil, "2026-04-01"), wrong("/change")},
		"a stay of something else":      {theSubject, change("stay", what("measures", "decision"), "2026-04-01"), wrong("/change/what/1")},
		"a stay without end":            {theSubject, change("stay", what("measures"), ""), wrong("/until")},
		"a stay that has passed":        {theSubject, change("stay", what("measures"), "2026-03-01"), wrong("/until")},
		"a stay that corrects":          {theSubject, change("stay", &listing.Change{What: []string{"measures"}, Names: company().Names}, "2026-04-01"), wrong("/change")},
		"a correction of nothing":       {theSubject, ask("correction"), wrong("/change")},
		"a correction to no name":       {theSubject, change("correction", &listing.Change{Names: []listing.Name{}}, ""), wrong("/change/names")},
		"a correction to no identifier": {theSubject, change("correction", &listing.Change{Identifiers: []ref{}}, ""), wrong("/change/identifiers")},
		"a correction to a person's":    {theSubject, change("correction", &listing.Change{Identifiers: []ref{cnID("h")}}, ""), wrong("/change/identifiers/0/scheme")},
		"a correction of the term":      {theSubject, change("correction", &listing.Change{Names: company().Names, Until: "2026-04-01"}, ""), wrong("/change")},
		"a correction of a publication": {theSubject, change("correction", &listing.Change{What: []string{"publication"}}, ""), wrong("/change")},
	} {
		t.Run(name, func(t *testing.T) { published(t).refused(c.by, c.ask, c.want) })
	}
	s := listed(t, rulesOf(t, law(), "violation"), content(company()))
	s.refused(officer, ask("unpublication"), conflict("not published"))
	closed := law(func(v *regime.Version) { r, _ := v.Request("repair"); r.Open = false })
	s = listed(t, rulesOf(t, closed, "violation"), content(company()))
	s.on("2028-01-03").refused(theSubject, ask("repair"), conflict("not settled"))
}

func TestOutcomesThatAreRefused(t *testing.T) {
	s := published(t)
	s.do(theSubject, ask("appeal"))
	s.refused(secondDecider, refuse(2), refusal{kind: fault.NotFound})
	s.refused(secondDecider, refuse(0), refusal{kind: fault.NotFound})
	for name, c := range map[string]struct {
		resolve listing.Resolve
		pointer string
	}{
		"unknown":                 {listing.Resolve{N: 1, Outcome: "maybe"}, "/outcome"},
		"a change with a grant":   {listing.Resolve{N: 1, Outcome: "granted", Change: &listing.Change{Until: "2027-01-01"}}, "/change"},
		"varied without a change": {listing.Resolve{N: 1, Outcome: "varied"}, "/change"},
		"varied names":            {vary(1, listing.Change{Until: "2027-01-01", Names: company().Names}), "/change"},
		"as long as before":       {vary(1, listing.Change{Until: "2029-03-02"}), "/change/until"},
		"longer":                  {vary(1, listing.Change{Until: "2030-01-01"}), "/change/until"},
		"ended before today":      {vary(1, listing.Change{Until: "2026-03-01"}), "/change/until"},
		"another measure":         {vary(1, listing.Change{Measures: []string{"credit-db"}}), "/change/measures/0"},
		"a measure twice":         {vary(1, listing.Change{Measures: []string{measures[0], measures[0]}}), "/change/measures/1"},
		"all measures":            {vary(1, listing.Change{Measures: measures}), "/change/measures"},
	} {
		t.Run(name, func(t *testing.T) { s.refused(secondDecider, c.resolve, wrong(c.pointer)) })
	}
	s.do(colleague, ask("revocation"))
	s.refused(secondDecider, vary(2, listing.Change{Until: "2027-01-01"}), wrong("/outcome"))
}

func TestWhoDecidesARequest(t *testing.T) {
	s := published(t) // officer prepared, decider decided and published
	s.do(colleague, ask("appeal"))
	for _, by := range []listing.Actor{colleagueRules, officerDecides, decider} {
		s.refused(by, grant(1), forbidden())
		if slices.Contains(s.allowed(by), "requests/1/outcome") {
			t.Errorf("%s may not decide it", by.Account)
		}
	}
	s.do(secondDecider, vary(1, listing.Change{Until: "2027-01-31"}))
	s.do(theSubject, ask("appeal"))
	s.refused(decider, grant(2), forbidden()) // the decision in question stays the one that listed
	s.do(secondDecider, refuse(2))

	s = listed(t, rulesOf(t, law(), "violation"), content(company())) // published by another than who decided
	s.do(secondDecider, listing.Publish{Reasons: reasons})
	s.do(colleague, ask("unpublication"))
	s.refused(secondDecider, grant(1), forbidden())
	s.do(decider, grant(1))
}

func TestOneOpenRequestOfAKindForEachSide(t *testing.T) {
	s := published(t)
	s.do(officer, ask("appeal"))
	s.refused(colleague, ask("appeal"), conflict("open already"))
	s.do(theSubject, ask("appeal")) // an officer's does not stand in the subject's way
	s.refused(theSubject, ask("appeal"), conflict("open already"))
	s.do(secondDecider, refuse(2))
	s.do(theSubject, ask("appeal"))
	s.do(secondDecider, grant(3))
	if !s.l.Requests[0].Lapsed || s.l.Requests[0].Open() {
		t.Error("the officer's has no object any more")
	}
	s.refused(secondDecider, grant(1), conflict("closed"))
}

func TestRepairAndReinstatement(t *testing.T) {
	s := published(t)
	s.on("2027-03-02").refused(theSubject, ask("repair"), tooEarly("2027-03-03"))
	s.on("2027-03-03").do(theSubject, ask("repair"))
	s.do(secondDecider, grant(1))
	if s.l.Removal.Cause != listing.Repair {
		t.Fatalf("%+v", s.l.Removal)
	}
	s.refused(theSubject, ask("reinstatement"), forbidden())
	s.on("2027-06-01").do(officer, ask("reinstatement"))
	s.refused(secondDecider, grant(2), forbidden()) // whose removal it is
	s.do(decider, grant(2))
	s.wantState(listing.Listed)
	if s.l.Term != (listing.Term{From: "2027-06-01", Until: "2030-06-01"}) || s.l.Removal != nil {
		t.Errorf("the term starts anew: %+v", s.l.Term)
	}
	s.refused(theSubject, ask("repair"), tooEarly("2028-06-02")) // and so does the wait for a repair

	s.do(theSubject, ask("appeal"))
	s.refused(decider, grant(3), forbidden())

	other := published(t)
	other.do(colleague, ask("revocation"))
	other.do(secondDecider, grant(1))
	other.refused(officer, ask("reinstatement"), conflict("after repair"))
}

func TestWhoReinstatedDoesNotHearTheAppeal(t *testing.T) {
	s := published(t)
	s.on("2027-03-03").do(theSubject, ask("repair"))
	s.do(secondDecider, grant(1))
	s.do(officer, ask("reinstatement"))
	s.do(superior, grant(2))
	s.do(theSubject, ask("appeal"))
	s.refused(superior, refuse(3), forbidden())
	s.do(secondDecider, grant(3))
}

func TestReinstatementOfATermByEvent(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "crime"), convicted(person("1990-05-01"), "2025-06-01", 10))
	s.do(officer, listing.StartTerm{From: "2026-03-01", Document: "cmVsZWFzZQ"})
	s.on("2027-03-03").do(theSubject, ask("repair"))
	s.do(secondDecider, grant(1))
	s.do(officer, ask("reinstatement"))
	s.do(superior, grant(2))
	termIs("2027-03-03", "2030-03-03")(t, s)
}

func TestExpiryOnReading(t *testing.T) {
	s := published(t)
	s.do(theSubject, ask("appeal"))
	s.do(colleague, ask("revocation"))
	s.on("2029-03-03")
	s.refused(secondDecider, grant(1), conflict("closed")) // it lapsed with the listing
	s.refused(decider, listing.Publish{Reasons: reasons}, conflict("removed"))
	s.wantState(listing.Listed) // a refusal writes nothing down
	if got, want := s.allowed(secondDecider), []string{"service", "requests/2/outcome"}; !slices.Equal(got, want) {
		t.Errorf("allowed %v, want %v", got, want)
	}
	before := len(s.events)
	s.do(secondDecider, grant(2)) // revoked after it ran out: as if never listed
	if n := len(s.events) - before; n != 2 || s.events[before].Type != "expired" || !s.events[before].Actor.Clock {
		t.Fatalf("%d events, the first by %+v", n, s.events[before].Actor)
	}
	if s.l.Removal.Cause != listing.Revocation || !s.l.Requests[0].Lapsed || s.l.Requests[1].Lapsed {
		t.Errorf("%+v %+v", s.l.Removal, s.l.Requests)
	}
}

func TestRequestsThatSurviveARemoval(t *testing.T) {
	s := published(t)
	s.do(theSubject, ask("appeal"))
	s.do(colleague, ask("revocation"))
	s.do(theSubject, ask("identity"))
	s.do(secondDecider, grant(1))
	if s.l.Requests[1].Lapsed || !s.l.Requests[2].Lapsed {
		t.Errorf("revocation can still be granted, identity not: %+v", s.l.Requests)
	}
	s.do(secondDecider, grant(2))
	if s.l.Removal.Cause != listing.Revocation {
		t.Errorf("%+v", s.l.Removal)
	}
}

func TestStayThatRanOutBeforeItsOutcome(t *testing.T) {
	s := published(t)
	a := ask("stay")
	a.Change, a.Until = &listing.Change{What: []string{"measures"}}, "2026-03-05"
	s.do(theSubject, a)
	s.on("2026-03-06").refused(secondDecider, grant(1), conflict("run out"))
	s.do(secondDecider, refuse(1))
}

func TestVariedTermThatAddsUpWithAnother(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "trading"), content(company())) // to 2028-03-02
	s.rules.Accrued = "2029-03-02"                                   // behind a year of another listing
	if listing.Judged(s.l, s.rules, at("2029-03-02 23:00")).State != listing.Listed || listing.Judged(s.l, s.rules, at("2029-03-03 00:00")).State != listing.Removed {
		t.Error("the sum decides")
	}
	s.do(theSubject, ask("appeal"))
	s.refused(secondDecider, vary(1, listing.Change{Until: "2028-12-31"}), wrong("/change/until")) // longer than its own term
	s.on("2028-06-01").do(secondDecider, vary(1, listing.Change{Until: "2027-03-02"}))
	s.rules.Accrued = "2028-03-02"
	if listing.Judged(s.l, s.rules, s.now).State != listing.Removed {
		t.Error("a year less of its own is a year less of the sum")
	}
}

func TestEndSetOnAppealBeforeTheTermStarted(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "crime"), convicted(person("1990-05-01"), "2025-06-01", 10))
	s.do(theSubject, ask("appeal"))
	s.do(secondDecider, vary(1, listing.Change{Until: "2027-01-31"}))
	s.on("2026-06-01").do(officer, listing.StartTerm{From: "2026-06-01", Document: "cmVsZWFzZQ"})
	if s.l.Term.Until != "2027-01-31" {
		t.Errorf("the event lengthened what the appeal had shortened: %+v", s.l.Term)
	}
}

func TestCorrectionToAMinor(t *testing.T) {
	correct := func(ids ...ref) listing.Ask {
		a := ask("correction")
		a.Change = &listing.Change{Identifiers: ids}
		return a
	}
	shown := func(months int) *life {
		s := listed(t, rulesOf(t, law(), "crime"), convicted(person("1990-05-01"), "2025-06-01", months))
		s.do(decider, listing.Publish{Reasons: reasons})
		return s
	}
	minor := correct(cnID("h-minor"))
	minor.Change.Adult = "2026-09-01"

	s := shown(72)
	s.do(theSubject, minor)
	s.do(secondDecider, grant(1))
	if s.l.Published(s.today()) || s.l.Content.Subject.Adult != "2026-09-01" || s.l.Content.Subject.Birth != "" {
		t.Error("a minor is shown")
	}
	entry := listing.Entry(s.l, s.l, s.events[len(s.events)-1], s.rules)
	if entry.Type != journal.Corrected || entry.Standing.Published {
		t.Errorf("the list still says published: %+v", entry)
	}
	s.on("2027-01-04").refused(decider, listing.Publish{Reasons: reasons}, conflict("minors")) // the offence was a minor's

	s = shown(12)
	s.do(theSubject, minor)
	s.refused(secondDecider, grant(1), conflict("sealed"))

	s = shown(72)
	s.do(theSubject, correct(cnID("h-unknown"))) // whose birth nobody told
	s.do(secondDecider, grant(1))
	if s.l.Published(s.today()) {
		t.Error("a person of unknown age is shown")
	}

	s = shown(72)
	s.do(theSubject, correct(cnID("h-1"), phone("h-2"))) // the same person with a telephone
	s.do(secondDecider, grant(1))
	if !s.l.Published(s.today()) || s.l.Content.Subject.Kind != subject.Person {
		t.Error("what was right stays public")
	}
}

func TestClocks(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	steps := func() (got []string) {
		for _, d := range listing.Clocks(s.l, s.rules) {
			got = append(got, d.Step+" "+string(d.By))
		}
		return got
	}
	want := func(steps []string, want ...string) {
		t.Helper()
		if !slices.Equal(steps, want) {
			t.Errorf("clocks %v, want %v", steps, want)
		}
	}
	want(steps())
	s.notice(officer)
	want(steps(), "statements 2026-03-09", "decision 2026-04-13")
	s.on("2026-03-10").do(decider, list())
	want(steps(), "service 2026-03-19", "publication 2026-04-07")
	s.do(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: s.now})
	s.do(decider, listing.Publish{Reasons: reasons})
	s.do(theSubject, ask("appeal"))
	want(steps(), "requests/1/outcome 2026-03-31")
	s.do(secondDecider, refuse(1))
	want(steps())
}
