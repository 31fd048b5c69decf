package listing_test

import (
	"slices"
	"testing"
	"time"

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
			if slices.Contains(row.From, string(state)) {
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
