package journal

import (
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
}

// Add returns the record after an entry for the identifier with this id (subject.Ref.ID). Adding an entry that the
// record already has changes nothing, so a fold may start anywhere before what is stored.
func (r Record) Add(e Entry, id string) Record {
	left := true
	for _, ref := range e.Identifiers {
		left = left && ref.ID() != id
	}
	span := Span{N: e.N, At: e.At, Left: left, Standing: e.Standing}
	r.Listings = slices.Clone(r.Listings)
	i := slices.IndexFunc(r.Listings, func(h History) bool { return h.Listing == e.Listing })
	if i < 0 {
		r.Listings = append(r.Listings, History{Listing: e.Listing, Regime: e.Regime, Ground: e.Ground, Authority: e.Authority, Spans: []Span{span}})
		return r
	}
	h := &r.Listings[i]
	if h.Spans[len(h.Spans)-1].N < e.N {
		h.Spans = append(slices.Clip(h.Spans), span)
	}
	return r
}

// Last is the number of the newest entry in the record, 0 when it is empty.
func (r Record) Last() int64 {
	var n int64
	for _, h := range r.Listings {
		n = max(n, h.Spans[len(h.Spans)-1].N)
	}
	return n
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

// Capped is how long all listings of the subject last in a row, and on what basis.
type Capped struct {
	Until workday.Day
	Basis string
}

// At is the listings in force at a moment, in the order of their listing, as the list said at that moment.
func (r Record) At(at time.Time) []InForce {
	today := workday.DayOf(at)
	var now []InForce
	for i, until := range r.accrued(at) {
		h := &r.Listings[i]
		span := h.span(at)
		if span == nil || until != "" && until < today {
			continue
		}
		s := &span.Standing
		f := InForce{Listing: h.Listing, Regime: h.Regime, Ground: h.Ground, Authority: h.Authority, From: s.From, Until: until}
		if !stayed(s.Stays, "measures", today) {
			f.Measures = s.Measures
		}
		f.Published = s.Published && !stayed(s.Stays, "publication", today)
		if s.Cap != nil && until != "" {
			f.Cap = &Capped{Until: until, Basis: s.Cap.Basis}
		}
		now = append(now, f)
	}
	sum(now)
	return now
}

// sum lets each listing that adds up with others show the last day of all of them; one alone shows no cap.
func sum(now []InForce) {
	last, count := map[string]workday.Day{}, map[string]int{}
	for _, f := range now {
		if f.Cap != nil {
			last[f.Regime] = max(last[f.Regime], f.Until)
			count[f.Regime]++
		}
	}
	for i := range now {
		f := &now[i]
		switch {
		case f.Cap == nil:
		case count[f.Regime] < 2:
			f.Cap = nil
		default:
			f.Cap.Until = last[f.Regime]
		}
	}
}

// Until is the last day of a listing at a moment with the terms of the subject's other listings added, empty
// when it has none or is not in the record.
func (r Record) Until(listing string, at time.Time) workday.Day {
	for i, until := range r.accrued(at) {
		if r.Listings[i].Listing == listing {
			return until
		}
	}
	return ""
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

// counted is the term of a listing that adds up with others: listings in force, and those that ran their
// term to its end. What was removed for another cause stops counting from its removal.
func (h *History) counted(at time.Time) (*Standing, bool) {
	for i := len(h.Spans) - 1; i >= 0; i-- {
		if s := &h.Spans[i]; !s.At.After(at) {
			ended := s.Standing.Removed != "" && s.Standing.Removed != "expiry"
			if s.Left || ended || s.Standing.Cap == nil || s.Standing.Until == "" {
				return nil, false
			}
			return &s.Standing, true
		}
	}
	return nil, false
}

// accrued is the last day of each listing when terms that overlap or touch are served one after the other, up to the
// cap from the first day of the row (joint measures: terms of repeated sanctions accumulate, in a row at most the cap).
func (r Record) accrued(at time.Time) []workday.Day {
	until := make([]workday.Day, len(r.Listings))
	var order []int
	for i := range r.Listings {
		h := &r.Listings[i]
		if span := h.span(at); span != nil {
			until[i] = span.Standing.Until
		}
		if s, ok := h.counted(at); ok {
			until[i] = s.Until
			order = append(order, i)
		}
	}
	if len(order) < 2 {
		return until
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, _ := r.Listings[a].counted(at)
		y, _ := r.Listings[b].counted(at)
		switch {
		case r.Listings[a].Regime != r.Listings[b].Regime:
			return compare(r.Listings[a].Regime, r.Listings[b].Regime)
		case x.From != y.From:
			return compare(string(x.From), string(y.From))
		}
		return int(r.Listings[a].Spans[0].N - r.Listings[b].Spans[0].N)
	})
	var regime string
	var start, end workday.Day
	for _, i := range order {
		s, _ := r.Listings[i].counted(at)
		if r.Listings[i].Regime != regime || s.From > end.AddDays(1) {
			regime, start, end = r.Listings[i].Regime, s.From, s.Until
			continue
		}
		limit := start.AddMonths(s.Cap.Months)
		end = max(end, min(extend(end, s.From, s.Until), limit))
		until[i] = end
	}
	return until
}

// extend adds the length of the term from..until to a day: whole months as months, the rest as days.
func extend(day, from, until workday.Day) workday.Day {
	months := 0
	for from.AddMonths(months+1) <= until {
		months++
	}
	rest := until.Start().Sub(from.AddMonths(months).Start())
	return day.AddMonths(months).AddDays(int(rest.Hours() / 24))
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func stayed(stays []Stay, what string, on workday.Day) bool {
	return slices.ContainsFunc(stays, func(s Stay) bool { return on <= s.Until && slices.Contains(s.What, what) })
}
