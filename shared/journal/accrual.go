package journal

import (
	"cmp"
	"slices"
	"time"

	"shixin/shared/workday"
)

// row is listings of one subject under one regime whose terms are served one after the other.
type row struct {
	regime     string
	who        []string
	start, end workday.Day
	listings   int
}

// accrual is the last day of one listing, and the row it stands in; nil where its term does not add up.
type accrual struct {
	until workday.Day
	row   *row
}

// accrued is the last day of each listing when terms that overlap or touch are served one after the other, up to the
// cap from the first day of the row (joint measures: terms of repeated sanctions accumulate, in a row at most the cap). A
// listing that begins after a row has reached its cap begins a row of its own.
func (r Record) accrued(at time.Time) []accrual {
	out := make([]accrual, len(r.Listings))
	spans := make([]*Span, len(r.Listings))
	var order []int
	for i := range r.Listings {
		h := &r.Listings[i]
		if span := h.span(at); span != nil {
			out[i].until = span.Standing.Until
		}
		if spans[i] = h.counted(at); spans[i] != nil {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(spans[a].Standing.From, spans[b].Standing.From), cmp.Compare(r.Listings[a].Spans[0].N, r.Listings[b].Spans[0].N))
	})
	var rows []*row
	for _, i := range order {
		s, regime := &spans[i].Standing, r.Listings[i].Regime
		on := slices.IndexFunc(rows, func(w *row) bool {
			return w.regime == regime && same(w.who, spans[i].Who) && s.From <= w.end.AddDays(1) && s.From <= w.start.AddMonths(s.Cap.Months)
		})
		if on < 0 {
			rows = append(rows, &row{regime: regime, who: spans[i].Who, start: s.From, end: s.Until, listings: 1})
			out[i] = accrual{s.Until, rows[len(rows)-1]}
			continue
		}
		w := rows[on]
		served := max(s.Until, extend(w.end, s.From, s.Until))
		w.end = max(w.end, min(served, w.start.AddMonths(s.Cap.Months)))
		w.listings++
		out[i] = accrual{w.end, w}
	}
	return out
}

// counted is what the list says of a listing whose term adds up with others: listings in force, and those that ran their
// term to its end. What was removed for another cause stops counting from its removal, and a term that has not started
// does not count yet.
func (h *History) counted(at time.Time) *Span {
	for i := len(h.Spans) - 1; i >= 0; i-- {
		if s := &h.Spans[i]; !s.At.After(at) {
			ended := s.Standing.Removed != "" && s.Standing.Removed != "expiry"
			if s.Left || ended || s.Standing.Cap == nil || s.Standing.From == "" || s.Standing.Until == "" {
				return nil
			}
			return s
		}
	}
	return nil
}

// same reports whether two listings with one identifier are of one subject: they have another in common that identifies
// for good, or neither has any. Under an identifier that itself identifies for good both are empty.
func same(a, b []string) bool {
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) })
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
