// Package indexer provides the maker of the index of names: from the journal, on a schedule and when somebody asks.
package indexer

import (
	"context"
	"errors"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/searching"
)

// Function makes the Lambda function from its ports. A message of its queue is a hint, whatever it says: it brings the index up to date. So does
// the schedule, which also sends for screenings with work left and removes what has had its time.
func Function(p boot.Ports) (boot.Worker, boot.Schedule) {
	s := searching.New(p)
	hint := func(ctx context.Context, _ string, now time.Time) error { return s.Build(ctx, now) }
	regular := func(ctx context.Context, at boot.Scheduled) error {
		return errors.Join(s.Build(ctx, at.Time), s.Sweep(ctx, at.Time))
	}
	return p.Work(hint), regular
}
