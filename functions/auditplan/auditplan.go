// Package auditplan provides the scheduled start of audit runs.
package auditplan

import (
	"context"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/supervising"
	"shixin/shared/supervision"
)

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Schedule {
	s := supervising.New(p)
	return func(ctx context.Context, at boot.Scheduled) error { return Run(ctx, s, at.Time) }
}

// Run starts the run of a schedule's time, unless it was started before, and sends the messages of all unfinished runs anew. It may be
// called any number of times for one time.
func Run(ctx context.Context, s *supervision.Supervision, at time.Time) error {
	if _, err := s.Schedule(ctx, at); err != nil {
		return err
	}
	return s.Sweep(ctx, at)
}
