package server

import (
	"context"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the zones of schedules, on a machine that has none

	"shixin/infra/local/schedule"
	"shixin/infra/samfile"
)

// timed is a schedule with its expression parsed.
type timed struct {
	samfile.Schedule
	expression schedule.Expression
}

// startSchedules fires each schedule when it is due by the development clock, until ctx ends. A rate is due at once, as
// EventBridge Scheduler does with one that has no start: so the sweeps find what a kill left behind.
func (r *Running) startSchedules(ctx context.Context) error {
	for _, s := range r.template.Schedules {
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			return fmt.Errorf("schedule %s of %s: zone %q is unknown", s.Name, s.Function, s.Zone)
		}
		expression, err := schedule.Parse(s.Expression, zone)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", s.Name, s.Function, err)
		}
		r.schedules.Go(func() { r.keep(ctx, timed{s, expression}) })
	}
	return nil
}

func (r *Running) keep(ctx context.Context, s timed) {
	from := r.clock.Now()
	if s.expression.Rate() {
		r.fireLogged(ctx, s.Schedule)
	}
	for ctx.Err() == nil {
		base, moved := r.clock.Moved()
		if base.After(from) { // moving fires nothing: the next due time is sought from where the clock was moved to
			from = base
		}
		due := s.expression.Next(from)
		if due.IsZero() {
			return
		}
		wait := time.NewTimer(due.Sub(r.clock.Now()))
		select {
		case <-wait.C:
			if from = r.clock.Now(); from.Before(due) { // the machine's clock was set back
				from = due
			}
			r.fireLogged(ctx, s.Schedule)
		case <-moved:
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

func (r *Running) fireLogged(ctx context.Context, s samfile.Schedule) {
	if err := r.fire(ctx, s, r.clock.Now()); err != nil && ctx.Err() == nil {
		r.config.Log.Error("schedule failed", "function", s.Function, "schedule", s.Name, "error", err)
	}
}

// fire calls the schedule's function with the schedule's input. EventBridge gives whole seconds; here the time has milliseconds, so that
// what a developer fires twice within a second is two firings.
func (r *Running) fire(ctx context.Context, s samfile.Schedule, at time.Time) error {
	event := strings.ReplaceAll(s.Input, "<aws.scheduler.scheduled-time>", at.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano))
	return r.functions.Schedule(ctx, s.Function, []byte(event))
}
