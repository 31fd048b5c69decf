// Package queue provides the port for work that a function leaves to another.
//
// A message is a hint: it carries ids only, and may be lost, doubled or late without changing what happens. The
// table is truth, and a sweep finds unfinished work without any message. There is one exception, the log of queries: its message is the record,
// handed over before the query is answered by a function that may not write the table. It may be doubled or late, and whoever
// runs its queue keeps it until it is worked off.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// MaxBody is the most bytes that a message's body has. Ids are short. The longest is what the log of queries is told of one; whoever
// needs more is about to send what belongs in the table.
const MaxBody = 4 << 10

var (
	// ErrUnknown is wrapped by Send for a queue that is not configured.
	ErrUnknown = errors.New("queue: no such queue")
	// ErrMessage is wrapped by Send for a body that is not JSON or is too long.
	ErrMessage = errors.New("queue: not a message")
)

// Message is one hint.
type Message struct {
	Queue string `json:"-"`    // the logical name of the queue, for example "audit" or "adoption"
	Body  string `json:"body"` // JSON, at most MaxBody bytes
}

// Check accepts a message that every adapter takes, but for the queue's name.
func (m Message) Check() error {
	if len(m.Body) > MaxBody {
		return fmt.Errorf("%w: the body for %q has %d bytes and may have %d", ErrMessage, m.Queue, len(m.Body), MaxBody)
	}
	if !json.Valid([]byte(m.Body)) {
		return fmt.Errorf("%w: the body for %q is not JSON", ErrMessage, m.Queue)
	}
	return nil
}

// Sender is the port. It is safe for concurrent use and does nothing before its first call. The contract is checked by
// queuetest.Run for every adapter.
type Sender interface {
	// Send hands over messages, any number, to any queues. With a wrong message among them it hands over none. On any other error
	// some of them MAY have been handed over. Messages MAY arrive in another order, and more than once.
	Send(ctx context.Context, messages ...Message) error
}
