package statistics_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/listing"
	"shixin/shared/statistics"
	"shixin/shared/workday"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// find returns a group, or one without anything.
func find(all []statistics.Group, of string) statistics.Group {
	for _, g := range all {
		if g.Of == of {
			return g
		}
	}
	return statistics.Group{}
}

func TestFigures(t *testing.T) {
	var tally statistics.Tally
	day := func(n int) workday.Day { return workday.Day("2026-03-01").AddDays(n) }
	for n := range 25 {
		c := statistics.Case{Proposed: day(0), Decided: day(n)}
		outcome := "refused"
		if n < 11 {
			outcome = "granted"
			c.Removed, c.Lifted = day(n), day(n+1)
		}
		c.Requests = []statistics.Asked{{Kind: "appeal", On: day(0), Decided: day(5), Outcome: outcome}}
		tally.Listing("a", "listed", c)
	}
	for range 9 {
		tally.Listing("a", "removed", statistics.Case{Proposed: day(0), Decided: day(1)})
		tally.Listing("b", "listed", statistics.Case{})
		tally.Finding("listed", "320500")
	}
	for _, region := range []string{"110000", "110108"} {
		for range 6 {
			tally.Finding("listed", region)
		}
	}
	f := tally.Figures(noon)
	a := find(f.Listings, "a")
	if a.Total != nil || len(a.Cells) != 1 || a.Cells[0].Count != 25 {
		t.Errorf("34 listings, of which 9 are removed: %+v", a)
	}
	if b := find(f.Listings, "b"); b.Of != "" {
		t.Errorf("nine listings are shown: %+v", b)
	}
	// Two places of one province are one cell; the other province is small, and the total would tell it.
	if g := find(f.Findings, "listed"); g.Total != nil || len(g.Cells) != 1 || g.Cells[0] != (statistics.Cell{Of: "110000", Count: 12}) {
		t.Errorf("findings: %+v", g)
	}
	want := "[{a decision 7.5 30} {a lifting 1 10} {a request:appeal 5 20}]"
	if got := fmt.Sprint(f.Days); got != want {
		t.Errorf("days %s, want %s", got, want)
	}
	if got := fmt.Sprint(f.Appeals); got != "[{a 44}]" {
		t.Errorf("appeals %s", got)
	}
}

func TestSharesOfFewAreNotShown(t *testing.T) {
	for granted, refused := range map[int]int{9: 30, 30: 9, 5: 5} {
		var tally statistics.Tally
		for n := range granted + refused {
			outcome := "granted"
			if n >= granted {
				outcome = "refused"
			}
			tally.Listing("a", "listed", statistics.Case{Requests: []statistics.Asked{{Kind: "appeal", On: "2026-03-01", Decided: "2026-03-02", Outcome: outcome}}})
		}
		if f := tally.Figures(noon); len(f.Appeals) > 0 {
			t.Errorf("%d granted of %d: %+v", granted, granted+refused, f.Appeals)
		}
	}
}

// No small cell is shown, nor found as the difference of what is shown.
func TestNoSmallCellIsTold(t *testing.T) {
	totals := 0
	rapid.Check(t, func(t *rapid.T) {
		var tally statistics.Tally
		counts := map[string]int{}
		for n := range rapid.IntRange(1, 6).Draw(t, "cells") {
			name := fmt.Sprint("duty-", n)
			counts[name] = rapid.IntRange(0, 25).Draw(t, name)
			for range counts[name] {
				tally.Overdue("suzhou", name)
			}
		}
		g := find(tally.Figures(noon).Overdue, "suzhou")
		rest, hidden := 0, 0
		if g.Total != nil {
			totals++
			rest = *g.Total
		}
		for _, c := range g.Cells {
			if c.Count < statistics.Least || c.Count != counts[c.Of] {
				t.Fatalf("cell %+v of %v", c, counts)
			}
			rest -= c.Count
			delete(counts, c.Of)
		}
		for _, n := range counts {
			if n > 0 {
				hidden++
			}
		}
		if g.Total != nil && rest != 0 && (rest < statistics.Least || hidden < 3) {
			t.Fatalf("the total %d of %+v tells of %v", *g.Total, g.Cells, counts)
		}
	})
	if totals == 0 {
		t.Error("no total was shown: the property was not tried")
	}
}

func TestOf(t *testing.T) {
	l := listing.Listing{Proposal: listing.Hand{At: noon}, Decision: &listing.Ruling{Hand: listing.Hand{At: noon.AddDate(0, 0, 8)}},
		Requests: []listing.Request{{Kind: "appeal", Hand: listing.Hand{At: noon.AddDate(0, 0, 9)}}, {Kind: "repair", Hand: listing.Hand{At: noon}, Outcome: &listing.Ruling{Hand: listing.Hand{At: noon.AddDate(0, 0, 1)}, Outcome: "granted"}}},
		Removal:  &listing.Removal{Hand: listing.Hand{At: noon.AddDate(0, 0, 30)}, On: "2026-03-30"}}
	c := statistics.Of(l)
	if c.Proposed != "2026-03-02" || c.Decided != "2026-03-10" || len(c.Requests) != 1 || c.Requests[0].Outcome != "granted" || c.Removed != "2026-03-30" || c.Lifted != "2026-04-01" {
		t.Errorf("%+v", c)
	}
	l.Elsewhere = &listing.Elsewhere{}
	if c := statistics.Of(l); c.Decided != "" {
		t.Error("a decision taken elsewhere counts as this register's")
	}
}
