package dynamo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	// attemptLimit is how long one request may take before it counts as lost. DynamoDB answers in milliseconds, a
	// transaction of 4 MB in less than a second.
	attemptLimit = 5 * time.Second
	// patience bounds all attempts of one call where the context does not. It is far below the 10 minutes for which
	// DynamoDB remembers a transaction's token.
	patience = 25 * time.Second

	firstWait = 10 * time.Millisecond
	longWait  = time.Second
)

// outcome is what an error says about a request.
type outcome uint8

const (
	refused    outcome = iota // it changed nothing, and would not another time
	again                     // it changed nothing, and may another time
	unanswered                // it may have taken effect
)

func outcomeOf(err error) outcome {
	if _, ok := errors.AsType[*cancelled](err); ok {
		return again
	}
	answer, answered := errors.AsType[*smithyhttp.ResponseError](err)
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
			"TransactionConflictException", "TransactionInProgressException", "ReplicatedWriteConflictException":
			return again
		}
		if !answered || answer.HTTPStatusCode() < 500 {
			return refused
		}
	}
	_, sent := errors.AsType[*smithyhttp.RequestSendError](err)
	if answered || sent || errors.Is(err, context.DeadlineExceeded) {
		return unanswered // an answer that is no error of the API broke off
	}
	return refused // it never left: no credentials, no endpoint
}

// retry makes a call until it succeeds, is refused, or the context or patience ends. lost says that an earlier attempt
// may have taken effect. Waits have full jitter, so that writers who met once do not meet again.
func retry(ctx context.Context, call func(ctx context.Context, lost bool) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lost := false
	for n := 0; ; n++ {
		err := attempt(ctx, lost, call)
		if err == nil {
			return nil
		}
		switch outcomeOf(err) {
		case refused:
			return err
		case unanswered:
			lost = true
		}
		if ended := wait(ctx, n); ended != nil {
			return fmt.Errorf("given up after %d attempts: %w", n+1, errors.Join(ended, err))
		}
	}
}

func attempt(ctx context.Context, lost bool, call func(ctx context.Context, lost bool) error) error {
	ctx, cancel := context.WithTimeout(ctx, attemptLimit)
	defer cancel()
	return call(ctx, lost)
}

// wait sleeps between nothing and a limit that doubles with each attempt.
func wait(ctx context.Context, attempts int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limit := min(firstWait<<min(attempts, 10), longWait)
	timer := time.NewTimer(rand.N(limit))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
