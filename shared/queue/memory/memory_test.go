package memory_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"shixin/shared/fault"
	"shixin/shared/queue"
	"shixin/shared/queue/memory"
	"shixin/shared/queue/queuetest"
)

var quiet = memory.Options{Log: slog.New(slog.DiscardHandler)}

func TestContract(t *testing.T) {
	queuetest.Run(t, func(t *testing.T) queuetest.Fixture {
		q := memory.New(quiet)
		var mu sync.Mutex
		got := map[string][]string{}
		for _, name := range []string{"audit", "adoption"} {
			q.Handle(name, 2, func(_ context.Context, m queue.Message) error {
				mu.Lock()
				defer mu.Unlock()
				got[name] = append(got[name], m.Body)
				return nil
			})
		}
		return queuetest.Fixture{Sender: q, Received: func(t *testing.T, name string, _ int) []string {
			if err := q.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(got[name])
		}}
	})
}

func message(n int) queue.Message { return queue.Message{Queue: "audit", Body: fmt.Sprint(n)} }

// Settle covers what messages cause: each number sends the next until none is left.
func TestSettleWaitsForWhatMessagesCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.New(quiet)
		var done atomic.Int32
		q.Handle("audit", 1, func(ctx context.Context, m queue.Message) error {
			time.Sleep(time.Second)
			var n int
			if _, err := fmt.Sscan(m.Body, &n); err != nil {
				return err
			}
			done.Add(1)
			if n > 0 {
				return q.Send(ctx, message(n-1), message(0))
			}
			return nil
		})
		if err := q.Settle(t.Context()); err != nil {
			t.Fatalf("an idle queue does not settle: %v", err)
		}
		if err := q.Send(t.Context(), message(10)); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := q.Settle(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Settle that ran out of time: %v", err)
		}
		if err := q.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := done.Load(); got != 21 {
			t.Errorf("settled after %d messages, want 21", got)
		}
	})
}

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.New(quiet)
		var now, most atomic.Int32
		q.Handle("audit", 3, func(context.Context, queue.Message) error {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(time.Second)
			now.Add(-1)
			return nil
		})
		for n := range 20 {
			if err := q.Send(t.Context(), message(n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if most.Load() != 3 {
			t.Errorf("%d messages were worked on at once, want 3", most.Load())
		}
	})
}

func TestRedelivery(t *testing.T) {
	for name, tc := range map[string]struct {
		handler  func(receive int) error
		receives int
		dead     bool
	}{
		"done": {func(int) error { return nil }, 1, false},
		"done the third": {func(n int) error {
			return []error{errors.New("no"), fault.New(fault.Unavailable, "no", "否"), nil}[n-1]
		}, 3, false},
		"never done":       {func(int) error { return errors.New("no") }, 4, true},
		"panics":           {func(int) error { panic("no") }, 4, true},
		"refused for good": {func(int) error { return fault.New(fault.NotFound, "gone", "不存在") }, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var gaps []int
				q := memory.New(memory.Options{MaxReceives: 4, Log: quiet.Log, Backoff: func(n int) time.Duration {
					gaps = append(gaps, n)
					return time.Duration(n) * time.Hour
				}})
				var receives int
				q.Handle("audit", 1, func(context.Context, queue.Message) error {
					receives++
					return tc.handler(receives)
				})
				start := time.Now()
				if err := errors.Join(q.Send(t.Context(), message(1)), q.Settle(t.Context())); err != nil {
					t.Fatal(err)
				}
				if receives != tc.receives {
					t.Errorf("given %d times, want %d", receives, tc.receives)
				}
				dead := q.Dead()
				if tc.dead != (len(dead) == 1) || tc.dead && (dead[0].Message != message(1) || dead[0].Err == nil) {
					t.Errorf("dead letters: %v", dead)
				}
				var waited time.Duration
				for i, n := range gaps {
					if n != i+1 {
						t.Errorf("gaps %v do not count the failures", gaps)
					}
					waited += time.Duration(n) * time.Hour
				}
				if time.Since(start) != waited {
					t.Errorf("it took %v, want %v", time.Since(start), waited)
				}
			})
		})
	}
}

// A message that waits to be tried again does not hold up the others.
func TestPoisonDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.New(memory.Options{Log: quiet.Log, MaxReceives: 2, Backoff: func(int) time.Duration { return time.Hour }})
		var good int
		q.Handle("audit", 1, func(_ context.Context, m queue.Message) error {
			if m == message(0) {
				return errors.New("poison")
			}
			good++
			return nil
		})
		for n := range 5 {
			if err := q.Send(t.Context(), message(n)); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if good != 4 {
			t.Errorf("%d good messages were done beside the poison, want 4", good)
		}
		if err := q.Settle(t.Context()); err != nil || len(q.Dead()) != 1 {
			t.Errorf("settled with %v and %d dead letters", err, len(q.Dead()))
		}
	})
}

func TestStop(t *testing.T) {
	t.Run("lets handlers finish and forgets the rest", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := memory.New(quiet)
			var done int
			q.Handle("audit", 1, func(ctx context.Context, _ queue.Message) error {
				time.Sleep(time.Second)
				done++
				if err := q.Send(ctx, message(9)); err != nil {
					t.Errorf("what a handler sends to its end: %v", err)
				}
				return ctx.Err()
			})
			if err := q.Send(t.Context(), message(1), message(2), message(3)); err != nil {
				t.Fatal(err)
			}
			settled := make(chan error)
			go func() { settled <- q.Settle(t.Context()) }()
			synctest.Wait()
			if err := q.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if done != 1 {
				t.Errorf("%d messages done at the stop, want 1", done)
			}
			if err := q.Send(t.Context(), message(4)); !errors.Is(err, memory.ErrStopped) {
				t.Errorf("Send after the stop: %v", err)
			}
			if err := <-settled; !errors.Is(err, memory.ErrStopped) {
				t.Errorf("Settle over a stop: %v", err)
			}
			if err := q.Stop(t.Context()); err != nil {
				t.Errorf("a second Stop: %v", err)
			}
		})
	})
	t.Run("has an end to its patience", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := memory.New(quiet)
			ended := make(chan struct{})
			q.Handle("audit", 1, func(ctx context.Context, _ queue.Message) error {
				<-ctx.Done()
				close(ended)
				return ctx.Err()
			})
			if err := q.Send(t.Context(), message(1)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := q.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Stop: %v", err)
			}
			<-ended
		})
	})
	t.Run("forgets what waits to be tried again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := memory.New(memory.Options{Log: quiet.Log, Backoff: func(int) time.Duration { return time.Hour }})
			var receives int
			q.Handle("audit", 1, func(context.Context, queue.Message) error {
				receives++
				return errors.New("no")
			})
			if err := q.Send(t.Context(), message(1)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if err := q.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Hour)
			if receives != 1 {
				t.Errorf("given %d times, want 1", receives)
			}
		})
	})
}

func TestHandleTwicePanics(t *testing.T) {
	q := memory.New(quiet)
	q.Handle("audit", 1, nil)
	defer func() {
		if recover() == nil {
			t.Error("a queue was opened twice")
		}
	}()
	q.Handle("audit", 1, nil)
}
