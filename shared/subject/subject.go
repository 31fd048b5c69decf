// Package subject provides the identifiers and names by which a listing's subject is known.
package subject

import (
	"strings"

	"shixin/shared/fault"
	"shixin/shared/workday"
)

// Kind is what a subject is.
type Kind string

// The kinds of subject.
const (
	Organization Kind = "organization"
	Person       Kind = "person"
)

// Scheme is a system of identifiers.
type Scheme string

// The schemes. The comment of each parser states its rule and the standard behind it.
const (
	USCC            Scheme = "uscc"             // 统一社会信用代码
	CNID            Scheme = "cn-id"            // 公民身份号码
	Passport        Scheme = "passport"         // 护照号码
	LEI             Scheme = "lei"              // 法人机构识别编码
	MSISDN          Scheme = "msisdn"           // 电话号码
	BankAccount     Scheme = "bank-account"     // 银行账户
	PaymentAccount  Scheme = "payment-account"  // 支付账户
	IoTCard         Scheme = "iot-card"         // 物联网卡
	SMSPort         Scheme = "sms-port"         // 短信端口
	InternetAccount Scheme = "internet-account" // 互联网账号
	ListRef         Scheme = "list-ref"         // an entry of another published list
)

// Schemes lists all schemes, those that identify for good first.
func Schemes() []Scheme {
	return []Scheme{
		USCC, CNID, Passport, LEI, ListRef,
		MSISDN, BankAccount, PaymentAccount, IoTCard, SMSPort, InternetAccount,
	}
}

// Known reports whether s is one of [Schemes].
func (s Scheme) Known() bool {
	switch s {
	case USCC, CNID, Passport, LEI, ListRef, MSISDN, BankAccount, PaymentAccount, IoTCard, SMSPort, InternetAccount:
		return true
	}
	return false
}

// Public reports whether values of the scheme are public: stored and shown in clear.
func (s Scheme) Public() bool { return s == USCC || s == LEI || s == ListRef }

// Personal reports whether values of the scheme may lead to a natural person: they are stored
// as a keyed hash and sealed. It is the opposite of [Scheme.Public], so a scheme that nobody
// knows is treated as personal.
func (s Scheme) Personal() bool { return !s.Public() }

// Identity reports whether the scheme identifies its holder for good. The holder of any other
// identifier, such as a phone number, can change.
func (s Scheme) Identity() bool {
	switch s {
	case USCC, CNID, Passport, LEI, ListRef:
		return true
	}
	return false
}

// Fits reports whether a subject of kind k can hold an identifier of the scheme.
func (s Scheme) Fits(k Kind) bool {
	switch s {
	case CNID, Passport:
		return k == Person
	case USCC, LEI:
		return k == Organization
	}
	return s.Known() && (k == Person || k == Organization)
}

// Malformed is the refusal of an input. Its texts say what is wrong and how to mend it,
// and never hold any part of the input. It matches [fault.Invalid].
type Malformed struct {
	Scheme Scheme // empty where the input was not an identifier
	EN, ZH string
}

// Error is both texts, as an answer shows them.
func (m *Malformed) Error() string { return fault.Both(m.EN, m.ZH) }

// Is makes errors.Is(err, fault.Invalid) true.
func (m *Malformed) Is(target error) bool { return target == fault.Invalid }

// UnknownScheme is the refusal of a scheme that is not one of [Schemes]. It matches [fault.Invalid].
type UnknownScheme struct{}

// Error lists the schemes. It does not repeat the one given, which may be a misplaced value.
func (*UnknownScheme) Error() string {
	var b strings.Builder
	for i, s := range Schemes() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return fault.Both("unknown scheme: use one of "+b.String(), "标识类型不存在,请使用其中之一:"+b.String())
}

// Is makes errors.Is(err, fault.Invalid) true.
func (*UnknownScheme) Is(target error) bool { return target == fault.Invalid }

// Identifier is a verified identifier of a subject, in clear. Make one with [Parse].
type Identifier struct {
	Scheme Scheme      `json:"scheme"`
	Value  string      `json:"value"`          // normalised, in clear
	From   workday.Day `json:"from,omitempty"` // first day on which the subject held it; empty is always
	To     workday.Day `json:"to,omitempty"`   // last day on which the subject held it; empty is still
}

// Parse normalises and verifies a value of a scheme. The error is a [*Malformed] or an
// [*UnknownScheme]; its text never holds the value. Parsing a normalised value again gives the same.
func Parse(scheme, value string) (Identifier, error) {
	s := Scheme(scheme)
	var parse func(string) (string, *Malformed)
	switch s {
	case USCC:
		parse = parseUSCC
	case CNID:
		parse = parseCNID
	case Passport:
		parse = parsePassport
	case LEI:
		parse = parseLEI
	case MSISDN:
		parse = parseMSISDN
	case BankAccount:
		parse = parseBankAccount
	case PaymentAccount, InternetAccount:
		parse = parseAccount
	case IoTCard:
		parse = parseIoTCard
	case SMSPort:
		parse = parseSMSPort
	case ListRef:
		parse = parseListRef
	default:
		return Identifier{}, &UnknownScheme{}
	}
	v, refused := parse(value)
	if refused != nil {
		refused.Scheme = s
		return Identifier{}, refused
	}
	return Identifier{Scheme: s, Value: v}, nil
}

// Normal is the form of the identifier that is hashed: the scheme, a NUL and the value. It is
// frozen: a change of it would make every stored hash unfindable. Letter case is folded for
// accounts only, whose Value keeps it because some providers tell accounts apart by case.
func (i Identifier) Normal() string {
	if i.Scheme == PaymentAccount || i.Scheme == InternetAccount {
		return string(i.Scheme) + "\x00" + strings.ToLower(i.Value)
	}
	return string(i.Scheme) + "\x00" + i.Value
}

// Masked is the value as others see it: in clear where the scheme is public, else its first 3 and
// last 2 characters, or fewer, so that never more than half is shown.
func (i Identifier) Masked() string {
	if i.Scheme.Public() {
		return i.Value
	}
	return Mask(i.Value, 3, 2)
}

// String is the scheme and the mask, so that a formatted identifier does not leak its value.
func (i Identifier) String() string { return string(i.Scheme) + " " + i.Masked() }

// GoString keeps the value out of %#v too.
func (i Identifier) GoString() string { return i.String() }

// Birth is the day of birth that a cn-id states, else the empty day.
func (i Identifier) Birth() workday.Day {
	if i.Scheme != CNID || len(i.Value) != 18 {
		return ""
	}
	d, err := workday.ParseDay(i.Value[6:10] + "-" + i.Value[10:12] + "-" + i.Value[12:14])
	if err != nil {
		return ""
	}
	return d
}

// Mask replaces all but the first and last characters of a text by asterisks. Where first and last
// together are more than half of the characters, fewer are shown, in about the same proportion.
func Mask(text string, first, last int) string {
	r := []rune(text)
	first, last = max(first, 0), max(last, 0)
	if half := len(r) / 2; first+last > half {
		last = (2*half*last + first + last) / (2 * (first + last))
		first = half - last
	}
	for i := first; i < len(r)-last; i++ {
		r[i] = '*'
	}
	return string(r)
}

// Ref is an identifier as the register stores it.
type Ref struct {
	Scheme Scheme      `json:"scheme"`
	Key    string      `json:"key"`   // the value of a public scheme, the keyed hash of a personal one
	Shown  string      `json:"shown"` // the value in clear, or its mask
	From   workday.Day `json:"from,omitempty"`
	To     workday.Day `json:"to,omitempty"`
}

// Ref is how the register stores i. Hash is the keyed hash of i.Normal(), read only where the
// scheme is personal.
func (i Identifier) Ref(hash string) Ref {
	r := Ref{Scheme: i.Scheme, Key: hash, Shown: i.Masked(), From: i.From, To: i.To}
	if i.Scheme.Public() {
		r.Key = i.Value
	}
	return r
}

// ID names the identifier among all: its scheme, "#" and its key.
func (r Ref) ID() string { return string(r.Scheme) + "#" + r.Key }
