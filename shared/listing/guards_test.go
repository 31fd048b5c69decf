package listing_test

import (
	"testing"

	"shixin/shared/access"
	"shixin/shared/listing"
)

func TestWaiverHandedInOnPaperIsNotForTheDeciderToRecord(t *testing.T) {
	s := begin(t, rulesOf(t, law(), "violation"))
	s.propose(officer, content(company()))
	s.notice(officer)
	s.do(colleague, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	s.refused(colleagueRules, list(), forbidden())
	s.do(decider, list())
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
