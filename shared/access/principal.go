// Package access provides the answer to who may do what.
package access

// Role is what an account may act as.
type Role string

// The roles.
const (
	Anonymous  Role = ""           // no token
	Officer    Role = "officer"    // 经办人员
	Decider    Role = "decider"    // 决定人员
	Auditor    Role = "auditor"    // 审计人员
	Operator   Role = "operator"   // carrier, bank, payment institution, platform
	Procurator Role = "procurator" // 检察人员
	Enterprise Role = "enterprise" // an organisation about itself
	Person     Role = "person"     // a natural person about himself or herself
)

// Level is an authority's level.
type Level string

// The levels, lowest first.
const (
	County   Level = "county"
	City     Level = "city"
	Province Level = "province"
	National Level = "national"
)

// Rank orders levels from 1 (county) to 4 (national); 0 is no level.
func (l Level) Rank() int {
	switch l {
	case County:
		return 1
	case City:
		return 2
	case Province:
		return 3
	case National:
		return 4
	}
	return 0
}

// Principal is who makes a call. The zero Principal is anonymous.
type Principal struct {
	Account   string // the token's sub
	Person    string // the natural person behind the account, by whom two persons are compared
	Role      Role
	Authority string   // id of the authority, for officers and deciders
	Level     Level    // of the authority
	Region    string   // six digits of GB/T 2260, "000000" for the nation; for officers and deciders
	Sectors   []string // telecom, finance, internet
	USCC      string   // for enterprises: their own
	Subject   string   // for persons: the keyed hash (keys.Hasher) of their cn-id; the token carries nothing else of it
}

// Covers reports whether region lies within the principal's.
func (p Principal) Covers(region string) bool { return Within(region, p.Region) }

// Within reports whether the GB/T 2260 region inner is outer or lies in it ("320500" within "320000" within "000000").
func Within(inner, outer string) bool {
	if len(inner) != 6 || len(outer) != 6 {
		return false
	}
	for _, n := range []int{0, 2, 4, 6} {
		if outer[n:] == "000000"[n:] {
			return inner[:n] == outer[:n]
		}
	}
	return false
}
