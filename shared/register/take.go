package register

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/workday"
)

// Propose opens a listing and answers 201 with it.
func (r *Register) Propose(ctx context.Context, call Call, p Proposal) (*Reply, error) {
	opened, err := r.opening(ctx, call, p)
	if err != nil {
		return nil, err
	}
	return r.kept().Once(ctx, call, func() (reply *Reply, err error) {
		c := opened.change()
		err = r.commit(ctx, call.Now, nil, []*change{c}, func(b *records.Batch) error {
			reply = &Reply{Status: 201, Version: c.after.Version, Body: encodeJSON(r.view(call, &c.after, c.vault, c.rules))}
			return r.kept().Keep(ctx, call, reply, b)
		})
		return reply, err
	})
}

// ProposeAlong opens a listing under an id, as [Register.Propose] does, in the same Write as what along adds. It tries once: where others wrote
// meanwhile it returns *records.Lost, and the caller begins anew.
func (r *Register) ProposeAlong(ctx context.Context, call Call, id string, p Proposal, along func(*records.Batch) error) error {
	opened, err := r.opening(ctx, call, p)
	if err != nil {
		return err
	}
	first := opened.events[0].Data.(listing.ProposedData)
	first.ID = id
	opened.events[0].Data = first
	return r.commit(ctx, call.Now, nil, []*change{opened.change()}, along)
}

// opening is a proposal that is decided and not yet written.
type opening struct {
	events []listing.Event
	vault  *vault
	rules  listing.Rules
}

func (o opening) change() *change { return &change{events: o.events, vault: o.vault, rules: o.rules} }

// opening decides the proposal of a listing, and knows the caller's authority.
func (r *Register) opening(ctx context.Context, call Call, p Proposal) (opening, error) {
	o := opening{vault: newVault()}
	propose, rules, err := r.proposal(ctx, call, Row{Proposal: p}, o.vault, workday.DayOf(call.Now))
	if err != nil {
		return o, err
	}
	if err := r.know(ctx, call.Now, propose.Authority); err != nil {
		return o, err
	}
	o.rules = rules
	o.events, err = listing.Decide(listing.Listing{}, propose, actor(call.Who, false), rules, call.Now)
	return o, err
}

// proposal turns a row into the command that opens its listing, and checks that the caller may open it.
func (r *Register) proposal(ctx context.Context, call Call, row Row, v *vault, today workday.Day) (listing.Propose, listing.Rules, error) {
	var w wrong
	if w.proposal(row, today); w.Any() {
		return listing.Propose{}, listing.Rules{}, w.Fault()
	}
	on := today
	if row.Decided != nil {
		on = row.Decided.On
	}
	library, err := r.Regimes()
	if err != nil {
		return listing.Propose{}, listing.Rules{}, err
	}
	version, err := library.In(row.Regime, on)
	if err != nil {
		return listing.Propose{}, listing.Rules{}, err
	}
	ground, ok := version.Ground(row.Ground)
	if !ok {
		return listing.Propose{}, listing.Rules{}, fault.At("/ground", "the regime has no such ground; GET /v1/regimes/"+row.Regime+" lists them", "该制度没有此列入事由")
	}
	calendar, err := r.Calendar()
	if err != nil {
		return listing.Propose{}, listing.Rules{}, err
	}
	rules := listing.Rules{Version: version, Ground: ground, Calendar: calendar}
	content, err := r.content(ctx, row.Proposal, v)
	if err != nil {
		return listing.Propose{}, rules, err
	}
	p := listing.Propose{
		ID: records.NewID(call.Now), Regime: version.Regime, RegimeVersion: version.Version, Ground: ground.ID, Content: content,
		Authority: listing.Authority{ID: call.Who.Authority, Level: call.Who.Level, Region: call.Who.Region},
	}
	if d := row.Decided; d != nil {
		p.Elsewhere = elsewhere(d, version.Mirror, call.Who, v)
	}
	l := listing.Listing{Authority: p.Authority, Content: content}
	if err := r.Policy.Allow(call.Who, "listing.propose", resource(call.Who, &l, rules, today)); err != nil {
		return p, rules, err
	}
	return p, rules, nil
}

// elsewhere keeps a decision taken elsewhere. Unless the row says otherwise it is the importer's authority's, and only a mirror is public.
func elsewhere(d *Decided, mirror bool, who access.Principal, v *vault) *listing.Elsewhere {
	e := &listing.Elsewhere{Document: v.put(d.Document), On: d.On, Authority: d.Authority, ServedOn: d.ServedOn, Until: d.Until, Published: mirror}
	if e.Authority == "" {
		e.Authority = who.Authority
	}
	if d.Published != nil {
		e.Published = *d.Published
	}
	return e
}

// Take takes one step of a listing. It answers NotFound where the caller may not see the listing, Forbidden where it is the
// wrong person, level or region for the step, Stale, Conflict and Invalid as the contract orders them.
func (r *Register) Take(ctx context.Context, call Call, id string, step Step) (*Reply, error) {
	if step.effect {
		r.effects.Lock()
		defer r.effects.Unlock()
	}
	return r.kept().Once(ctx, call, func() (*Reply, error) { return r.take(ctx, call, id, step) })
}

func (r *Register) take(ctx context.Context, call Call, id string, step Step) (*Reply, error) {
	now := call.Now
	var head *records.Head
	if step.effect {
		h, err := r.Store.Head(ctx, now)
		if err != nil {
			return nil, err
		}
		head = &h
		now = later(now, h.At)
	}
	stored, rules, err := r.visible(ctx, call.Who, now, id)
	if err != nil {
		return nil, err
	}
	l := &stored.State
	by := actor(call.Who, owns(call.Who, l))
	if err := r.Policy.Allow(call.Who, step.action, resource(call.Who, l, rules, workday.DayOf(now))); err != nil {
		return nil, err
	}
	if err := listing.MayTake(*l, step.probe, by, rules, now); err != nil {
		return nil, err
	}
	if !call.Matches(l.Version) {
		return nil, fault.New(fault.Stale, "the listing has changed since; read it again", "该名单已有更新,请重新读取")
	}
	v, err := r.wholeVault(ctx, &stored)
	if err != nil {
		return nil, err
	}
	if err := listing.Possible(*l, step.probe, by, rules, now); err != nil { // 409 comes before what the content contradicts
		return nil, err
	}
	command, err := step.command(ctx, r, l, v)
	if err != nil {
		return nil, err
	}
	events, err := listing.Decide(*l, command, by, rules, now)
	if err != nil {
		return nil, err
	}
	c := &change{stored: stored, events: events, vault: v, rules: rules}
	var reply *Reply
	err = r.commit(ctx, now, head, []*change{c}, func(b *records.Batch) error {
		reply = &Reply{Status: 200, Version: c.after.Version}
		if step.created != nil {
			reply.Status = 201
			reply.Body = encodeJSON(map[string]int{"n": step.created(&c.after)})
		} else {
			reply.Body = encodeJSON(r.view(call, &c.after, v, c.rules))
		}
		return r.kept().Keep(ctx, call, reply, b)
	})
	return reply, err
}

// visible loads a listing that the caller may see; one that it may not is NotFound, as if absent.
func (r *Register) visible(ctx context.Context, who access.Principal, now time.Time, id string) (records.Listing, listing.Rules, error) {
	absent := fault.New(fault.NotFound, "there is no such listing", "没有该名单")
	stored, found, err := r.Store.Listing(ctx, now, id)
	if err != nil {
		return stored, listing.Rules{}, err
	}
	if !found {
		return stored, listing.Rules{}, absent
	}
	rules, err := r.rules(&stored.State)
	if err != nil {
		return stored, rules, err
	}
	if err := r.accrue(ctx, now, &stored.State, &rules); err != nil {
		return stored, rules, err
	}
	judged := listing.Judged(stored.State, rules, now)
	if err := r.Policy.Allow(who, "listing.read", resource(who, &judged, rules, workday.DayOf(now))); err != nil {
		return stored, rules, absent
	}
	return stored, rules, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
