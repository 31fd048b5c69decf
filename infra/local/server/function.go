package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/local/gateway"
	"shixin/infra/samfile"
	"shixin/shared/boot"
	"shixin/shared/queue"
)

// Function is one function in this process. It has the handler that its events in the template ask for.
type Function struct {
	HTTP     boot.HTTP
	Queue    boot.Worker
	Schedule boot.Schedule
}

// runner calls functions by name, in this process or in others.
type runner interface {
	HTTP(ctx context.Context, name string, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)
	Queue(ctx context.Context, name string, event events.SQSEvent) (events.SQSEventResponse, error)
	Schedule(ctx context.Context, name string, event []byte) error
}

// inProcess runs functions in this process, under the template's timeouts and Lambda's size limits.
type inProcess struct {
	template  *samfile.Template
	functions map[string]Function
	slots     map[string]chan struct{} // of functions with a reserved concurrency
}

func newInProcess(t *samfile.Template, functions map[string]Function) inProcess {
	p := inProcess{t, functions, map[string]chan struct{}{}}
	for _, f := range t.Functions {
		if f.Reserved > 0 {
			p.slots[f.Name] = make(chan struct{}, f.Reserved)
		}
	}
	return p
}

// enter takes one of a function's slots, or reports that Lambda would turn the call away.
func (p inProcess) enter(name string) (leave func(), ok bool) {
	slots := p.slots[name]
	if slots == nil {
		return func() {}, true
	}
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, true
	default:
		return nil, false
	}
}

var errAbsent = fmt.Errorf("%w: the local run has no such function", gateway.ErrUnavailable)

const maxPayload = 6 << 20 // bytes of an event and of an answer (Lambda quota)

func (p inProcess) within(ctx context.Context, name string) (context.Context, context.CancelFunc) {
	f, _ := p.template.Function(name)
	return context.WithTimeout(ctx, f.Timeout)
}

func (p inProcess) HTTP(ctx context.Context, name string, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	f := p.functions[name]
	if f.HTTP == nil {
		return events.APIGatewayV2HTTPResponse{}, errAbsent
	}
	// Writing the event out only to weigh it would cost every call; escapes make a text at most six times longer.
	if len(event.Body) > maxPayload/7 {
		whole, err := json.Marshal(event)
		if err != nil {
			return events.APIGatewayV2HTTPResponse{}, err
		}
		if len(whole) > maxPayload {
			return events.APIGatewayV2HTTPResponse{}, gateway.ErrTooLarge
		}
	}
	leave, ok := p.enter(name)
	if !ok {
		return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("%w: all that may run at a time are running", gateway.ErrUnavailable)
	}
	defer leave()
	ctx, cancel := p.within(ctx, name)
	defer cancel()
	response, err := f.HTTP(ctx, event)
	if err == nil && len(response.Body) > maxPayload {
		err = errors.New("the answer is over 6 MB")
	}
	return response, err
}

func (p inProcess) Queue(ctx context.Context, name string, event events.SQSEvent) (events.SQSEventResponse, error) {
	f := p.functions[name]
	if f.Queue == nil {
		return events.SQSEventResponse{}, errAbsent
	}
	ctx, cancel := p.within(ctx, name)
	defer cancel()
	return f.Queue(ctx, event)
}

func (p inProcess) Schedule(ctx context.Context, name string, event []byte) error {
	f := p.functions[name]
	if f.Schedule == nil {
		return errAbsent
	}
	var decoded boot.Scheduled
	if err := json.Unmarshal(event, &decoded); err != nil {
		return fmt.Errorf("the schedule's input: %w", err)
	}
	ctx, cancel := p.within(ctx, name)
	defer cancel()
	return f.Schedule(ctx, decoded)
}

// openQueues hands each message to its consumer as SQS and Lambda do, one at a time.
func (r *Running) openQueues(limit int) {
	for _, q := range r.template.Queues {
		r.queues.Handle(q.Name, min(q.Concurrency, limit), func(ctx context.Context, m queue.Message) error {
			now := strconv.FormatInt(r.clock.Now().UnixMilli(), 10) // a worker's now is its message's
			response, err := r.functions.Queue(ctx, q.Consumer, events.SQSEvent{Records: []events.SQSMessage{{
				MessageId: rand.Text(), ReceiptHandle: rand.Text(), Body: m.Body,
				Attributes:  map[string]string{"SentTimestamp": now, "ApproximateFirstReceiveTimestamp": now, "ApproximateReceiveCount": "1"},
				EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:local:000000000000:" + q.Name, AWSRegion: "local",
			}}})
			if err == nil && len(response.BatchItemFailures) > 0 {
				err = errors.New("the function reported the message as failed")
			}
			if err == nil {
				err = r.spool.done(m)
			}
			return err
		})
	}
}
