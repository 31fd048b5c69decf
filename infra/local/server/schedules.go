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

// timed is a schedule and when it is next due.
type timed struct {
	samfile.Schedule
	expression schedule.Expression
	due        time.Time
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
		at := &timed{Schedule: s, expression: expression}
		r.schedules.Go(func() { r.keep(ctx, at) })
	}
	return nil
}

func (r *Running) keep(ctx context.Context, s *timed) {
	if s.expression.Rate() {
		r.fireLogged(ctx, s.Schedule)
	}
	for ctx.Err() == nil {
		moved := r.clock.Moved()
		s.due = s.expression.Next(r.clock.Now())
		if s.due.IsZero() {
			return
		}
		wait := time.NewTimer(s.due.Sub(r.clock.Now()))
		select {
		case <-wait.C:
			r.fireLogged(ctx, s.Schedule)
		case <-moved: // moving fires nothing: the next due time is sought from the new moment on
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

// fire calls the schedule's function with the schedule's input.
func (r *Running) fire(ctx context.Context, s samfile.Schedule, at time.Time) error {
	event := strings.ReplaceAll(s.Input, "<aws.scheduler.scheduled-time>", at.UTC().Format(time.RFC3339))
	return r.functions.Schedule(ctx, s.Function, []byte(event))
}
