package register

import (
	"context"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/listing"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// View is a listing as the API shows it to one caller. To the public only the fields that the regime publishes are there.
type View struct {
	ID            string          `json:"id"`
	Regime        string          `json:"regime"`
	RegimeVersion string          `json:"regime_version"`
	Ground        string          `json:"ground"`
	Authority     string          `json:"authority"`
	State         listing.State   `json:"state"`
	Published     bool            `json:"published"`
	Subject       SubjectView     `json:"subject"`
	Facts         string          `json:"facts,omitempty"`
	LegalBasis    []string        `json:"legal_basis,omitempty"`
	Evidence      []Evidence      `json:"evidence,omitzero"`
	Conviction    *Conviction     `json:"conviction,omitempty"`
	Decided       *ElsewhereView  `json:"decided,omitempty"`
	Notice        *NoticeView     `json:"notice,omitempty"`
	Statements    []StatementView `json:"statements,omitempty"`
	Consent       *RulingView     `json:"consent,omitempty"`
	Decision      *RulingView     `json:"decision,omitempty"`
	Version       int             `json:"version"`
	Term          *TermView       `json:"term"`
	Measures      []string        `json:"measures"`
	Stays         []listing.Stay  `json:"stays"`
	Requests      []RequestView   `json:"requests"`
	Removal       *RemovalView    `json:"removal"`
	Due           []DueView       `json:"due"`
	Allowed       []string        `json:"allowed"`
	Damaged       string          `json:"damaged,omitempty"` // what of the listing cannot be shown, and what that means
}

// The parts of a view.
type (
	// SubjectView shows personal identifiers in clear only to those who work on the listing, masked to all others.
	SubjectView struct {
		Kind        subject.Kind     `json:"kind"`
		Names       []Name           `json:"names"`
		Identifiers []IdentifierView `json:"identifiers"`
		Birth       string           `json:"birth,omitempty"`
	}
	// IdentifierView is one identifier.
	IdentifierView struct {
		Scheme subject.Scheme `json:"scheme"`
		Value  string         `json:"value"`
		From   workday.Day    `json:"from,omitempty"`
		To     workday.Day    `json:"to,omitempty"`
	}
	// ElsewhereView is a decision that was taken elsewhere.
	ElsewhereView struct {
		Document  string      `json:"document"`
		On        workday.Day `json:"on"`
		Authority string      `json:"authority"`
		ServedOn  workday.Day `json:"served_on,omitempty"`
	}
	// NoticeView is the notice in force.
	NoticeView struct {
		Method       string       `json:"method"`
		ServedAt     time.Time    `json:"served_at"`
		RespondUntil *workday.Day `json:"respond_until"`
		SetBy        string       `json:"set_by"`
	}
	// StatementView is one statement.
	StatementView struct {
		N    int       `json:"n"`
		Kind string    `json:"kind"`
		At   time.Time `json:"at"`
		Text string    `json:"text"`
	}
	// RulingView is an outcome with its reasons.
	RulingView struct {
		Outcome string    `json:"outcome"`
		At      time.Time `json:"at"`
		Reasons string    `json:"reasons,omitempty"`
		Answers []Answer  `json:"answers,omitempty"` // of a decision: what it says to each statement
	}
	// TermView is the term; basis cites the rule. A listing without a term has null instead.
	TermView struct {
		From  *workday.Day `json:"from"`
		Until *workday.Day `json:"until"`
		Basis string       `json:"basis"`
		Cap   *CapView     `json:"cap,omitempty"`
	}
	// CapView is how long all listings of the subject under the regime last in a row. The public is not told: others may not be published.
	CapView struct {
		Until workday.Day `json:"until"`
		Basis string      `json:"basis"`
	}
	// RequestView is one request.
	RequestView struct {
		N        int         `json:"n"`
		Kind     string      `json:"kind"`
		At       time.Time   `json:"at"`
		By       access.Role `json:"by"`
		Grounds  string      `json:"grounds"`
		Evidence []Evidence  `json:"evidence,omitempty"`
		Change   *ChangeView `json:"change,omitempty"`
		Until    workday.Day `json:"until,omitempty"`
		State    string      `json:"state"` // open, closed, lapsed
		Outcome  *RulingView `json:"outcome"`
		Varied   *ChangeView `json:"varied,omitempty"`
	}
	// ChangeView is what a request or a varied outcome alters.
	ChangeView struct {
		Names       []Name           `json:"names,omitempty"`
		Identifiers []IdentifierView `json:"identifiers,omitempty"`
		Until       workday.Day      `json:"until,omitempty"`
		Measures    []string         `json:"measures,omitzero"`
		What        []string         `json:"what,omitempty"`
	}
	// RemovalView is how the listing ended.
	RemovalView struct {
		Cause listing.Cause `json:"cause"`
		On    workday.Day   `json:"on"`
	}
	// DueView is one running clock; by is null while the published calendar does not reach it.
	DueView struct {
		Step    string       `json:"step"`
		By      *workday.Day `json:"by"`
		Pending string       `json:"pending,omitempty"`
		Basis   string       `json:"basis"`
		SetBy   string       `json:"set_by"`
	}
)

// Show answers GET of one listing.
func (r *Register) Show(ctx context.Context, who access.Principal, now time.Time, id string) (*Reply, error) {
	stored, rules, err := r.visible(ctx, who, now, id)
	if err != nil {
		return nil, err
	}
	v, err := r.shownVault(ctx, &stored)
	if err != nil {
		return nil, err
	}
	view := r.view(Call{Who: who, Now: now}, &stored.State, v, rules)
	return &Reply{Status: 200, Version: view.Version, Body: encodeJSON(view)}, nil
}

// view shows a listing to a caller as it is true at the time of the call.
func (r *Register) view(call Call, l *listing.Listing, v *vault, rules listing.Rules) View {
	judged := listing.Judged(*l, rules, call.Now)
	l = &judged
	today := workday.DayOf(call.Now)
	res := resource(call.Who, l, rules, today)
	view := View{
		ID: l.ID, Regime: l.Regime, RegimeVersion: l.RegimeVersion, Ground: l.Ground, Authority: l.Authority.ID,
		State: l.State, Published: l.Published(today), Version: l.Version,
		Measures: list(l.Measures), Stays: list(l.Stays), Requests: []RequestView{}, Due: []DueView{}, Allowed: []string{},
		Term: term(l, rules),
	}
	inner := r.Policy.Allow(call.Who, "listing.events", res) == nil
	s := show{v: v, clear: inner && (res.Own || handles(call.Who))}
	field := func(name string) bool { return inner || slices.Contains(rules.Ground.Publication.Fields, name) }
	view.Subject = s.subject(&l.Content.Subject, field("name"), field("identifiers"), inner)
	if field("facts") {
		view.Facts = v.text(l.Content.Facts)
	}
	if field("legal_basis") {
		view.LegalBasis = s.texts(l.Content.LegalBasis)
	}
	if v.damaged {
		view.Damaged = damaged().Detail
	}
	if l.Removal != nil {
		view.Removal = &RemovalView{Cause: l.Removal.Cause, On: l.Removal.On}
	}
	if !inner {
		view.Stays, view.Measures = []listing.Stay{}, list(l.InForce(today)) // a measure that is stayed is none to whoever sees no stay
		return view
	}
	if sum := rules.Sum; sum != nil && view.Term != nil {
		view.Term.Cap = &CapView{Until: sum.Until, Basis: sum.Basis}
	}
	s.inner(&view, l)
	for _, d := range listing.Clocks(*l, rules) {
		view.Due = append(view.Due, DueView{Step: d.Step, By: orNull(d.By), Pending: d.Pending, Basis: d.Basis, SetBy: d.SetBy})
	}
	if !v.damaged {
		view.Allowed = r.allowed(call, l, rules, res)
	}
	return view
}

// handles reports whether a caller works on listings, for which personal data is needed in clear.
func handles(who access.Principal) bool {
	return who.Role == access.Officer || who.Role == access.Decider
}

// show turns stored parts into what is shown.
type show struct {
	v     *vault
	clear bool // personal identifiers in clear
}

func (s show) subject(in *listing.Subject, names, identifiers, birth bool) SubjectView {
	out := SubjectView{Kind: in.Kind, Names: []Name{}, Identifiers: []IdentifierView{}}
	if names {
		out.Names = s.names(in.Names)
	}
	if identifiers {
		out.Identifiers = s.identifiers(in.Identifiers)
	}
	if birth && s.clear && !s.v.damaged {
		out.Birth = s.v.text(in.Birth)
	}
	return out
}

func (s show) names(in []listing.Name) []Name {
	var out []Name
	for _, n := range in {
		out = append(out, Name{Text: s.v.name(n), Lang: n.Lang})
	}
	return out
}

func (s show) identifiers(in []subject.Ref) []IdentifierView {
	var out []IdentifierView
	for _, ref := range in {
		i := IdentifierView{Scheme: ref.Scheme, Value: ref.Shown, From: ref.From, To: ref.To}
		if value, kept := s.v.Values[ref.ID()]; kept && s.clear {
			i.Value = value
		}
		out = append(out, i)
	}
	return out
}

func (s show) texts(in []listing.Text) []string {
	var out []string
	for _, t := range in {
		out = append(out, s.v.text(t))
	}
	return out
}

func (s show) evidence(in []listing.Evidence) []Evidence {
	var out []Evidence
	for _, e := range in {
		out = append(out, Evidence{Title: s.v.text(e.Title), SHA256: e.SHA256})
	}
	return out
}

func (s show) change(c *listing.Change) *ChangeView {
	if c == nil {
		return nil
	}
	return &ChangeView{Names: s.names(c.Names), Identifiers: s.identifiers(c.Identifiers), Until: c.Until, Measures: c.Measures, What: c.What}
}

func (s show) ruling(r *listing.Ruling) *RulingView {
	if r == nil {
		return nil
	}
	out := &RulingView{Outcome: r.Outcome, At: r.At, Reasons: s.v.text(r.Reasons)}
	for _, a := range r.Answers {
		out.Answers = append(out.Answers, Answer{Statement: a.Statement, Text: s.v.text(a.Text)})
	}
	return out
}

// inner fills in what only those see who may see the whole record.
func (s show) inner(view *View, l *listing.Listing) {
	view.Evidence = list(s.evidence(l.Content.Evidence))
	if cv := l.Content.Conviction; cv != nil {
		view.Conviction = &Conviction{Document: s.v.text(cv.Document), OffenceOn: cv.OffenceOn, SentenceMonths: &cv.SentenceMonths}
	}
	if e := l.Elsewhere; e != nil {
		view.Decided = &ElsewhereView{Document: s.v.text(e.Document), On: e.On, Authority: e.Authority, ServedOn: e.ServedOn}
	}
	if n := l.Notice; n != nil {
		view.Notice = &NoticeView{Method: n.Method, ServedAt: n.ServedAt, RespondUntil: orNull(n.Until), SetBy: n.SetBy}
	}
	for _, st := range l.Statements {
		view.Statements = append(view.Statements, StatementView{N: st.N, Kind: st.Kind, At: st.At, Text: s.v.text(st.Text)})
	}
	view.Consent, view.Decision = s.ruling(l.Consent), s.ruling(l.Decision)
	for i := range l.Requests {
		q := &l.Requests[i]
		state := "open"
		switch {
		case q.Outcome != nil:
			state = "closed"
		case q.Lapsed:
			state = "lapsed"
		}
		view.Requests = append(view.Requests, RequestView{N: q.N, Kind: q.Kind, At: q.At, By: q.By.Role, Grounds: s.v.text(q.Grounds),
			Evidence: s.evidence(q.Evidence), Change: s.change(q.Change), Until: q.Until, State: state, Outcome: s.ruling(q.Outcome), Varied: s.change(q.Varied)})
	}
}

// allowed is the steps that both the procedure and policy let the caller take now.
func (r *Register) allowed(call Call, l *listing.Listing, rules listing.Rules, res policy.Resource) []string {
	steps := []string{}
	permitted := map[string]bool{}
	for _, step := range listing.Allowed(*l, actor(call.Who, res.Own), rules, call.Now) {
		action := actionOf(step)
		may, known := permitted[action]
		if !known {
			may = r.Policy.Allow(call.Who, action, res) == nil
			permitted[action] = may
		}
		if may {
			steps = append(steps, step)
		}
	}
	return steps
}

// actionOf is the policy action of a step as "allowed" spells it.
func actionOf(step string) string {
	switch {
	case step == "amendment":
		return "listing.amend"
	case len(step) > 9 && step[:9] == "requests:":
		return "listing.requests"
	case len(step) > 9 && step[:9] == "requests/":
		return "listing.outcome"
	}
	return "listing." + step
}

func term(l *listing.Listing, rules listing.Rules) *TermView {
	if rules.Ground.Term == nil && l.Term.Until == "" {
		return nil
	}
	t := &TermView{From: orNull(l.Term.From), Until: orNull(l.Term.Until)}
	if rules.Accrued != "" && l.Term.Until != "" {
		t.Until = orNull(rules.Accrued)
	}
	if rules.Ground.Term != nil {
		t.Basis = rules.Ground.Term.Source.Cite
	}
	return t
}

func orNull(d workday.Day) *workday.Day {
	if d == "" {
		return nil
	}
	return &d
}

// list is never null in JSON.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
