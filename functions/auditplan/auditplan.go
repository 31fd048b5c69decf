// Package auditplan provides the scheduled start of audit runs.
package auditplan

import (
	"context"
	"time"

	"shixin/shared/supervision"
)

// Deps is what the function needs.
type Deps struct{ Supervision *supervision.Supervision }

// Run starts the run of a schedule's time, unless it was started before, and sends the messages of all unfinished runs anew. It may be
// called any number of times for one time.
func Run(ctx context.Context, d Deps, at time.Time) error {
	if _, err := d.Supervision.Schedule(ctx, at); err != nil {
		return err
	}
	return d.Supervision.Sweep(ctx, at)
}
