package register

import (
	"context"
	"fmt"
	"time"

	"shixin/shared/listing"
	"shixin/shared/workday"
)

// Step is one thing asked of a stored listing, already held against everything but the record. It is made by the
// methods of the request bodies below.
type Step struct {
	action string // of policy
	// effect says that the step may change what the list says, so that the journal's head is needed.
	effect bool
	// probe is the command without content: it tells who may take the step at all, and when.
	probe listing.Command
	// command is the command with its texts kept in the vault.
	command func(ctx context.Context, r *Register, l *listing.Listing, v *vault) (listing.Command, error)
	// created makes the answer 201 with the number of what was made; nil answers 200 with the listing.
	created func(l *listing.Listing) int
}

// plain is a step whose command needs nothing but the vault.
func plain(action string, effect bool, probe listing.Command, command func(v *vault) listing.Command) Step {
	return Step{action: action, effect: effect, probe: probe,
		command: func(_ context.Context, _ *Register, _ *listing.Listing, v *vault) (listing.Command, error) {
			return command(v), nil
		}}
}

// Withdrawal is the body of POST .../withdrawal, which takes a proposal back before notice.
type Withdrawal struct {
	Reasons string `json:"reasons,omitempty"`
}

// Step checks the withdrawal. It needs no reasons: nothing has been said to the subject yet.
func (wd Withdrawal) Step() (Step, error) {
	var w wrong
	if wd.Reasons != "" {
		w.text("/reasons", wd.Reasons, mostText)
	}
	return plain("listing.withdrawal", false, listing.Withdraw{}, func(v *vault) listing.Command {
		if wd.Reasons == "" {
			return listing.Withdraw{}
		}
		return listing.Withdraw{Reasons: v.put(wd.Reasons)}
	}), w.Fault()
}

// Notice is the body of POST .../notice.
type Notice struct {
	Method       string      `json:"method" validate:"required,oneof=in_person post electronic left announcement"`
	ServedAt     time.Time   `json:"served_at" validate:"required"`
	RespondUntil workday.Day `json:"respond_until,omitempty" validate:"omitempty,day"`
	Receipt      *Evidence   `json:"receipt,omitempty"`
}

// Step checks the notice.
func (n Notice) Step() (Step, error) {
	var w wrong
	w.receipt(n.Receipt)
	return plain("listing.notice", false, listing.GiveNotice{}, func(v *vault) listing.Command {
		return listing.GiveNotice{Method: n.Method, ServedAt: n.ServedAt, RespondUntil: n.RespondUntil, Receipt: v.receipt(n.Receipt)}
	}), w.Fault()
}

// Statement is the body of POST .../statements.
type Statement struct {
	Kind string `json:"kind" validate:"required,oneof=statement hearing waiver"`
	Text string `json:"text" validate:"required"`
}

// Step checks the statement. Its answer is 201 with the statement's number.
func (s Statement) Step() (Step, error) {
	var w wrong
	w.text("/text", s.Text, mostText)
	step := plain("listing.statements", false, listing.MakeStatement{}, func(v *vault) listing.Command {
		return listing.MakeStatement{Kind: s.Kind, Text: v.put(s.Text)}
	})
	step.created = func(l *listing.Listing) int { return len(l.Statements) }
	return step, w.Fault()
}

// Consent is the body of POST .../consent.
type Consent struct {
	Outcome string `json:"outcome" validate:"required,oneof=granted refused"`
	Reasons string `json:"reasons" validate:"required"`
}

// Step checks the consent.
func (c Consent) Step() (Step, error) {
	var w wrong
	w.text("/reasons", c.Reasons, mostText)
	return plain("listing.consent", false, listing.GiveConsent{}, func(v *vault) listing.Command {
		return listing.GiveConsent{Outcome: c.Outcome, Reasons: v.put(c.Reasons)}
	}), w.Fault()
}

// Decision is the body of POST .../decision.
type Decision struct {
	Outcome string   `json:"outcome" validate:"required,oneof=list drop return"`
	Reasons string   `json:"reasons" validate:"required"`
	Answers []Answer `json:"answers,omitempty" validate:"max=1000,dive"`
}

// Answer is what a decision says to one statement.
type Answer struct {
	Statement int    `json:"statement" validate:"min=1"`
	Text      string `json:"text" validate:"required"`
}

// Step checks the decision.
func (d Decision) Step() (Step, error) {
	var w wrong
	w.text("/reasons", d.Reasons, mostText)
	for i, a := range d.Answers {
		w.text(fmt.Sprintf("/answers/%d/text", i), a.Text, mostText)
	}
	return plain("listing.decision", true, listing.Determine{}, func(v *vault) listing.Command {
		c := listing.Determine{Outcome: d.Outcome, Reasons: v.put(d.Reasons)}
		for _, a := range d.Answers {
			c.Answers = append(c.Answers, listing.Answer{Statement: a.Statement, Text: v.put(a.Text)})
		}
		return c
	}), w.Fault()
}

// Service is the body of POST .../service.
type Service struct {
	Of       string    `json:"of" validate:"required,oneof=decision removal"`
	Method   string    `json:"method" validate:"required,oneof=in_person post electronic left announcement"`
	ServedAt time.Time `json:"served_at" validate:"required"`
	Receipt  *Evidence `json:"receipt,omitempty"`
}

// Step checks the service. It may be the first to write down that the term ran out.
func (s Service) Step() (Step, error) {
	var w wrong
	w.receipt(s.Receipt)
	return plain("listing.service", true, listing.Serve{}, func(v *vault) listing.Command {
		return listing.Serve{Of: s.Of, Method: s.Method, ServedAt: s.ServedAt, Receipt: v.receipt(s.Receipt)}
	}), w.Fault()
}

// TermStart is the body of POST .../term.
type TermStart struct {
	From     workday.Day `json:"from" validate:"required,day"`
	Document string      `json:"document" validate:"required,max=300"`
}

// Step checks the start of the term.
func (t TermStart) Step() (Step, error) {
	var w wrong
	w.text("/document", t.Document, 300)
	return plain("listing.term", true, listing.StartTerm{}, func(v *vault) listing.Command {
		return listing.StartTerm{From: t.From, Document: v.put(t.Document)}
	}), w.Fault()
}

// Publication is the body of POST .../publication.
type Publication struct {
	Reasons string `json:"reasons" validate:"required"`
}

// Step checks the publication.
func (p Publication) Step() (Step, error) {
	var w wrong
	w.text("/reasons", p.Reasons, mostText)
	return plain("listing.publication", true, listing.Publish{}, func(v *vault) listing.Command {
		return listing.Publish{Reasons: v.put(p.Reasons)}
	}), w.Fault()
}

// Step checks the amendment: what is given replaces what was proposed, and is then held against the ground as a whole.
func (a Amendment) Step() (Step, error) {
	var w wrong
	if a.Subject == nil && a.Facts == nil && a.LegalBasis == nil && a.Evidence == nil && a.Conviction == nil {
		w.Add("", "says nothing to change: give subject, facts, legal_basis, evidence or conviction", "未提供任何修改内容")
	}
	if a.Facts != nil {
		w.text("/facts", *a.Facts, mostText)
	}
	if a.LegalBasis != nil {
		w.basis(*a.LegalBasis)
	}
	if a.Evidence != nil {
		w.evidence("/evidence", *a.Evidence)
		if len(*a.Evidence) == 0 {
			w.Add("/evidence", "at least one document, by title and SHA-256", "至少一份证据材料")
		}
	}
	if a.Conviction != nil {
		w.text("/conviction/document", a.Conviction.Document, 300)
	}
	if a.Subject != nil {
		w.identifiers("/subject/identifiers", a.Subject.Identifiers)
		w.nameList("/subject/names", a.Subject.Names)
	}
	return Step{action: "listing.amend", probe: listing.Amend{}, command: a.command}, w.Fault()
}

func (a Amendment) command(ctx context.Context, r *Register, l *listing.Listing, v *vault) (listing.Command, error) {
	c := l.Content
	if a.Facts != nil {
		c.Facts = v.put(*a.Facts)
	}
	if a.LegalBasis != nil {
		c.LegalBasis = v.texts(*a.LegalBasis)
	}
	if a.Evidence != nil {
		c.Evidence = v.evidence(*a.Evidence)
	}
	if a.Conviction != nil {
		c.Conviction = v.conviction(a.Conviction)
	}
	if a.Subject != nil {
		var w wrong
		s, err := r.subject(ctx, *a.Subject, "/subject", v, &w)
		if err == nil {
			err = w.Fault()
		}
		if err != nil {
			return nil, err
		}
		c.Subject = s
	}
	return listing.Amend{Content: c}, nil
}

// Request is the body of POST .../requests.
type Request struct {
	Kind     string      `json:"kind" validate:"required,oneof=appeal repair correction revocation unpublication stay identity reinstatement"`
	Grounds  string      `json:"grounds" validate:"required"`
	Evidence []Evidence  `json:"evidence,omitempty" validate:"max=100,dive"`
	Change   *Change     `json:"change,omitempty"`
	Until    workday.Day `json:"until,omitempty" validate:"omitempty,day"`
}

// Change is what a correction, a varied outcome or a stay alters.
type Change struct {
	Names       []Name       `json:"names,omitempty" validate:"omitempty,min=1,max=200,dive"`
	Identifiers []Identifier `json:"identifiers,omitempty" validate:"omitempty,min=1,max=20,dive"`
	Until       workday.Day  `json:"until,omitempty" validate:"omitempty,day"`
	Measures    []string     `json:"measures,omitempty" validate:"max=100"`
	What        []string     `json:"what,omitempty" validate:"omitempty,max=2,unique,dive,oneof=measures publication"`
}

// Step checks the request. Its answer is 201 with the request's number.
func (q Request) Step() (Step, error) {
	var w wrong
	w.text("/grounds", q.Grounds, mostText)
	w.evidence("/evidence", q.Evidence)
	w.change(q.Change)
	return Step{action: "listing.requests", effect: true, probe: listing.Ask{Kind: q.Kind},
		command: func(ctx context.Context, r *Register, l *listing.Listing, v *vault) (listing.Command, error) {
			change, err := r.change(ctx, q.Change, l, v)
			return listing.Ask{Kind: q.Kind, Grounds: v.put(q.Grounds), Evidence: v.evidence(q.Evidence), Change: change, Until: q.Until}, err
		},
		created: func(l *listing.Listing) int { return len(l.Requests) },
	}, w.Fault()
}

// Outcome is the body of POST .../requests/{n}/outcome.
type Outcome struct {
	Outcome string  `json:"outcome" validate:"required,oneof=granted refused varied"`
	Reasons string  `json:"reasons" validate:"required"`
	Change  *Change `json:"change,omitempty"`
}

// Step checks the outcome of the request numbered n.
func (o Outcome) Step(n int) (Step, error) {
	var w wrong
	w.text("/reasons", o.Reasons, mostText)
	w.change(o.Change)
	return Step{action: "listing.outcome", effect: true, probe: listing.Resolve{N: n},
		command: func(ctx context.Context, r *Register, l *listing.Listing, v *vault) (listing.Command, error) {
			change, err := r.change(ctx, o.Change, l, v)
			return listing.Resolve{N: n, Outcome: o.Outcome, Reasons: v.put(o.Reasons), Change: change}, err
		},
	}, w.Fault()
}

// change keeps the names and identifiers of a change.
func (r *Register) change(ctx context.Context, in *Change, l *listing.Listing, v *vault) (*listing.Change, error) {
	if in == nil {
		return nil, nil
	}
	out := &listing.Change{Until: in.Until, Measures: in.Measures, What: in.What}
	kind := l.Content.Subject.Kind
	var w wrong
	if in.Names != nil {
		out.Names = v.names(in.Names, kind)
	}
	if in.Identifiers != nil {
		refs, birth, err := r.refs(ctx, in.Identifiers, kind, "/change/identifiers", v, &w)
		if err != nil {
			return nil, err
		}
		out.Identifiers, out.Birth, out.Adult = refs, v.put(string(birth)), listing.Adult(birth)
	}
	return out, w.Fault()
}
