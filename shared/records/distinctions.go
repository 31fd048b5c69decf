package records

import (
	"context"
	"strings"
	"time"

	"shixin/shared/table"
)

func distinctKey(owner, listing, side string) table.Key {
	return table.Key{Partition: famDistinct + "#" + owner, Sort: listing + "#" + side}
}
func confirmedKey(listing, uscc string) table.Key {
	return table.Key{Partition: famConfirmed + "#" + listing, Sort: uscc}
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
	Listing     string    `json:"-"`
	USCC        string    `json:"-"`
	ListingSide string    `json:"listing_side"`
	Authority   string    `json:"authority"`
	By          string    `json:"by"` // account
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
	version     int64
}

// Confirmations reads what authorities have confirmed about a listing, at most 1,000, by code.
func (s *Store) Confirmations(ctx context.Context, now time.Time, listing string) ([]Confirmation, error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: confirmedKey(listing, "").Partition, Limit: table.MaxPage})
	if err != nil {
		return nil, err
	}
	var out []Confirmation
	for _, item := range page.Items {
		c := Confirmation{Listing: listing, USCC: item.Sort, version: item.Version}
		if err := decode(item, &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Confirmed reads whether it is confirmed that an organisation is not the subject of a listing; the zero Confirmation when it is not.
func (s *Store) Confirmed(ctx context.Context, now time.Time, listing, uscc string) (Confirmation, error) {
	c := Confirmation{Listing: listing, USCC: uscc}
	v, err := s.load(ctx, now, confirmedKey(listing, uscc), &c)
	c.version = v
	return c, err
}

// Version counts how often it was confirmed; 0 is never.
func (c Confirmation) Version() int { return int(c.version) }

// PutConfirmation stores a confirmation over the one that was read; it fails, as "confirmation", when it was written meanwhile.
func (b *Batch) PutConfirmation(read, c Confirmation) {
	b.add("confirmation", put(confirmedKey(c.Listing, c.USCC), read.version, c))
}
