// Package publisher provides the worker that takes numbered journal entries to whoever waits for them: the watch lists.
package publisher

import (
	"context"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/notifying"
	"shixin/shared/watching"
)

// Deps is what the worker needs.
type Deps struct{ Watching *watching.Watching }

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Worker { return p.Work(Handle(Deps{Watching: notifying.New(p)})) }

// Handle is the worker of the queue "publisher". Its errors are judged by queue.Retry.
func Handle(d Deps) func(ctx context.Context, body string, now time.Time) error {
	return d.Watching.Work
}
