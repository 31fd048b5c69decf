// Package screenwork provides the worker of screenings: it looks up a file of names, slice by slice.
package screenwork

import (
	"context"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/searching"
	"shixin/shared/screening"
)

// Deps is what the function needs.
type Deps struct{ Screening *screening.Screening }

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Worker { return p.Work(Handle(Deps{Screening: searching.New(p)})) }

// Handle is the worker of the queue "screening". Its errors are judged by queue.Retry.
func Handle(d Deps) func(ctx context.Context, body string, now time.Time) error {
	return d.Screening.Work
}
