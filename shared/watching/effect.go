package watching

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/naming"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/subject"
	"shixin/shared/watching/side"
	"shixin/shared/workday"
)

// effect is one journal entry with what is needed to tell whom it touches.
type effect struct {
	entry journal.Entry
	names []string // of the listing, as it stands now
	side  string   // hash of the listing's names and identifiers
	// shown reports whether the public saw the listing before the effect or sees it after.
	shown bool
}

// hit is one entry of a list that an effect touches.
type hit struct {
	number int
	entry  entry
	match  bool // by identifier
	left   bool // by an identifier that a correction took off the listing
	score  float64
	listed string // the listed name that was compared
	why    []naming.Reason
}

// effects reads what journal entries are about.
func (w *Watching) effects(ctx context.Context, now time.Time, list records.WatchList, entries []records.StoredEntry) ([]effect, error) {
	var ids, refs []string
	for _, e := range entries {
		ids = append(ids, e.Listing)
		for _, r := range slices.Concat(e.Identifiers, e.Left) {
			refs = append(refs, r.ID())
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	stored, err := w.Store.Listings(ctx, now, ids)
	if err != nil {
		return nil, err
	}
	names := map[string][]string{}
	sides := map[string]string{}
	for _, l := range stored {
		side, known, err := w.listingSide(ctx, l)
		if errors.Is(err, register.ErrDamaged) { // one that cannot be read must not keep all lists from the entries behind it: it is met by identifier
			w.log().ErrorContext(ctx, "a listing's names cannot be read; its effects are compared by identifier alone", "alarm", "watch", "listing", l.State.ID, "error", err)
			side, known, err = "", nil, nil
		}
		if err != nil {
			return nil, err
		}
		names[l.State.ID], sides[l.State.ID] = known, side
	}
	seen := map[string]journal.Record{}
	if !w.seesAll(list.State.Role) {
		slices.Sort(refs)
		for part := range slices.Chunk(slices.Compact(refs), 500) {
			read, err := w.Store.Records(ctx, now, part)
			if err != nil {
				return nil, err
			}
			for _, r := range read {
				seen[r.ID] = r.Record
			}
		}
	}
	out := make([]effect, len(entries))
	for i, e := range entries {
		out[i] = effect{entry: e.Entry, names: names[e.Listing], side: sides[e.Listing], shown: shown(e.Entry, seen)}
	}
	return out, nil
}

// shown reports whether the public saw a listing just before an effect, or sees it just after: then it is shown the effect.
func shown(e journal.Entry, seen map[string]journal.Record) bool {
	day := workday.DayOf(e.At)
	open := func(s journal.Standing) bool {
		stayed := slices.ContainsFunc(s.Stays, func(st journal.Stay) bool { return day <= st.Until && slices.Contains(st.What, "publication") })
		return s.Published && s.Removed == "" && !stayed
	}
	if open(e.Standing) {
		return true
	}
	for _, r := range slices.Concat(e.Identifiers, e.Left) {
		for _, h := range seen[r.ID()].Listings {
			if h.Listing != e.Listing {
				continue
			}
			for i := len(h.Spans) - 1; i >= 0; i-- {
				if s := &h.Spans[i]; s.N < e.N {
					return !s.Left && open(s.Standing)
				}
			}
		}
	}
	return false
}

// hits is the entries of a list that an effect touches and whose owner may know, in a fixed order.
func (w *Watching) hits(ctx context.Context, now time.Time, list records.WatchList, v *version, e *effect) ([]hit, error) {
	byNumber := map[int]*hit{}
	var order []int
	add := func(n int, h hit) error {
		if byNumber[n] != nil {
			return nil
		}
		var err error
		if h.entry, err = v.entry(ctx, w, n); err != nil {
			return err
		}
		h.number = n
		byNumber[n], order = &h, append(order, n)
		return nil
	}
	all := w.seesAll(list.State.Role)
	own := func(r subject.Ref) bool {
		return list.State.Role == access.Enterprise && r.Scheme == subject.USCC && r.Key == list.State.USCC ||
			list.State.Role == access.Person && r.Scheme == subject.CNID // it can watch no other than its own
	}
	for i, r := range slices.Concat(e.entry.Identifiers, e.entry.Left) {
		if !all && !e.shown && !own(r) {
			continue
		}
		for _, n := range v.refs.find(r.ID()) {
			if err := add(n, hit{match: true, left: i >= len(e.entry.Identifiers)}); err != nil {
				return nil, err
			}
		}
	}
	if v.names != nil && (all || e.shown && e.entry.Kind == subject.Organization) {
		if err := w.named(ctx, now, list, v, e, add); err != nil {
			return nil, err
		}
	}
	out := make([]hit, 0, len(order))
	for _, n := range sortedUnique(order) {
		out = append(out, *byNumber[n])
	}
	return out, nil
}

// mostNamed is how many entries of a list one listed name may be like.
const mostNamed = naming.MaxLimit

// named adds the entries whose names are like the listing's, and those that were alerted for it before, whatever its names are now.
func (w *Watching) named(ctx context.Context, now time.Time, list records.WatchList, v *version, e *effect, add func(int, hit) error) error {
	for _, name := range e.names {
		found, _ := v.names.Search(naming.Query{Name: name, Kind: e.entry.Kind, Limit: mostNamed, Threshold: naming.ScreeningThreshold}, nil)
		for _, f := range found {
			// The score and its reasons are those that a search for the entry's name shows.
			score, why := naming.Compare(f.Name.Text, name, e.entry.Kind)
			if score < naming.ScreeningThreshold {
				continue
			}
			if err := add(numberOf(f.Entity), hit{score: score, listed: name, why: why}); err != nil {
				return err
			}
		}
	}
	before, err := w.Store.Alerted(ctx, now, list.Owner, list.Name, e.entry.Listing)
	if err != nil {
		return err
	}
	for _, key := range before {
		for _, n := range v.refs.find(keyRef(key)) {
			if err := add(n, hit{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// wholeSide is listingSide where nothing can be said without it.
func (w *Watching) wholeSide(ctx context.Context, l records.Listing) (string, error) {
	side, _, err := w.listingSide(ctx, l)
	if errors.Is(err, register.ErrDamaged) {
		w.log().ErrorContext(ctx, "a listing's names cannot be read", "alarm", "watch", "listing", l.State.ID, "error", err)
		return "", fault.New(fault.Unavailable, "the names of this listing cannot be read; nothing is said of it until they are restored from a backup", "该名单的名称无法读取,从备份恢复之前不能办理")
	}
	return side, err
}

// listingSide is the hash of what a listing is compared by, its names and identifiers, and the names in clear.
func (w *Watching) listingSide(ctx context.Context, l records.Listing) (side string, names []string, err error) {
	known, err := register.Clear(ctx, w.Seal, l)
	if err != nil {
		return "", nil, err
	}
	for _, n := range known.Names {
		names = append(names, n.Text)
	}
	side, err = w.sideOf(ctx, names, l.State.Content.Subject.Identifiers)
	return side, names, err
}

// sideOf is the same of names and identifiers, whatever their order.
func (w *Watching) sideOf(ctx context.Context, names []string, refs []subject.Ref) (string, error) {
	parts := []string{strings.Join(slices.Sorted(slices.Values(names)), "\x00")}
	for _, r := range refs {
		parts = append(parts, r.ID())
	}
	slices.Sort(parts[1:])
	return side.Keyed(ctx, w.Hash, "listing side", parts...)
}
