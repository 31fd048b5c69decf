package watching

import (
	"context"
	"errors"
	"time"

	"shixin/shared/access"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/subject"
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
	out := map[string]Note{}
	if len(hits) == 0 {
		return out, nil
	}
	refs, err := w.refs(ctx, asked.Identifier)
	if err != nil {
		return nil, err
	}
	side, err := w.side(ctx, asked.Name, refs)
	if err != nil {
		return nil, err
	}
	told := map[records.Pair]records.Distinction{}
	if who.Role != access.Anonymous {
		var pairs []records.Pair
		for _, id := range hits {
			pairs = append(pairs, records.Pair{Listing: id, EntrySide: side})
		}
		if told, err = w.Store.Distinctions(ctx, now, owner(who), pairs); err != nil {
			return nil, err
		}
	}
	known, err := w.Store.Confirmations(ctx, now, hits)
	if err != nil {
		return nil, err
	}
	var noted []string
	for _, id := range hits {
		if _, has := told[records.Pair{Listing: id, EntrySide: side}]; has || len(known[id].Of) > 0 {
			noted = append(noted, id)
		}
	}
	stored, err := w.Store.Listings(ctx, now, noted)
	if err != nil {
		return nil, err
	}
	for _, l := range stored {
		id := l.State.ID
		listingSide, _, err := w.listingSide(ctx, l)
		if errors.Is(err, register.ErrDamaged) {
			continue // what was said of its names may not hold any more: it is not shown, and nothing is quiet for it
		}
		if err != nil {
			return nil, err
		}
		n := Note{Confirmed: holding(known[id], listingSide, nil)}
		if d, has := told[records.Pair{Listing: id, EntrySide: side}]; has {
			n.Quiet = !d.Withdrawn && d.ListingSide == listingSide
			if n.Outcome, err = w.outcome(ctx, owner(who), d); err != nil {
				return nil, err
			}
		}
		if n.Outcome != nil || len(n.Confirmed) > 0 {
			out[id] = n
		}
	}
	return out, nil
}
