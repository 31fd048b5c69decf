package listing_test

import (
	"slices"
	"testing"

	"shixin/infra/calendars"
	"shixin/infra/regimes"
	"shixin/shared/listing"
	"shixin/shared/subject"
)

// Under every ground that the register ships an ordinary life can be lived to its end, and every request that is open be made and decided.
func TestOrdinaryLifeUnderEveryGround(t *testing.T) {
	library, err := regimes.Load()
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := calendars.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range library.Regimes {
		for i := range r.Versions {
			v := &r.Versions[i]
			for j := range v.Grounds {
				g := &v.Grounds[j]
				if v.To != "" || g.To != "" {
					continue // these rules ended before the day on which the lives begin
				}
				t.Run(v.Regime+" "+v.Version+" "+g.ID, func(t *testing.T) {
					rules := listing.Rules{Version: v, Ground: g, Calendar: calendar}
					live := func() *life { return listed(t, rules, contentFor(rules)) }
					s := live()
					if s.l.Published(s.today()) {
						t.Error("listed and published in one step")
					}
					if publishable := listing.Publishable(s.l.Content, g, s.today()) == nil; publishable != g.Publication.Allowed && s.l.Content.Subject.Kind == subject.Organization {
						t.Errorf("publishable %v", publishable)
					} else if publishable {
						s.do(decider, listing.Publish{Reasons: reasons})
					}
					if slices.Contains(s.allowed(officer), "term") {
						s.do(officer, listing.StartTerm{From: s.today(), Document: "cmVsZWFzZQ"})
					}
					for k := range v.Requests {
						rule := &v.Requests[k]
						s := live()
						s.on("2028-01-03")
						if listing.Judged(s.l, rules, s.now).State != listing.Listed {
							s.on("2026-12-01")
						}
						step := "requests:" + rule.Kind
						if !slices.Contains(s.allowed(colleague), step) {
							continue
						}
						s.do(colleague, wellFormed(s, step)[0])
						s.do(secondDecider, grant(1))
					}
				})
			}
		}
	}
}

func contentFor(rules listing.Rules) listing.Content {
	s := person("1990-05-01")
	if slices.Contains(rules.Ground.Subjects, "organization") {
		s = company()
	}
	if rules.Ground.Conviction {
		return convicted(s, "2025-06-01", 10)
	}
	return content(s)
}
