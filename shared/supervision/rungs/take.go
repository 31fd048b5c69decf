package rungs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/ladder"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/sealedtext"
	"shixin/shared/workday"
)

// Take takes a rung towards an enterprise, and answers 201 with the action. The ladder in effect today must give the rung to the caller, and
// the findings that are named must support it. The rung that proposes a listing opens the listing's ordinary proposal with it, and no more.
func (r *Rungs) Take(ctx context.Context, call Call, uscc string, t Taking) (*Reply, error) {
	e, err := r.enterprise(ctx, call.Who, "action.take", call.Now, uscc)
	if err != nil {
		return nil, err
	}
	rules, err := r.current(call)
	if err != nil {
		return nil, err
	}
	rung, ok := rules.Ladder.Rung(t.Rung)
	if !ok {
		return nil, fault.At("/rung", "the ladder has no such rung; it has "+strings.Join(ids(rules.Ladder), ", "), "没有该监管措施")
	}
	rules.Rung = rung
	by := actor(call.Who)
	if err := action.MayTake(action.Action{}, action.Take{}, by, rules, call.Now); err != nil {
		return nil, err
	}
	return r.kept().Once(ctx, call, func() (*Reply, error) {
		standing, err := r.Store.Standing(ctx, call.Now, uscc)
		if err != nil {
			return nil, err
		}
		if err := r.supported(ctx, call, uscc, t, rules, standing.State); err != nil {
			return nil, err
		}
		v := sealedtext.Vault{}
		command := r.taking(call, e, t, rules, v)
		if t.Listing != nil {
			if err := r.fits(call, e, t, rung); err != nil {
				return nil, err
			}
		}
		events, err := action.Decide(action.Action{}, command, by, rules, call.Now)
		if err != nil {
			return nil, err
		}
		c := &change{event: events[0], vault: v, rules: rules, standing: &standing}
		if t.Listing == nil {
			return r.commit(ctx, call, c, 201)
		}
		return r.refer(ctx, call, c, e, t, command)
	})
}

func ids(v *ladder.Version) (all []string) {
	for _, r := range v.Rungs {
		all = append(all, r.ID)
	}
	return all
}

// current is the ladder in effect at the call.
func (r *Rungs) current(call Call) (action.Rules, error) {
	library, err := r.Ladder()
	if err != nil {
		return action.Rules{}, err
	}
	calendar, err := r.Calendar()
	if err != nil {
		return action.Rules{}, err
	}
	v, ok := library.In(workday.DayOf(call.Now))
	if !ok {
		return action.Rules{}, fault.New(fault.Conflict, "no ladder is in effect today", "今日没有施行的监管措施次序")
	}
	return action.Rules{Ladder: v, Calendar: calendar}, nil
}

// supported refuses a rung that its findings do not support: what does not fail, is contested, or lacks the rung below.
func (r *Rungs) supported(ctx context.Context, call Call, uscc string, t Taking, rules action.Rules, s ladder.Standing) error {
	failing, all, err := r.failing(ctx, call.Now, uscc)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	for i, id := range t.Findings {
		if _, known := all[id]; !known {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/findings/%d", i), Detail: fault.Both("the enterprise has no such finding", "该企业没有此问题")})
		}
	}
	if len(wrong) > 0 {
		return fault.Fields(wrong...)
	}
	if t.Proposal != "" && (s.Proposal == nil || s.Proposal.ID != t.Proposal || s.Proposal.Rung != t.Rung) {
		return fault.New(fault.Conflict, "this is not the proposal that waits; read the enterprise's actions again", "该建议已不是当前待处理的建议,请重新读取")
	}
	for _, id := range t.Findings {
		i := slices.IndexFunc(failing, func(f ladder.Failing) bool { return f.ID == id })
		if i < 0 {
			return fault.New(fault.Conflict, "finding "+id+" does not stand: it is cured, contested, or could not be judged", "问题"+id+"当前不成立:已消除、有异议或者无法判断")
		}
		if !rules.Ladder.Supports(rules.Rung, failing[i], s.Past) {
			return fault.New(fault.Conflict, fmt.Sprintf("finding %s does not support %s: the ladder asks for %s, and takes each rung once at a time", id, t.Rung, needs(rules.Rung)),
				fmt.Sprintf("问题%s不足以采取%s", id, rules.Rung.Name.Zh))
		}
	}
	return nil
}

// needs says in words what supports a rung.
func needs(r *ladder.Rung) string {
	var all []string
	for _, s := range r.Supports {
		var one []string
		if len(s.Severities) > 0 {
			one = append(one, "a severity of "+strings.Join(s.Severities, " or "))
		}
		if s.Repeated {
			one = append(one, "a finding that was cured and came back")
		}
		if s.After != "" {
			one = append(one, s.After+" closed as not cured")
		}
		all = append(all, strings.Join(one, " with "))
	}
	return strings.Join(all, ", or ")
}

// taking turns a checked body into the command.
func (r *Rungs) taking(call Call, e compliance.Registration, t Taking, rules action.Rules, v sealedtext.Vault) action.Take {
	c := action.Content{Reason: v.Put(t.Reason), LegalBasis: texts(v, t.LegalBasis), Findings: t.Findings, Task: v.Put(t.Task), Deadline: deadline(t.Due, t.WorkingDays)}
	if i := t.Interview; i != nil {
		c.Interview = &action.Interview{At: i.At, Place: v.Put(i.Place), Participants: texts(v, i.Participants)}
	}
	if l := t.Listing; l != nil {
		c.Listing = &action.Listing{ID: records.NewID(call.Now), Regime: l.Regime, Ground: l.Ground, Document: v.Put(l.Document)}
	}
	return action.Take{ID: records.NewID(call.Now), USCC: e.USCC, Ladder: rules.Ladder.Version, Proposal: t.Proposal, Sectors: e.Sectors, Content: c,
		Authority: listing.Authority{ID: call.Who.Authority, Level: call.Who.Level, Region: call.Who.Region}}
}

// fits refuses a listing on a ground that the ladder does not lead to, that is not in force, or that is not for the enterprise, and one that
// does not name a decision by its number. Whether it may be made is then asked as of every other listing.
func (r *Rungs) fits(call Call, e compliance.Registration, t Taking, rung *ladder.Rung) error {
	ground, ok := rung.Ground(t.Listing.Regime, t.Listing.Ground)
	if !rung.Proposes() {
		return nil // the rung has no listing: see the step itself
	}
	if !ok || !ground.Fits(e.Sectors) {
		return fault.At("/listing/ground", "the ladder does not lead to this ground for an enterprise of these sectors", "该监管措施不能对该行业企业引向此列入事由")
	}
	library, err := r.Regimes()
	if err != nil {
		return err
	}
	today := workday.DayOf(call.Now)
	version, err := library.In(t.Listing.Regime, today)
	if err != nil {
		return err
	}
	if g, ok := version.Ground(t.Listing.Ground); !ok || !g.In(today) {
		return fault.At("/listing/ground", "the ground is not in force today", "该列入事由今日未施行")
	}
	if !strings.ContainsAny(t.Listing.Document, "0123456789〇一二三四五六七八九十") {
		return fault.At("/listing/document", "name the decision by its document number: "+ground.Decision.En, "须载明决定文书的文号:"+ground.Decision.Zh)
	}
	return nil
}

// refer opens the listing's proposal in the same Write as the action.
func (r *Rungs) refer(ctx context.Context, call Call, c *change, e compliance.Registration, t Taking, command action.Take) (*Reply, error) {
	d := Draft{ID: command.Content.Listing.ID, Regime: t.Listing.Regime, Ground: t.Listing.Ground, USCC: e.USCC, Facts: t.Reason,
		Basis: append([]string{t.Listing.Document}, t.LegalBasis...), Evidence: t.Listing.Evidence}
	for _, n := range e.Names {
		d.Names = append(d.Names, n.Text)
	}
	var reply *Reply
	// The answer is kept by this call and not by the proposal's, which is a part of it.
	inner := call
	inner.Once, inner.IfMatch = nil, nil
	err := r.Propose(ctx, inner, d, func(b *records.Batch) (err error) {
		reply, err = r.add(ctx, call, c, 201, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return reply, nil
}

// Dismiss says no to the proposal that waits, with a reason. It is not made again before something has changed.
func (r *Rungs) Dismiss(ctx context.Context, call Call, uscc, id string, d Dismissal) (*Reply, error) {
	return r.kept().Once(ctx, call, func() (*Reply, error) {
		e, err := r.enterprise(ctx, call.Who, "proposal.dismissal", call.Now, uscc)
		if err != nil {
			return nil, err
		}
		standing, err := r.Store.Standing(ctx, call.Now, uscc)
		if err != nil {
			return nil, err
		}
		p := standing.State.Proposal
		switch {
		case p != nil && p.ID == id:
		case slices.ContainsFunc(standing.State.Dismissed, func(x ladder.Dismissal) bool { return x.Proposal == id }):
			return nil, fault.New(fault.Conflict, "the proposal was dismissed already", "该建议已被驳回")
		default:
			return nil, notFound()
		}
		if call.Who.Person == "" {
			return nil, fault.New(fault.Forbidden, "the account names no natural person, so it cannot take a step", "账号未关联自然人,不得办理")
		}
		reasons, err := r.Seal.Seal(ctx, encode(d.Reasons), bound(id))
		if err != nil {
			return nil, err
		}
		after := standing.State.Dismiss(ladder.Dismissal{Proposal: id, Rung: p.Rung, By: call.Who.Person, At: call.Now.UTC(), Reasons: reasons})
		reply := &Reply{Status: 200, Body: encode(map[string]any{"proposal": id, "rung": p.Rung, "dismissed": true})}
		b := &records.Batch{}
		b.PutStanding(standing, after)
		b.PutWork(ProposalItem(uscc, p.Authority, e.Region, e.Sectors, after), true)
		if err := r.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, r.Store.Commit(ctx, call.Now, b)
	})
}

func isAuthority(who access.Principal) bool {
	return who.Role == access.Officer || who.Role == access.Decider || who.Role == access.Auditor
}
