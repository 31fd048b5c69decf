// Package queue provides the port for work that a function leaves to another.
//
// A message is a hint: it carries ids only, and may be lost, doubled or late without changing what happens. The
// table is truth, and a sweep finds unfinished work without any message.
package queue

import "context"

// Message is one hint.
type Message struct {
	Queue string `json:"-"`    // the logical name of the queue, for example "audit" or "adoption"
	Body  string `json:"body"` // JSON of ids, at most 1 KiB
}

// Sender is the port.
type Sender interface {
	// Send hands over messages, any number. On an error some of them MAY have been handed over.
	Send(ctx context.Context, messages ...Message) error
}
