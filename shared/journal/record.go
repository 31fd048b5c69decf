package journal

import (
	"cmp"
	"slices"
	"time"

	"shixin/shared/workday"
)

// Record is everything the journal ever said about one identifier. It only grows.
type Record struct {
	Listings []History `json:"listings"`
}

// History is one listing of the identifier through time.
type History struct {
	Listing   string `json:"listing"`
	Regime    string `json:"regime"`
	Ground    string `json:"ground"`
	Authority string `json:"authority"`
	Spans     []Span `json:"spans"` // ascending by N
}

// Span is what the list said from an entry on, until the next span.
type Span struct {
	N        int64     `json:"n"`
	At       time.Time `json:"at"`
	Left     bool      `json:"left,omitempty"` // the identifier is not the listing's any more
	Standing Standing  `json:"standing"`
	// Since and Till are the days within which the subject held an identifier whose holder can change; empty: no limit.
	Since workday.Day `json:"since,omitempty"`
	Till  workday.Day `json:"till,omitempty"`
	// Who is the identifiers that identify the subject for good, by which it is told from others who held such an
	// identifier. Only kept where terms add up.
	Who []string `json:"who,omitempty"`
}

// Add returns the record after an entry for the identifier with this id (subject.Ref.ID). Adding an entry that the
// record already has changes nothing, and the order of adding does not matter, so a fold may start anywhere.
func (r Record) Add(e Entry, id string) Record { return r.Join(Change(e, id)) }

// Change is what one entry says about the identifier with this id: a history of one span.
func Change(e Entry, id string) History {
	return History{Listing: e.Listing, Regime: e.Regime, Ground: e.Ground, Authority: e.Authority, Spans: []Span{spanOf(e, id)}}
}

// Join returns the record with a history of one span, which [Change] made, as Add does.
func (r Record) Join(change History) Record {
	span := change.Spans[0]
	r.Listings = slices.Clone(r.Listings)
	i := slices.IndexFunc(r.Listings, func(h History) bool { return h.Listing == change.Listing })
	if i < 0 {
		r.Listings = append(r.Listings, change)
	} else {
		h := &r.Listings[i]
		at, has := slices.BinarySearchFunc(h.Spans, span.N, func(s Span, n int64) int { return cmp.Compare(s.N, n) })
		if has {
			return r
		}
		h.Spans = slices.Insert(slices.Clip(slices.Clone(h.Spans)), at, span)
	}
	slices.SortFunc(r.Listings, func(a, b History) int { return cmp.Compare(a.Spans[0].N, b.Spans[0].N) })
	return r
}

func spanOf(e Entry, id string) Span {
	span := Span{N: e.N, At: e.At, Left: true, Standing: e.Standing}
	var who []string
	changes := false // the identifier's holder can change
	for _, ref := range e.Identifiers {
		if ref.Scheme.Identity() {
			who = append(who, ref.ID())
		}
		if ref.ID() == id {
			span.Left = false
			if changes = !ref.Scheme.Identity(); changes {
				span.Since, span.Till = ref.From, ref.To
			}
		}
	}
	if changes && e.Standing.Cap != nil {
		slices.Sort(who)
		span.Who = who
	}
	return span
}

// Spans is how many spans the record has.
func (r Record) Spans() int {
	n := 0
	for i := range r.Listings {
		n += len(r.Listings[i].Spans)
	}
	return n
}

// Last is the number of the newest entry in the record, 0 when it is empty.
func (r Record) Last() int64 {
	var n int64
	for _, h := range r.Listings {
		n = max(n, h.Spans[len(h.Spans)-1].N)
	}
	return n
}

// LastAt is the number of the newest entry in the record that is not after a moment, 0 when there is none.
func (r Record) LastAt(at time.Time) int64 {
	var n int64
	for _, h := range r.Listings {
		for _, s := range h.Spans {
			if !s.At.After(at) {
				n = max(n, s.N)
			}
		}
	}
	return n
}

// Present is when to judge what the record says now: now, or the moment of its newest entry, where that came while the question was
// on its way or by a clock that runs ahead. A record that holds an entry is never answered as if it did not.
func (r Record) Present(now time.Time) time.Time {
	for _, h := range r.Listings {
		if at := h.Spans[len(h.Spans)-1].At; at.After(now) {
			now = at
		}
	}
	return now
}

// InForce is one listing in force at a moment.
type InForce struct {
	Listing   string
	Regime    string
	Ground    string
	Authority string
	From      workday.Day
	Until     workday.Day // with the terms of other listings added
	Measures  []string    // without those that are stayed
	Published bool        // and publication not stayed
	Cap       *Capped
}

// Capped is how long all listings of the subject last in a row, and on what basis. A listing alone in its row has none.
type Capped struct {
	Until workday.Day
	Basis string
}

// At is the listings in force at a moment, in the order of their listing, as the list said at that moment.
func (r Record) At(at time.Time) []InForce {
	today := workday.DayOf(at)
	var now []InForce
	for i, a := range r.accrued(at) {
		h := &r.Listings[i]
		span := h.span(at)
		if span == nil || !span.heldOn(today) || a.until != "" && a.until < today {
			continue
		}
		s := &span.Standing
		f := InForce{Listing: h.Listing, Regime: h.Regime, Ground: h.Ground, Authority: h.Authority, From: s.From, Until: a.until}
		if !stayed(s.Stays, "measures", today) {
			f.Measures = s.Measures
		}
		f.Published = s.Published && !stayed(s.Stays, "publication", today)
		f.Cap = a.sum(span)
		now = append(now, f)
	}
	return now
}

// Until is the last day of a listing at a moment with the terms of the subject's other listings added, empty
// when it has none or is not in the record.
func (r Record) Until(listing string, at time.Time) workday.Day {
	until, _ := r.Sum(listing, at)
	return until
}

// Sum is what Until is and, where other listings stand in a row with this one, how long they all last.
func (r Record) Sum(listing string, at time.Time) (workday.Day, *Capped) {
	for i, a := range r.accrued(at) {
		if r.Listings[i].Listing == listing {
			return a.until, a.sum(r.Listings[i].counted(at))
		}
	}
	return "", nil
}

// sum is how long the listings of a row last, on the basis that a span of one of them names; nil where one stands alone.
func (a accrual) sum(s *Span) *Capped {
	if a.row == nil || a.row.listings < 2 || s == nil {
		return nil
	}
	return &Capped{Until: a.row.end, Basis: s.Standing.Cap.Basis}
}

// heldOn reports whether the listing's subject held the identifier on a day.
func (s *Span) heldOn(day workday.Day) bool {
	return (s.Since == "" || s.Since <= day) && (s.Till == "" || day <= s.Till)
}

// span is what the list said at a moment, nil when the identifier was not listed then.
func (h *History) span(at time.Time) *Span {
	for i := len(h.Spans) - 1; i >= 0; i-- {
		if s := &h.Spans[i]; !s.At.After(at) {
			if s.Left || s.Standing.Removed != "" {
				return nil
			}
			return s
		}
	}
	return nil
}

func stayed(stays []Stay, what string, on workday.Day) bool {
	return slices.ContainsFunc(stays, func(s Stay) bool { return on <= s.Until && slices.Contains(s.What, what) })
}
