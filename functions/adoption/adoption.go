// Package adoption provides the worker that turns the rows of an imported list into proposals and listings.
package adoption

import (
	"context"
	"encoding/json"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/registering"
	"shixin/shared/fault"
	"shixin/shared/register"
)

// Deps is what the worker needs.
type Deps struct{ Register *register.Register }

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.Worker { return p.Work(Handle(Deps{Register: registering.New(p)})) }

// Handle does the work that one message of the queue points to: {"import": id}.
func Handle(d Deps) func(ctx context.Context, body string, now time.Time) error {
	return func(ctx context.Context, body string, now time.Time) error {
		var m struct {
			Import string `json:"import"`
		}
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.Import == "" {
			return fault.New(fault.Malformed, `the message must be {"import": id}`, "")
		}
		return d.Register.Work(ctx, m.Import, now)
	}
}
