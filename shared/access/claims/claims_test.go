package claims_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/access"
	"shixin/shared/access/claims"
	"shixin/shared/fault"
)

const hash = "1.mfrggzdfmztwq2lkmfrggzdfmztwq2lkmfrggzdfmztwq2lkmfra"

func TestPrincipal(t *testing.T) {
	officer := map[string]string{
		"sub": "a", "person": "p", "role": "officer",
		"authority": "suzhou", "level": "city", "region": "320500", "sectors": "telecom finance",
	}
	enterprise := map[string]string{"sub": "a", "person": "p", "role": "enterprise", "uscc": "91350100M000100Y43"}
	person := map[string]string{"sub": "a", "role": "person", "subject": hash}
	with := func(base map[string]string, pairs ...string) map[string]string {
		c := maps.Clone(base)
		for i := 0; i < len(pairs); i += 2 {
			c[pairs[i]] = pairs[i+1]
		}
		return c
	}
	suzhou := access.Principal{
		Account: "a", Person: "p", Role: access.Officer, Authority: "suzhou", Level: access.City, Region: "320500",
		Sectors: []string{"telecom", "finance"},
	}
	for name, c := range map[string]struct {
		claims map[string]string
		want   access.Principal // zero where claims name nobody
		claim  string           // that is to blame
	}{
		"officer":                      {claims: officer, want: suzhou},
		"officer with an alien claim":  {claims: with(officer, "uscc", "x", "subject", "y"), want: suzhou},
		"enterprise":                   {claims: enterprise, want: access.Principal{Account: "a", Person: "p", Role: access.Enterprise, USCC: "91350100M000100Y43"}},
		"enterprise that names region": {claims: with(enterprise, "region", "000000", "authority", "x", "level", "national"), want: access.Principal{Account: "a", Person: "p", Role: access.Enterprise, USCC: "91350100M000100Y43"}},
		"person":                       {claims: person, want: access.Principal{Account: "a", Person: "a", Role: access.Person, Subject: hash}},
		"auditor":                      {claims: map[string]string{"sub": "a", "role": "auditor"}, want: access.Principal{Account: "a", Person: "a", Role: access.Auditor}},
		"nothing":                      {claims: nil, claim: "sub"},
		"no account":                   {claims: with(officer, "sub", ""), claim: "sub"},
		"account with a space":         {claims: with(officer, "sub", "a b"), claim: "sub"},
		"officer without person":       {claims: with(officer, "person", ""), claim: "person"},
		"no role":                      {claims: with(officer, "role", ""), claim: "role"},
		"unknown role":                 {claims: with(officer, "role", "admin"), claim: "role"},
		"role in another case":         {claims: with(officer, "role", "Officer"), claim: "role"},
		"no authority":                 {claims: with(officer, "authority", ""), claim: "authority"},
		"unknown level":                {claims: with(officer, "level", "town"), claim: "level"},
		"short region":                 {claims: with(officer, "region", "3205"), claim: "region"},
		"region of letters":            {claims: with(officer, "region", "32O500"), claim: "region"},
		"city with the nation":         {claims: with(officer, "region", "000000"), claim: "region"},
		"city with a province":         {claims: with(officer, "region", "320000"), claim: "region"},
		"county with a city":           {claims: with(officer, "level", "county"), claim: "region"},
		"unknown sector":               {claims: with(officer, "sectors", "telecom bank"), claim: "sectors"},
		"a list flattened by gateway":  {claims: with(officer, "sectors", "[telecom finance]"), claim: "sectors"},
		"USCC with wrong check":        {claims: with(enterprise, "uscc", "91350100M000100Y44"), claim: "uscc"},
		"USCC not in normal form":      {claims: with(enterprise, "uscc", "91350100m000100y43"), claim: "uscc"},
		"person without handle":        {claims: with(person, "subject", ""), claim: "subject"},
		"person with identity number":  {claims: with(person, "subject", "11010519491231002X"), claim: "subject"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := claims.Principal(c.claims)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			switch {
			case c.claim == "" && err != nil:
				t.Error(err)
			case c.claim != "" && (fault.Of(err) != fault.Unauthenticated || !strings.Contains(err.Error(), "claim "+c.claim+" ")):
				t.Errorf("got %v, want a word about %s", err, c.claim)
			}
		})
	}
}
