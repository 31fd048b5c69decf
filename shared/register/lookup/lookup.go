// Package lookup provides what the list says about identifiers, now and at a past moment. It writes nothing.
package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/keys"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Policy answers what a role may do at all.
type Policy interface {
	Role(p access.Principal, action string) error
}

// Lookup answers from the status items.
type Lookup struct {
	Store  *records.Store
	Hash   keys.Hasher
	Policy Policy

	mu     sync.Mutex
	head   records.Head
	headAt time.Time // the machine's time of the read, not a caller's
	newest int64     // the newest entry that an answer named, which may be behind the head read
}

// Verdict is the short answer. Unknown is never a clear.
type Verdict string

// The verdicts.
const (
	Listed  Verdict = "listed"
	Clear   Verdict = "clear"
	Unknown Verdict = "unknown"
)

// Item is the answer about one identifier.
type Item struct {
	Verdict  Verdict   `json:"verdict"`
	Scope    string    `json:"scope"` // all, or published: what was looked at
	Listings []Listing `json:"listings"`
	Detail   string    `json:"detail,omitempty"` // why it is unknown
}

// Listing is one listing in force.
type Listing struct {
	ID        string       `json:"id"`
	Regime    string       `json:"regime"`
	Ground    string       `json:"ground"`
	Authority string       `json:"authority"`
	From      *workday.Day `json:"from"`
	Until     *workday.Day `json:"until"`
	Measures  []string     `json:"measures"`
	Cap       *Cap         `json:"cap,omitempty"`
}

// Cap is how long all listings of the subject under one regime last in a row.
type Cap struct {
	Until workday.Day `json:"until"`
	Basis string      `json:"basis"`
}

// One is the answer to GET of one identifier.
type One struct {
	Item
	ListVersion int64     `json:"list_version"`
	AsOf        time.Time `json:"as_of"`

	Asked querylog.Query `json:"-"` // for the log of queries
}

// Many is the answer about several identifiers, in their order.
type Many struct {
	Items       []Item    `json:"items"`
	ListVersion int64     `json:"list_version"`
	AsOf        time.Time `json:"as_of"`

	Asked querylog.Query `json:"-"` // for the log of queries
}

// Identifier is one identifier as callers write it.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// Query is the body of POST /v1/status. Operators say for personal identifiers for what Purpose they ask, and under which Reference of their own.
type Query struct {
	Identifiers []Identifier `json:"identifiers"`
	AsOf        *time.Time   `json:"as_of,omitempty"`
	Purpose     string       `json:"purpose,omitempty"`
	Reference   string       `json:"reference,omitempty"`
}

// MaxIdentifiers is how many identifiers one call may ask about.
const MaxIdentifiers = 1000

// headFor is how long a process trusts the head it read, and listsFor how long that a list of which it says nothing was never adopted.
const (
	headFor  = time.Second
	listsFor = headFor / 10
)

// One answers about one identifier of a public scheme.
func (l *Lookup) One(ctx context.Context, who access.Principal, now time.Time, scheme, value string) (One, error) {
	id, err := subject.Parse(scheme, value)
	if s := subject.Scheme(scheme); s.Known() && s.Personal() {
		return One{}, fault.Parameter(fault.Invalid, "scheme", "personal identifiers are asked by POST /v1/status, never in an address", "个人标识不得出现在网址中,请使用 POST /v1/status")
	}
	if err != nil {
		name := "value"
		if !subject.Scheme(scheme).Known() {
			name = "scheme"
		}
		return One{}, &fault.Fault{Kind: fault.Invalid, Detail: err.Error(), Fields: []fault.Field{{Parameter: name, Detail: err.Error()}}}
	}
	ref := id.Ref("")
	head, err := l.recentHead(ctx, now, ref)
	if err != nil {
		return One{}, err
	}
	rec, err := l.Store.Record(ctx, now, ref.ID())
	if err != nil {
		return One{}, err
	}
	one := One{Item: judge(&rec.Record, ref, scope(who, ref), rec.Record.Present(now), head.Lists), ListVersion: max(head.N, rec.Record.Last()), AsOf: moment(now)}
	if one.ListVersion > head.N {
		l.met(one.ListVersion)
	}
	one.Asked = asked([]string{id.Normal()}, []subject.Identifier{id}, []Item{one.Item}, one.ListVersion)
	return one, nil
}

// Check refuses a query that cannot be answered, before anything is read.
func (q Query) Check(now time.Time) error {
	switch {
	case len(q.Identifiers) == 0 || len(q.Identifiers) > MaxIdentifiers:
		return fault.At("/identifiers", fmt.Sprintf("1 to %d identifiers", MaxIdentifiers), "标识应为 1 至 1000 个")
	case q.AsOf != nil && q.AsOf.After(now):
		return fault.At("/as_of", "must not be in the future", "不得晚于当前时间")
	case len(q.Purpose) > 300:
		return fault.At("/purpose", "at most 300 bytes", "过长")
	case len(q.Reference) > 300:
		return fault.At("/reference", "at most 300 bytes", "过长")
	}
	return nil
}

// Many answers about several identifiers, also as of a past moment to those who may ask.
func (l *Lookup) Many(ctx context.Context, who access.Principal, now time.Time, q Query) (Many, error) {
	at := now
	if q.AsOf != nil {
		switch err := l.Policy.Role(who, "status.past"); {
		case errors.Is(err, fault.Forbidden):
			return Many{}, fault.New(fault.Forbidden, "authorities and auditors ask about the past; leave out as_of", "仅主管部门和审计人员可查询过去时点,请删去 as_of")
		case err != nil:
			return Many{}, err
		}
		at = *q.AsOf
	}
	personal := l.Policy.Role(who, "status.personal") == nil
	items := make([]Item, len(q.Identifiers))
	refs := make([]subject.Ref, len(q.Identifiers))
	ids := make([]string, 0, len(q.Identifiers))
	answered := make([]int, 0, len(q.Identifiers))
	what := make([]string, len(q.Identifiers))
	read := make([]subject.Identifier, 0, len(q.Identifiers))
	for i, raw := range q.Identifiers {
		id, err := subject.Parse(raw.Scheme, raw.Value)
		if err != nil {
			what[i] = raw.Scheme + "\x00" + raw.Value
			items[i] = Item{Verdict: Unknown, Scope: scope(who, subject.Ref{}), Listings: []Listing{}, Detail: err.Error()}
			continue
		}
		what[i] = id.Normal()
		read = append(read, id)
		ref, refusal, err := l.ref(ctx, who, id, q, personal)
		if err != nil {
			return Many{}, err
		}
		if refusal != "" {
			items[i] = Item{Verdict: Unknown, Scope: scope(who, ref), Listings: []Listing{}, Detail: refusal}
			continue
		}
		refs[i] = ref
		ids = append(ids, ref.ID())
		answered = append(answered, i)
	}
	var head records.Head
	var err error
	if q.AsOf == nil {
		head, err = l.recentHead(ctx, now, refs...)
	} else {
		head, err = l.Store.Head(ctx, now)
	}
	if err != nil {
		return Many{}, err
	}
	recs, err := l.Store.Records(ctx, now, ids)
	if err != nil {
		return Many{}, err
	}
	version := head.N
	if q.AsOf != nil {
		if version, err = l.Store.VersionAt(ctx, now, head.Head, at); err != nil {
			return Many{}, err
		}
	}
	for j, i := range answered {
		rec, when := &recs[j].Record, at
		if q.AsOf == nil {
			when = rec.Present(now)
		}
		items[i] = judge(rec, refs[i], scope(who, refs[i]), when, head.Lists)
		version = max(version, rec.LastAt(when))
	}
	if version > head.N {
		l.met(version)
	}
	return Many{Items: items, ListVersion: version, AsOf: moment(at), Asked: asked(what, read, items, version)}, nil
}

// asked is what the log of queries is told of an answer.
func asked(what []string, read []subject.Identifier, items []Item, version int64) querylog.Query {
	q := querylog.Query{What: what, Identifiers: read, Count: len(what), Invalid: len(what) - len(read), ListVersion: version, Verdicts: map[string]int{}}
	for _, item := range items {
		q.Verdicts[string(item.Verdict)]++
	}
	for _, id := range read {
		q.Personal = q.Personal || id.Scheme.Personal()
	}
	return q
}

// ref is how the register knows an identifier; refusal says why it cannot be asked about, without repeating it.
func (l *Lookup) ref(ctx context.Context, who access.Principal, id subject.Identifier, q Query, personal bool) (ref subject.Ref, refusal string, err error) {
	if id.Scheme.Public() {
		return id.Ref(""), "", nil
	}
	if !personal && who.Role != access.Person {
		return subject.Ref{}, fault.Both("this caller may not ask about personal identifiers", "无权查询个人标识"), nil
	}
	hash, err := l.Hash.Hash(ctx, id.Normal())
	if err != nil {
		return subject.Ref{}, "", err
	}
	ref = id.Ref(hash)
	switch {
	case own(who, ref):
	case !personal:
		return subject.Ref{}, fault.Both("a person may ask about itself only", "仅可查询本人"), nil
	case who.Role == access.Operator && (strings.TrimSpace(q.Purpose) == "" || strings.TrimSpace(q.Reference) == ""):
		return subject.Ref{}, fault.Both("operators state purpose and reference to ask about personal identifiers", "查询个人标识须说明 purpose 与 reference"), nil
	}
	return ref, "", nil
}

func own(who access.Principal, ref subject.Ref) bool {
	return who.Role == access.Person && ref.Scheme == subject.CNID && ref.Key == who.Subject && who.Subject != "" ||
		who.Role == access.Enterprise && ref.Scheme == subject.USCC && ref.Key == who.USCC && who.USCC != ""
}

// scope is what is looked at for a caller: everything for authorities, auditors and operators, and for a subject asking about itself.
func scope(who access.Principal, ref subject.Ref) string {
	switch who.Role {
	case access.Officer, access.Decider, access.Auditor, access.Operator:
		return "all"
	}
	if own(who, ref) {
		return "all"
	}
	return "published"
}

// judge is the answer that a record gives at a moment within a scope.
func judge(rec *journal.Record, ref subject.Ref, scope string, at time.Time, lists []string) Item {
	item := Item{Verdict: Clear, Scope: scope, Listings: []Listing{}}
	if ref.Scheme == subject.ListRef && len(rec.Listings) == 0 {
		if !adopted(ref, lists) {
			item.Verdict = Unknown
			item.Detail = fault.Both("no entry of that list was ever adopted here", "本平台未采纳过该名单")
			return item
		}
	}
	if scope != "all" && len(rec.Listings) == 0 {
		pretend(at)
	}
	facts := rec.At(at)
	for _, f := range facts {
		if scope != "all" && !f.Published {
			continue
		}
		item.Verdict = Listed
		out := Listing{ID: f.Listing, Regime: f.Regime, Ground: f.Ground, Authority: f.Authority, From: orNull(f.From), Until: orNull(f.Until), Measures: f.Measures}
		if out.Measures == nil {
			out.Measures = []string{}
		}
		if f.Cap != nil && (scope == "all" || shownInARow(facts, f.Regime)) {
			out.Cap = &Cap{Until: f.Cap.Until, Basis: f.Cap.Basis}
		}
		item.Listings = append(item.Listings, out)
	}
	return item
}

// shownInARow reports whether several listings of a subject under a regime last in a row, and all are published. Who sees only what is published is not told
// of a row otherwise: it would give away one that is not shown.
func shownInARow(facts []journal.InForce, regime string) bool {
	shown := 0
	for _, f := range facts {
		if f.Cap == nil || f.Regime != regime {
			continue
		}
		if !f.Published {
			return false
		}
		shown++
	}
	return shown > 1
}

// pretend does the work that a listing would have made, and throws it away: whoever sees only what is published is answered as late about
// somebody of whom nothing is kept as about somebody whose listing is not shown.
func pretend(at time.Time) { _ = records.Decoy().At(at) }

// recentHead is the journal's head, at most a second old, and never behind an entry that an answer named before. It is read before any
// status item, so that the version named is one that the answer covers. Where one of the refs is of a list that was not adopted as far as
// the head says, it is a younger one.
func (l *Lookup) recentHead(ctx context.Context, now time.Time, refs ...subject.Ref) (records.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	age := time.Since(l.headAt)
	if l.headAt.IsZero() || age >= headFor || (age >= listsFor || l.newest > l.head.N) && slices.ContainsFunc(refs, l.strange) {
		at := time.Now()
		head, err := l.Store.Head(ctx, now)
		if err != nil {
			return records.Head{}, err
		}
		l.head, l.headAt = head, at
	}
	head := l.head
	head.N = max(head.N, l.newest)
	return head, nil
}

// strange reports whether a ref is of a list that the head read last knows nothing of.
func (l *Lookup) strange(ref subject.Ref) bool {
	return ref.Scheme == subject.ListRef && !adopted(ref, l.head.Lists)
}

// adopted reports whether an entry of the list of a ref was ever adopted.
func adopted(ref subject.Ref, lists []string) bool {
	list, _, _ := strings.Cut(ref.Key, ":")
	return slices.Contains(lists, list)
}

// met notes the number of an entry that an answer names.
func (l *Lookup) met(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.newest = max(l.newest, n)
}

func orNull(d workday.Day) *workday.Day {
	if d == "" {
		return nil
	}
	return &d
}

// moment is a time as answers show it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
