// Package lambdaqueue provides the bridge from a Lambda function's SQS events to a worker.
package lambdaqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/shared/fault"
	"shixin/shared/queue"
)

// Work is what a worker does with one message.
type Work = func(ctx context.Context, body string, now time.Time) error

// BatchWork is what a worker does with the messages of one event together. It returns an error for each, in their order. Now is the time at
// which the last of them was sent.
type BatchWork = func(ctx context.Context, bodies []string, now time.Time) []error

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
			report(ctx, log, message, err, &response)
		}
		return response, nil
	}
}

// BatchHandler is [Handler] for a worker that takes the messages of an event together.
func BatchHandler(log *slog.Logger, work BatchWork) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
		response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		var bodies []string
		var taken []events.SQSMessage
		var now time.Time
		for _, message := range event.Records {
			sent, err := sentAt(message)
			if err != nil {
				report(ctx, log, message, err, &response)
				continue
			}
			if sent.After(now) {
				now = sent
			}
			bodies, taken = append(bodies, message.Body), append(taken, message)
		}
		errs := all(ctx, log, work, bodies, now)
		for i, message := range taken {
			report(ctx, log, message, errs[i], &response)
		}
		return response, nil
	}
}

// all keeps a panic over one message from ending the process. What the messages of a panic came to is not known, so all are tried again.
func all(ctx context.Context, log *slog.Logger, work BatchWork, bodies []string, now time.Time) (errs []error) {
	if len(bodies) == 0 {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("stack", string(debug.Stack())))
			errs = slices.Repeat([]error{fmt.Errorf("%w (%T)", errPanic, p)}, len(bodies))
		}
	}()
	return work(ctx, bodies, now)
}

// report says of a message whether it is to come again.
func report(ctx context.Context, log *slog.Logger, message events.SQSMessage, err error, response *events.SQSEventResponse) {
	switch {
	case queue.Retry(err):
		log.LogAttrs(ctx, slog.LevelError, "message failed", slog.String("message", message.MessageId), slog.String("error", err.Error()))
		response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
	case err != nil:
		log.LogAttrs(ctx, slog.LevelWarn, "message refused", slog.String("message", message.MessageId), slog.String("kind", string(fault.Of(err))))
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
	sent, err := sentAt(message)
	if err != nil {
		return err
	}
	return work(ctx, message.Body, sent)
}

func sentAt(message events.SQSMessage) (time.Time, error) {
	sent, err := strconv.ParseInt(message.Attributes["SentTimestamp"], 10, 64)
	if err != nil {
		return time.Time{}, errors.New("the message does not say when it was sent")
	}
	return time.UnixMilli(sent).UTC(), nil
}
