// Package runtimeapi provides Lambda's Runtime API for functions that run as processes of this machine.
//
// A process has one invocation at a time and is kept for the next one. The limits are Lambda's: the size of an event and of an answer, the
// time a process takes to start, and the time an invocation takes, after which the process is killed.
package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// The quotas of Lambda.
const (
	MaxPayload  = 6 << 20          // bytes of an event, and of an answer
	InitTimeout = 10 * time.Second // from the start of a process to its first poll
)

// Errors of Invoke.
var (
	ErrTooLarge = errors.New("the event is over 6 MB")                 // the function was not called
	ErrTimeout  = errors.New("the function ran out of time")           // and its process was killed
	ErrClosed   = errors.New("the functions' processes were stopped")  // by Close
	errAnswer   = errors.New("the answer is over 6 MB")                // Function.ResponseSizeTooLarge
	errExit     = errors.New("the process ended before it answered")   // Runtime.ExitError
	errStart    = errors.New("the function did not start")             // it said so itself
	errInit     = errors.New("the process did not poll within 10 s")   // Runtime.InitTimeout
	errPoll     = errors.New("the process did not poll for its event") // it hangs after its last answer
)

// FunctionError is what a function reports instead of an answer.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// Error is type and message.
func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// Function says how to run one function.
type Function struct {
	Name        string
	Binary      string        // path of the executable, "bootstrap" in what sam build writes
	Timeout     time.Duration // of one invocation
	Memory      int           // MB; told to the process and not enforced
	Environment map[string]string
	Concurrency int       // how many processes at the most; further invocations wait
	Log         io.Writer // what the processes print
}

// Pool is the processes of one function.
type Pool struct {
	function Function
	slots    chan struct{} // a token for each invocation that may run

	mu     sync.Mutex
	idle   []*process
	all    []*process
	closed bool
}

// NewPool starts nothing: a process starts when an invocation finds none that is idle.
func NewPool(f Function) *Pool {
	return &Pool{function: f, slots: make(chan struct{}, f.Concurrency)}
}

// Invoke gives an event to a process and returns its answer. When ctx ends first, its error is returned and the
// invocation goes on to its end, as in Lambda.
func (p *Pool) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if len(event) > MaxPayload {
		return nil, fmt.Errorf("%s: %w", p.function.Name, ErrTooLarge)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	type outcome struct {
		answer []byte
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-p.slots }()
		answer, err := p.run(event)
		if err != nil {
			err = fmt.Errorf("%s: %w", p.function.Name, err)
		}
		done <- outcome{answer, err}
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *Pool) run(event []byte) ([]byte, error) {
	process, err := p.take()
	if err != nil {
		return nil, err
	}
	answer, err := process.invoke(event, p.function.Timeout)
	if _, reported := errors.AsType[*FunctionError](err); err != nil && !reported && !errors.Is(err, errAnswer) {
		process.stop()
		p.forget(process)
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, process)
	return answer, err
}

// take returns the process that was used last among those that are idle, or starts one.
func (p *Pool) take() (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	for len(p.idle) > 0 {
		last := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if last.running() {
			return last, nil
		}
		last.stop()
		p.all = slices.DeleteFunc(p.all, func(other *process) bool { return other == last })
	}
	started, err := start(p.function)
	if err != nil {
		return nil, err
	}
	p.all = append(p.all, started)
	return started, nil
}

func (p *Pool) forget(gone *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = slices.DeleteFunc(p.all, func(other *process) bool { return other == gone })
}

// Close kills all processes. Invocations that are under way fail.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	all := p.all
	p.all, p.idle = nil, nil
	p.mu.Unlock()
	for _, process := range all {
		process.stop()
	}
}
