// Package lambdaqueue provides the bridge from a Lambda function's SQS events to a worker.
package lambdaqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/shared/fault"
	"shixin/shared/queue"
)

// Work is what a worker does with one message.
type Work = func(ctx context.Context, body string, now time.Time) error

// Handler returns a Lambda handler that gives each message's body to work, one after another, with the time at which it was sent: a worker's
// now, so that nothing but the outside tells the time. What queue.Retry would try again is reported as
// a failed item; the function's event source needs ReportBatchItemFailures for that, without which a batch with one
// failure counts as done. A refusal that no retry mends is logged by its kind and acknowledged. Once the context has
// ended, what is left of the batch is reported without being begun.
func Handler(log *slog.Logger, work Work) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
		response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		for _, message := range event.Records {
			err := ctx.Err()
			if err == nil {
				err = one(ctx, log, work, message)
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
func one(ctx context.Context, log *slog.Logger, work Work, message events.SQSMessage) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("%w (%T)", errPanic, p)
		}
	}()
	sent, err := strconv.ParseInt(message.Attributes["SentTimestamp"], 10, 64)
	if err != nil {
		return errors.New("the message does not say when it was sent")
	}
	return work(ctx, message.Body, time.UnixMilli(sent).UTC())
}
