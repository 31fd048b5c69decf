package listing_test

import (
	"testing"

	"shixin/shared/access"
	"shixin/shared/listing"
	"shixin/shared/regime"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// The regime of these tests. Its numbers are chosen so that every rule of the procedure can be seen at work:
//
//	violation   organisations and persons, three years from the decision, published but for persons
//	crime       persons by conviction, three years from an event, published with persons, counted towards the cap
//	trading     two years from the decision, never published, counted towards the cap
//	mirrored    no term, published with persons of unknown age
const cited = "Test Measures, art. 1"

var measures = []string{"fin-noncounter-outflow", "tel-new-business"}

func source() regime.Source { return regime.Source{Cite: cited, Confidence: regime.Technical} }

// law is the version of the test regime; change adapts it.
func law(change ...func(*regime.Version)) *regime.Version {
	shown := func(allowed, persons, unknown bool) regime.Publication {
		return regime.Publication{Allowed: allowed, Persons: persons, AgeUnknown: unknown, Source: source()}
	}
	years := func(n int, starts string) *regime.Term {
		return &regime.Term{Length: regime.Period{Years: n}, Starts: starts, Source: source()}
	}
	both := []string{"organization", "person"}
	request := func(kind, effect, cause, against string, ask, when []string, outcomes ...string) regime.Request {
		return regime.Request{Kind: kind, Open: true, Ask: ask, When: when, Effect: effect, Cause: cause, Against: against,
			Outcomes: append([]string{"granted", "refused"}, outcomes...), Source: source()}
	}
	anyone, officers, listed := []string{"subject", "officer"}, []string{"officer"}, []string{"listed"}
	appeal := request("appeal", "remove", "appeal", "decision", anyone, listed, "varied")
	appeal.Clocks = []regime.Clock{{Step: "outcome", After: "request", Within: &regime.Period{WorkingDays: 15}, Source: source()}}
	repair := request("repair", "remove", "repair", "decision", anyone, listed)
	repair.Earliest = &regime.Earliest{After: "decision", Length: regime.Period{Years: 1}, Source: source()}
	reinstatement := request("reinstatement", "reinstate", "", "removal", officers, []string{"removed"})
	reinstatement.Causes = []string{"repair"}
	v := &regime.Version{
		Regime: "test", Version: "2025-01-01", From: "2025-01-01",
		Statement: regime.Clock{Step: "statements", After: "notice", Within: &regime.Period{WorkingDays: 5}, Source: source()},
		Cap:       &regime.Cap{Length: regime.Period{Years: 5}, Source: source()},
		Clocks: []regime.Clock{
			{Step: "decision", After: "notice", Within: &regime.Period{WorkingDays: 30}, Source: source()},
			{Step: "publication", After: "decision", Within: &regime.Period{WorkingDays: 20}, Source: source()},
			{Step: "service", After: "decision", Within: &regime.Period{WorkingDays: 7}, Source: source()},
		},
		Grounds: []regime.Ground{
			{ID: "violation", Subjects: both, From: "2025-01-01", Term: years(3, "decision"), Measures: measures, Publication: shown(true, false, false), Source: source()},
			{ID: "crime", Subjects: []string{"person"}, From: "2025-01-01", Conviction: true, Term: years(3, "event"), Capped: true,
				Measures: measures, Publication: shown(true, true, false), Source: source()},
			{ID: "trading", Subjects: both, From: "2025-01-01", Term: years(2, "decision"), Capped: true, Measures: measures, Publication: shown(false, false, false), Source: source()},
			{ID: "mirrored", Subjects: both, From: "2001-01-01", Publication: shown(true, true, true), Source: source()},
			{ID: "ended", Subjects: both, From: "2025-01-01", To: "2025-12-31", Term: years(1, "decision"), Source: source()},
		},
		Requests: []regime.Request{
			appeal, repair, reinstatement,
			request("correction", "correct", "", "decision", anyone, listed),
			request("revocation", "remove", "revocation", "decision", officers, []string{"listed", "removed"}),
			request("unpublication", "unpublish", "", "publication", officers, listed),
			request("stay", "stay", "", "decision", anyone, listed),
			request("identity", "remove", "identity", "decision", anyone, listed),
		},
		Source: source(),
	}
	for _, c := range change {
		c(v)
	}
	return v
}

// Changes of the law for one test.
func noStatementClock(v *regime.Version) { v.Statement.Within = nil }
func withConsent(v *regime.Version) {
	v.Consent = &regime.Consent{For: []access.Level{access.County, access.City}, Source: source()}
}

// rulesOf is the law with a calendar of the years 2025 and 2026, in which only weekends are off.
func rulesOf(t testing.TB, v *regime.Version, ground string) listing.Rules {
	t.Helper()
	g, ok := v.Ground(ground)
	if !ok {
		t.Fatalf("no ground %s", ground)
	}
	return listing.Rules{Version: v, Ground: g, Calendar: calendar(t, 2025, 2026)}
}

func calendar(t testing.TB, years ...int) workday.Calendar {
	t.Helper()
	data := map[int]workday.Year{}
	for _, y := range years {
		data[y] = workday.Year{Notice: "test"}
	}
	c, err := workday.New(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The persons. officerDecides is the natural person of officer with a decider's account.
var (
	officer        = hand("p-lin", "a-lin", access.Officer, access.City)
	officerDecides = hand("p-lin", "a-lin-2", access.Decider, access.City)
	colleague      = hand("p-mei", "a-mei", access.Officer, access.City)
	colleagueRules = hand("p-mei", "a-mei-2", access.Decider, access.City)
	decider        = hand("p-zhou", "a-zhou", access.Decider, access.City)
	secondDecider  = hand("p-wu", "a-wu", access.Decider, access.City)
	superior       = hand("p-han", "a-han", access.Decider, access.Province)
	theSubject     = listing.Actor{Person: "p-subject", Account: "a-subject", Role: access.Enterprise, Subject: true}
	theClock       = listing.Actor{Clock: true}
)

func hand(person, account string, role access.Role, level access.Level) listing.Actor {
	return listing.Actor{Person: person, Account: account, Role: role, Authority: "auth-1", Level: level, Region: "320500"}
}

var cityAuthority = listing.Authority{ID: "auth-1", Level: access.City, Region: "320500"}

// ref is one identifier as the register stores it.
type ref = subject.Ref

// Subjects.
func company() listing.Subject {
	return listing.NewSubject(subject.Organization, []listing.Name{{Text: "Example Trading Co., Ltd.", Lang: "en"}},
		[]subject.Ref{uscc("91110000000000001X")}, "", "")
}

func person(birth workday.Day) listing.Subject {
	var sealed listing.Text
	if birth != "" {
		sealed = "c2VhbGVkLWJpcnRo"
	}
	return listing.NewSubject(subject.Person, []listing.Name{{Sealed: "c2VhbGVkLW5hbWU"}}, []subject.Ref{cnID("h-1")}, birth, sealed)
}

func uscc(value string) subject.Ref {
	return subject.Ref{Scheme: subject.USCC, Key: value, Shown: value}
}
func cnID(hash string) subject.Ref {
	return subject.Ref{Scheme: subject.CNID, Key: hash, Shown: "110*************0X"}
}
func phone(hash string) subject.Ref {
	return subject.Ref{Scheme: subject.MSISDN, Key: hash, Shown: "138******01"}
}

func content(s listing.Subject) listing.Content {
	return listing.Content{Subject: s, Facts: "ZmFjdHM", LegalBasis: []listing.Text{"YmFzaXM"},
		Evidence: []listing.Evidence{document("penalty decision")}}
}

func convicted(s listing.Subject, offence workday.Day, months int) listing.Content {
	c := content(s)
	c.Conviction = &listing.Conviction{Document: "anVkZ21lbnQ", OffenceOn: offence, SentenceMonths: months}
	return c
}

func document(title string) listing.Evidence {
	return listing.Evidence{Title: listing.Text(title), SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
}
