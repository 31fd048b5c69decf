package listing_test

import (
	"slices"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

func TestOrdinaryLife(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.wantState(listing.Proposed)
	if s.l.WasNoticed() {
		t.Error("a proposal is not the subject's to see")
	}
	s.do(colleague, listing.Amend{Content: content(company())})
	s.notice(officer)
	s.wantState(listing.Noticed)
	if !s.l.WasNoticed() || s.l.Notice.Until != "2026-03-09" || s.l.Notice.SetBy != "regime" {
		t.Errorf("notice %+v", s.l.Notice)
	}

	s.on("2026-03-04").do(theSubject, listing.MakeStatement{Kind: "statement", Text: "bm90IG1l"})
	s.do(officer, listing.MakeStatement{Kind: "hearing", Text: "aGVhcmluZw"})
	s.on("2026-03-09").refused(decider, list(answer(1), answer(2)), tooEarly("2026-03-10"))
	s.on("2026-03-10").refused(decider, list(answer(1)), wrong("/answers"))
	s.do(decider, list(answer(2), answer(1)))
	s.wantState(listing.Listed)
	if s.l.Term != (listing.Term{From: "2026-03-10", Until: "2029-03-10"}) || !slices.Equal(s.l.Measures, measures) {
		t.Errorf("term %+v, measures %v", s.l.Term, s.l.Measures)
	}
	if s.l.Published(s.today()) {
		t.Error("published without a publication")
	}

	s.do(officer, listing.Serve{Of: "decision", Method: "in_person", ServedAt: s.now})
	s.refused(officer, listing.Serve{Of: "decision", Method: "in_person", ServedAt: s.now}, conflict("has been served"))
	s.do(decider, listing.Publish{Reasons: reasons})
	if !s.l.Published(s.today()) {
		t.Error("not published")
	}
	s.refused(secondDecider, listing.Publish{Reasons: reasons}, conflict("published already"))

	s.on("2029-03-10").refused(theClock, listing.Expire{}, conflict("not run out"))
	if got := listing.Judged(s.l, s.rules, s.now); got.State != listing.Listed {
		t.Error("the last day is included")
	}
	s.on("2029-03-11")
	if got := listing.Judged(s.l, s.rules, s.now); got.State != listing.Removed || got.Removal.Cause != listing.Expiry || got.Removal.On != "2029-03-11" {
		t.Errorf("expiry is judged on reading: %+v", got.Removal)
	}
	s.wantState(listing.Listed) // nobody has written it down
	s.do(theClock, listing.Expire{})
	s.wantState(listing.Removed)
	s.refused(theClock, listing.Expire{}, conflict("removed"))
	s.do(officer, listing.Serve{Of: "removal", Method: "post", ServedAt: s.now})
}

func TestEveryStepOnlyFromItsStates(t *testing.T) {
	rules := rulesOf(t, law(withConsent), "violation")
	lives := map[listing.State]func() *life{
		listing.None:     func() *life { return begin(t, rules) },
		listing.Proposed: func() *life { s := begin(t, rules); s.propose(officer, content(company())); return s },
		listing.Noticed: func() *life {
			s := begin(t, rules)
			s.propose(officer, content(company()))
			s.notice(officer)
			return s
		},
		listing.Listed: func() *life { return listed(t, rules, content(company())) },
		listing.Dropped: func() *life {
			s := begin(t, rules)
			s.propose(officer, content(company()))
			s.notice(officer)
			s.do(superior, listing.GiveConsent{Outcome: "refused", Reasons: reasons})
			s.on("2026-03-10").do(decider, drop())
			return s
		},
		listing.Withdrawn: func() *life {
			s := begin(t, rules)
			s.propose(officer, content(company()))
			s.do(officer, listing.Withdraw{})
			return s
		},
		listing.Removed: func() *life {
			s := listed(t, rules, content(company()))
			s.do(theSubject, ask("appeal"))
			s.do(secondDecider, grant(1))
			return s
		},
	}
	commands := map[string]listing.Command{
		"amendment":   listing.Amend{Content: content(company())},
		"withdrawal":  listing.Withdraw{},
		"adoption":    listing.Adopt{},
		"notice":      listing.GiveNotice{Method: "post", ServedAt: at("2026-03-02 09:00")},
		"statements":  listing.MakeStatement{Kind: "statement", Text: "dGV4dA"},
		"consent":     listing.GiveConsent{Outcome: "granted", Reasons: reasons},
		"decision":    list(),
		"service":     listing.Serve{Of: "decision", Method: "post", ServedAt: at("2026-03-02 09:00")},
		"term":        listing.StartTerm{From: "2026-03-01", Document: "cmVsZWFzZQ"},
		"publication": listing.Publish{Reasons: reasons},
		"requests:":   ask("appeal"),
		"requests/":   refuse(1),
		"proposal":    begin(t, rules).proposal(content(company())),
	}
	for _, row := range listing.Table() {
		c, ok := commands[row.Step]
		if !ok {
			continue // expiry is the clock's
		}
		for state, live := range lives {
			if slices.Contains(row.From, state) {
				continue
			}
			want := conflict("this step is taken while it is")
			if row.Step == "requests/" {
				want = refusal{kind: fault.NotFound} // there is no such request yet
			}
			live().refused(secondDecider, c, want)
		}
	}
}

func TestNotice(t *testing.T) {
	receipt := document("receipt")
	for name, c := range map[string]struct {
		law    func(*regime.Version)
		served string
		until  workday.Day
		give   *listing.Evidence
		want   refusal
		ends   workday.Day
		setBy  string
	}{
		"now": {served: "2026-03-05 09:00", ends: "2026-03-12", setBy: "regime"},
		"a moment later in the same second is no future": {served: "2026-03-05 09:00", ends: "2026-03-12", setBy: "regime"},
		"in the future":             {served: "2026-03-05 09:01", want: wrong("/served_at")},
		"before the proposal":       {served: "2026-03-02 08:59", give: &receipt, want: wrong("/served_at")},
		"earlier without a receipt": {served: "2026-03-04 23:59", want: wrong("/receipt")},
		"earlier with its receipt":  {served: "2026-03-03 10:00", give: &receipt, ends: "2026-03-10", setBy: "regime"},
		"longer than the law":       {served: "2026-03-05 09:00", until: "2026-04-30", ends: "2026-04-30", setBy: "authority"},
		"just as long as the law":   {served: "2026-03-05 09:00", until: "2026-03-12", ends: "2026-03-12", setBy: "authority"},
		"shorter than the law":      {served: "2026-03-05 09:00", until: "2026-03-11", want: wrong("/respond_until")},
		"without a clock and a day": {law: noStatementClock, served: "2026-03-05 09:00", want: wrong("/respond_until")},
		"a day where there is none": {law: noStatementClock, served: "2026-03-05 09:00", until: "2026-03-05", ends: "2026-03-05", setBy: "authority"},
		"a day that has passed":     {law: noStatementClock, served: "2026-03-03 09:00", give: &receipt, until: "2026-03-04", want: wrong("/respond_until")},
	} {
		t.Run(name, func(t *testing.T) {
			change := c.law
			if change == nil {
				change = func(*regime.Version) {}
			}
			s := begin(t, rulesOf(t, law(change), "violation"))
			s.propose(officer, content(company()))
			s.on("2026-03-05")
			n := listing.GiveNotice{Method: "post", ServedAt: at(c.served), RespondUntil: c.until, Receipt: c.give}
			if c.want.kind != "" {
				s.refused(officer, n, c.want)
				return
			}
			s.do(officer, n)
			if s.l.Notice.Until != c.ends || s.l.Notice.SetBy != c.setBy {
				t.Errorf("until %s set by %s", s.l.Notice.Until, s.l.Notice.SetBy)
			}
		})
	}
}

func TestServedAtIsComparedInWholeSeconds(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.now = s.now.Add(100 * time.Millisecond)
	s.propose(officer, content(company()))
	s.do(officer, listing.GiveNotice{Method: "electronic", ServedAt: s.now.Add(800 * time.Millisecond)})
}

func TestWaiver(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.notice(officer)
	s.refused(decider, list(), tooEarly("2026-03-10"))
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.do(decider, list()) // a waiver needs no answer
	s.wantState(listing.Listed)
}

func TestWaiverHandedInOnPaperIsNotForTheDeciderToRecord(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.notice(officer)
	s.do(colleague, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.refused(colleagueRules, list(), forbidden())
	s.do(decider, list())
}

func TestReturnAndNewRound(t *testing.T) {
	s := begin(t, rulesOf(t, law(withConsent), "violation"))
	s.propose(officer, content(company()))
	s.notice(officer)
	s.do(theSubject, listing.MakeStatement{Kind: "statement", Text: "Zmlyc3Q"})
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.do(superior, listing.GiveConsent{Outcome: "granted", Reasons: reasons})
	s.now = at("2026-03-03 12:00")
	s.do(decider, giveBack())
	s.wantState(listing.Proposed)
	if !s.l.WasNoticed() {
		t.Error("the subject was told, and may see on")
	}

	s.do(officer, listing.Amend{Content: content(company())})
	receipt := document("old receipt")
	s.refused(officer, listing.GiveNotice{Method: "post", ServedAt: at("2026-03-02 10:00"), Receipt: &receipt}, wrong("/served_at"))
	s.now = at("2026-03-04 09:00")
	s.notice(officer)
	s.refused(decider, list(answer(1)), tooEarly("2026-03-12"))                    // the waiver was of the earlier notice
	s.on("2026-03-12").refused(decider, list(answer(1)), conflict("one level up")) // and so was the consent
	s.do(superior, listing.GiveConsent{Outcome: "granted", Reasons: reasons})
	s.refused(decider, list(), wrong("/answers")) // the statement is still on file
	s.refused(decider, list(answer(3)), wrong("/answers/0/statement"))
	s.refused(decider, list(answer(1), answer(1)), wrong("/answers/1/statement"))
	s.do(decider, list(answer(1)))
	s.wantState(listing.Listed)
}

func TestDroppedAndWithdrawn(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.notice(officer)
	s.refused(officer, listing.Withdraw{}, conflict("noticed"))
	s.on("2026-03-10").do(decider, drop())
	s.wantState(listing.Dropped)
	s.refused(decider, list(), conflict("dropped"))
	s.do(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: s.now})
	if got := s.allowed(decider); len(got) != 0 {
		t.Errorf("a dropped proposal allows %v", got)
	}
	if d := listing.Clocks(s.l, s.rules); len(d) != 0 {
		t.Errorf("a dropped proposal has clocks: %+v", d)
	}

	s = begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.do(colleague, listing.Withdraw{})
	s.wantState(listing.Withdrawn)
	if got := s.allowed(officer); len(got) != 0 {
		t.Errorf("a withdrawn proposal allows %v", got)
	}
}

func TestConsent(t *testing.T) {
	open := func(level access.Level) *life {
		s := begin(t, rulesOf(t, law(withConsent), "violation"))
		p := s.proposal(content(company()))
		p.Authority.Level = level
		s.do(officer, p)
		s.notice(officer)
		s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
		return s
	}
	granted, refused := listing.GiveConsent{Outcome: "granted", Reasons: reasons}, listing.GiveConsent{Outcome: "refused", Reasons: reasons}

	s := open(access.City)
	s.refused(decider, list(), conflict("one level up"))
	s.refused(officerDecides, granted, forbidden())
	s.do(superior, granted)
	s.refused(superior, refused, conflict("already spoken"))
	s.refused(superior, list(), forbidden())
	s.do(decider, list())

	s = open(access.City)
	s.do(superior, refused)
	s.refused(decider, list(), conflict("refused its consent"))
	s.do(decider, drop())
	s.wantState(listing.Dropped)

	for _, level := range []access.Level{access.Province, access.National} {
		s = open(level)
		s.refused(superior, granted, conflict("no consent"))
		s.do(decider, list())
	}
}

func TestWordsThatTheProcedureDoesNotKnow(t *testing.T) {
	s := begin(t, rulesOf(t, law(withConsent), "violation"))
	s.propose(officer, content(company()))
	s.refused(officer, listing.GiveNotice{Method: "shouting", ServedAt: s.now}, wrong("/method"))
	s.notice(officer)
	s.refused(theSubject, listing.MakeStatement{Kind: "Waiver"}, wrong("/kind"))
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.refused(superior, listing.GiveConsent{Outcome: "granted "}, wrong("/outcome"))
	s.do(superior, listing.GiveConsent{Outcome: "granted", Reasons: reasons})
	s.refused(decider, listing.Determine{Outcome: "LIST", Reasons: reasons}, wrong("/outcome"))
	s.do(decider, list())
	s.refused(officer, listing.Serve{Of: "everything", Method: "post", ServedAt: s.now}, wrong("/of"))
	s.refused(officer, listing.Serve{Of: "decision", Method: "", ServedAt: s.now}, wrong("/method"))
}

func TestService(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "violation"), content(company()))
	receipt := document("receipt")
	s.refused(officer, listing.Serve{Of: "removal", Method: "post", ServedAt: s.now}, conflict("no removal"))
	s.refused(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: s.now.Add(-time.Hour)}, wrong("/served_at"))
	s.refused(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: s.now.Add(time.Hour)}, wrong("/served_at"))
	served := s.now
	s.on("2026-03-06").refused(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: served}, wrong("/receipt"))
	s.do(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: served, Receipt: &receipt})
	s.do(theSubject, ask("appeal"))
	s.do(secondDecider, grant(1))
	s.do(officer, listing.Serve{Of: "removal", Method: "post", ServedAt: s.now})
	s.refused(officer, listing.Serve{Of: "removal", Method: "post", ServedAt: s.now}, conflict("served"))
}

func TestTermByEvent(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "crime"), convicted(person("1990-05-01"), "2025-06-01", 10))
	if s.l.Term != (listing.Term{}) || len(s.l.InForce(s.today())) != len(measures) {
		t.Errorf("the measures apply although the term has not started: %+v", s.l.Term)
	}
	far := s.l
	if got := listing.Judged(far, s.rules, at("2090-01-01 00:00")); got.State != listing.Listed {
		t.Error("a term that has not started does not run out")
	}
	start := func(d workday.Day) listing.StartTerm { return listing.StartTerm{From: d, Document: "cmVsZWFzZQ"} }
	s.on("2026-09-01").refused(officer, start("2026-09-02"), wrong("/from"))
	s.refused(officer, start("2025-05-31"), wrong("/from")) // before the offence
	s.do(officer, start("2026-08-31"))
	if s.l.Term != (listing.Term{From: "2026-08-31", Until: "2029-08-31"}) {
		t.Errorf("%+v", s.l.Term)
	}
	s.refused(officer, start("2026-08-30"), conflict("the term runs since"))

	other := listed(t, rulesOf(t, law(), "violation"), content(company()))
	other.refused(officer, start("2026-03-02"), conflict("does not start with an event"))
}

func TestOneOfficerDoesNotEndAListingByAnOldEvent(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "crime"), convicted(person("1990-05-01"), "2015-06-01", 10))
	s.refused(officer, listing.StartTerm{From: "2016-01-01", Document: "cmVsZWFzZQ"}, wrong("/from"))
	s.refused(officer, listing.StartTerm{From: "2023-03-01", Document: "cmVsZWFzZQ"}, wrong("/from")) // would have ended yesterday
	s.do(officer, listing.StartTerm{From: "2023-03-02", Document: "cmVsZWFzZQ"})                      // ends today, included
	if listing.Judged(s.l, s.rules, s.now).State != listing.Listed {
		t.Error("the last day is included")
	}
}

func TestContentAgainstItsGround(t *testing.T) {
	young := person("2009-03-03") // of age on 2027-03-03
	for name, c := range map[string]struct {
		ground  string
		content listing.Content
		want    refusal
	}{
		"a ground that has ended":              {"ended", content(company()), wrong("/ground")},
		"an organisation under a personal one": {"crime", content(company()), wrong("/subject/kind")},
		"no conviction where one is needed":    {"crime", content(person("1990-05-01")), wrong("/conviction")},
		"a conviction where none belongs":      {"trading", convicted(person("1990-05-01"), "2025-06-01", 10), wrong("/conviction")},
		"an offence in the future":             {"crime", convicted(person("1990-05-01"), "2026-03-03", 10), wrong("/conviction/offence_on")},
		"a conviction of unknown age":          {"crime", convicted(person(""), "2025-06-01", 10), wrong("/subject/birth")},
		"a sealed conviction of a minor":       {"crime", convicted(young, "2025-06-01", 60), wrong("/conviction")},
		"on the eighteenth birthday still":     {"crime", convicted(person("2007-06-01"), "2025-06-01", 60), wrong("/conviction")},
		"no identifier":                        {"violation", content(with(company())), wrong("/subject/identifiers")},
		"one of a person":                      {"violation", content(with(company(), cnID("h"))), wrong("/subject/identifiers/0/scheme")},
		"one twice":                            {"violation", content(with(company(), uscc("A"), uscc("A"))), wrong("/subject/identifiers/1/value")},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, rulesOf(t, law(), c.ground))
			s.refused(officer, s.proposal(c.content), c.want)
		})
	}
	for name, c := range map[string]listing.Content{
		"an adult's":                                   convicted(person("1990-05-01"), "2025-06-01", 10),
		"a minor's with more than five years":          convicted(young, "2025-06-01", 61),
		"the day after the eighteenth birthday, adult": convicted(person("2007-06-01"), "2025-06-02", 10),
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, rulesOf(t, law(), "crime"))
			s.propose(officer, c)
		})
	}
}

func TestAmendmentOfAProposalWhoseGroundEnded(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "ended")).on("2025-12-30")
	s.propose(officer, content(company()))
	s.on("2026-01-05").do(officer, listing.Amend{Content: content(company())})
}

// with gives a subject other identifiers.
func with(s listing.Subject, ids ...ref) listing.Subject {
	s.Identifiers = ids
	return s
}

func TestPublication(t *testing.T) {
	for name, c := range map[string]struct {
		ground  string
		content listing.Content
		want    refusal
	}{
		"an organisation":                 {"violation", content(company()), refusal{}},
		"a ground that is not published":  {"trading", content(company()), conflict("not published")},
		"a person where persons are not":  {"violation", content(person("1990-05-01")), conflict("natural persons")},
		"a person where they are":         {"crime", convicted(person("1990-05-01"), "2025-06-01", 10), refusal{}},
		"a minor":                         {"crime", convicted(person("2009-03-03"), "2025-06-01", 61), conflict("minors")},
		"for an offence as a minor":       {"crime", convicted(person("2007-07-01"), "2025-06-01", 61), conflict("minors")},
		"for an offence on the birthday":  {"crime", convicted(person("2007-06-01"), "2025-06-01", 61), conflict("minors")},
		"of unknown age in a mirror":      {"mirrored", content(person("")), refusal{}},
		"a minor in a mirror":             {"mirrored", content(person("2009-03-03")), conflict("minors")},
		"an adult in a mirror":            {"mirrored", content(person("1990-03-03")), refusal{}},
		"an adult from their birthday on": {"mirrored", content(person("2008-03-02")), refusal{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := listed(t, rulesOf(t, law(), c.ground), c.content)
			if c.want.kind != "" {
				s.refused(decider, listing.Publish{Reasons: reasons}, c.want)
				if slices.Contains(s.allowed(decider), "publication") {
					t.Error("publication is allowed and refused")
				}
				for _, d := range listing.Clocks(s.l, s.rules) {
					if d.Step == "publication" {
						t.Errorf("a clock for a publication that is not possible: %+v", d)
					}
				}
				return
			}
			s.refused(officerDecides, listing.Publish{Reasons: reasons}, forbidden())
			s.do(decider, listing.Publish{Reasons: reasons}) // who decided may publish
			if !s.l.Published(s.today()) {
				t.Error("not published")
			}
		})
	}
	v := law(func(v *regime.Version) {
		g, _ := v.Ground("mirrored")
		g.Publication.AgeUnknown = false
	})
	listed(t, rulesOf(t, v, "mirrored"), content(person(""))).refused(decider, listing.Publish{Reasons: reasons}, conflict("not known"))
}

// The same natural person is refused wherever a second one is asked for, whatever the account.
func TestTwoPersons(t *testing.T) {
	decided := func(prepare func(*life)) *life {
		s := begin(t, rulesOf(t, law(), "violation"))
		s.propose(officer, content(company()))
		if prepare != nil {
			prepare(s)
		}
		s.notice(officer)
		s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
		return s
	}
	for _, d := range []listing.Determine{list(), drop(), giveBack()} {
		decided(nil).refused(officerDecides, d, forbidden())
		decided(func(s *life) { s.do(colleague, listing.Amend{Content: content(company())}) }).refused(colleagueRules, d, forbidden())
	}
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.notice(colleague)
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.refused(colleagueRules, list(), forbidden())
	s.do(decider, giveBack())
	s.do(colleague, listing.Amend{Content: content(company())})
	s.notice(colleague)
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.refused(officerDecides, list(), forbidden()) // who proposed the round before, too
	s.do(decider, list())
}

func TestNobodyActsWithoutAPerson(t *testing.T) {
	nameless := listing.Actor{Account: "a-1", Role: access.Decider}
	s := begin(t, rulesOf(t, law(), "violation"))
	s.refused(nameless, s.proposal(content(company())), forbidden())
	s.propose(officer, content(company()))
	s.notice(officer)
	s.on("2026-03-10").refused(nameless, list(), forbidden())
	s.refused(theClock, list(), forbidden())
	s.refused(decider, listing.Expire{}, forbidden())
	if got := s.allowed(nameless); len(got) != 0 {
		t.Errorf("allows %v", got)
	}
}

func TestStatementDayBeyondTheCalendar(t *testing.T) {
	open := func() *life {
		s := begin(t, rulesOf(t, law(), "violation")).on("2026-12-30")
		s.propose(officer, content(company()))
		return s
	}
	s := open()
	s.notice(officer)
	if !s.l.Notice.Pending || s.l.Notice.Until != "" {
		t.Fatalf("%+v", s.l.Notice)
	}
	if d := listing.Clocks(s.l, s.rules); d[len(d)-1].Pending != "calendar" || d[len(d)-1].By != "" {
		t.Errorf("%+v", d)
	}
	s.on("2027-06-01").refused(decider, list(), conflict("beyond the published calendar"))
	s.rules.Calendar = calendar(t, 2025, 2026, 2027) // once it is published the clock is known
	s.on("2027-01-06").refused(decider, list(), tooEarly("2027-01-07"))
	s.on("2027-01-07").do(decider, list())

	s = open()
	s.notice(officer)
	s.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.do(decider, list()) // a waiver waits for no calendar

	s = open()
	s.refused(officer, listing.GiveNotice{Method: "post", ServedAt: s.now, RespondUntil: "2027-01-03"}, wrong("/respond_until"))
	s.do(officer, listing.GiveNotice{Method: "post", ServedAt: s.now, RespondUntil: "2027-01-05"})
	s.on("2027-01-05").refused(decider, list(), tooEarly("2027-01-06"))
	known := *s
	s.on("2027-01-06").do(decider, list()) // a day set by the authority does not wait either
	known.rules.Calendar = calendar(t, 2025, 2026, 2027)
	known.on("2027-01-06").refused(decider, list(), tooEarly("2027-01-07")) // but never shortens the law's, once that is known
}

func TestAdoption(t *testing.T) {
	elsewhere := func(e listing.Elsewhere) *listing.Elsewhere { e.Document = "ZGVjaXNpb24"; return &e }
	open := func(t *testing.T, ground string, c listing.Content, e listing.Elsewhere) (*life, listing.Propose) {
		s := begin(t, rulesOf(t, law(), ground))
		p := s.proposal(c)
		p.Import, p.Elsewhere = "I1", elsewhere(e)
		return s, p
	}
	for name, c := range map[string]struct {
		ground  string
		content listing.Content
		e       listing.Elsewhere
		want    refusal
		term    listing.Term
		shown   bool
	}{
		"its own term":                {"violation", content(company()), listing.Elsewhere{On: "2025-06-01"}, refusal{}, listing.Term{From: "2025-06-01", Until: "2028-06-01"}, false},
		"a stated end":                {"violation", content(company()), listing.Elsewhere{On: "2025-06-01", Until: "2026-12-31"}, refusal{}, listing.Term{From: "2025-06-01", Until: "2026-12-31"}, false},
		"published there":             {"violation", content(company()), listing.Elsewhere{On: "2025-06-01", Published: true}, refusal{}, listing.Term{From: "2025-06-01", Until: "2028-06-01"}, true},
		"a mirror":                    {"mirrored", content(person("")), listing.Elsewhere{On: "2003-06-01", Published: true}, refusal{}, listing.Term{From: "2003-06-01"}, true},
		"a term that waits":           {"crime", convicted(person("1990-05-01"), "2025-02-01", 10), listing.Elsewhere{On: "2025-06-01"}, refusal{}, listing.Term{}, false},
		"in the future":               {"violation", content(company()), listing.Elsewhere{On: "2026-03-03"}, wrong("/decided/on"), listing.Term{}, false},
		"before the ground":           {"violation", content(company()), listing.Elsewhere{On: "2024-12-31"}, wrong("/decided/on"), listing.Term{}, false},
		"served before it was":        {"violation", content(company()), listing.Elsewhere{On: "2025-06-01", ServedOn: "2025-05-31"}, wrong("/decided/served_on"), listing.Term{}, false},
		"served in the future":        {"violation", content(company()), listing.Elsewhere{On: "2025-06-01", ServedOn: "2026-03-03"}, wrong("/decided/served_on"), listing.Term{}, false},
		"ended before it began":       {"violation", content(company()), listing.Elsewhere{On: "2025-06-01", Until: "2025-05-31"}, wrong("/decided/until"), listing.Term{}, false},
		"longer than the ground":      {"violation", content(company()), listing.Elsewhere{On: "2025-06-01", Until: "2028-06-02"}, wrong("/decided/until"), listing.Term{}, false},
		"longer than by any event":    {"crime", convicted(person("1990-05-01"), "2025-02-01", 10), listing.Elsewhere{On: "2025-06-01", Until: "2029-03-03"}, wrong("/decided/until"), listing.Term{}, false},
		"a person shown where not":    {"violation", content(person("1990-05-01")), listing.Elsewhere{On: "2025-06-01", Published: true}, wrong("/decided/published"), listing.Term{}, false},
		"a minor shown in a mirror":   {"mirrored", content(person("2009-03-03")), listing.Elsewhere{On: "2025-06-01", Published: true}, wrong("/decided/published"), listing.Term{}, false},
		"a ground that is restricted": {"trading", content(company()), listing.Elsewhere{On: "2025-06-01", Published: true}, wrong("/decided/published"), listing.Term{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := open(t, c.ground, c.content, c.e)
			if c.want.kind != "" {
				s.refused(officer, p, c.want)
				return
			}
			s.do(officer, p)
			s.refused(officer, listing.GiveNotice{Method: "post", ServedAt: s.now}, conflict("taken elsewhere"))
			s.refused(officer, listing.Amend{Content: c.content}, conflict("taken elsewhere"))
			s.refused(officerDecides, listing.Adopt{}, forbidden())
			s.do(decider, listing.Adopt{})
			s.wantState(listing.Listed)
			if s.l.Term != c.term || s.l.Published(s.today()) != c.shown {
				t.Errorf("term %+v, published %v", s.l.Term, s.l.Published(s.today()))
			}
		})
	}
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.refused(decider, listing.Adopt{}, conflict("no decision taken elsewhere"))

	s, p := open(t, "violation", content(company()), listing.Elsewhere{On: "2025-06-01", ServedOn: "2025-06-05"})
	s.do(officer, p)
	s.do(decider, listing.Adopt{})
	if slices.Contains(s.allowed(officer), "service") {
		t.Error("the decision was served elsewhere already")
	}
	s, p = open(t, "violation", content(company()), listing.Elsewhere{On: "2025-06-01"})
	s.do(officer, p)
	s.do(officer, listing.Withdraw{})
	s.refused(decider, listing.Adopt{}, conflict("withdrawn"))
}
