package records

import (
	"context"
	"slices"
	"strings"
	"time"

	"shixin/shared/table"
)

func distinctKey(owner, listing, side string) table.Key {
	return table.Key{Partition: famDistinct + "#" + owner, Sort: listing + "#" + side}
}
func confirmedKey(listing string) table.Key {
	return table.Key{Partition: famConfirmed + "#" + listing, Sort: "all"}
}

// Distinction is an owner's word that a listing is not about whom it watches or asked for. It holds until either side changes.
type Distinction struct {
	Listing     string    `json:"-"`
	EntrySide   string    `json:"-"` // hash of whom the owner means
	ListingSide string    `json:"listing_side"`
	By          string    `json:"by"` // account
	At          time.Time `json:"at"`
	Sealed      []byte    `json:"sealed"` // the reason
	Withdrawn   bool      `json:"withdrawn,omitempty"`
	version     int64
}

// Pair names what a distinction tells apart.
type Pair struct{ Listing, EntrySide string }

// Distinctions reads what an owner has told apart, of at most 1,000 different pairs; those it has not are left out.
func (s *Store) Distinctions(ctx context.Context, now time.Time, owner string, pairs []Pair) (map[Pair]Distinction, error) {
	out := map[Pair]Distinction{}
	if len(pairs) == 0 {
		return out, nil
	}
	keys := make([]table.Key, len(pairs))
	for i, p := range pairs {
		keys[i] = distinctKey(owner, p.Listing, p.EntrySide)
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		var d Distinction
		d.Listing, d.EntrySide, _ = strings.Cut(item.Sort, "#")
		d.version = item.Version
		if err := decode(item, &d); err != nil {
			return nil, err
		}
		out[Pair{d.Listing, d.EntrySide}] = d
	}
	return out, nil
}

// Version counts how often the owner said something of the pair; 0 is never.
func (d Distinction) Version() int { return int(d.version) }

// PutDistinction stores a distinction over the one that was read; it fails, as "distinction", when it was written meanwhile.
func (b *Batch) PutDistinction(owner string, read, d Distinction) {
	b.add("distinction", put(distinctKey(owner, d.Listing, d.EntrySide), read.version, d))
}

// Confirmation is an authority's word that an organisation is not the subject of a listing, which all are shown. It holds until the
// listing's names or identifiers change.
type Confirmation struct {
	USCC        string    `json:"uscc"`
	ListingSide string    `json:"listing_side"`
	Authority   string    `json:"authority"`
	By          string    `json:"by"` // account
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
	Version     int       `json:"version"` // how often it was confirmed
}

// Confirmations is all that authorities have confirmed about one listing, by code: one item, so that all hits of a search are one read.
type Confirmations struct {
	Listing string         `json:"-"`
	Of      []Confirmation `json:"of"`
	version int64
}

// Confirmations reads what is confirmed about listings, of at most 1,000 different ones; those without are left out.
func (s *Store) Confirmations(ctx context.Context, now time.Time, listings []string) (map[string]Confirmations, error) {
	out := map[string]Confirmations{}
	if len(listings) == 0 {
		return out, nil
	}
	keys := make([]table.Key, len(listings))
	for i, id := range listings {
		keys[i] = confirmedKey(id)
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		c := Confirmations{Listing: strings.TrimPrefix(item.Partition, famConfirmed+"#"), version: item.Version}
		if err := decode(item, &c); err != nil {
			return nil, err
		}
		out[c.Listing] = c
	}
	return out, nil
}

// PutConfirmation adds a confirmation to those that were read, in place of an earlier one of the same organisation; it fails, as "confirmation", when
// they were written meanwhile.
func (b *Batch) PutConfirmation(read Confirmations, c Confirmation) {
	all := slices.Clone(read.Of)
	at, had := slices.BinarySearchFunc(all, c.USCC, func(x Confirmation, code string) int { return strings.Compare(x.USCC, code) })
	if had {
		all[at] = c
	} else {
		all = slices.Insert(all, at, c)
	}
	b.add("confirmation", put(confirmedKey(read.Listing), read.version, Confirmations{Of: all}))
}
