package listing_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/access"
	"shixin/shared/duty"
	"shixin/shared/listing"
)

// fresh are persons who have done nothing yet.
var fresh = []listing.Actor{
	{Person: "p-fresh", Account: "fresh", Role: access.Officer, Authority: cityAuthority.ID, Level: access.City, Region: cityAuthority.Region},
	{Person: "p-fresh-decides", Account: "fresh-decides", Role: access.Decider, Authority: cityAuthority.ID, Level: access.City, Region: cityAuthority.Region},
}

// What waits and is possible can be done by somebody of the role it waits for; what only the clock or the law delays is not shown as possible.
func TestWhatWaitsCanBeDone(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		randomly(rt, t, func(s *life) {
			l := listing.Judged(s.l, s.rules, s.now)
			for _, w := range listing.Waits(l, s.rules) {
				step, _, _ := strings.Cut(w.Step, "/")
				seen[step] = true
				if !w.Open(s.today()) || w.Pending != "" || w.Step == "decision" && l.State == listing.Proposed || w.Step == "decision" && l.Consent == nil && s.rules.Version.Consent != nil {
					continue
				}
				can := false
				for _, by := range slices.Concat(personas, fresh) {
					as := string(by.Role)
					switch {
					case by.Subject:
						as = duty.Subject
					case w.For == duty.Above && by.Role == access.Decider:
						as = duty.Above
					}
					can = can || as == w.For && slices.Contains(listing.Allowed(l, by, s.rules, s.now), w.Step)
				}
				if !can {
					rt.Fatalf("%+v waits on %s while %s, and nobody can do it", w, s.today(), l.State)
				}
			}
			if (l.State == listing.Noticed || l.State == listing.Proposed && l.Elsewhere == nil) && len(listing.Waits(l, s.rules)) == 0 {
				rt.Fatalf("%s, and nothing waits", l.State)
			}
		})
	})
	for _, step := range []string{"notice", "statements", "decision", "service", "requests"} {
		if !seen[step] {
			t.Errorf("%s never waited: the property was not tried", step)
		}
	}
}
