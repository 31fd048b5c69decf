package watching

import (
	"context"
	"errors"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/subject"
	"shixin/shared/watching/side"
)

// Asked is whom a search means: the name and the identifier that it gives.
type Asked struct {
	Name       string
	Identifier *Identifier // nil where it gives none
}

// refs is the identifiers of a search as they are kept. The search itself has refused one that cannot be read.
func (w *Watching) refs(ctx context.Context, raw *Identifier) ([]subject.Ref, error) {
	if raw == nil {
		return nil, nil
	}
	id, err := subject.Parse(raw.Scheme, raw.Value)
	if err != nil {
		return nil, err
	}
	if id.Scheme.Public() {
		return []subject.Ref{id.Ref("")}, nil
	}
	hash, err := w.Hash.Hash(ctx, id.Normal())
	return []subject.Ref{id.Ref(hash)}, err
}

// Note is what is known of a hit of a search. Quiet is that the caller has told the two apart and neither has changed since; Outcome is what the caller
// said, whether it still holds or not; Confirmed are the organisations that are confirmed not to be the listing's subject.
type Note struct {
	Quiet     bool         `json:"quiet,omitempty"`
	Outcome   *OutcomeView `json:"outcome,omitempty"`
	Confirmed []Confirmed  `json:"confirmed,omitempty"`
}

// Notes answers, for the listings that a search has found, at most 500 different ones, what the caller has said of the same name and identifiers before, and what
// authorities have confirmed. Listings without a note are left out. It costs one read of the table, and another only where there is something.
func (w *Watching) Notes(ctx context.Context, who access.Principal, now time.Time, asked Asked, hits []string) (map[string]Note, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	refs, err := w.refs(ctx, asked.Identifier)
	if err != nil {
		return nil, err
	}
	means, err := side.Of(ctx, w.Hash, asked.Name, refs)
	if err != nil {
		return nil, err
	}
	pairs := make([]records.Pair, len(hits))
	for i, id := range hits {
		pairs[i] = records.Pair{Listing: id, EntrySide: means}
	}
	notes, err := w.NotesOf(ctx, who, now, pairs)
	out := make(map[string]Note, len(notes))
	for p, n := range notes {
		out[p.Listing] = n
	}
	return out, err
}

// pairsAtOnce is how many pairs are looked up at a time.
const pairsAtOnce = 500

// Pair is a listing that was found, and whom a caller means ([side.Of]).
type Pair = records.Pair

// NotesOf is Notes for pairs such as the rows of a file have. A pair may stand there twice.
func (w *Watching) NotesOf(ctx context.Context, who access.Principal, now time.Time, pairs []Pair) (map[Pair]Note, error) {
	out := map[Pair]Note{}
	pairs = slices.Clone(pairs)
	slices.SortFunc(pairs, comparePairs)
	for part := range slices.Chunk(slices.Compact(pairs), pairsAtOnce) {
		if err := w.notes(ctx, who, now, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// notes adds the notes of some different pairs.
func (w *Watching) notes(ctx context.Context, who access.Principal, now time.Time, pairs []records.Pair, out map[records.Pair]Note) error {
	told := map[records.Pair]records.Distinction{}
	if who.Role != access.Anonymous {
		var err error
		if told, err = w.Store.Distinctions(ctx, now, owner(who), pairs); err != nil {
			return err
		}
	}
	var hits []string
	for _, p := range pairs {
		hits = append(hits, p.Listing) // in order, as the pairs are
	}
	known, err := w.Store.Confirmations(ctx, now, slices.Compact(hits))
	if err != nil {
		return err
	}
	var noted []string
	for _, p := range pairs {
		if _, has := told[p]; has || len(known[p.Listing].Of) > 0 {
			noted = append(noted, p.Listing)
		}
	}
	stored, err := w.Store.Listings(ctx, now, slices.Compact(noted))
	if err != nil {
		return err
	}
	sides := map[string]string{}
	for _, l := range stored {
		current, _, err := w.listingSide(ctx, l)
		if errors.Is(err, register.ErrDamaged) {
			continue // what was said of its names may not hold any more: it is not shown, and nothing is quiet for it
		}
		if err != nil {
			return err
		}
		sides[l.State.ID] = current
	}
	for _, p := range pairs {
		listingSide, there := sides[p.Listing]
		if !there {
			continue
		}
		n := Note{Confirmed: holding(known[p.Listing], listingSide, nil)}
		if d, has := told[p]; has {
			n.Quiet = !d.Withdrawn && d.ListingSide == listingSide
			if n.Outcome, err = w.outcome(ctx, owner(who), d); err != nil {
				return err
			}
		}
		if n.Outcome != nil || len(n.Confirmed) > 0 {
			out[p] = n
		}
	}
	return nil
}
