// Package auditplan provides the scheduled start of audit runs.
package auditplan

import (
	"context"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/supervising"
	"shixin/shared/supervision"
)

// Deps is what the function needs.
type Deps struct{ Supervision *supervision.Supervision }

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Schedule {
	d := Deps{Supervision: supervising.New(p)}
	return func(ctx context.Context, s boot.Scheduled) error { return Run(ctx, d, s.Time) }
}

// Run starts the run of a schedule's time, unless it was started before, and sends the messages of all unfinished runs anew. It may be
// called any number of times for one time.
func Run(ctx context.Context, d Deps, at time.Time) error {
	if _, err := d.Supervision.Schedule(ctx, at); err != nil {
		return err
	}
	return d.Supervision.Sweep(ctx, at)
}
