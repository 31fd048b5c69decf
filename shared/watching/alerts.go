package watching

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/naming"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// words are what an alert says in words: sealed, because they may name a person.
type words struct {
	ID          string          `json:"id,omitempty"`
	Name        string          `json:"name,omitempty"`
	Identifiers []Identifier    `json:"identifiers"`
	Listed      string          `json:"listed,omitempty"`
	Why         []naming.Reason `json:"why,omitempty"`
}

func alertBound(owner, id string) []byte { return []byte("alert " + owner + " " + id) }

// alert makes the alert of a hit; nil where the owner has told the two apart and neither has changed since.
func (w *Watching) alert(ctx context.Context, list records.WatchList, e *effect, h hit) (*records.Alert, error) {
	pair := records.Pair{Listing: e.entry.Listing, EntrySide: h.entry.Side}
	told, err := w.Store.Distinctions(ctx, e.entry.At, list.Owner, []records.Pair{pair})
	if err != nil {
		return nil, err
	}
	if d, has := told[pair]; has && !d.Withdrawn && d.ListingSide == e.side {
		return nil, nil
	}
	if !h.match && h.listed == "" { // alerted before, under names that the listing or the entry had then
		for _, name := range e.names {
			if score, why := naming.Compare(h.entry.Name, name, e.entry.Kind); score >= h.score {
				h.score, h.why, h.listed = score, why, name
			}
		}
	}
	s := e.entry.Standing
	a := &records.Alert{
		List: list.Name, Entry: h.entry.Key, N: e.entry.N, At: e.entry.At, Type: e.entry.Type, Listing: e.entry.Listing, Regime: e.entry.Regime, Ground: e.entry.Ground,
		Authority: e.entry.Authority, Kind: e.entry.Kind, Verdict: "possible", Score: h.score, From: s.From, Until: s.Until, Measures: s.Measures, Published: s.Published,
		Stays: s.Stays, Cause: s.Removed, Left: h.left, EntrySide: h.entry.Side, ListingSide: e.side, USCCs: organizations(h.entry.Refs),
	}
	if h.match {
		a.Verdict, a.Score = "match", 1
	}
	a.ID = records.AlertID(a.N, a.Entry)
	plain := encode(words{ID: h.entry.ID, Name: h.entry.Name, Identifiers: h.entry.masked(), Listed: h.listed, Why: h.why})
	a.Sealed, err = w.Seal.Seal(ctx, plain, alertBound(list.Owner, a.ID))
	return a, err
}

// EntryView is a watch list's entry as its owner sees it, personal identifiers masked.
type EntryView struct {
	ID          string       `json:"id,omitempty"`
	Name        string       `json:"name,omitempty"`
	Kind        subject.Kind `json:"kind,omitempty"`
	Identifiers []Identifier `json:"identifiers"`
}

// AlertView is an alert as its owner sees it. Of earlier effects of a listing that was removed since it shows only which entry
// they touched and when, except to auditors.
type AlertView struct {
	ID        string         `json:"id"`
	N         int64          `json:"n"`
	At        time.Time      `json:"at"`
	WatchList string         `json:"watchlist"`
	Entry     EntryView      `json:"entry"`
	Type      string         `json:"type"` // of the effect, or void
	Verdict   string         `json:"verdict,omitempty"`
	Score     *float64       `json:"score,omitempty"`
	Name      string         `json:"name,omitempty"` // the listed name that was compared
	Why       []WhyView      `json:"why,omitempty"`
	Listing   string         `json:"listing,omitempty"`
	Regime    string         `json:"regime,omitempty"`
	Ground    string         `json:"ground,omitempty"`
	Authority string         `json:"authority,omitempty"`
	Kind      subject.Kind   `json:"kind,omitempty"`
	From      *workday.Day   `json:"from,omitempty"`
	Until     *workday.Day   `json:"until,omitempty"`
	Measures  []string       `json:"measures,omitempty"`
	Published *bool          `json:"published,omitempty"`
	Stays     []journal.Stay `json:"stays,omitempty"`
	Cause     string         `json:"cause,omitempty"`
	Left      bool           `json:"left,omitempty"`
	Outcome   *OutcomeView   `json:"outcome,omitempty"`   // what the owner said of it
	Confirmed []Confirmed    `json:"confirmed,omitempty"` // that an organisation of the entry is not the listing's subject
}

// WhyView is one part of why two names are alike.
type WhyView struct {
	How    string  `json:"how"`
	Query  string  `json:"query,omitempty"`
	Listed string  `json:"listed,omitempty"`
	Part   string  `json:"part,omitempty"`
	Cost   float64 `json:"cost,omitempty"`
}

// Alerts answers the owner's alerts behind an id, in the order of the journal, those only that are complete: of entries that all of the owner's lists
// have gone past. listVersion is the last of them.
func (w *Watching) Alerts(ctx context.Context, who access.Principal, now time.Time, after string, limit int) (items []AlertView, listVersion int64, err error) {
	lists, err := w.Store.OwnWatchLists(ctx, now, owner(who))
	if err != nil {
		return nil, 0, err
	}
	upto := int64(-1)
	for _, l := range lists {
		if l.State.Version > 0 && (upto < 0 || l.State.Cursor.N < upto) {
			upto = l.State.Cursor.N
		}
	}
	items = []AlertView{}
	if upto < 0 {
		return items, 0, nil
	}
	alerts, err := w.Store.Alerts(ctx, now, owner(who), after, upto, limit)
	if err != nil {
		return nil, 0, err
	}
	items, err = w.views(ctx, who, now, alerts)
	return items, upto, err
}

// views shows alerts to their owner.
func (w *Watching) views(ctx context.Context, who access.Principal, now time.Time, alerts []records.Alert) ([]AlertView, error) {
	var listings []string
	var pairs []records.Pair
	for _, a := range alerts {
		listings = append(listings, a.Listing)
		pairs = append(pairs, records.Pair{Listing: a.Listing, EntrySide: a.EntrySide})
	}
	removed, err := w.Store.Removed(ctx, now, listings)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(pairs, comparePairs)
	told, err := w.Store.Distinctions(ctx, now, owner(who), slices.Compact(pairs))
	if err != nil {
		return nil, err
	}
	full := w.Policy.Role(who, "changes.void") == nil
	out := []AlertView{}
	for _, a := range alerts {
		v, err := w.view(ctx, who, now, a, removed[a.Listing] && a.Type != journal.Removed && !full)
		if err != nil {
			return nil, err
		}
		if d, has := told[records.Pair{Listing: a.Listing, EntrySide: a.EntrySide}]; has && v.Type != "void" {
			if v.Outcome, err = w.outcome(ctx, owner(who), d); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

func (w *Watching) view(ctx context.Context, who access.Principal, now time.Time, a records.Alert, void bool) (AlertView, error) {
	plain, err := w.Seal.Open(ctx, a.Sealed, alertBound(owner(who), a.ID))
	if err != nil {
		return AlertView{}, err
	}
	var said words
	if err := json.Unmarshal(plain, &said); err != nil {
		return AlertView{}, err
	}
	v := AlertView{ID: a.ID, N: a.N, At: moment(a.At), WatchList: a.List, Type: "void", Entry: EntryView{ID: said.ID, Name: said.Name, Identifiers: said.Identifiers}}
	if void {
		return v, nil
	}
	v.Type, v.Verdict, v.Score, v.Name = string(a.Type), a.Verdict, &a.Score, said.Listed
	v.Listing, v.Regime, v.Ground, v.Authority, v.Kind, v.Cause, v.Left = a.Listing, a.Regime, a.Ground, a.Authority, a.Kind, a.Cause, a.Left
	if a.Cause == "" {
		v.From, v.Until, v.Measures, v.Published, v.Stays = orNull(a.From), orNull(a.Until), a.Measures, &a.Published, a.Stays
	}
	for _, r := range said.Why {
		v.Why = append(v.Why, WhyView{How: string(r.How), Query: r.Query, Listed: r.Listed, Part: r.Part, Cost: r.Cost})
	}
	if len(a.USCCs) > 0 {
		known, err := w.Store.Confirmations(ctx, now, []string{a.Listing})
		if err != nil {
			return v, err
		}
		v.Confirmed = holding(known[a.Listing], a.ListingSide, a.USCCs)
	}
	return v, nil
}

func orNull(d workday.Day) *workday.Day {
	if d == "" {
		return nil
	}
	return &d
}

// Place is where a page of a list's entries goes on.
type Place struct {
	Made string `json:"m"`
	N    int    `json:"n"`
}

// Read shows a list with a page of its entries. A list that was replaced since the page before is Stale.
func (w *Watching) Read(ctx context.Context, who access.Principal, now time.Time, name string, from Place, limit int) (ListView, []EntryView, *Place, error) {
	list, err := w.Store.WatchList(ctx, now, owner(who), name)
	if err != nil {
		return ListView{}, nil, nil, err
	}
	if !list.Found() {
		return ListView{}, nil, nil, notFound()
	}
	items := []EntryView{}
	s := list.State
	if s.Version == 0 {
		return view(list), items, nil, nil
	}
	if from.Made != "" && from.Made != s.Made {
		return ListView{}, nil, nil, fault.Parameter(fault.Malformed, "cursor", "the list was replaced meanwhile; start again without it", "名单已被替换,请去掉后重新开始")
	}
	n := from.N
	for n < s.Entries && len(items) < limit {
		page, err := w.page(ctx, folder(list.Owner, list.Name), s.Made, n/pageEntries)
		if errors.Is(err, blob.ErrNotFound) && w.replaced(ctx, now, list) {
			return w.Read(ctx, who, now, name, from, limit)
		}
		if err != nil {
			return ListView{}, nil, nil, err
		}
		for _, e := range page[min(n%pageEntries, len(page)):] {
			if len(items) == limit {
				break
			}
			items = append(items, EntryView{ID: e.ID, Name: e.Name, Kind: e.Kind, Identifiers: e.masked()})
			n++
		}
	}
	var next *Place
	if n < s.Entries {
		next = &Place{Made: s.Made, N: n}
	}
	return view(list), items, next, nil
}

// Lists shows all lists of a caller.
func (w *Watching) Lists(ctx context.Context, who access.Principal, now time.Time) ([]ListView, error) {
	all, err := w.Store.OwnWatchLists(ctx, now, owner(who))
	if err != nil {
		return nil, err
	}
	out := []ListView{}
	for _, l := range all {
		out = append(out, view(l))
	}
	return out, nil
}
