// Package indexer provides the maker of the index of names: from the journal, on a schedule and when somebody asks.
package indexer

import (
	"context"
	"errors"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/searching"
	"shixin/shared/screening"
)

// Deps is what the function needs.
type Deps struct{ Screening *screening.Screening }

// Function makes the Lambda function from its ports: the handler of its queue and that of its schedule.
func Function(p boot.Ports) (boot.Worker, boot.Schedule) {
	d := Deps{Screening: searching.New(p)}
	return p.Work(Handle(d)), func(ctx context.Context, s boot.Scheduled) error { return Run(ctx, d, s.Time) }
}

// Handle brings the index up to date. What the message says does not matter: it is a hint.
func Handle(d Deps) func(ctx context.Context, body string, now time.Time) error {
	return func(ctx context.Context, _ string, now time.Time) error { return d.Screening.Build(ctx, now) }
}

// Run brings the index up to date, sends for screenings with work left, and removes what has had its time.
func Run(ctx context.Context, d Deps, at time.Time) error {
	return errors.Join(d.Screening.Build(ctx, at), d.Screening.Sweep(ctx, at))
}
