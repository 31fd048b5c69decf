package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"shixin/infra/engines/enginestest"
	"shixin/shared/queue"
	"shixin/shared/queue/queuetest"
	"shixin/shared/queue/sqs"
)

func TestContract(t *testing.T) {
	endpoint := enginestest.Moto(t)
	client := awssqs.New(awssqs.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       "eu-central-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	fixtures := 0
	queuetest.Run(t, func(t *testing.T) queuetest.Fixture {
		fixtures++
		urls := map[string]string{}
		for _, name := range []string{"audit", "adoption"} {
			out, err := client.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: aws.String(fmt.Sprintf("%s-%d", name, fixtures))})
			if err != nil {
				t.Fatal(err)
			}
			urls[name] = *out.QueueUrl
		}
		return queuetest.Fixture{
			Sender:   sqs.New(func(context.Context) (sqs.Client, error) { return client, nil }, urls),
			Received: func(t *testing.T, name string, want int) []string { return receive(t, client, urls[name], want) },
		}
	})
}

// receive takes messages until it has as many as wanted and one more look finds none.
func receive(t *testing.T, client *awssqs.Client, url string, want int) []string {
	var bodies []string
	for empty := 0; empty < 3 && (len(bodies) < want || empty == 0); {
		out, err := client.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: aws.String(url), MaxNumberOfMessages: 10})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			empty++
		}
		for _, m := range out.Messages {
			bodies = append(bodies, *m.Body)
		}
	}
	return bodies
}

// scripted answers each batch with what its function returns and keeps what it was sent.
type scripted struct {
	sent   [][]string
	answer func(call int, in *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error)
}

func (s *scripted) SendMessageBatch(_ context.Context, in *awssqs.SendMessageBatchInput, _ ...func(*awssqs.Options)) (*awssqs.SendMessageBatchOutput, error) {
	var bodies []string
	for _, e := range in.Entries {
		bodies = append(bodies, *e.MessageBody)
	}
	s.sent = append(s.sent, bodies)
	failed, err := s.answer(len(s.sent), in)
	return &awssqs.SendMessageBatchOutput{Failed: failed}, err
}

func refuse(e types.SendMessageBatchRequestEntry, senderFault bool) types.BatchResultErrorEntry {
	return types.BatchResultErrorEntry{Id: e.Id, Code: aws.String("InternalError"), SenderFault: senderFault}
}

func TestFailedEntriesAreSentAgain(t *testing.T) {
	broken := errors.New("broken")
	for name, tc := range map[string]struct {
		answer func(call int, in *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error)
		sent   [][]string
		fails  bool
	}{
		"none fails": {
			func(int, *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error) { return nil, nil },
			[][]string{{"0", "1", "2"}}, false,
		},
		"the second and third fail once, the third twice": {
			func(call int, in *awssqs.SendMessageBatchInput) (failed []types.BatchResultErrorEntry, _ error) {
				for _, e := range in.Entries {
					if call == 1 && *e.MessageBody != "0" || call == 2 && *e.MessageBody == "2" {
						failed = append(failed, refuse(e, false))
					}
				}
				return failed, nil
			},
			[][]string{{"0", "1", "2"}, {"1", "2"}, {"2"}}, false,
		},
		"one never goes": {
			func(_ int, in *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error) {
				return []types.BatchResultErrorEntry{refuse(in.Entries[0], false)}, nil
			},
			[][]string{{"0", "1", "2"}, {"0"}, {"0"}, {"0"}, {"0"}}, true,
		},
		"one is the sender's fault": {
			func(_ int, in *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error) {
				return []types.BatchResultErrorEntry{refuse(in.Entries[0], false), refuse(in.Entries[1], true)}, nil
			},
			[][]string{{"0", "1", "2"}}, true,
		},
		"the request fails": {
			func(int, *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error) { return nil, broken },
			[][]string{{"0", "1", "2"}}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &scripted{answer: tc.answer}
				s := sqs.New(func(context.Context) (sqs.Client, error) { return client, nil }, map[string]string{"audit": "https://queue"})
				err := s.Send(t.Context(), numbers(3)...)
				if tc.fails != (err != nil) {
					t.Errorf("Send: %v", err)
				}
				if !slices.EqualFunc(client.sent, tc.sent, slices.Equal[[]string]) {
					t.Errorf("sent %v, want %v", client.sent, tc.sent)
				}
			})
		})
	}
}

func TestBatchesOfTen(t *testing.T) {
	client := &scripted{answer: func(int, *awssqs.SendMessageBatchInput) ([]types.BatchResultErrorEntry, error) { return nil, nil }}
	opened := 0
	s := sqs.New(func(context.Context) (sqs.Client, error) { opened++; return client, nil }, map[string]string{"audit": "https://queue"})
	if err := s.Send(t.Context()); err != nil || opened != 0 {
		t.Errorf("sending nothing opened %d clients, %v", opened, err)
	}
	if err := s.Send(t.Context(), numbers(25)...); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, bodies := range client.sent {
		sizes = append(sizes, len(bodies))
	}
	if !slices.Equal(sizes, []int{10, 10, 5}) || opened != 1 {
		t.Errorf("batches of %v over %d clients", sizes, opened)
	}
}

func numbers(n int) []queue.Message {
	messages := make([]queue.Message, n)
	for i := range messages {
		messages[i] = queue.Message{Queue: "audit", Body: fmt.Sprint(i)}
	}
	return messages
}
