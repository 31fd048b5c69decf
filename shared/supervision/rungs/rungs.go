// Package rungs provides what authorities do about findings: actions of the ladder, their publication, and the proposals of runs.
//
// A run only proposes. Every step is a person's: it asks policy who may take it, asks shared/action what follows, and writes the action,
// where its enterprise stands on the ladder, what waits and what the public sees in one Write.
package rungs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/action"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/ladder"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/regime"
	"shixin/shared/repeat"
	"shixin/shared/sealedtext"
	"shixin/shared/workday"
)

// Policy answers who may do what (shared/access/policy).
type Policy interface {
	Allow(p access.Principal, action string, r policy.Resource) error
}

// Call is what a call brings besides its content.
type Call = repeat.Call

// Reply is an answer that can be given again.
type Reply = repeat.Reply

// Draft is a listing that the last rung proposes.
type Draft struct {
	ID       string
	Regime   string
	Ground   string
	Names    []string
	USCC     string
	Facts    string
	Basis    []string
	Evidence []Evidence
}

// Proposer opens a listing's ordinary proposal in the same Write as the action that led to it: along adds the action's operations. It refuses
// as POST /v1/listings does, with pointers into the draft.
type Proposer func(ctx context.Context, call Call, d Draft, along func(b *records.Batch) error) error

// Rungs is the application. Functions that load data are called on first use.
type Rungs struct {
	Store    *records.Store
	Seal     keys.Sealer
	Policy   Policy
	Ladder   func() (ladder.Library, error)
	Regimes  func() (regime.Library, error)
	Calendar func() (workday.Calendar, error)
	// Persons is the names of persons that an enterprise's registration knows: none of them is ever shown in public.
	Persons func(ctx context.Context, e compliance.Registration) ([]string, error)
	Propose Proposer // needed for the rung that proposes a listing
}

func (r *Rungs) kept() repeat.Keeper { return repeat.Keeper{Store: r.Store, Seal: r.Seal} }

func notFound() error { return fault.New(fault.NotFound, "there is no such record", "没有该记录") }

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("rungs: plain data: " + err.Error())
	}
	return b
}

func bound(id string) []byte { return []byte("action " + id) }

func (r *Rungs) openVault(ctx context.Context, a records.Action) (sealedtext.Vault, error) {
	v := sealedtext.Vault{}
	if a.Sealed == nil {
		return v, nil
	}
	plain, err := r.Seal.Open(ctx, a.Sealed, bound(a.State.ID))
	if err != nil {
		return nil, fmt.Errorf("rungs: the sealed part of action %s: %w", a.State.ID, err)
	}
	return v, json.Unmarshal(plain, &v)
}

// rules is the law that an action is judged by: that of the ladder under which it was taken.
func (r *Rungs) rules(a *action.Action) (action.Rules, error) {
	library, err := r.Ladder()
	if err != nil {
		return action.Rules{}, err
	}
	calendar, err := r.Calendar()
	if err != nil {
		return action.Rules{}, err
	}
	v, ok := library.Version(a.Ladder)
	if !ok {
		return action.Rules{}, errors.New("rungs: the ladder of an action is gone: " + a.Ladder)
	}
	rung, ok := v.Rung(a.Rung)
	if !ok {
		return action.Rules{}, errors.New("rungs: the rung of an action is gone: " + a.Rung)
	}
	return action.Rules{Ladder: v, Rung: rung, Calendar: calendar}, nil
}

// enterprise reads the enterprise that a call is about, if the caller may do something with it.
func (r *Rungs) enterprise(ctx context.Context, who access.Principal, act string, now time.Time, uscc string) (compliance.Registration, error) {
	e, err := r.Store.Enterprise(ctx, now, uscc)
	if err == nil && e.Version == 0 {
		err = notFound()
	}
	if err == nil {
		err = r.Policy.Allow(who, act, policy.EnterpriseOf(who, uscc, e.State.Sectors, e.State.Region, e.State.Authority))
	}
	return e.State, err
}

// resource is an action as policy sees it.
func resource(who access.Principal, a *action.Action, today workday.Day) policy.Resource {
	return policy.Resource{Kind: policy.Action, Authority: a.Authority.ID, Level: a.Authority.Level, Region: a.Authority.Region, Sectors: a.Sectors,
		Own: who.Role == access.Enterprise && who.USCC == a.USCC, Noticed: a.WasNoticed(), Published: a.Published(today)}
}

// actor is the caller as events name it.
func actor(who access.Principal) listing.Actor {
	a := listing.Actor{Person: who.Person, Account: who.Account, Role: who.Role, Subject: who.Role == access.Enterprise}
	if who.Role == access.Officer || who.Role == access.Decider {
		a.Authority, a.Level, a.Region = who.Authority, who.Level, who.Region
	}
	return a
}

// failing is the findings of an enterprise that stand, and all of them by id. What is contested or could not be judged supports no rung.
func (r *Rungs) failing(ctx context.Context, now time.Time, uscc string) ([]ladder.Failing, map[string]compliance.Finding, error) {
	found, err := r.Store.FindingsOf(ctx, now, uscc)
	if err != nil {
		return nil, nil, err
	}
	var out []ladder.Failing
	all := map[string]compliance.Finding{}
	for _, f := range found {
		if f.Damaged != nil {
			continue // it can be neither shown nor rested on; a run counts its enterprise as isolated
		}
		all[f.State.ID] = f.State
		if x, ok := Failing(f.State); ok {
			out = append(out, x)
		}
	}
	return out, all, nil
}

// Failing is a finding as the ladder looks at it; false where it supports nothing.
func Failing(f compliance.Finding) (ladder.Failing, bool) {
	if f.State != compliance.Open || f.Outcome != compliance.Fail {
		return ladder.Failing{}, false
	}
	x := ladder.Failing{ID: f.ID, Rule: f.Rule, Severity: f.Severity()}
	for _, m := range f.Marks {
		if m.Event == compliance.Reopened {
			x.Repeated = true
		}
		if m.Event == compliance.Opened || m.Event == compliance.Reopened || x.Since.IsZero() {
			x.Since = m.At
		}
	}
	return x, true
}

// past is what of an action the standing of its enterprise keeps.
func past(a *action.Action) ladder.Past {
	p := ladder.Past{ID: a.ID, Rung: a.Rung, Findings: slices.Clone(a.Content.Findings), At: a.Taken.At, Closed: a.Finished()}
	if a.Assessment != nil {
		p.Outcome = a.Assessment.Outcome
	}
	if a.State == action.Referred {
		p.Outcome = string(action.Referred)
	}
	return p
}
