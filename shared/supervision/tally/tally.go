// Package tally provides the statistics: counted by a schedule into one stored item, and read from there.
package tally

import (
	"context"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/ladder"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/statistics"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// Tally is the application.
type Tally struct {
	Store    *records.Store
	Ladder   func() (ladder.Library, error)
	Calendar func() (workday.Calendar, error)
}

// meta is the name of the stored figures.
const meta = "statistics"

// stored is the figures with the newest closed run when those of findings were counted, and their day.
type stored struct {
	Figures statistics.Figures `json:"figures"`
	Run     string             `json:"run,omitempty"`
	Day     workday.Day        `json:"day,omitempty"`
}

// Read is the figures as they were counted last.
func (t *Tally) Read(ctx context.Context, now time.Time) (statistics.Figures, error) {
	var s stored
	version, err := t.Store.Meta(ctx, now, meta, &s)
	if err != nil {
		return statistics.Figures{}, err
	}
	if version == 0 {
		return statistics.None(), nil
	}
	return s.Figures, nil
}

// Count counts anew what stands in the queues of authorities. Findings, for which all enterprises are looked through, it counts on each new day and
// when a run has closed since. Of two that count at once one is kept, and the other counts again over it.
func (t *Tally) Count(ctx context.Context, now time.Time) error {
	return repeat.Retry(ctx, func() error { return t.count(ctx, now) })
}

func (t *Tally) count(ctx context.Context, now time.Time) error {
	var before stored
	version, err := t.Store.Meta(ctx, now, meta, &before)
	if err != nil {
		return err
	}
	if of := before.Figures.AsOf; of != nil && of.After(now) { // a schedule that comes late
		return nil
	}
	run, err := t.closed(ctx, now)
	if err != nil {
		return err
	}
	if run == "" {
		run = before.Run // the newest is under way: what it changes is counted when it is closed
	}
	var all statistics.Tally
	library, err := t.Ladder()
	if err != nil {
		return err
	}
	if err := t.authorities(ctx, now, library.Duties, &all); err != nil {
		return err
	}
	after := stored{Run: run, Day: workday.DayOf(now)}
	counted := before.Day == after.Day && before.Run == run
	if !counted {
		if err := t.findings(ctx, now, &all); err != nil {
			return err
		}
	}
	after.Figures = all.Figures(now.UTC().Truncate(time.Millisecond))
	if counted {
		after.Figures.Findings = before.Figures.Findings
	}
	return t.Store.PutMeta(ctx, now, meta, version, after)
}

// closed is the newest run, where it is closed.
func (t *Tally) closed(ctx context.Context, now time.Time) (string, error) {
	heads, _, err := t.Store.Runs(ctx, now, "", 1)
	if err != nil || len(heads) == 0 {
		return "", err
	}
	run, found, err := t.Store.Run(ctx, now, heads[0].ID)
	if err != nil || !found || run.State.State != compliance.Closed {
		return "", err
	}
	return run.State.ID, nil
}

// authorities looks through the places of listings and through what waits: never through a listing itself.
func (t *Tally) authorities(ctx context.Context, now time.Time, duties []ladder.Duty, all *statistics.Tally) error {
	authorities, err := t.Store.Authorities(ctx, now)
	if err != nil {
		return err
	}
	calendar, err := t.Calendar()
	if err != nil {
		return err
	}
	today := workday.DayOf(now)
	for _, a := range authorities {
		after := ""
		for more := true; more; {
			var places []records.Queued
			if places, more, err = t.Store.Queue(ctx, now, a.ID, "", after, table.MaxPage); err != nil {
				return err
			}
			for _, p := range places {
				all.Listing(p.Regime, p.State, p.Case)
				after = p.After
			}
		}
		after = ""
		for more := true; more; {
			var places []records.Waiting
			if places, more, err = t.Store.Work(ctx, now, a.ID, "", after, table.MaxPage); err != nil {
				return err
			}
			for _, p := range places {
				p.Item.Known(calendar)
				for _, duty := range ladder.Breaches(duties, p.Item, today) {
					all.Overdue(a.ID, duty)
				}
				after = p.After
			}
		}
	}
	return nil
}

// findings looks through what fails, shard by shard.
func (t *Tally) findings(ctx context.Context, now time.Time, all *statistics.Tally) error {
	shards, err := t.Store.KnownShards(ctx, now)
	if err != nil {
		return err
	}
	for _, shard := range shards {
		after := ""
		for more := true; more; {
			var enterprises []records.Judged
			if enterprises, more, err = t.Store.Shard(ctx, now, shard, after, table.MaxPage, true); err != nil {
				return err
			}
			if len(enterprises) == 0 {
				break
			}
			regions := map[string]string{}
			for _, e := range enterprises {
				regions[e.USCC] = e.Region
				after = e.USCC
			}
			found, err := t.Store.Findings(ctx, now, shard, enterprises[0].USCC, after)
			if err != nil {
				return err
			}
			for _, f := range found {
				if f.Damaged == nil && f.State.State != compliance.Cured && f.State.Outcome == compliance.Fail {
					all.Finding(f.State.Key(), regions[f.USCC])
				}
			}
		}
	}
	return nil
}
