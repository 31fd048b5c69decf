package lazy

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestFailureIsNotKept(t *testing.T) {
	calls := 0
	v := New(func(context.Context) (string, error) {
		if calls++; calls < 3 {
			return "", errors.New("not yet")
		}
		return "here", nil
	})
	if calls != 0 {
		t.Fatal("made before it was needed")
	}
	for range 2 {
		if _, err := v.Get(t.Context()); err == nil {
			t.Fatal("a failure was hidden")
		}
	}
	for range 3 {
		if got, err := v.Get(t.Context()); err != nil || got != "here" {
			t.Fatalf("Get = %q, %v", got, err)
		}
	}
	if calls != 3 {
		t.Errorf("made %d times, want 3", calls)
	}
}

func TestMadeOnceByMany(t *testing.T) {
	var calls atomic.Int32
	v := New(func(context.Context) (int32, error) { return calls.Add(1), nil })
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if got, err := v.Get(t.Context()); err != nil || got != 1 {
				t.Errorf("Get = %d, %v", got, err)
			}
		})
	}
	wg.Wait()
}

func TestWaiterKeepsItsOwnDeadline(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	v := New(func(context.Context) (int, error) {
		close(started)
		<-release
		return 1, nil
	})
	first := make(chan error)
	go func() { _, err := v.Get(context.Background()); first <- err }()
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Get(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a waiter whose context ended got %v", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestPanicReleasesTheTurn(t *testing.T) {
	calls := 0
	v := New(func(context.Context) (int, error) {
		if calls++; calls == 1 {
			panic("first")
		}
		return calls, nil
	})
	func() {
		defer func() { _ = recover() }()
		_, _ = v.Get(t.Context())
	}()
	if got, err := v.Get(t.Context()); err != nil || got != 2 {
		t.Errorf("after a panic: %d, %v", got, err)
	}
}
