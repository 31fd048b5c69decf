package boot

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
)

// Either is the handler of a function that works on a queue and runs on a schedule too: Lambda gives both kinds of event to the one handler
// that a function has. An event of SQS has Records.
func Either(work Worker, run Schedule) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		var kind struct {
			Records json.RawMessage `json:"Records"`
		}
		if err := json.Unmarshal(event, &kind); err != nil {
			return nil, err
		}
		if kind.Records != nil {
			var messages events.SQSEvent
			if err := json.Unmarshal(event, &messages); err != nil {
				return nil, err
			}
			return work(ctx, messages)
		}
		var s Scheduled
		if err := json.Unmarshal(event, &s); err != nil {
			return nil, err
		}
		return nil, run(ctx, s)
	}
}
