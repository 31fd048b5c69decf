// Package memory provides queues within one process.
package memory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"shixin/shared/fault"
	"shixin/shared/queue"
)

// ErrStopped is returned once Stop was called.
var ErrStopped = errors.New("queue: stopped")

// Handler works on one message. What it returns is judged by queue.Retry.
type Handler func(ctx context.Context, m queue.Message) error

// Options are those of SQS that matter to a worker. Zero values take the defaults.
type Options struct {
	MaxReceives int                              // how often a message is given to its handler at the most: 5
	Backoff     func(receives int) time.Duration // how long after so many failures it is given again: 100 ms, 200 ms, 400 ms, … up to 10 s, with jitter
	Log         *slog.Logger                     // where failures go: slog.Default()
}

// Dead is a message that failed MaxReceives times.
type Dead struct {
	Message queue.Message
	Err     error // of the last time
}

// Queues is a queue.Sender that hands each message to the handler of its queue. There is no order between messages. What is
// not done when the process ends is lost, as the port allows.
type Queues struct {
	options Options
	ctx     context.Context // of the handlers; ended by a Stop that ran out of patience
	cancel  context.CancelFunc

	mu      sync.Mutex
	queues  map[string]*worked
	open    int           // messages sent and neither done nor dead
	idle    chan struct{} // closed when open or, after Stop, running comes to 0; made by who waits
	running int           // handlers at work
	stopped bool
	dead    []Dead
}

type worked struct {
	handler Handler
	limit   int // handlers at work at once
	running int
	waiting []delivery
}

type delivery struct {
	message  queue.Message
	receives int // how often it was given to its handler so far
}

// New returns queues without a name yet; see [Queues.Handle].
func New(options Options) *Queues {
	if options.MaxReceives < 1 {
		options.MaxReceives = 5
	}
	if options.Backoff == nil {
		options.Backoff = backoff
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	q := &Queues{options: options, queues: map[string]*worked{}}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

func backoff(receives int) time.Duration {
	d := min(100*time.Millisecond<<min(receives-1, 10), 10*time.Second)
	return d/2 + rand.N(d/2)
}

// Handle opens the queue of that name. At most limit of its messages are worked on at once. It panics when the queue is
// already open.
func (q *Queues) Handle(name string, limit int, handler Handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queues[name] != nil || limit < 1 {
		panic(fmt.Sprintf("queue %q: opened twice or without workers", name))
	}
	q.queues[name] = &worked{handler: handler, limit: limit}
}

// Send implements queue.Sender. It never waits for a worker, so that a worker may send.
func (q *Queues) Send(ctx context.Context, messages ...queue.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range messages {
		if err := m.Check(); err != nil {
			return err
		}
		if q.queues[m.Queue] == nil {
			return fmt.Errorf("%w: %q", queue.ErrUnknown, m.Queue)
		}
	}
	switch {
	case q.stopped && q.running > 0:
		return nil // a handler that Stop waits for goes on to its end; what it sends is forgotten with the rest
	case q.stopped:
		return ErrStopped
	}
	q.open += len(messages)
	for _, m := range messages {
		q.offer(delivery{message: m})
	}
	return nil
}

// offer puts a message in its queue and, where the limit allows, starts a worker. Workers end when nothing waits, so
// that an idle queue costs nothing.
func (q *Queues) offer(d delivery) {
	w := q.queues[d.message.Queue]
	w.waiting = append(w.waiting, d)
	if w.running < w.limit {
		w.running++
		q.running++
		go q.work(w)
	}
}

func (q *Queues) work(w *worked) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(w.waiting) > 0 && !q.stopped {
		d := w.waiting[0]
		w.waiting = w.waiting[1:]
		q.mu.Unlock()
		err := q.handle(w.handler, d.message)
		q.mu.Lock()
		q.settle(d, err)
	}
	w.running--
	q.running--
	q.wake()
}

// settle decides what becomes of a message that was worked on.
func (q *Queues) settle(d delivery, err error) {
	d.receives++
	log := q.options.Log.With("queue", d.message.Queue, "body", d.message.Body, "receives", d.receives)
	switch {
	case err == nil:
	case !queue.Retry(err):
		log.Warn("message refused", "kind", string(fault.Of(err)))
	case d.receives >= q.options.MaxReceives:
		log.Error("message is dead", "error", err)
		q.dead = append(q.dead, Dead{d.message, err})
	default:
		log.Warn("message failed and will be tried again", "error", err)
		time.AfterFunc(q.options.Backoff(d.receives), func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			if !q.stopped {
				q.offer(d)
			}
		})
		return
	}
	q.open--
	q.wake()
}

func (q *Queues) handle(handler Handler, m queue.Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.options.Log.Error("panic", "queue", m.Queue, "stack", string(debug.Stack()))
			err = fmt.Errorf("the worker panicked (%T)", p)
		}
	}()
	return handler(q.ctx, m)
}

// Settle waits until every message is done or dead, those included that handlers sent meanwhile. It returns ErrStopped
// when Stop was called before that, and the context's error when that ends first.
func (q *Queues) Settle(ctx context.Context) error {
	for {
		q.mu.Lock()
		switch {
		case q.open == 0:
			q.mu.Unlock()
			return nil
		case q.stopped:
			q.mu.Unlock()
			return ErrStopped
		}
		idle := q.waiter()
		q.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Stop begins no further message, waits for the handlers that are at work, and forgets the rest, what these still send included. When ctx ends first, it
// ends the handlers' own context and returns without waiting for them. It may be called again.
func (q *Queues) Stop(ctx context.Context) error {
	q.mu.Lock()
	q.stopped = true
	q.wakeAll()
	q.mu.Unlock()
	defer q.cancel()
	for {
		q.mu.Lock()
		if q.running == 0 {
			q.mu.Unlock()
			return nil
		}
		idle := q.waiter()
		q.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Dead returns the dead letters so far, oldest first.
func (q *Queues) Dead() []Dead {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.dead)
}

func (q *Queues) waiter() <-chan struct{} {
	if q.idle == nil {
		q.idle = make(chan struct{})
	}
	return q.idle
}

func (q *Queues) wake() {
	if q.open == 0 || q.running == 0 {
		q.wakeAll()
	}
}

func (q *Queues) wakeAll() {
	if q.idle != nil {
		close(q.idle)
		q.idle = nil
	}
}
