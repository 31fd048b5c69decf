// Package lambdaqueue provides the bridge from a Lambda function's SQS events to a worker.
package lambdaqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/events"

	"shixin/shared/fault"
	"shixin/shared/queue"
)

// Handler returns a Lambda handler that gives each message's body to work, one after another. What queue.Retry would try again is reported as
// a failed item; the function's event source needs ReportBatchItemFailures for that, without which a batch with one
// failure counts as done. A refusal that no retry mends is logged by its kind and acknowledged. Once the context has
// ended, what is left of the batch is reported without being begun.
func Handler(log *slog.Logger, work func(ctx context.Context, body string) error) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
		response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		for _, message := range event.Records {
			err := ctx.Err()
			if err == nil {
				err = one(ctx, log, work, message.Body)
			}
			switch {
			case queue.Retry(err):
				log.LogAttrs(ctx, slog.LevelError, "message failed", slog.String("message", message.MessageId), slog.String("error", err.Error()))
				response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
			case err != nil:
				log.LogAttrs(ctx, slog.LevelWarn, "message refused", slog.String("message", message.MessageId), slog.String("kind", string(fault.Of(err))))
			}
		}
		return response, nil
	}
}

var errPanic = errors.New("the worker panicked")

// one keeps a panic over one message from failing the whole batch.
func one(ctx context.Context, log *slog.Logger, work func(context.Context, string) error, body string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("%w (%T)", errPanic, p)
		}
	}()
	return work(ctx, body)
}
