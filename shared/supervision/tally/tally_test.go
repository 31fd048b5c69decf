package tally_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shixin/infra/calendars"
	"shixin/infra/ladder"
	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/duty"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/statistics"
	"shixin/shared/supervision/tally"
	"shixin/shared/table/tabletest"
	"shixin/shared/workday"
)

var now = time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)

// day is a moment so many days after 1 March.
func day(n int) time.Time { return time.Date(2026, 3, 1+n, 4, 0, 0, 0, time.UTC) }

// world is a small register whose figures can be counted by hand.
type world struct {
	t     *testing.T
	store *records.Store
	tally *tally.Tally
	n     int
}

func newWorld(t *testing.T) *world {
	s := &records.Store{Table: tabletest.NewModel()}
	return &world{t: t, store: s, tally: &tally.Tally{Store: s, Ladder: ladder.Load, Calendar: calendars.Load}}
}

func (w *world) write(fill func(b *records.Batch)) {
	w.t.Helper()
	b := &records.Batch{}
	fill(b)
	if err := w.store.Commit(context.Background(), now, b); err != nil {
		w.t.Fatal(err)
	}
}

// listing stores one listing of an authority, proposed on day 0, with what a test sets.
func (w *world) listing(authority listing.Authority, state listing.State, set func(l *listing.Listing)) {
	w.t.Helper()
	w.n++
	l := listing.Listing{ID: fmt.Sprintf("l%04d", w.n), Regime: "telecom-fraud", State: state, Authority: authority, Proposal: listing.Hand{At: day(0)}}
	if set != nil {
		set(&l)
	}
	w.write(func(b *records.Batch) {
		b.KnowAuthorityOf(authority)
		b.PutListing(records.Listing{}, l, []listing.Event{{N: 1}}, nil, "", "")
	})
}

// finding stores one finding of an enterprise in a region.
func (w *world) finding(region, pack, rule string, state compliance.State, outcome compliance.Outcome) {
	w.t.Helper()
	w.n++
	uscc := fmt.Sprintf("%018d", w.n)
	w.write(func(b *records.Batch) {
		b.KnowShard(records.ShardOf(uscc))
		b.PutEnterprise(records.Enterprise{}, compliance.Registration{USCC: uscc, Region: region, Revision: 1})
		b.PutFinding(records.Finding{USCC: uscc}, compliance.Finding{ID: uscc, Pack: pack, Rule: rule, State: state, Outcome: outcome})
	})
}

func (w *world) count(at time.Time) statistics.Figures {
	w.t.Helper()
	if err := w.tally.Count(context.Background(), at); err != nil {
		w.t.Fatal(err)
	}
	f, err := w.tally.Read(context.Background(), at)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func groups(all []statistics.Group) string {
	out := ""
	for _, g := range all {
		total := "?"
		if g.Total != nil {
			total = fmt.Sprint(*g.Total)
		}
		out += fmt.Sprint(g.Of, "=", total, g.Cells, " ")
	}
	return out
}

func TestCountedByHand(t *testing.T) {
	suzhou := listing.Authority{ID: "suzhou", Level: access.City, Region: "320500"}
	nation := listing.Authority{ID: "nation", Level: access.National, Region: "000000"}
	w := newWorld(t)
	if f := w.count(now); groups(f.Listings)+groups(f.Findings)+groups(f.Overdue) != "" || f.AsOf == nil {
		t.Errorf("an empty register: %+v", f)
	}
	// 24 listings of two authorities, decided after 1 to 24 days: 12.5 in the middle. Of 22 appeals after 4 days each, 10 were granted.
	for n := range 24 {
		of := suzhou
		if n%2 == 0 {
			of = nation
		}
		w.listing(of, listing.Listed, func(l *listing.Listing) {
			l.Decision = &listing.Ruling{Hand: listing.Hand{At: day(n + 1)}}
			if n < 22 {
				r := listing.Request{Kind: "appeal", Hand: listing.Hand{At: day(30)}, Outcome: &listing.Ruling{Hand: listing.Hand{At: day(34)}, Outcome: "refused"}}
				if n < 10 {
					r.Outcome.Outcome = "granted"
				}
				l.Requests = append(l.Requests, r)
			}
		})
	}
	// 11 are removed: from a day on, and on the list so 3 days later but for one that took 90. A decision taken elsewhere has no days of its own.
	for n := range 11 {
		w.listing(suzhou, listing.Removed, func(l *listing.Listing) {
			l.Elsewhere, l.Decision = &listing.Elsewhere{}, &listing.Ruling{Hand: listing.Hand{At: day(1)}}
			l.Removal = &listing.Removal{On: workday.DayOf(day(10)), Hand: listing.Hand{At: day(13)}}
			if n == 0 {
				l.Removal.At = day(100)
			}
		})
	}
	for range 3 {
		w.listing(suzhou, listing.Proposed, nil)
	}
	// In Jiangsu the rule fails 12 times in two cities, in Beijing 9 times; what is cured or unknown does not count.
	for n := range 12 {
		w.finding([]string{"320500", "320100"}[n%2], "telecom@1", "card-limit", []compliance.State{compliance.Open, compliance.Contested}[n%2], compliance.Fail)
		w.finding("320500", "telecom@1", "card-limit", compliance.Cured, compliance.Fail)
		w.finding("320500", "telecom@1", "card-limit", compliance.Open, compliance.Unknown)
		w.finding("320500", "internet@1", "real-name", compliance.Open, compliance.Fail)
	}
	for range 9 {
		w.finding("110108", "telecom@1", "card-limit", compliance.Open, compliance.Fail)
	}
	// Suzhou is late with 11 decisions and 9 services. What is due today is not late.
	w.write(func(b *records.Batch) {
		for n := range 31 {
			wait := duty.Wait{Step: "decision", For: duty.Decider, By: "2026-05-31"}
			if n >= 11 {
				wait = duty.Wait{Step: "service", For: duty.Officer, By: "2026-05-31"}
			}
			if n >= 20 {
				wait.By = workday.DayOf(now.Add(24 * time.Hour))
			}
			b.PutWork(duty.Item{Kind: duty.Listing, ID: fmt.Sprint("w", n), Authority: "suzhou", Waits: []duty.Wait{wait}}, false)
		}
	})

	f := w.count(now.Add(24 * time.Hour))
	for _, c := range []struct{ what, got, want string }{
		{"listings", groups(f.Listings), "telecom-fraud=?[{listed 24} {removed 11}] "},
		{"days", fmt.Sprint(f.Days), "[{telecom-fraud decision 12.5 20} {telecom-fraud lifting 3 10} {telecom-fraud request:appeal 4 20}]"},
		{"appeals", fmt.Sprint(f.Appeals), "[{telecom-fraud 45}]"},
		{"findings", groups(f.Findings), "internet/real-name=12[{320000 12}] telecom/card-limit=?[{320000 12}] "},
		{"overdue", groups(f.Overdue), "suzhou=?[{late-decision 11}] "},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
}

// Listings are counted whenever it is asked; findings, for which all enterprises are looked through, once a day and when a run has closed.
func TestWhenItCounts(t *testing.T) {
	w := newWorld(t)
	fill := func() {
		for range 10 {
			w.listing(listing.Authority{ID: "suzhou", Level: access.City, Region: "320500"}, listing.Listed, nil)
			w.finding("320500", "telecom@1", "card-limit", compliance.Open, compliance.Fail)
		}
	}
	run := func(id string, state compliance.RunState) {
		w.write(func(b *records.Batch) { b.PutRun(records.Run{}, compliance.Run{ID: id, State: state}) })
	}
	expect := func(when string, at time.Time, listings, findings int) {
		t.Helper()
		f := w.count(at)
		if len(f.Listings) != 1 || *f.Listings[0].Total != listings || len(f.Findings) != 1 || *f.Findings[0].Total != findings {
			t.Errorf("%s: %s%s; want %d listings and %d findings", when, groups(f.Listings), groups(f.Findings), listings, findings)
		}
	}
	fill()
	expect("at first", now, 10, 10)
	fill()
	expect("a quarter of an hour later", now.Add(15*time.Minute), 20, 10)
	run("r1", compliance.Running)
	expect("while a run goes on", now.Add(30*time.Minute), 20, 10)
	run("r2", compliance.Closed)
	expect("when a run has closed", now.Add(45*time.Minute), 20, 20)
	fill()
	expect("a schedule that comes late", now, 20, 20)
	expect("on the next day", now.Add(24*time.Hour), 30, 30)
}
