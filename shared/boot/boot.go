// Package boot provides the common wiring of functions: the ports they are built from, and the way from a gateway's or a queue's event
// to them.
//
// The same functions are built from a Lambda function's environment (boot/env and its neighbours, each linking one
// adapter) and from one machine's files (infra/local).
package boot

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/policies"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/blob"
	"shixin/shared/keys"
	"shixin/shared/queue"
	"shixin/shared/queue/lambdaqueue"
	"shixin/shared/table"
	"shixin/shared/web"
	"shixin/shared/web/lambdahttp"
)

// Ports is what functions are built from. A function leaves unset what it does not use.
type Ports struct {
	Table   table.Table
	Hash    keys.Hasher
	Seal    keys.Sealer
	Blobs   blob.Store
	Uploads blob.Uploads
	Queue   queue.Sender
	Verify  func(ctx context.Context, token string, now time.Time) (access.Principal, error)
	Policy  *policy.Engine
	Log     *slog.Logger
}

// Policy is the engine of the register's own policies.
func Policy(log *slog.Logger) *policy.Engine { return policy.New(policies.Files, log) }

// The forms of a function's handler.
type (
	// HTTP answers events of API Gateway's HTTP API, payload version 2.0.
	HTTP = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)
	// Worker works on messages of a queue, with partial batch failures.
	Worker = func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)
	// Schedule runs at a scheduled time.
	Schedule = func(context.Context, Scheduled) error
)

// Scheduled is the input of a schedule in template.yaml.
type Scheduled struct {
	Time time.Time `json:"time"` // when it was to run, not when it does
	Job  string    `json:"job"`
}

// Serve makes the handler of a table of routes.
func (p Ports) Serve(routes []web.Route) HTTP {
	h := web.New(routes, web.Options{
		Permit: func(_ context.Context, caller access.Principal, action string) error {
			return p.Policy.Role(caller, action)
		},
		CursorKey: p.cursorKey,
		Log:       p.Log,
	})
	return lambdahttp.Handler(h, lambdahttp.Options{Verify: p.Verify, Log: p.Log})
}

// cursorKey is derived from the keyring, so that every process of a deployment reads every other's cursors.
func (p Ports) cursorKey(ctx context.Context) ([]byte, error) {
	hash, err := p.Hash.Hash(ctx, "\x00shixin cursors")
	return []byte(hash), err
}

// Work makes the handler of a queue.
func (p Ports) Work(work lambdaqueue.Work) Worker { return lambdaqueue.Handler(p.Log, work) }

// WorkTogether makes the handler of a queue whose messages are worked on together.
func (p Ports) WorkTogether(work lambdaqueue.BatchWork) Worker {
	return lambdaqueue.BatchHandler(p.Log, work)
}
