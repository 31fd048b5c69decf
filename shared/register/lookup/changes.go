package lookup

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/journal"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Change is one journal entry as list users see it. An earlier entry of a listing that was removed is void: n and at only.
type Change struct {
	N           int64          `json:"n"`
	Type        string         `json:"type"`
	Listing     string         `json:"listing,omitempty"`
	At          time.Time      `json:"at"`
	Regime      string         `json:"regime,omitempty"`
	Ground      string         `json:"ground,omitempty"`
	Authority   string         `json:"authority,omitempty"`
	Kind        subject.Kind   `json:"kind,omitempty"`
	Identifiers []Identifier   `json:"identifiers,omitempty"` // personal ones masked
	Left        []Identifier   `json:"left,omitempty"`
	From        *workday.Day   `json:"from,omitempty"`
	Until       *workday.Day   `json:"until,omitempty"`
	Measures    []string       `json:"measures,omitempty"`
	Published   *bool          `json:"published,omitempty"`
	Stays       []journal.Stay `json:"stays,omitempty"`
	Cause       string         `json:"cause,omitempty"`
}

// Changes is a page of the journal in order, without gaps, full unless it reaches the list version.
type Changes struct {
	Items       []Change `json:"items"`
	ListVersion int64    `json:"list_version"`
}

// Changes answers the entries after number n.
func (l *Lookup) Changes(ctx context.Context, who access.Principal, now time.Time, after int64, limit int) (Changes, error) {
	head, err := l.Store.Head(ctx, now)
	if err != nil {
		return Changes{}, err
	}
	entries, err := l.Store.Entries(ctx, now, after, head.N, limit)
	if err != nil {
		return Changes{}, err
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Listing)
	}
	removed, err := l.Store.Removed(ctx, now, ids)
	if err != nil {
		return Changes{}, err
	}
	inFull := l.Policy.Role(who, "changes.void") == nil
	out := Changes{Items: []Change{}, ListVersion: head.N}
	for _, e := range entries {
		if removed[e.Listing] && e.Type != journal.Removed && !inFull {
			out.Items = append(out.Items, Change{N: e.N, Type: "void", At: e.At})
			continue
		}
		s := e.Standing
		c := Change{N: e.N, Type: string(e.Type), Listing: e.Listing, At: e.At, Regime: e.Regime, Ground: e.Ground, Authority: e.Authority,
			Kind: e.Kind, Identifiers: shown(e.Identifiers), Left: shown(e.Left), Cause: s.Removed}
		if s.Removed == "" {
			c.From, c.Until, c.Measures, c.Published, c.Stays = orNull(s.From), orNull(s.Until), s.Measures, &s.Published, s.Stays
		}
		out.Items = append(out.Items, c)
	}
	return out, nil
}

func shown(refs []subject.Ref) []Identifier {
	var out []Identifier
	for _, r := range refs {
		out = append(out, Identifier{Scheme: string(r.Scheme), Value: r.Shown})
	}
	return out
}
