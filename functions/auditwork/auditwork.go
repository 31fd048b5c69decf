// Package auditwork provides the worker of audit runs: it plans a run, judges a shard slice by slice, and closes the run.
package auditwork

import (
	"context"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/supervising"
	"shixin/shared/supervision"
	"shixin/shared/supervision/judging"
)

// Deps is what the function needs.
type Deps struct{ Supervision *supervision.Supervision }

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Worker {
	s := supervising.New(p)
	s.Rules = judging.New()
	return p.Work(Handle(Deps{Supervision: s}))
}

// Handle is the worker of the queue "audit". Its errors are judged by queue.Retry.
func Handle(d Deps) func(ctx context.Context, body string, now time.Time) error {
	return d.Supervision.Work
}
