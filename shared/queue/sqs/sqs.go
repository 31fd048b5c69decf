// Package sqs provides the sending of messages to queues of Amazon SQS.
package sqs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"shixin/shared/lazy"
	"shixin/shared/queue"
)

const (
	maxBatch = 10 // entries in one SendMessageBatch (SQS quota)
	attempts = 5  // of one batch; the SDK's own retries of a whole request come on top
	firstGap = 50 * time.Millisecond
)

// Client is what the sender needs of the SQS client.
type Client interface {
	SendMessageBatch(context.Context, *awssqs.SendMessageBatchInput, ...func(*awssqs.Options)) (*awssqs.SendMessageBatchOutput, error)
}

// Sender is a queue.Sender.
type Sender struct {
	client *lazy.Value[Client]
	urls   map[string]string
}

// New returns a sender that opens its client at the first use. The queues' URLs stand under their logical names.
func New(open func(context.Context) (Client, error), urls map[string]string) *Sender {
	return &Sender{lazy.New(open), urls}
}

// Send implements queue.Sender. Messages go in batches of ten; entries that SQS refuses for a reason of its own are sent again.
func (s *Sender) Send(ctx context.Context, messages ...queue.Message) error {
	byQueue := map[string][]string{}
	var order []string
	for _, m := range messages {
		if err := m.Check(); err != nil {
			return err
		}
		if s.urls[m.Queue] == "" {
			return fmt.Errorf("%w: %q", queue.ErrUnknown, m.Queue)
		}
		if byQueue[m.Queue] == nil {
			order = append(order, m.Queue)
		}
		byQueue[m.Queue] = append(byQueue[m.Queue], m.Body)
	}
	if len(messages) == 0 {
		return nil
	}
	client, err := s.client.Get(ctx)
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	for _, name := range order {
		for bodies := range slices.Chunk(byQueue[name], maxBatch) {
			if err := batch(ctx, client, s.urls[name], bodies); err != nil {
				return fmt.Errorf("queue: send to %q: %w", name, err)
			}
		}
	}
	return nil
}

func batch(ctx context.Context, client Client, url string, bodies []string) error {
	entries := make([]types.SendMessageBatchRequestEntry, len(bodies))
	for i, body := range bodies {
		entries[i] = types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: aws.String(body)}
	}
	gap := firstGap
	for attempt := 1; ; attempt++ {
		out, err := client.SendMessageBatch(ctx, &awssqs.SendMessageBatchInput{QueueUrl: aws.String(url), Entries: entries})
		if err != nil {
			return err
		}
		if len(out.Failed) == 0 {
			return nil
		}
		first := out.Failed[0]
		refused := map[string]bool{}
		for _, f := range out.Failed {
			if f.SenderFault {
				return fmt.Errorf("%s: refused for good", aws.ToString(f.Code))
			}
			refused[aws.ToString(f.Id)] = true
		}
		if attempt == attempts {
			return fmt.Errorf("%s: %d of %d messages still refused after %d attempts", aws.ToString(first.Code), len(out.Failed), len(bodies), attempts)
		}
		entries = slices.DeleteFunc(entries, func(e types.SendMessageBatchRequestEntry) bool { return !refused[*e.Id] })
		select {
		case <-time.After(gap/2 + rand.N(gap)): // jitter, so that senders who were throttled together do not come back together
		case <-ctx.Done():
			return ctx.Err()
		}
		gap *= 2
	}
}
