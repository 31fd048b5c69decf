package screening

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/querylog"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Verdict is the short answer about one subject or one row.
type Verdict string

// The verdicts. A name alone is never more than possible; only an identifier makes a match.
const (
	Match     Verdict = "match"
	Possible  Verdict = "possible"
	Clear     Verdict = "clear"
	Unchecked Verdict = "unchecked"
)

// Item is one listing that was found.
type Item struct {
	Listing     string       `json:"listing"`
	Regime      string       `json:"regime"`
	Kind        subject.Kind `json:"kind"`
	Name        string       `json:"name"` // the one of its names that met the query best
	Identifiers []Identifier `json:"identifiers"`
	Region      string       `json:"region,omitempty"`
	BirthYear   int          `json:"birth_year,omitempty"`
	Verdict     Verdict      `json:"verdict"`
	Score       float64      `json:"score"` // 0 to 1
	Why         []Reason     `json:"why"`
}

// Answer is the body of the answer of POST /v1/search.
type Answer struct {
	Items       []Item    `json:"items"`
	Scope       string    `json:"scope"` // all, or published: what was looked at
	Algorithm   string    `json:"algorithm"`
	Threshold   float64   `json:"threshold"`
	ListVersion int64     `json:"list_version"`
	AsOf        time.Time `json:"as_of"`
	Detail      string    `json:"detail,omitempty"` // why nothing could be compared

	Asked querylog.Query `json:"-"` // what the log of queries is told of it
}

// Search looks one name up.
func (s *Screening) Search(ctx context.Context, who access.Principal, now time.Time, q Query) (Answer, error) {
	w, err := q.check(now)
	if err != nil {
		return Answer{}, err
	}
	all, err := sees(s.Policy, who)
	if err != nil {
		return Answer{}, err
	}
	if q.Identifier != nil {
		ref, refusal, err := s.identify(ctx, who, *q.Identifier, strings.TrimSpace(q.Purpose) != "" && strings.TrimSpace(q.Reference) != "")
		switch {
		case err != nil:
			return Answer{}, err
		case refusal == errPurpose:
			return Answer{}, fault.At("/purpose", errPurpose.Detail, "")
		case refusal == errForbidden:
			return Answer{}, refusal
		case refusal != nil:
			at := "/identifier/value"
			if _, unknown := errors.AsType[*subject.UnknownScheme](refusal); unknown {
				at = "/identifier/scheme"
			}
			return Answer{}, fault.At(at, refusal.Error(), "")
		}
		w.ref = ref
	}
	v, err := s.current(ctx, now)
	if err != nil {
		return Answer{}, err
	}
	found, err := v.find(w, all, workday.DayOf(now))
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Items: found.items, Scope: "published", Algorithm: naming.Algorithm, Threshold: w.threshold, ListVersion: v.version, AsOf: now.UTC().Truncate(time.Millisecond),
		Detail: cmp.Or(found.nothing, found.missing)}
	if all {
		a.Scope = "all"
	}
	a.Asked = asked(w, all, a)
	return a, nil
}

// asked is a query as the log of queries is told of it. What may be about a person is not answered unless it is logged.
func asked(w wanted, all bool, a Answer) querylog.Query {
	q := querylog.Query{Count: 1, ListVersion: a.ListVersion, Verdicts: map[string]int{}, Personal: all || w.ref != nil && w.ref.Scheme.Personal(),
		What: []string{w.name, string(w.kind), strconv.Itoa(w.birthYear), w.region, strconv.FormatFloat(w.threshold, 'g', -1, 64)}}
	if w.ref != nil {
		q.What = append(q.What, w.ref.ID())
	}
	verdict := Clear
	switch {
	case len(a.Items) > 0:
		verdict = a.Items[0].Verdict
	case a.Detail != "":
		verdict = Unchecked
	}
	q.Verdicts[string(verdict)] = 1
	return q
}
