package screening

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/subject"
)

// Query is the body of POST /v1/search. Operators say for personal identifiers for what Purpose they ask, and under which Reference of
// their own.
type Query struct {
	Name       string      `json:"name"`
	Kind       string      `json:"kind,omitempty"`
	Identifier *Identifier `json:"identifier,omitempty"`
	BirthYear  *int        `json:"birth_year,omitempty"`
	Region     string      `json:"region,omitempty"`
	Limit      *int        `json:"limit,omitempty"`
	Threshold  *float64    `json:"threshold,omitempty"`
	Purpose    string      `json:"purpose,omitempty"`
	Reference  string      `json:"reference,omitempty"`
}

// Identifier is one identifier as callers write it.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// The limits of a query.
const (
	MaxLimit     = 100
	defaultLimit = 10
	firstYear    = 1850 // of a birth
)

// wanted is whom a query looks for, checked.
type wanted struct {
	name      string
	kind      subject.Kind // empty: any
	ref       *subject.Ref // nil without an identifier
	birthYear int          // 0: any
	region    string       // empty: any
	limit     int
	threshold float64
}

// check refuses a query that cannot be answered, all its wrong fields at once.
func (q Query) check(now time.Time) (wanted, error) {
	var wrong fault.Wrong
	w := wanted{name: q.Name, kind: subject.Kind(q.Kind), region: q.Region, limit: defaultLimit, threshold: naming.DefaultThreshold}
	if en, zh := wrongName(q.Name); en != "" {
		wrong.Add("/name", en, zh)
	}
	if q.BirthYear != nil {
		if w.birthYear = *q.BirthYear; w.birthYear == 0 {
			w.birthYear = -1
		}
	}
	for _, c := range w.checks(now) {
		if c.wrong != nil {
			wrong.Add("/"+c.field, c.wrong.Detail, "")
		}
	}
	if q.Limit != nil {
		if w.limit = *q.Limit; w.limit < 1 || w.limit > MaxLimit {
			wrong.Add("/limit", "must be a whole number from 1 to 100", "须为 1 至 100 的整数")
		}
	}
	if q.Threshold != nil {
		if w.threshold = *q.Threshold; !(w.threshold >= 0 && w.threshold <= 1) {
			wrong.Add("/threshold", "must be a number from 0 to 1", "须为 0 至 1 的数字")
		}
	}
	if en, zh := wrongLine(q.Purpose); en != "" {
		wrong.Add("/purpose", en, zh)
	}
	if en, zh := wrongLine(q.Reference); en != "" {
		wrong.Add("/reference", en, zh)
	}
	return w, wrong.Fault()
}

// wrongName says what is wrong with the text of a name. What a name is made of is left to the comparison, which passes over marks, invisible
// characters and the like.
func wrongName(name string) (en, zh string) {
	switch {
	case strings.TrimSpace(name) == "":
		return "is required: the name to look up", "必填:要查询的名称"
	case len(name) > subject.MaxNameChars && utf8.RuneCountInString(name) > subject.MaxNameChars:
		return "must have at most 300 characters; look up one name at a time", "名称至多 300 个字符,请逐个查询"
	case !utf8.ValidString(name):
		return "must be UTF-8", "须为 UTF-8"
	}
	return "", ""
}

// wrongLine says what is wrong with a caller's own words about a query.
func wrongLine(text string) (en, zh string) {
	if len(text) > 300 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		return "must be one line of at most 300 bytes", "须为至多 300 字节的单行文本"
	}
	return "", ""
}

// checked is one field of a query with what is wrong with it; nil when it is right.
type checked struct {
	field string
	wrong *fault.Fault
}

func (w *wanted) checks(now time.Time) []checked {
	return []checked{{"kind", w.checkKind()}, {"birth_year", w.checkBirthYear(now)}, {"region", w.checkRegion()}}
}

// wrongField is the first wrong field of a row; nil when all are right.
func (w *wanted) wrongField(now time.Time) (string, *fault.Fault) {
	for _, c := range w.checks(now) {
		if c.wrong != nil {
			return c.field, c.wrong
		}
	}
	return "", nil
}

func (w *wanted) checkKind() *fault.Fault {
	if w.kind != "" && w.kind != subject.Organization && w.kind != subject.Person {
		return fault.New(fault.Invalid, "must be organization or person", "须为 organization 或 person")
	}
	return nil
}

func (w *wanted) checkBirthYear(now time.Time) *fault.Fault {
	if w.birthYear == 0 {
		return nil
	}
	if w.birthYear < firstYear || w.birthYear > now.Year() {
		return fault.New(fault.Invalid, "must be a year of four digits, not in the future", "须为四位年份,且不得晚于今年")
	}
	return nil
}

func (w *wanted) checkRegion() *fault.Fault {
	if w.region == "" {
		return nil
	}
	ok := len(w.region) == 6
	for _, c := range []byte(w.region) {
		ok = ok && '0' <= c && c <= '9'
	}
	if !ok {
		return fault.New(fault.Invalid, "must be a region of GB/T 2260: six digits", "须为 GB/T 2260 行政区划代码,六位数字")
	}
	return nil
}

// identify reads an identifier and hashes it at once, where it is personal. An operator has stated for what it asks, or not. refusal says why it cannot be asked about; nothing in it repeats
// the value.
func (s *Screening) identify(ctx context.Context, who access.Principal, id Identifier, stated bool) (ref *subject.Ref, refusal error, err error) {
	parsed, err := subject.Parse(id.Scheme, id.Value)
	if err != nil {
		return nil, err, nil
	}
	if parsed.Scheme.Public() {
		r := parsed.Ref("")
		return &r, nil, nil
	}
	err = s.Policy.Role(who, "status.personal")
	if forbidden := fault.Of(err) == fault.Forbidden; err != nil && !forbidden {
		return nil, nil, err
	} else if forbidden && who.Role != access.Person {
		return nil, errForbidden, nil
	} else if who.Role == access.Operator && !stated {
		return nil, errPurpose, nil
	}
	hash, err := s.Hash.Hash(ctx, parsed.Normal())
	if err != nil {
		return nil, nil, err
	}
	r := parsed.Ref(hash)
	if who.Role == access.Person && (r.Scheme != subject.CNID || r.Key != who.Subject) {
		return nil, errForbidden, nil
	}
	return &r, nil, nil
}

var (
	errForbidden = fault.New(fault.Forbidden, "this caller may not ask about personal identifiers", "无权查询个人标识")
	errPurpose   = fault.New(fault.Invalid, "operators state purpose and reference to ask about personal identifiers", "查询个人标识须说明 purpose 与 reference")
)
