package relation

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"shixin/shared/subject"
)

// Reach is one way of reaching an enterprise in the form that is hashed. The forms are frozen: a change of them would make what is
// stored unfindable.
type Reach struct {
	By     By
	Scheme subject.Scheme // msisdn where a phone is one, else the kind of link
	Normal string         // what is hashed under the register's key; never stored
	Shown  string         // the mask of a phone
}

// The least that tells one enterprise's contact from another's: less is no link.
const (
	leastAddress = 6 // letters and figures
	leastPhone   = 7 // figures
)

// Reaches are the forms of a contact's address, phone and email. What is empty, or too short to tell anything, has none.
func Reaches(address, phone, email string) []Reach {
	var all []Reach
	if a := normalAddress(address); a != "" {
		all = append(all, Reach{By: Address, Scheme: subject.Scheme(Address), Normal: string(Address) + "\x00" + a})
	}
	if id, err := subject.Parse(string(subject.MSISDN), phone); err == nil {
		all = append(all, Reach{By: Phone, Scheme: subject.MSISDN, Normal: id.Normal(), Shown: id.Masked()})
	} else if p := figures(phone); len(p) >= leastPhone {
		all = append(all, Reach{By: Phone, Scheme: subject.Scheme(Phone), Normal: string(Phone) + "\x00" + p})
	}
	if e := strings.ToLower(strings.TrimSpace(norm.NFKC.String(email))); e != "" {
		all = append(all, Reach{By: Email, Scheme: subject.Scheme(Email), Normal: string(Email) + "\x00" + e})
	}
	return all
}

// normalAddress keeps letters and figures, in one width and case, and drops the country and the province, which people leave out.
func normalAddress(address string) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(address))
	for _, country := range []string{"中华人民共和国", "中国"} {
		s = strings.TrimPrefix(s, country)
	}
	for _, province := range []string{"自治区", "省"} {
		// Before that word stands the province's name alone: a street further on is not meant.
		if name, rest, found := strings.Cut(s, province); found && name != "" && len([]rune(name)) <= 6 && !strings.ContainsAny(name, "市县区") && rest != "" {
			s = rest
			break
		}
	}
	if len([]rune(s)) < leastAddress {
		return ""
	}
	return s
}

// figures are the digits of a phone number that is no subscriber's, such as 400 8001 234.
func figures(phone string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(phone))
}
