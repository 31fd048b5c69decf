// Package claims provides the principal that a token's claims name.
//
// It is the one place that grants what claims say. Claims are single strings, because API Gateway flattens lists:
//
//	sub        the account
//	person     the natural person behind it; only officers and deciders must have it
//	role       officer, decider, auditor, operator, procurator, enterprise or person
//	authority  officers and deciders: the id of their authority
//	level      its level: county, city, province or national
//	region     its region: six digits of GB/T 2260, 000000 for the nation
//	sectors    its sectors, separated by spaces: telecom, finance, internet
//	uscc       enterprises: their unified social credit code
//	subject    persons: the keyed hash of their identity number, never the number
package claims

import (
	"slices"
	"strings"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/subject"
)

// Principal reads claims. Those that do not make sense together name nobody: fault.Unauthenticated. Claims that the
// role has no use for are ignored, so that an enterprise cannot bring a region along.
func Principal(c map[string]string) (access.Principal, error) {
	p := access.Principal{Account: c["sub"], Person: c["person"], Role: access.Role(c["role"])}
	if !isName(p.Account) {
		return nobody("sub")
	}
	if p.Person == "" && p.Role != access.Officer && p.Role != access.Decider {
		p.Person = p.Account // nobody else decides, so an account of its own is person enough
	}
	if !isName(p.Person) {
		return nobody("person")
	}
	switch p.Role {
	case access.Officer, access.Decider:
		p.Authority, p.Level, p.Region, p.Sectors = c["authority"], access.Level(c["level"]), c["region"], strings.Fields(c["sectors"])
		if !isName(p.Authority) {
			return nobody("authority")
		}
		if p.Level.Rank() == 0 {
			return nobody("level")
		}
		if !isRegion(p.Region) || !spans(p.Level, p.Region) {
			return nobody("region")
		}
		if !areSectors(p.Sectors) {
			return nobody("sectors")
		}
	case access.Operator:
		p.Sectors = strings.Fields(c["sectors"])
		if !areSectors(p.Sectors) {
			return nobody("sectors")
		}
	case access.Enterprise:
		id, err := subject.Parse(string(subject.USCC), c["uscc"])
		if err != nil || id.Value != c["uscc"] {
			return nobody("uscc")
		}
		p.USCC = c["uscc"]
	case access.Person:
		p.Subject = c["subject"]
		if !isHandle(p.Subject) {
			return nobody("subject")
		}
	case access.Auditor, access.Procurator:
	default:
		return nobody("role")
	}
	return p, nil
}

func nobody(claim string) (access.Principal, error) {
	return access.Principal{}, fault.New(fault.Unauthenticated,
		"the token's claim "+claim+" is missing or makes no sense; ask its issuer", "令牌的 "+claim+" 声明缺失或无效,请联系签发方")
}

// isName reports whether s can be an id: printable, without spaces, at most 200 bytes.
func isName(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7F || r == '\uFFFD' })
}

// isHandle reports whether s can be a keyed hash: a version, a dot and at least 20 letters and digits. An identity
// number has no dot, and so cannot get in here by mistake.
func isHandle(s string) bool {
	version, hash, ok := strings.Cut(s, ".")
	return ok && only(version, digits) && only(hash, digits+letters+"_-") && len(hash) >= 20 && len(s) <= 120
}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func only(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

func isRegion(s string) bool {
	return len(s) == 6 && only(s, digits)
}

// spans reports whether an authority of the level can be the one of the region: 000000 the nation, PP0000 a province,
// PPCC00 a city, PPCCDD a county. Municipalities, autonomous regions and development zones do not all keep to their
// digits, so only what would grant too much is refused: a region larger than the level.
func spans(l access.Level, region string) bool {
	switch {
	case region == "000000":
		return l == access.National
	case strings.HasSuffix(region, "0000"):
		return l.Rank() >= access.Province.Rank()
	case strings.HasSuffix(region, "00"):
		return l.Rank() >= access.City.Rank()
	}
	return true
}

func areSectors(list []string) bool {
	for i, s := range list {
		if !slices.Contains([]string{"telecom", "finance", "internet"}, s) || slices.Contains(list[:i], s) {
			return false
		}
	}
	return true
}
