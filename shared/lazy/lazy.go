// Package lazy provides values that are made when they are first needed.
package lazy

import (
	"context"
	"sync/atomic"
)

// Value is made at the first Get that succeeds and kept from then on. Unlike sync.Once it does not keep a failure: the
// next Get tries again, so that a passing trouble at a cold start does not disable a process for its whole life.
//
// The zero Value is not usable; see [New].
type Value[T any] struct {
	build func(context.Context) (T, error)
	done  atomic.Pointer[T]
	turn  chan struct{} // holds one token while somebody makes the value
}

// New returns a value that is made by the given function. At most one call of the function runs at a time.
func New[T any](build func(context.Context) (T, error)) *Value[T] {
	return &Value[T]{build: build, turn: make(chan struct{}, 1)}
}

// Get returns the value and makes it where needed. Who waits for another's attempt stops waiting when ctx ends.
func (v *Value[T]) Get(ctx context.Context) (T, error) {
	if p := v.done.Load(); p != nil {
		return *p, nil
	}
	var none T
	select {
	case v.turn <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	defer func() { <-v.turn }()
	if p := v.done.Load(); p != nil {
		return *p, nil
	}
	made, err := v.build(ctx)
	if err != nil {
		return none, err
	}
	v.done.Store(&made)
	return made, nil
}
