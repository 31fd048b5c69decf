package watching

import (
	"cmp"
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Outcome is a caller's word about a match: different, the listing is not about whom the caller means, or same, it is after all.
type Outcome struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
}

// HitOutcome is an [Outcome] about a match that a search has shown: whom the caller means is told by the name and the identifier that it asked for.
// Operators say for personal identifiers for what Purpose they ask.
type HitOutcome struct {
	Name       string      `json:"name,omitempty"`
	Identifier *Identifier `json:"identifier,omitempty"`
	Purpose    string      `json:"purpose,omitempty"`
	Reference  string      `json:"reference,omitempty"`
	Outcome
}

// OutcomeView is what a caller said of a pair. Once either side has changed it no longer holds.
type OutcomeView struct {
	Outcome string    `json:"outcome"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
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

func (o Outcome) check() error {
	if o.Outcome != "different" && o.Outcome != "same" {
		return fault.At("/outcome", "must be different or same", "须为 different 或 same")
	}
	return checkReason(o.Reason)
}

func distinctBound(owner string, p records.Pair) []byte {
	return []byte("distinct " + owner + " " + p.Listing + " " + p.EntrySide)
}

// said is the word of one caller about one pair, as it is stored in b.
func (w *Watching) said(ctx context.Context, call repeat.Call, p records.Pair, listingSide string, in Outcome, b *records.Batch) (*OutcomeView, int, error) {
	who := owner(call.Who)
	told, err := w.Store.Distinctions(ctx, call.Now, who, []records.Pair{p})
	if err != nil {
		return nil, 0, err
	}
	read := told[p]
	if err := matches(call, read.Version()); err != nil {
		return nil, 0, err
	}
	d := records.Distinction{Listing: p.Listing, EntrySide: p.EntrySide, ListingSide: listingSide, By: call.Who.Account, At: moment(call.Now), Withdrawn: in.Outcome == "same"}
	if d.Sealed, err = w.Seal.Seal(ctx, []byte(in.Reason), distinctBound(who, p)); err != nil {
		return nil, 0, err
	}
	b.PutDistinction(who, read, d)
	return &OutcomeView{Outcome: in.Outcome, Reason: in.Reason, By: d.By, At: d.At}, read.Version() + 1, nil
}

// commit writes a word with the answer that is kept for its idempotency key.
func (w *Watching) commit(ctx context.Context, call repeat.Call, status, version int, answer any, b *records.Batch) (*repeat.Reply, error) {
	reply := &repeat.Reply{Status: status, Version: version, Body: encode(answer)}
	if err := w.keeper().Keep(ctx, call, reply, b); err != nil {
		return nil, err
	}
	return reply, w.Store.Commit(ctx, call.Now, b)
}

// Settle records the owner's word about an alert. The pair is quiet, in all of the owner's lists and searches, until either side changes.
func (w *Watching) Settle(ctx context.Context, call repeat.Call, id string, in Outcome) (*repeat.Reply, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return w.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		a, found, err := w.Store.Alert(ctx, call.Now, owner(call.Who), id)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, notFound()
		}
		l, _, err := w.Store.Listing(ctx, call.Now, a.Listing)
		if err != nil {
			return nil, err
		}
		side, err := w.wholeSide(ctx, l)
		if err != nil {
			return nil, err
		}
		if side != a.ListingSide { // whoever answers an old alert has not seen what the listing is now
			return nil, fault.New(fault.Conflict, "the listing's names or identifiers have changed since this alert; answer the latest one", "该提醒之后名单的名称或标识已变更,请处理最新的提醒")
		}
		b := &records.Batch{}
		said, version, err := w.said(ctx, call, records.Pair{Listing: a.Listing, EntrySide: a.EntrySide}, side, in, b)
		if err != nil {
			return nil, err
		}
		shown, err := w.views(ctx, call.Who, call.Now, []records.Alert{a})
		if err != nil {
			return nil, err
		}
		shown[0].Outcome = said
		return w.commit(ctx, call, 200, version, shown[0], b)
	})
}

// SettleHit records a caller's word about a match that a search has shown: a listing in force that the caller may see.
func (w *Watching) SettleHit(ctx context.Context, call repeat.Call, id string, in HitOutcome) (*repeat.Reply, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	who := Input{Name: in.Name, Purpose: in.Purpose, Reference: in.Reference}
	if in.Identifier != nil {
		who.Identifiers = []Identifier{*in.Identifier}
	}
	means, err := w.read(ctx, call.Who, call.Now, "", who)
	if err != nil {
		return nil, err
	}
	return w.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		l, found, err := w.Store.Listing(ctx, call.Now, id)
		if err != nil {
			return nil, err
		}
		if !found || !w.sees(call.Who, l, call.Now) {
			return nil, notFound()
		}
		side, err := w.wholeSide(ctx, l)
		if err != nil {
			return nil, err
		}
		b := &records.Batch{}
		said, version, err := w.said(ctx, call, records.Pair{Listing: id, EntrySide: means.Side}, side, in.Outcome, b)
		if err != nil {
			return nil, err
		}
		return w.commit(ctx, call, 200, version, said, b)
	})
}

// sees reports whether a caller is shown a listing by a search: one in force, and published where the caller sees no other.
func (w *Watching) sees(who access.Principal, l records.Listing, now time.Time) bool {
	return l.State.State == listing.Listed && (w.seesAll(who.Role) || l.State.Published(workday.DayOf(now)))
}

func (w *Watching) outcome(ctx context.Context, owner string, d records.Distinction) (*OutcomeView, error) {
	reason, err := w.Seal.Open(ctx, d.Sealed, distinctBound(owner, records.Pair{Listing: d.Listing, EntrySide: d.EntrySide}))
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
