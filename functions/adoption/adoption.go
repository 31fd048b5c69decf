// Package adoption provides the worker that turns the rows of an imported list into proposals and listings.
package adoption

import (
	"context"
	"encoding/json"
	"time"

	"shixin/shared/boot"
	"shixin/shared/boot/registering"
	"shixin/shared/fault"
)

// Function makes the Lambda function from its ports: the worker of the queue "adoption", whose messages are {"import": id}.
func Function(p boot.Ports) boot.Worker {
	r := registering.New(p)
	return p.Work(func(ctx context.Context, body string, now time.Time) error {
		var m struct {
			Import string `json:"import"`
		}
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.Import == "" {
			return fault.New(fault.Malformed, `the message must be {"import": id}`, "")
		}
		return r.Work(ctx, m.Import, now)
	})
}
