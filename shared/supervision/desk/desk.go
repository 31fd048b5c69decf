// Package desk provides what waits for a caller, and what is late.
//
// It reads the queues of work that every step keeps, and looks through no records: an authority sees the steps that its role can take now,
// what is late at itself, and what is late or asks for its consent at the authorities one level below it. Where none is known one level above
// an authority, what is late there shows at the next level that has one, so that nothing is late unseen. A subject sees its own.
package desk

import (
	"context"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/duty"
	"shixin/shared/ladder"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/workday"
)

// Desk is the application. Functions that load data are called on first use.
type Desk struct {
	Store    *records.Store
	Ladder   func() (ladder.Library, error)
	Calendar func() (workday.Calendar, error)
	// Listings is what of a subject's own listings waits for it.
	Listings func(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error)
	// Findings is what stands against an enterprise as it sees it.
	Findings func(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error)
	// Reports is the figures that an enterprise owes.
	Reports func(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error)
}

// Step is one step that waits.
type Step struct {
	duty.Wait
	Late bool `json:"late"`
}

// Item is one record that waits for the caller. It names no person.
type Item struct {
	Kind      string    `json:"kind"`
	ID        string    `json:"id"`
	Authority string    `json:"authority,omitempty"`
	State     string    `json:"state,omitempty"`
	Regime    string    `json:"regime,omitempty"`
	Ground    string    `json:"ground,omitempty"`
	USCC      string    `json:"uscc,omitempty"`
	Rung      string    `json:"rung,omitempty"`
	Rule      string    `json:"rule,omitempty"`
	Since     time.Time `json:"since"`
	Late      bool      `json:"late"`
	Steps     []Step    `json:"steps"`
	Breaches  []string  `json:"breaches"` // the duties of the authority that are late (GET /v1/ladder)
}

// Filter narrows what is shown.
type Filter struct {
	Kind string
	Late bool // only what is late
}

// Place is where a page goes on: an authority's queue, or how many of a subject's own were passed.
type Place struct {
	Authority int    `json:"n,omitempty"` // how many queues were passed
	After     string `json:"a,omitempty"`
	Skip      int    `json:"k,omitempty"`
}

// The bounds of one answer: pages of queues that it reads, and places a page.
const (
	mostPages  = 20
	placesRead = 200
)

// Work answers a page of what waits for the caller, by kind and age, its own authority's first. A page may hold fewer than the limit, as what
// waits for others is left out; next is nil at the end.
func (d *Desk) Work(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, limit int) (items []Item, next *Place, err error) {
	switch who.Role {
	case access.Enterprise, access.Person:
		return d.own(ctx, who, now, f, from, limit)
	case access.Officer, access.Decider, access.Auditor:
		return d.queues(ctx, who, now, f, from, limit)
	}
	return []Item{}, nil, nil
}

// queues reads the queues of work that concern a caller of an authority, or all late ones for an auditor.
func (d *Desk) queues(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, limit int) ([]Item, *Place, error) {
	library, err := d.Ladder()
	if err != nil {
		return nil, nil, err
	}
	calendar, err := d.Calendar()
	if err != nil {
		return nil, nil, err
	}
	authorities, err := d.authorities(ctx, who, now)
	if err != nil {
		return nil, nil, err
	}
	today := workday.DayOf(now)
	items := []Item{}
	pages := 0
	for at := from; at.Authority < len(authorities); at = (Place{Authority: at.Authority + 1}) {
		for more := true; more; {
			if pages == mostPages {
				return items, &at, nil
			}
			var places []records.Waiting
			if places, more, err = d.Store.Work(ctx, now, authorities[at.Authority].ID, f.Kind, at.After, placesRead); err != nil {
				return nil, nil, err
			}
			pages++
			for _, p := range places {
				p.Item.Known(calendar)
				p.Item.Of(authorities[at.Authority].Level, authorities[at.Authority].Region)
				if view, shown := show(p.Item, p.Item.For(who, today, authorities[at.Authority].next), today, library.Duties, f); shown {
					if len(items) == limit {
						return items, &at, nil
					}
					items = append(items, view)
				}
				at.After = p.After
			}
		}
	}
	return items, nil, nil
}

// watched is an authority whose queue concerns a caller.
type watched struct {
	listing.Authority
	next bool // the caller's is the next above it: none is known between the two
}

// authorities are those whose queues concern the caller, its own first. Who asks here is known from then on: what is late below it goes to it, and
// no further up.
func (d *Desk) authorities(ctx context.Context, who access.Principal, now time.Time) ([]watched, error) {
	all, err := d.Store.Authorities(ctx, now)
	if err != nil {
		return nil, err
	}
	var out []watched
	if who.Role != access.Auditor {
		own := listing.Authority{ID: who.Authority, Level: who.Level, Region: who.Region}
		out = append(out, watched{Authority: own})
		if own.ID != "" && !slices.ContainsFunc(all, func(a listing.Authority) bool { return a.ID == own.ID }) {
			if err := d.Store.KnowAuthority(ctx, now, own); err != nil {
				return nil, err
			}
		}
	}
	for _, a := range all {
		if a.ID == who.Authority {
			continue
		}
		up := who.Level.Rank() - a.Level.Rank()
		w := watched{a, up > 1 && who.Covers(a.Region) && !slices.ContainsFunc(all, func(b listing.Authority) bool {
			return b.Level.Rank() > a.Level.Rank() && b.Level.Rank() < who.Level.Rank() && access.Within(a.Region, b.Region)
		})}
		if w.next || up == 1 && who.Covers(a.Region) || who.Role == access.Auditor {
			out = append(out, w)
		}
	}
	return out, nil
}

// show makes a view of what waits of an item, unless nothing does or the filter leaves it out.
func show(i duty.Item, waits []duty.Wait, today workday.Day, duties []ladder.Duty, f Filter) (Item, bool) {
	v := Item{Kind: i.Kind, ID: i.ID, Authority: i.Authority, State: i.State, Regime: i.Regime, Ground: i.Ground, USCC: i.USCC, Rung: i.Rung, Rule: i.Rule,
		Since: i.Since, Steps: []Step{}, Breaches: append([]string{}, ladder.Breaches(duties, i, today)...)}
	for _, w := range waits {
		v.Steps = append(v.Steps, Step{Wait: w, Late: w.Late(today)})
		v.Late = v.Late || w.Late(today)
	}
	return v, len(waits) > 0 && (f.Kind == "" || f.Kind == i.Kind) && (!f.Late || v.Late)
}

// own is what waits for a subject: its listings, and of an enterprise its actions and findings.
func (d *Desk) own(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, limit int) ([]Item, *Place, error) {
	all, err := d.Listings(ctx, who, now)
	if err != nil {
		return nil, nil, err
	}
	if who.Role == access.Enterprise {
		actions, err := d.actions(ctx, who, now)
		if err != nil {
			return nil, nil, err
		}
		findings, err := d.Findings(ctx, who, now)
		if err != nil {
			return nil, nil, err
		}
		reports, err := d.Reports(ctx, who, now)
		if err != nil {
			return nil, nil, err
		}
		all = slices.Concat(all, actions, reports, findings)
	}
	today := workday.DayOf(now)
	items := []Item{}
	for n := from.Skip; n < len(all); n++ {
		waits := slices.DeleteFunc(slices.Clone(all[n].Waits), func(w duty.Wait) bool { return w.For != duty.Subject || !w.Open(today) })
		view, shown := show(all[n], waits, today, nil, f)
		if !shown {
			continue
		}
		if len(items) == limit {
			return items, &Place{Skip: n}, nil
		}
		items = append(items, view)
	}
	return items, nil, nil
}

// actions is what waits of the rungs that were taken towards an enterprise and that it was told of.
func (d *Desk) actions(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error) {
	library, err := d.Ladder()
	if err != nil {
		return nil, err
	}
	calendar, err := d.Calendar()
	if err != nil {
		return nil, err
	}
	standing, err := d.Store.Standing(ctx, now, who.USCC)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range standing.State.Past {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	stored, err := d.Store.Actions(ctx, now, ids)
	if err != nil {
		return nil, err
	}
	var out []duty.Item
	for i := range stored {
		a := &stored[i].State
		v, ok := library.Version(a.Ladder)
		if !ok || !a.WasNoticed() {
			continue
		}
		if rung, ok := v.Rung(a.Rung); ok {
			out = append(out, action.Item(*a, action.Rules{Ladder: v, Rung: rung, Calendar: calendar}))
		}
	}
	return out, nil
}
