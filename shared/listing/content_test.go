package listing_test

import (
	"slices"
	"testing"

	"shixin/shared/listing"
	"shixin/shared/regime"
)

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
