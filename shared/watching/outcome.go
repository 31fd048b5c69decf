package watching

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Outcome is the body of the owner's word about an alert: different, the listing is not about the counterparty, or same, it is after all.
type Outcome struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
}

// OutcomeView is what an owner said of a pair. Once either side has changed it no longer holds.
type OutcomeView struct {
	Outcome string    `json:"outcome"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Confirmed is an authority's word that an organisation is not the subject of a listing.
type Confirmed struct {
	Listing   string    `json:"listing"`
	USCC      string    `json:"uscc"`
	Authority string    `json:"authority"`
	At        time.Time `json:"at"`
	Reason    string    `json:"reason"`
}

func confirmed(c records.Confirmation) Confirmed {
	return Confirmed{Listing: c.Listing, USCC: c.USCC, Authority: c.Authority, At: moment(c.At), Reason: c.Reason}
}

func comparePairs(a, b records.Pair) int {
	return cmp.Or(cmp.Compare(a.Listing, b.Listing), cmp.Compare(a.EntrySide, b.EntrySide))
}

// mostReason is how many characters a reason has at the most.
const mostReason = 1000

func checkReason(reason string) error {
	if err := subject.CheckText(reason, mostReason); err != nil {
		return fault.Fields(fault.Field{Pointer: "/reason", Detail: err.Error()})
	}
	return nil
}

func distinctBound(owner string, d records.Distinction) []byte {
	return []byte("distinct " + owner + " " + d.Listing + " " + d.EntrySide)
}

// Settle records the owner's word about an alert. The pair is quiet, in all of the owner's lists and searches, until either side changes.
func (w *Watching) Settle(ctx context.Context, call repeat.Call, id string, in Outcome) (*repeat.Reply, error) {
	if in.Outcome != "different" && in.Outcome != "same" {
		return nil, fault.At("/outcome", "must be different or same", "须为 different 或 same")
	}
	if err := checkReason(in.Reason); err != nil {
		return nil, err
	}
	who := owner(call.Who)
	return w.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		a, found, err := w.Store.Alert(ctx, call.Now, who, id)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, notFound()
		}
		pair := records.Pair{Listing: a.Listing, EntrySide: a.EntrySide}
		told, err := w.Store.Distinctions(ctx, call.Now, who, []records.Pair{pair})
		if err != nil {
			return nil, err
		}
		read := told[pair]
		if err := matches(call, read.Version()); err != nil {
			return nil, err
		}
		side, err := w.sideNow(ctx, call.Now, a.Listing)
		if err != nil {
			return nil, err
		}
		if side != a.ListingSide { // whoever answers an old alert has not seen what the listing is now
			return nil, fault.New(fault.Conflict, "the listing's names or identifiers have changed since this alert; answer the latest one", "该提醒之后名单的名称或标识已变更,请处理最新的提醒")
		}
		d := records.Distinction{Listing: a.Listing, EntrySide: a.EntrySide, ListingSide: a.ListingSide, By: call.Who.Account, At: moment(call.Now), Withdrawn: in.Outcome == "same"}
		if d.Sealed, err = w.Seal.Seal(ctx, []byte(in.Reason), distinctBound(who, d)); err != nil {
			return nil, err
		}
		v, err := w.view(ctx, call.Who, call.Now, a, false)
		if err != nil {
			return nil, err
		}
		v.Outcome = &OutcomeView{Outcome: in.Outcome, Reason: in.Reason, By: d.By, At: d.At}
		reply := &repeat.Reply{Status: 200, Version: read.Version() + 1, Body: encode(v)}
		b := &records.Batch{}
		b.PutDistinction(who, read, d)
		if err := w.keeper().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, w.Store.Commit(ctx, call.Now, b)
	})
}

func (w *Watching) outcome(ctx context.Context, owner string, d records.Distinction) (*OutcomeView, error) {
	reason, err := w.Seal.Open(ctx, d.Sealed, distinctBound(owner, d))
	if err != nil {
		return nil, err
	}
	v := &OutcomeView{Outcome: "different", Reason: string(reason), By: d.By, At: moment(d.At)}
	if d.Withdrawn {
		v.Outcome = "same"
	}
	return v, nil
}

// matches refuses a word about something that the caller has not seen as it is. What nobody has said anything of has no version.
func matches(call repeat.Call, version int) error {
	if call.IfMatch != nil && (version == 0 || !call.Matches(version)) {
		return stale()
	}
	return nil
}

// sideNow is the hash of what a listing is compared by now; that of nothing where it is gone.
func (w *Watching) sideNow(ctx context.Context, now time.Time, id string) (string, error) {
	l, _, err := w.Store.Listing(ctx, now, id)
	if err != nil {
		return "", err
	}
	side, _, err := w.listingSide(ctx, l)
	return side, err
}

// Confirmation is the body of an officer's word that the organisation USCC is not the subject of a listing.
type Confirmation struct {
	USCC   string `json:"uscc"`
	Reason string `json:"reason"`
}

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
		for _, r := range l.State.Content.Subject.Identifiers {
			if r.Scheme == subject.USCC && r.Key == code.Value {
				return nil, fault.At("/uscc", "the organisation is the subject of the listing: ask for a correction instead", "该主体即名单主体,请申请更正")
			}
		}
		read, err := w.Store.Confirmed(ctx, call.Now, id, code.Value)
		if err != nil {
			return nil, err
		}
		if err := matches(call, read.Version()); err != nil {
			return nil, err
		}
		side, _, err := w.listingSide(ctx, l)
		if err != nil {
			return nil, err
		}
		c := records.Confirmation{Listing: id, USCC: code.Value, ListingSide: side, Authority: call.Who.Authority, By: call.Who.Account, At: moment(call.Now), Reason: in.Reason}
		reply := &repeat.Reply{Status: 200, Version: read.Version() + 1, Body: encode(confirmed(c))}
		if read.Version() == 0 {
			reply.Status = 201
		}
		b := &records.Batch{}
		b.PutConfirmation(read, c)
		if err := w.keeper().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, w.Store.Commit(ctx, call.Now, b)
	})
}

// resource is a listing as policy sees it here.
func resource(l records.Listing, now time.Time) policy.Resource {
	a := l.State.Authority
	return policy.Resource{Kind: policy.Listing, Authority: a.ID, Level: a.Level, Region: a.Region, Noticed: l.State.WasNoticed(), Published: l.State.Published(workday.DayOf(now))}
}

// Confirmations shows what holds of a listing: to those who see unpublished listings always, to others while it is published.
func (w *Watching) Confirmations(ctx context.Context, who access.Principal, now time.Time, id string) ([]Confirmed, error) {
	l, found, err := w.Store.Listing(ctx, now, id)
	if err != nil {
		return nil, err
	}
	public := found && l.State.State == listing.Listed && l.State.Published(workday.DayOf(now))
	if !found || !public && w.Policy.Allow(who, "status.all", policy.Resource{Kind: policy.Status}) != nil {
		return nil, notFound()
	}
	side, _, err := w.listingSide(ctx, l)
	if err != nil {
		return nil, err
	}
	all, err := w.Store.Confirmations(ctx, now, id)
	out := []Confirmed{}
	for _, c := range all {
		if c.ListingSide == side {
			out = append(out, confirmed(c))
		}
	}
	return out, err
}

// Asked is whom a search means: the names and identifiers it gives.
type Asked struct {
	Name string
	Kind subject.Kind
	Refs []subject.Ref
}

// Note is what is known of a hit of a search.
type Note struct {
	Quiet     bool         // the caller has told the two apart and neither has changed since
	Outcome   *OutcomeView // what the caller said, whether it still holds or not
	Confirmed []Confirmed  // organisations that are confirmed not to be the listing's subject
}

// Hit is one listing that a search has found: what it is compared by, its names in clear and its identifiers.
type Hit struct {
	Listing string
	Names   []string
	Refs    []subject.Ref
}

// Notes answers, for the hits of a search, what the caller has said of the same name and identifiers before, and what authorities have confirmed
// about the listings. Listings without a note are left out.
func (w *Watching) Notes(ctx context.Context, who access.Principal, now time.Time, asked Asked, hits []Hit) (map[string]Note, error) {
	out := map[string]Note{}
	if len(hits) == 0 {
		return out, nil
	}
	e := entry{Name: asked.Name, Kind: asked.Kind, Refs: slices.Clone(asked.Refs)}
	entrySide, err := w.side(ctx, &e)
	if err != nil {
		return nil, err
	}
	var pairs []records.Pair
	for _, l := range hits {
		pairs = append(pairs, records.Pair{Listing: l.Listing, EntrySide: entrySide})
	}
	told := map[records.Pair]records.Distinction{}
	if who.Role != access.Anonymous {
		if told, err = w.Store.Distinctions(ctx, now, owner(who), pairs); err != nil {
			return nil, err
		}
	}
	for i, l := range hits {
		all, err := w.Store.Confirmations(ctx, now, l.Listing)
		if err != nil {
			return nil, err
		}
		d, has := told[pairs[i]]
		if !has && len(all) == 0 {
			continue
		}
		side, err := w.sideOf(ctx, l.Names, l.Refs)
		if err != nil {
			return nil, err
		}
		var n Note
		for _, c := range all {
			if c.ListingSide == side {
				n.Confirmed = append(n.Confirmed, confirmed(c))
			}
		}
		if has {
			n.Quiet = !d.Withdrawn && d.ListingSide == side
			if n.Outcome, err = w.outcome(ctx, owner(who), d); err != nil {
				return nil, err
			}
		}
		if n.Outcome != nil || n.Confirmed != nil {
			out[l.Listing] = n
		}
	}
	return out, nil
}
