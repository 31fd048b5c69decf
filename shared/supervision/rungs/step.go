package rungs

import (
	"context"
	"fmt"
	"strings"

	"shixin/shared/action"
	"shixin/shared/duty"
	"shixin/shared/fault"
	"shixin/shared/ladder"
	"shixin/shared/records"
	"shixin/shared/sealedtext"
	"shixin/shared/workday"
)

// change is what happens to one action in one Write.
type change struct {
	stored   records.Action
	event    action.Event
	vault    sealedtext.Vault
	rules    action.Rules
	standing *records.Standing // where the enterprise stood; nil where that does not change
	after    action.Action     // set by add
}

// Step takes one step of an action. It answers NotFound where the caller may not see it, Forbidden where it is the wrong person, level or
// region, Stale, Conflict and Invalid as the contract orders them.
func (r *Rungs) Step(ctx context.Context, call Call, uscc, id string, step Step) (*Reply, error) {
	return r.kept().Once(ctx, call, func() (*Reply, error) {
		stored, rules, err := r.visible(ctx, call, uscc, id)
		if err != nil {
			return nil, err
		}
		a := &stored.State
		by := actor(call.Who)
		if err := r.Policy.Allow(call.Who, step.policy, resource(call.Who, a, workday.DayOf(call.Now))); err != nil {
			return nil, err
		}
		if err := action.MayTake(*a, step.probe, by, rules, call.Now); err != nil {
			return nil, err
		}
		if !call.Matches(a.Version) {
			return nil, fault.New(fault.Stale, "the action has changed since; read it again", "该监管措施已有更新,请重新读取")
		}
		if err := action.Possible(*a, step.probe, by, rules, call.Now); err != nil {
			return nil, err
		}
		v, err := r.openVault(ctx, stored)
		if err != nil {
			return nil, err
		}
		if err := r.shown(ctx, call, uscc, step.shown); err != nil {
			return nil, err
		}
		events, err := action.Decide(*a, step.command(v), by, rules, call.Now)
		if err != nil {
			return nil, err
		}
		c := &change{stored: stored, event: events[0], vault: v, rules: rules}
		if events[0].Data.Assessed != nil {
			standing, err := r.Store.Standing(ctx, call.Now, uscc)
			if err != nil {
				return nil, err
			}
			c.standing = &standing
		}
		if step.created == nil {
			return r.commit(ctx, call, c, 200)
		}
		b := &records.Batch{}
		if err := r.put(ctx, c, b); err != nil {
			return nil, err
		}
		reply := &Reply{Status: 201, Version: c.after.Version, Body: encode(map[string]int{"n": step.created(&c.after)})}
		if err := r.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, r.Store.Commit(ctx, call.Now, b)
	})
}

// visible loads an action of an enterprise that the caller may see; one that it may not is NotFound, as if absent.
func (r *Rungs) visible(ctx context.Context, call Call, uscc, id string) (records.Action, action.Rules, error) {
	stored, found, err := r.Store.Action(ctx, call.Now, id)
	if err != nil {
		return stored, action.Rules{}, err
	}
	if !found || stored.State.USCC != uscc || r.Policy.Allow(call.Who, "action.read", resource(call.Who, &stored.State, workday.DayOf(call.Now))) != nil {
		return stored, action.Rules{}, notFound()
	}
	rules, err := r.rules(&stored.State)
	return stored, rules, err
}

// shown refuses texts that the public would see and that name a person whom the enterprise's registration knows, or hold what may be a
// personal identifier. Nobody but the organisation is ever named in public.
func (r *Rungs) shown(ctx context.Context, call Call, uscc string, public []string) error {
	if len(public) == 0 {
		return nil
	}
	e, err := r.Store.Enterprise(ctx, call.Now, uscc)
	if err != nil {
		return err
	}
	names, err := r.Persons(ctx, e.State)
	if err != nil {
		return err
	}
	for i, text := range public {
		for _, name := range names {
			if name != "" && strings.Contains(text, name) {
				return fault.At(fmt.Sprintf("/legal_basis/%d", i), "is shown in public and must not name a person", "将对外公示,不得载有自然人姓名")
			}
		}
		if longestDigits(text) >= 11 {
			return fault.At(fmt.Sprintf("/legal_basis/%d", i), "is shown in public and must not hold a number that may be a person's identifier", "将对外公示,不得载有可能为个人标识的号码")
		}
	}
	return nil
}

func longestDigits(s string) int {
	most, run := 0, 0
	for _, c := range s {
		if c < '0' || c > '9' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}

// commit writes a change and answers with the action.
func (r *Rungs) commit(ctx context.Context, call Call, c *change, status int) (*Reply, error) {
	b := &records.Batch{}
	reply, err := r.add(ctx, call, c, status, b)
	if err != nil {
		return nil, err
	}
	return reply, r.Store.Commit(ctx, call.Now, b)
}

// add puts a change and the answer that is kept for it into a batch.
func (r *Rungs) add(ctx context.Context, call Call, c *change, status int, b *records.Batch) (*Reply, error) {
	if err := r.put(ctx, c, b); err != nil {
		return nil, err
	}
	view, err := r.view(ctx, call.Who, call.Now, &c.after, c.vault, c.rules)
	if err != nil {
		return nil, err
	}
	reply := &Reply{Status: status, Version: c.after.Version, Body: encode(view)}
	return reply, r.kept().Keep(ctx, call, reply, b)
}

// put puts all that a change writes into a batch: the action, where its enterprise stands, what waits, and what the public sees.
func (r *Rungs) put(ctx context.Context, c *change, b *records.Batch) error {
	var err error
	if c.after, err = action.Fold(c.stored.State, c.event); err != nil {
		return err
	}
	a := &c.after
	sealed, err := r.Seal.Seal(ctx, encode(c.vault), bound(a.ID))
	if err != nil {
		return err
	}
	b.PutAction(c.stored, *a, c.event, sealed)
	if c.standing != nil {
		c.standing.USCC = a.USCC
		after := c.standing.State.Taken(past(a))
		b.PutStanding(*c.standing, after)
		if before := c.standing.State.Proposal; before != nil && after.Proposal == nil {
			b.PutWork(duty.Item{Kind: duty.Proposal, ID: a.USCC, Authority: before.Authority}, true)
		}
	}
	if c.event.N == 1 {
		b.KnowAuthorityOf(a.Authority)
	}
	b.PutWork(action.Item(*a, c.rules), c.event.N > 1)
	today := workday.DayOf(c.event.At)
	switch {
	case a.Published(today) && c.event.Data.Published != nil:
		b.PutPublic(records.Public{ID: a.ID, USCC: a.USCC, Rung: a.Rung, Ladder: a.Ladder, Authority: a.Authority.ID,
			Since: today, Until: a.Publication.Until, LegalBasis: a.Publication.LegalBasis})
	case a.Publication != nil && a.Publication.Lifted != nil && a.Publication.Lifted.At.Equal(c.event.At):
		b.DropPublic(a.ID)
	}
	return nil
}

// ProposalItem is what waits of the proposal of a run, as work queues show it, at the authority that answers for the enterprise.
func ProposalItem(uscc, authority, region string, sectors []string, s ladder.Standing) duty.Item {
	item := duty.Item{Kind: duty.Proposal, ID: uscc, Authority: authority, Region: region, Sectors: sectors, USCC: uscc}
	if p := s.Proposal; p != nil {
		item.Rung, item.Since = p.Rung, p.At
		item.Waits = []duty.Wait{{Step: "actions", For: duty.Officer}, {Step: "proposals/" + p.ID + "/dismissal", For: duty.Officer}}
	}
	return item
}
