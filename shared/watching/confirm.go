package watching

import (
	"context"
	"slices"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Confirmation is the body of an officer's word that the organisation USCC is not the subject of a listing.
type Confirmation struct {
	USCC   string `json:"uscc"`
	Reason string `json:"reason"`
}

// Confirmed is an authority's word that an organisation is not the subject of a listing.
type Confirmed struct {
	Listing   string    `json:"listing"`
	USCC      string    `json:"uscc"`
	Authority string    `json:"authority"`
	At        time.Time `json:"at"`
	Reason    string    `json:"reason"`
}

func confirmed(listing string, c records.Confirmation) Confirmed {
	return Confirmed{Listing: listing, USCC: c.USCC, Authority: c.Authority, At: moment(c.At), Reason: c.Reason}
}

// holding is what holds of a listing whose side is the given one: all, or of some organisations only.
func holding(c records.Confirmations, side string, of []string) (out []Confirmed) {
	for _, one := range c.Of {
		if one.ListingSide == side && (of == nil || slices.Contains(of, one.USCC)) {
			out = append(out, confirmed(c.Listing, one))
		}
	}
	return out
}

// mostConfirmed is about how many organisations it may be confirmed that they are not the subject of one listing.
const mostConfirmed = 100

// Confirm records an authority's word. All who search or watch are shown it, until the listing's names or identifiers change.
func (w *Watching) Confirm(ctx context.Context, call repeat.Call, id string, in Confirmation) (*repeat.Reply, error) {
	code, err := subject.Parse(string(subject.USCC), in.USCC)
	if err != nil {
		return nil, fault.Fields(fault.Field{Pointer: "/uscc", Detail: err.Error()})
	}
	if err := checkReason(in.Reason); err != nil {
		return nil, err
	}
	return w.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		l, found, err := w.Store.Listing(ctx, call.Now, id)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, notFound()
		}
		if err := w.Policy.Allow(call.Who, "distinction.confirm", resource(l, call.Now)); err != nil {
			return nil, err
		}
		all, err := w.Store.Confirmations(ctx, call.Now, []string{id})
		if err != nil {
			return nil, err
		}
		read := all[id]
		read.Listing = id
		version := 0
		if at, had := slices.BinarySearchFunc(read.Of, code.Value, func(c records.Confirmation, code string) int { return strings.Compare(c.USCC, code) }); had {
			version = read.Of[at].Version
		}
		if err := matches(call, version); err != nil {
			return nil, err
		}
		switch own := (subject.Ref{Scheme: subject.USCC, Key: code.Value}).ID(); {
		case slices.ContainsFunc(l.State.Content.Subject.Identifiers, func(r subject.Ref) bool { return r.ID() == own }):
			return nil, fault.At("/uscc", "the organisation is the subject of the listing: ask for a correction instead", "该主体即名单主体,请申请更正")
		case version == 0 && len(read.Of) >= mostConfirmed:
			return nil, records.TooLarge()
		}
		side, err := w.wholeSide(ctx, l)
		if err != nil {
			return nil, err
		}
		c := records.Confirmation{USCC: code.Value, ListingSide: side, Authority: call.Who.Authority, By: call.Who.Account, At: moment(call.Now), Reason: in.Reason, Version: version + 1}
		b := &records.Batch{}
		b.PutConfirmation(read, c)
		status := 200
		if version == 0 {
			status = 201
		}
		return w.commit(ctx, call, status, version+1, confirmed(id, c), b)
	})
}

// resource is a listing as policy sees it here.
func resource(l records.Listing, now time.Time) policy.Resource {
	a := l.State.Authority
	return policy.Resource{Kind: policy.Listing, Authority: a.ID, Level: a.Level, Region: a.Region, Noticed: l.State.WasNoticed(), Published: l.State.Published(workday.DayOf(now))}
}

// Confirmations shows what holds of a listing, to all who are shown the listing itself.
func (w *Watching) Confirmations(ctx context.Context, who access.Principal, now time.Time, id string) ([]Confirmed, error) {
	l, found, err := w.Store.Listing(ctx, now, id)
	if err != nil {
		return nil, err
	}
	if !found || !w.sees(who, l, now) {
		return nil, notFound()
	}
	side, err := w.wholeSide(ctx, l)
	if err != nil {
		return nil, err
	}
	all, err := w.Store.Confirmations(ctx, now, []string{id})
	return append([]Confirmed{}, holding(all[id], side, nil)...), err
}
