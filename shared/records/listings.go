package records

import (
	"context"
	"slices"
	"strings"
	"time"

	"shixin/shared/listing"
	"shixin/shared/statistics"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// Listing is a stored listing with its sealed item. Before it is stored first, Version is 0.
type Listing struct {
	State         listing.Listing
	Sealed        []byte // everything that must not be read, under one seal; nil once erased
	version       int64
	sealedVersion int64
}

// Listing reads a listing and its sealed item strongly; false when it is absent.
func (s *Store) Listing(ctx context.Context, now time.Time, id string) (Listing, bool, error) {
	all, err := s.Listings(ctx, now, []string{id})
	if err != nil || len(all) == 0 {
		return Listing{}, false, err
	}
	return all[0], true, nil
}

// Listings reads listings by their ids, at most 500, in the order of the ids and without those that are absent.
func (s *Store) Listings(ctx context.Context, now time.Time, ids []string) ([]Listing, error) {
	out, err := s.listings(ctx, now, ids)
	// An engine reads each item as of its own moment: between the two of a listing a step may lie, which writes both.
	for range 3 {
		var torn []string
		for _, l := range out {
			if l.torn() {
				torn = append(torn, l.State.ID)
			}
		}
		if len(torn) == 0 || err != nil {
			break
		}
		var again []Listing
		again, err = s.listings(ctx, now, torn)
		for _, l := range again {
			out[slices.IndexFunc(out, func(o Listing) bool { return o.State.ID == l.State.ID })] = l
		}
	}
	return out, err
}

// torn reports whether a listing and its sealed item are not of the same step. One that is erased has no sealed item.
func (l Listing) torn() bool { return l.sealedVersion > 0 && l.sealedVersion != l.version }

func (s *Store) listings(ctx context.Context, now time.Time, ids []string) ([]Listing, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, 0, 2*len(ids))
	for _, id := range ids {
		keys = append(keys, listingKey(id), sealedKey(id))
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	var out []Listing
	for _, item := range items {
		if item.Sort == "state" {
			l := Listing{version: item.Version}
			if err := decode(item, &l.State); err != nil {
				return nil, err
			}
			out = append(out, l)
		} else if n := len(out) - 1; n >= 0 && sealedKey(out[n].State.ID) == item.Key {
			out[n].Sealed, out[n].sealedVersion = item.Doc, item.Version
		}
	}
	return out, nil
}

// Events reads a listing's events after number n, oldest first, at most limit and at least whole steps; more tells whether there are further ones.
func (s *Store) Events(ctx context.Context, now time.Time, id string, after, limit int) (events []listing.Event, more bool, err error) {
	r := table.Range{Now: now, Partition: listingKey(id).Partition, From: eventKey(id, 0).Sort, To: eventKey(id, 999999).Sort, Limit: table.MaxPage}
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			var step []listing.Event
			if err := decode(item, &step); err != nil {
				return nil, false, err
			}
			for _, e := range step {
				if e.N <= after {
					continue
				}
				if len(events) == limit {
					return events, true, nil
				}
				events = append(events, e)
			}
		}
		if page.Next == "" {
			return events, false, nil
		}
		r.After = page.Next
	}
}

// PutListing stores a listing after some events: its state, the events of this step, its sealed item, and its places in the
// authority's queue and among the days on which terms end. It returns the size of the state in bytes.
func (b *Batch) PutListing(before Listing, after listing.Listing, events []listing.Event, sealed []byte, due, ends workday.Day) (size int) {
	id := after.ID
	state := put(listingKey(id), before.version, after)
	b.add("listing", state)
	b.add("listing", put(eventKey(id, events[0].N), 0, events))
	if sealed != nil {
		b.add("listing", table.PutOp(table.Item{Key: sealedKey(id), Version: before.sealedVersion + 1, Doc: sealed}, table.Is(before.sealedVersion)))
	}
	place := queueKey(after.Authority.ID, string(after.State), id)
	if old := queueKey(after.Authority.ID, string(before.State.State), id); before.version > 0 && old != place {
		b.add("listing", table.DeleteOp(old, table.Condition{}))
	}
	b.add("listing", table.PutOp(table.Item{Key: place, Version: 1, Doc: encode(queued{Regime: after.Regime, Due: due, Case: statistics.Of(after)})}, table.Condition{}))
	if ends != "" {
		b.add("listing", table.PutOp(table.Item{Key: dueKey(ends, id), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
	return len(state.Item.Doc)
}

// queued is a listing's place in its authority's queue.
type queued struct {
	Regime string          `json:"regime"`
	Due    workday.Day     `json:"due,omitempty"` // the earliest day on which something is due
	Case   statistics.Case `json:"case"`          // what statistics count
}

// Queued is one place in an authority's queue.
type Queued struct {
	ID     string
	State  string
	Regime string
	Due    workday.Day
	Case   statistics.Case
	After  string // go on behind this place
}

// Queue reads a page of an authority's listings in a state (all when empty), oldest first, behind a place.
func (s *Store) Queue(ctx context.Context, now time.Time, authority, state, after string, limit int) (places []Queued, more bool, err error) {
	r := table.Range{Now: now, Partition: queueKey(authority, "", "").Partition, After: after, Limit: limit}
	if state != "" {
		r.From, r.To = state+"#", state+"#~"
	}
	page, err := s.Table.Query(ctx, r)
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		var q queued
		if err := decode(item, &q); err != nil {
			return nil, false, err
		}
		state, id, _ := strings.Cut(item.Sort, "#")
		places = append(places, Queued{ID: id, State: state, Regime: q.Regime, Due: q.Due, Case: q.Case, After: item.Sort})
	}
	return places, page.Next != "", nil
}

// Authorities lists the authorities that have listings.
func (s *Store) Authorities(ctx context.Context, now time.Time) ([]listing.Authority, error) {
	var all []listing.Authority
	r := table.Range{Now: now, Partition: famAuthority, Limit: table.MaxPage}
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			var a listing.Authority
			if err := decode(item, &a); err != nil {
				return nil, err
			}
			all = append(all, a)
		}
		if page.Next == "" {
			return all, nil
		}
		r.After = page.Next
	}
}

// KnowAuthority remembers an authority, with its level and region. It is repeated safely.
func (s *Store) KnowAuthority(ctx context.Context, now time.Time, a listing.Authority) error {
	var b Batch
	b.add("authority", put(authorityKey(a.ID), 0, a))
	err := s.Commit(ctx, now, &b)
	if _, known := err.(*Lost); known {
		return nil
	}
	return err
}

// KnowAuthorityOf remembers, with what else is written, that an authority has records.
func (b *Batch) KnowAuthorityOf(a listing.Authority) {
	b.add("authority", table.PutOp(table.Item{Key: authorityKey(a.ID), Version: 1, Doc: encode(a)}, table.Condition{}))
}

// Ending reads the ids of listings whose term ends on a day, a page behind an id.
func (s *Store) Ending(ctx context.Context, now time.Time, day workday.Day, after string, limit int) (ids []string, more bool, err error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: dueKey(day, "").Partition, After: after, Limit: limit})
	for _, item := range page.Items {
		ids = append(ids, item.Sort)
	}
	return ids, page.Next != "", err
}

// MoveEnding remembers that the term of a listing that was read, absent where there is none, ends on another day than was thought, or with to empty on
// none. It returns *Lost when the listing has changed since: then another may have remembered an end on the same day.
func (s *Store) MoveEnding(ctx context.Context, now time.Time, id string, read Listing, from, to workday.Day) error {
	var b Batch
	b.add("listing", table.CheckOp(listingKey(id), table.Is(read.version)))
	b.DropEnding(id, from)
	if to != "" && to != from {
		b.add("due", table.PutOp(table.Item{Key: dueKey(to, id), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
	return s.Commit(ctx, now, &b)
}

// DropEnding forgets that a listing's term ends on a day.
func (b *Batch) DropEnding(id string, day workday.Day) {
	b.add("due", table.DeleteOp(dueKey(day, id), table.Condition{}))
}

// Claim is what a subject's identifier says about its listings on one ground.
type Claim struct {
	Open string   `json:"open,omitempty"` // the listing that is open
	All  []string `json:"all"`            // every listing of which the subject may know, or will, oldest first

	key     table.Key
	version int64
}

// ClaimKey is an identifier (subject.Ref.ID) on a ground.
type ClaimKey struct{ Ref, Regime, Ground string }

// Claims reads at most 1,000 claims, none named twice, in the order of the keys.
func (s *Store) Claims(ctx context.Context, now time.Time, of []ClaimKey) ([]Claim, error) {
	claims := make([]Claim, len(of))
	keys := make([]table.Key, len(of))
	at := make(map[table.Key]*Claim, len(of))
	for i, k := range of {
		keys[i] = subjectKey(k.Ref, k.Regime, k.Ground)
		claims[i].key = keys[i]
		at[keys[i]] = &claims[i]
	}
	if len(of) == 0 {
		return nil, nil
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if err := decode(item, at[item.Key]); err != nil {
			return nil, err
		}
		at[item.Key].version = item.Version
	}
	return claims, nil
}

// PutClaim stores a claim as it was changed.
func (b *Batch) PutClaim(c Claim) { b.add("subject", put(c.key, c.version, c)) }

// ListingsOf lists the ids of all listings that an identifier's subject ever had, oldest first by ground.
func (s *Store) ListingsOf(ctx context.Context, now time.Time, ref subject.Ref) ([]string, error) {
	r := table.Range{Now: now, Partition: famSubject + "#" + ref.ID(), Limit: table.MaxPage}
	var ids []string
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			var c Claim
			if err := decode(item, &c); err != nil {
				return nil, err
			}
			ids = append(ids, c.All...)
		}
		if page.Next == "" {
			return ids, nil
		}
		r.After = page.Next
	}
}
