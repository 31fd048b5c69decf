// Package clock provides the schedule that writes down what time has brought, and sends for work that was left.
package clock

import (
	"context"
	"errors"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/registering"
	"shixin/shared/boot/supervising"
	"shixin/shared/register"
	"shixin/shared/supervision"
)

// Deps is what the schedule needs.
type Deps struct {
	Register    *register.Register
	Supervision *supervision.Supervision
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Schedule {
	d := Deps{Register: registering.New(p), Supervision: supervising.New(p)}
	return func(ctx context.Context, s boot.Scheduled) error { return Run(ctx, d, s.Time) }
}

// Run writes down the terms that have run out, and sends a message for each unfinished import and audit run.
func Run(ctx context.Context, d Deps, at time.Time) error {
	return errors.Join(d.Register.Tick(ctx, at), d.Register.Sweep(ctx, at), d.Supervision.Sweep(ctx, at))
}
