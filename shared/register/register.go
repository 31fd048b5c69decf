// Package register provides the life of listings as the register keeps it: load, decide, write.
//
// HTTP handlers, pages and workers all call it. It asks policy who may see and do what, asks shared/listing what
// follows, and writes the listing, its effects in the journal and what the list says about each identifier in one Write.
package register

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/journal"
	"shixin/shared/keys"
	"shixin/shared/listing"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/regime"
	"shixin/shared/repeat"
	"shixin/shared/workday"
)

// Policy answers who may do what (shared/access/policy).
type Policy interface {
	Role(p access.Principal, action string) error
	Allow(p access.Principal, action string, r policy.Resource) error
}

// Register is the application. All fields are needed; functions that load data are called on first use.
type Register struct {
	Store    *records.Store
	Hash     keys.Hasher
	Seal     keys.Sealer
	Policy   Policy
	Queue    queue.Sender
	Regimes  func() (regime.Library, error)
	Calendar func() (workday.Calendar, error)
	// Watchers are told, where set, that the journal has moved.
	Watchers queue.Sender
	Log      *slog.Logger // takes alarms; slog.Default when nil

	// effects lets one process write one effect at a time: it would only lose against itself at the journal's head.
	effects sync.Mutex
	known   sync.Map // authorities that the directory has
}

// Call is what a call brings besides its content.
type Call = repeat.Call

// Reply is an answer that can be given again.
type Reply = repeat.Reply

// kept is where answers are kept for their idempotency keys.
func (r *Register) kept() repeat.Keeper { return repeat.Keeper{Store: r.Store, Seal: r.Seal} }

// rules is the law a listing is judged by.
func (r *Register) rules(l *listing.Listing) (listing.Rules, error) {
	library, err := r.Regimes()
	if err != nil {
		return listing.Rules{}, err
	}
	calendar, err := r.Calendar()
	if err != nil {
		return listing.Rules{}, err
	}
	v, ok := library.Version(l.Regime, l.RegimeVersion)
	if !ok {
		return listing.Rules{}, errors.New("register: the regime version of a listing is gone: " + l.Regime + " " + l.RegimeVersion)
	}
	g, ok := v.Ground(l.Ground)
	if !ok {
		return listing.Rules{}, errors.New("register: the ground of a listing is gone: " + l.Ground)
	}
	return listing.Rules{Version: v, Ground: g, Calendar: calendar}, nil
}

// accrue fills in what the other listings of the subject add to the term.
func (r *Register) accrue(ctx context.Context, now time.Time, l *listing.Listing, rules *listing.Rules) error {
	if !adds(l, rules) {
		return nil
	}
	var ids []string
	for _, ref := range claimed(l) {
		ids = append(ids, ref.ID())
	}
	all, err := r.Store.Records(ctx, now, ids)
	if err != nil {
		return err
	}
	for _, rec := range all {
		add(rules, rec.Record, l.ID, now)
	}
	return nil
}

// add lets the record of one of a subject's identifiers tell the last day and the sum of a listing. The longest counts: only the identifiers that
// other listings have too tell of them.
func add(rules *listing.Rules, rec journal.Record, id string, now time.Time) {
	until, sum := rec.Sum(id, now)
	rules.Accrued = max(rules.Accrued, until)
	if sum != nil && (rules.Sum == nil || rules.Sum.Until < sum.Until) {
		rules.Sum = sum
	}
}

// adds reports whether a listing's term adds up with those of the subject's other listings.
func adds(l *listing.Listing, rules *listing.Rules) bool {
	return l.State == listing.Listed && l.Term.Until != "" && rules.Version.Cap != nil && rules.Ground.Capped
}

// know remembers the caller's authority in the directory of authorities that have listings.
func (r *Register) know(ctx context.Context, now time.Time, a listing.Authority) error {
	if _, known := r.known.Load(a.ID); known {
		return nil
	}
	if err := r.Store.KnowAuthority(ctx, now, a); err != nil {
		return err
	}
	r.known.Store(a.ID, true)
	return nil
}

// actor is the caller as events name it. A subject is named by its role alone: who it is stands in the listing.
func actor(p access.Principal, subject bool) listing.Actor {
	a := listing.Actor{Person: p.Person, Account: p.Account, Role: p.Role, Subject: subject}
	if p.Role == access.Officer || p.Role == access.Decider {
		a.Authority, a.Level, a.Region = p.Authority, p.Level, p.Region
	}
	return a
}

// ownRef is the reference under which a caller is itself a subject; false for those who act for an authority.
func owns(p access.Principal, l *listing.Listing) bool {
	for _, ref := range l.Content.Subject.Identifiers {
		switch {
		case p.Role == access.Enterprise && ref.Scheme == "uscc" && ref.Key == p.USCC,
			p.Role == access.Person && ref.Scheme == "cn-id" && ref.Key == p.Subject && p.Subject != "":
			return true
		}
	}
	return false
}

// resource is a listing as policy sees it.
func resource(p access.Principal, l *listing.Listing, rules listing.Rules, today workday.Day) policy.Resource {
	return policy.Resource{
		Kind: "Listing", Authority: l.Authority.ID, Level: l.Authority.Level, Region: l.Authority.Region,
		Sectors: rules.Version.Sectors, Rank: rules.Ground.Level.Rank(),
		Own: owns(p, l), Noticed: l.WasNoticed(), Published: l.Published(today),
	}
}
