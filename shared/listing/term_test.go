package listing_test

import (
	"testing"

	"shixin/shared/listing"
	"shixin/shared/workday"
)

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
	s.refused(officer, listing.StartTerm{From: "2023-03-02", Document: "cmVsZWFzZQ"}, wrong("/from")) // would end tonight
	s.do(officer, listing.StartTerm{From: "2023-03-03", Document: "cmVsZWFzZQ"})
	if s.on("2026-03-03"); listing.Judged(s.l, s.rules, s.now).State != listing.Listed {
		t.Error("the last day is included")
	}
}
