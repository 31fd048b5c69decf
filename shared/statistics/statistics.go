// Package statistics provides the figures of how listings, findings and duties stand, without names and without small cells.
//
// A cell under [Least] is left out, so that nobody can be recognised by being few. Nor can it be found by difference: a total that would tell a
// cell that was left out is left out with it, and how many cases a median rests on is rounded down to tens.
package statistics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"shixin/shared/listing"
	"shixin/shared/workday"
)

// Least is the smallest cell that is shown.
const Least = 10

// Case is what one listing tells of its procedure. It lies with the listing's place in its authority's queue.
type Case struct {
	Proposed workday.Day `json:"p,omitempty"`
	Decided  workday.Day `json:"d,omitempty"` // empty for a decision taken elsewhere
	Requests []Asked     `json:"r,omitempty"` // that have their outcome
	Removed  workday.Day `json:"o,omitempty"` // from when it counts
	Lifted   workday.Day `json:"l,omitempty"` // when the list said so
}

// Asked is a request with its outcome.
type Asked struct {
	Kind    string      `json:"k"`
	On      workday.Day `json:"a"`
	Decided workday.Day `json:"d"`
	Outcome string      `json:"o"`
}

// Of is what a listing tells.
func Of(l listing.Listing) Case {
	c := Case{Proposed: workday.DayOf(l.Proposal.At)}
	if l.Decision != nil && l.Elsewhere == nil {
		c.Decided = workday.DayOf(l.Decision.At)
	}
	for _, r := range l.Requests {
		if r.Outcome != nil {
			c.Requests = append(c.Requests, Asked{Kind: r.Kind, On: workday.DayOf(r.At), Decided: workday.DayOf(r.Outcome.At), Outcome: r.Outcome.Outcome})
		}
	}
	if r := l.Removal; r != nil {
		c.Removed, c.Lifted = r.On, workday.DayOf(r.At)
	}
	return c
}

// Tally counts what is looked through. The zero Tally is empty.
type Tally struct {
	listings map[string]map[string]int
	days     map[string]map[string][]int // regime -> what -> days
	appeals  map[string]map[string]int
	findings map[string]map[string]int
	overdue  map[string]map[string]int
}

func count(m *map[string]map[string]int, group, cell string) {
	if *m == nil {
		*m = map[string]map[string]int{}
	}
	if (*m)[group] == nil {
		(*m)[group] = map[string]int{}
	}
	(*m)[group][cell]++
}

func (t *Tally) lasted(regime, what string, from, to workday.Day) {
	if from == "" || to == "" {
		return
	}
	if t.days == nil {
		t.days = map[string]map[string][]int{}
	}
	if t.days[regime] == nil {
		t.days[regime] = map[string][]int{}
	}
	t.days[regime][what] = append(t.days[regime][what], int(to.Start().Sub(from.Start())/(24*time.Hour)))
}

// The things whose days are counted, besides "request:KIND".
const (
	Decision = "decision" // from the proposal to the decision
	Lifting  = "lifting"  // from the day a removal counts from to the day on which the list says so
)

// Listing counts a listing.
func (t *Tally) Listing(regime, state string, c Case) {
	count(&t.listings, regime, state)
	t.lasted(regime, Decision, c.Proposed, c.Decided)
	t.lasted(regime, Lifting, c.Removed, c.Lifted)
	for _, r := range c.Requests {
		t.lasted(regime, "request:"+r.Kind, r.On, r.Decided)
		if r.Kind == "appeal" {
			count(&t.appeals, regime, r.Outcome)
		}
	}
}

// Finding counts a finding that stands, in the province of a region of GB/T 2260.
func (t *Tally) Finding(rule, region string) {
	if len(region) == 6 {
		region = region[:2] + "0000"
	}
	count(&t.findings, rule, region)
}

// Overdue counts a duty that an authority is late with.
func (t *Tally) Overdue(authority, duty string) { count(&t.overdue, authority, duty) }

// Cell is one figure.
type Cell struct {
	Of    string `json:"of"`
	Count int    `json:"count"`
}

// Group is the cells of one thing. Total is null where it would tell a cell that is left out.
type Group struct {
	Of    string `json:"of"`
	Total *int   `json:"total"`
	Cells []Cell `json:"cells"`
}

// Days is a median. Cases is at least how many it rests on, in tens.
type Days struct {
	Regime string  `json:"regime"`
	What   string  `json:"what"`        // decision, lifting, request:KIND
	Median float64 `json:"median_days"` // a half where two lie in the middle
	Cases  int     `json:"cases"`
}

// Share is how many of a regime's decided appeals were granted, in hundredths.
type Share struct {
	Regime  string `json:"regime"`
	Percent int    `json:"granted_percent"`
}

// Figures is what is shown to everybody.
type Figures struct {
	AsOf     *time.Time `json:"as_of"`    // when they were counted; null before the first time
	Least    int        `json:"least"`    // cells under it are left out
	Listings []Group    `json:"listings"` // of a regime: by state
	Days     []Days     `json:"days"`
	Appeals  []Share    `json:"appeals"`
	Findings []Group    `json:"findings"` // of a rule: by province
	Overdue  []Group    `json:"overdue"`  // of an authority: by duty
}

// Figures is what of the tally may be shown.
func (t *Tally) Figures(at time.Time) Figures {
	return Figures{AsOf: &at, Least: Least, Listings: groups(t.listings), Days: t.medians(), Appeals: t.shares(), Findings: groups(t.findings), Overdue: groups(t.overdue)}
}

// None is what is shown before anything was counted.
func None() Figures {
	return Figures{Least: Least, Listings: []Group{}, Days: []Days{}, Appeals: []Share{}, Findings: []Group{}, Overdue: []Group{}}
}

// groups is the groups of which something may be shown.
func groups(all map[string]map[string]int) []Group {
	out := []Group{}
	for _, of := range slices.Sorted(maps.Keys(all)) {
		if g := suppress(of, all[of]); g.Total != nil || len(g.Cells) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// suppress leaves out the cells under Least, and the total where it would tell them: what the shown cells leave of it must be nothing, or at least
// Least spread over three cells or more, so that neither one of them nor two together is told.
func suppress(of string, cells map[string]int) Group {
	g := Group{Of: of, Cells: []Cell{}}
	total, hidden, many := 0, 0, 0
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		n := cells[name]
		total += n
		if n < Least {
			hidden += n
			many++
			continue
		}
		g.Cells = append(g.Cells, Cell{Of: name, Count: n})
	}
	if total >= Least && (hidden == 0 || hidden >= Least && many >= 3) {
		g.Total = &total
	}
	return g
}

// medians is the medians that rest on enough cases.
func (t *Tally) medians() []Days {
	out := []Days{}
	for _, regime := range slices.Sorted(maps.Keys(t.days)) {
		for _, what := range slices.Sorted(maps.Keys(t.days[regime])) {
			days := slices.Clone(t.days[regime][what])
			if len(days) < Least {
				continue
			}
			slices.Sort(days)
			out = append(out, Days{Regime: regime, What: what, Median: float64(days[(len(days)-1)/2]+days[len(days)/2]) / 2, Cases: len(days) / 10 * 10})
		}
	}
	return out
}

// shares is the shares of appeals where neither what was granted nor what was not is a small cell.
func (t *Tally) shares() []Share {
	out := []Share{}
	for regime, outcomes := range t.appeals {
		total := 0
		for _, n := range outcomes {
			total += n
		}
		if granted := outcomes["granted"]; granted >= Least && total-granted >= Least {
			out = append(out, Share{Regime: regime, Percent: (100*granted + total/2) / total})
		}
	}
	slices.SortFunc(out, func(a, b Share) int { return cmp.Compare(a.Regime, b.Regime) })
	return out
}
