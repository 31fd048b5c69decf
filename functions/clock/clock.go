// Package clock provides the schedule that writes down what time has brought, and sends for work that was left.
package clock

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/acting"
	"shixin/shared/boot/registering"
	"shixin/shared/boot/supervising"
	"shixin/shared/register"
	"shixin/shared/supervision"
	"shixin/shared/supervision/tally"
	"shixin/shared/workday"
)

// Deps is what the schedule needs.
type Deps struct {
	Register    *register.Register
	Supervision *supervision.Supervision
	Tally       *tally.Tally
	Log         *slog.Logger // takes the alarm
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Schedule {
	d := Deps{Register: registering.New(p), Supervision: supervising.New(p), Tally: acting.Tally(p), Log: p.Log}
	return func(ctx context.Context, s boot.Scheduled) error { return Run(ctx, d, s.Time) }
}

// Run writes down the terms that have run out, sends a message for each unfinished import and audit run, and counts the statistics anew.
func Run(ctx context.Context, d Deps, at time.Time) error {
	return errors.Join(d.Register.Tick(ctx, at), d.Register.Sweep(ctx, at), d.Supervision.Sweep(ctx, at), d.Tally.Count(ctx, at), d.watchCalendar(at))
}

// ahead is how long before the calendar's end the alarm rings: the longest deadline in working days is about a month,
// and the notice for the next year comes in November.
const ahead = 45 // days

// watchCalendar rings while deadlines begin to reach beyond the published calendar.
func (d Deps) watchCalendar(at time.Time) error {
	calendar, err := d.Register.Calendar()
	if err != nil {
		return err
	}
	if soon := workday.DayOf(at).AddDays(ahead); !calendar.Covers(soon.Start().Year()) {
		d.Log.Warn("the calendar of working days ends in "+strconv.Itoa(calendar.LastYear())+"; add the next year to infra/calendars", "alarm", "calendar")
	}
	return nil
}
