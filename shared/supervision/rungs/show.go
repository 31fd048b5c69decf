package rungs

import (
	"context"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/sealedtext"
	"shixin/shared/workday"
)

// shower turns the parts of an action into what one caller sees.
type shower struct {
	vault    sealedtext.Vault
	calendar workday.Calendar
	persons  bool // the caller sees natural persons
}

func (s shower) hand(h listing.Hand) HandView {
	v := HandView{At: h.At, Role: h.By.Role, Authority: h.By.Authority}
	if s.persons && !h.By.Subject {
		v.Person = h.By.Person
	}
	return v
}

func (s shower) texts(in []listing.Text) []string {
	out := []string{}
	for _, t := range in {
		out = append(out, s.vault.Text(t))
	}
	return out
}

func (s shower) documents(in []listing.Evidence) []Evidence {
	out := []Evidence{}
	for _, e := range in {
		out = append(out, Evidence{Title: s.vault.Text(e.Title), SHA256: e.SHA256})
	}
	return out
}

func (s shower) deadline(d action.Deadline) DeadlineView {
	v := DeadlineView{WorkingDays: d.WorkingDays, SetBy: d.SetBy}
	by, known := d.By(s.calendar)
	if !known {
		v.Pending = "calendar"
		return v
	}
	v.By = &by
	return v
}

func (s shower) ruling(h listing.Hand, outcome string, reasons listing.Text) *RulingView {
	return &RulingView{HandView: s.hand(h), Outcome: outcome, Reasons: s.vault.Text(reasons)}
}

// view shows an action to a caller who may see it.
func (r *Rungs) view(ctx context.Context, who access.Principal, now time.Time, a *action.Action, v sealedtext.Vault, rules action.Rules) (*View, error) {
	today := workday.DayOf(now)
	s := shower{vault: v, calendar: rules.Calendar, persons: isAuthority(who)}
	out := &View{ID: a.ID, USCC: a.USCC, Rung: a.Rung, Name: rules.Rung.Name, Ladder: a.Ladder, Authority: a.Authority.ID, State: a.State, Published: a.Published(today),
		Version: a.Version, Reason: v.Text(a.Content.Reason), LegalBasis: s.texts(a.Content.LegalBasis), Findings: append([]string{}, a.Content.Findings...),
		Task: v.Text(a.Content.Task), Taken: s.hand(a.Taken), Replies: []ReplyView{}, Evidence: []CureView{}, Extensions: []ExtensionView{}, Contests: []ContestView{},
		Due: []DueView{}, Allowed: r.allowed(who, now, a, rules)}
	if isAuthority(who) {
		out.Proposal = a.Proposal
	} else {
		seen, err := r.seen(ctx, now, a.USCC, out.Findings)
		if err != nil {
			return nil, err
		}
		out.Findings = seen
	}
	s.content(out, a)
	s.hearing(out, a)
	s.publication(out, a)
	for _, w := range action.Waits(*a, rules) {
		if w.By == "" && w.Pending == "" {
			continue
		}
		d := DueView{Step: w.Step, Pending: w.Pending, Basis: w.Basis, SetBy: w.SetBy}
		if w.By != "" {
			d.By = &w.By
		}
		if !slices.ContainsFunc(out.Due, func(x DueView) bool { return x.Step == d.Step }) {
			out.Due = append(out.Due, d)
		}
	}
	return out, nil
}

// show opens a stored action and shows it.
func (r *Rungs) show(ctx context.Context, who access.Principal, now time.Time, stored records.Action) (*View, error) {
	rules, err := r.rules(&stored.State)
	if err != nil {
		return nil, err
	}
	v, err := r.openVault(ctx, stored)
	if err != nil {
		return nil, err
	}
	return r.view(ctx, who, now, &stored.State, v, rules)
}

// seen is those of an enterprise's findings that it sees.
func (r *Rungs) seen(ctx context.Context, now time.Time, uscc string, ids []string) ([]string, error) {
	_, all, err := r.failing(ctx, now, uscc)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		f, has := all[id]
		_, seen := f.Public()
		return !has || !seen
	}), nil
}

// allowed is the steps that the caller may take now: those of the procedure, without what policy does not permit.
func (r *Rungs) allowed(who access.Principal, now time.Time, a *action.Action, rules action.Rules) []string {
	steps := []string{}
	res := resource(who, a, workday.DayOf(now))
	for _, step := range action.Allowed(*a, actor(who), rules, now) {
		act := "action." + step
		if len(step) > len("contests/") && step[:len("contests/")] == "contests/" {
			act = "action.resolution"
		}
		if r.Policy.Allow(who, act, res) == nil {
			steps = append(steps, step)
		}
	}
	return steps
}

// content shows what the action said when it was taken.
func (s shower) content(out *View, a *action.Action) {
	if i := a.Content.Interview; i != nil {
		out.Interview = &InterviewView{At: i.At, Place: s.vault.Text(i.Place), Participants: s.texts(i.Participants)}
	}
	if d := a.Deadline(); d != nil {
		v := s.deadline(*d)
		out.Deadline = &v
	} else if d := a.Content.Deadline; d != nil { // it runs from the notice
		out.Deadline = &DeadlineView{WorkingDays: d.WorkingDays, SetBy: d.SetBy, Pending: "notice"}
	}
	if l := a.Content.Listing; l != nil {
		out.Listing = &ListingView{ID: l.ID, Regime: l.Regime, Ground: l.Ground, Document: s.vault.Text(l.Document)}
	}
}

// hearing shows what the enterprise was told, and what came of it.
func (s shower) hearing(out *View, a *action.Action) {
	if n := a.Notice; n != nil {
		out.Notice = &NoticeView{HandView: s.hand(n.Hand), Method: n.Method, ServedAt: n.ServedAt, Reply: s.deadline(n.Reply)}
	}
	for _, x := range a.Replies {
		out.Replies = append(out.Replies, ReplyView{HandView: s.hand(x.Hand), N: x.N, To: x.To, Waiver: x.Waiver, Text: s.vault.Text(x.Text)})
	}
	for _, x := range a.Evidence {
		out.Evidence = append(out.Evidence, CureView{HandView: s.hand(x.Hand), N: x.N, Text: s.vault.Text(x.Text), Evidence: s.documents(x.Documents)})
	}
	if x := a.Record; x != nil {
		out.Record = &RecordView{HandView: s.hand(x.Hand), HeldAt: x.HeldAt, Participants: s.texts(x.Participants), Text: s.vault.Text(x.Text)}
	}
	for _, x := range a.Extensions {
		out.Extensions = append(out.Extensions, ExtensionView{HandView: s.hand(x.Hand), Deadline: s.deadline(x.Deadline), Reasons: s.vault.Text(x.Reasons)})
	}
	if x := a.Assessment; x != nil {
		out.Assessment = s.ruling(x.Hand, x.Outcome, x.Reasons)
	}
}

// publication shows what is, or is to be, shown in public.
func (s shower) publication(out *View, a *action.Action) {
	if x := a.Announcement; x != nil {
		out.Announcement = &AnnouncementView{HandView: s.hand(x.Hand), Method: x.Method, ServedAt: x.ServedAt, Reply: s.deadline(x.Reply), Reasons: s.vault.Text(x.Reasons)}
	}
	if x := a.Publication; x != nil {
		p := &PublicationView{HandView: s.hand(x.Hand), Reasons: s.vault.Text(x.Reasons), LegalBasis: x.LegalBasis, Until: x.Until, Answers: []Answer{}}
		for _, y := range x.Answers {
			p.Answers = append(p.Answers, Answer{Reply: y.Statement, Text: s.vault.Text(y.Text)})
		}
		if x.Lifted != nil {
			p.Lifted = x.Lifted.Cause
		}
		out.Publication = p
	}
	for _, x := range a.Contests {
		c := ContestView{HandView: s.hand(x.Hand), N: x.N, Grounds: s.vault.Text(x.Grounds), Evidence: s.documents(x.Documents), Lapsed: x.Lapsed}
		if x.Outcome != nil {
			c.Outcome = s.ruling(x.Outcome.Hand, x.Outcome.Outcome, x.Outcome.Reasons)
		}
		out.Contests = append(out.Contests, c)
	}
}
