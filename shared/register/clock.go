package register

import (
	"context"
	"errors"
	"time"

	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/workday"
)

// firstDay is before any listing of this register.
const firstDay workday.Day = "2026-01-01"

// clockMeta is how far the clock has come: every term that ended on Day or before is written down.
type clockMeta struct {
	Day workday.Day `json:"day"`
}

// behind is how many days the clock looks at again: what writes a listing has the time of its message, which a queue keeps for four days, and the clock may
// have passed the last day that was remembered then.
const behind = 5

// Tick writes down the terms that have run out. What it writes has been true since the day after each term, whether or
// not it came; it stops after a slice and goes on at its next time.
func (r *Register) Tick(ctx context.Context, now time.Time) error {
	began := time.Now()
	var m clockMeta
	version, err := r.Store.Meta(ctx, now, "clock", &m)
	if err != nil {
		return err
	}
	day := firstDay
	if version > 0 {
		day = m.Day.AddDays(1 - behind)
	}
	yesterday := workday.DayOf(now).AddDays(-1)
	done := m
	var failed error
	for ; day <= yesterday && time.Since(began) <= slice; day = day.AddDays(1) {
		if err := r.endings(ctx, now, day); err != nil {
			failed = errors.Join(failed, err)
		} else if failed == nil && day > done.Day {
			done.Day = day
		}
	}
	if done == m {
		return failed
	}
	if err := r.Store.PutMeta(ctx, now, "clock", version, done); err != nil && !records.IsLost(err) {
		failed = errors.Join(failed, err)
	}
	return failed
}

// endings writes down the terms that ended on a day.
func (r *Register) endings(ctx context.Context, now time.Time, day workday.Day) error {
	after := ""
	var failed error
	for {
		ids, more, err := r.Store.Ending(ctx, now, day, after, 100)
		if err != nil {
			return err
		}
		for _, id := range ids {
			// One that fails is found again at the next tick and keeps no other from being written down.
			failed = errors.Join(failed, r.expire(ctx, now, id, day))
			after = id
		}
		if !more {
			return failed
		}
	}
}

// expire writes down that a listing's term ran out, unless it goes on: then it is found again on its new last day.
func (r *Register) expire(ctx context.Context, now time.Time, id string, day workday.Day) error {
	r.effects.Lock()
	defer r.effects.Unlock()
	return repeat.Retry(ctx, func() error {
		head, err := r.Store.Head(ctx, now)
		if err != nil {
			return err
		}
		at := later(now, head.At)
		stored, found, err := r.Store.Listing(ctx, at, id)
		if err != nil {
			return err
		}
		if !found || stored.State.State != listing.Listed {
			return r.Store.MoveEnding(ctx, now, id, stored, day, "")
		}
		rules, err := r.rules(&stored.State)
		if err != nil {
			return err
		}
		if err := r.accrue(ctx, at, &stored.State, &rules); err != nil {
			return err
		}
		events, err := listing.Decide(stored.State, listing.Expire{}, listing.Actor{Clock: true}, rules, at)
		if errors.Is(err, fault.Conflict) { // the term was changed, or others add to it
			next := stored.State.Term.Until
			if rules.Accrued != "" {
				next = rules.Accrued
			}
			return r.Store.MoveEnding(ctx, now, id, stored, day, next)
		}
		if err != nil {
			return err
		}
		v, err := r.wholeVault(ctx, &stored)
		if err != nil {
			return err
		}
		return r.commit(ctx, at, &head, []*change{{stored: stored, events: events, vault: v, rules: rules}}, func(b *records.Batch) error {
			b.DropEnding(id, day)
			return nil
		})
	})
}
