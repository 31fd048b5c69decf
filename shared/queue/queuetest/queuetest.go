// Package queuetest provides the contract of shared/queue as a test suite for its adapters.
package queuetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"shixin/shared/queue"
)

// Fixture is an adapter with two new queues, "audit" and "adoption".
type Fixture struct {
	Sender queue.Sender
	// Received returns the bodies that arrived so far in a queue, after waiting for as many as want of them or for a
	// time that is surely long enough.
	Received func(t *testing.T, name string, want int) []string
}

// Run checks an adapter; open makes a new fixture.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	t.Helper()

	t.Run("any number to any queue", func(t *testing.T) {
		f := open(t)
		want := map[string][]string{}
		var all []queue.Message
		for i := range 37 {
			name := []string{"audit", "adoption", "audit"}[i%3]
			m := queue.Message{Queue: name, Body: fmt.Sprintf(`{"run":"r7","shard":%d}`, i)}
			all, want[name] = append(all, m), append(want[name], m.Body)
		}
		send(t, f)
		send(t, f, all[0])
		send(t, f, all[1:]...)
		for name, bodies := range want {
			arrived(t, f, name, bodies)
		}
	})

	t.Run("bodies arrive as they were", func(t *testing.T) {
		f := open(t)
		bodies := []string{`{}`, `null`, `"名单 <&> \u0000 \" \n"`, ` { "a" : 1 } `, `"` + strings.Repeat("x", queue.MaxBody-2) + `"`}
		for _, body := range bodies {
			send(t, f, queue.Message{Queue: "audit", Body: body})
		}
		arrived(t, f, "audit", bodies)
	})

	t.Run("wrong messages", func(t *testing.T) {
		f := open(t)
		good := queue.Message{Queue: "audit", Body: `{"good":true}`}
		for name, tc := range map[string]struct {
			m    queue.Message
			want error
		}{
			"another queue": {queue.Message{Queue: "audits", Body: `{}`}, queue.ErrUnknown},
			"no queue":      {queue.Message{Body: `{}`}, queue.ErrUnknown},
			"too long":      {queue.Message{Queue: "audit", Body: `"` + strings.Repeat("x", queue.MaxBody-1) + `"`}, queue.ErrMessage},
			"empty":         {queue.Message{Queue: "audit"}, queue.ErrMessage},
			"no JSON":       {queue.Message{Queue: "audit", Body: `{"run":`}, queue.ErrMessage},
		} {
			if err := f.Sender.Send(t.Context(), good, tc.m); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v, want %v", name, err, tc.want)
			}
		}
		last := queue.Message{Queue: "audit", Body: `{"last":true}`}
		send(t, f, last)
		arrived(t, f, "audit", []string{last.Body})
	})

	t.Run("many senders", func(t *testing.T) {
		f := open(t)
		var wg sync.WaitGroup
		var want []string
		for i := range 8 {
			m := queue.Message{Queue: "adoption", Body: fmt.Sprintf(`{"import":%d}`, i)}
			want = append(want, m.Body)
			wg.Go(func() {
				if err := f.Sender.Send(t.Context(), m); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		arrived(t, f, "adoption", want)
	})

	t.Run("an ended context", func(t *testing.T) {
		f := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := f.Sender.Send(ctx, queue.Message{Queue: "audit", Body: `{}`}); !errors.Is(err, context.Canceled) {
			t.Errorf("Send: %v", err)
		}
	})
}

func send(t *testing.T, f Fixture, messages ...queue.Message) {
	t.Helper()
	if err := f.Sender.Send(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
}

// arrived compares sets: the port promises neither order nor that nothing comes twice.
func arrived(t *testing.T, f Fixture, name string, want []string) {
	t.Helper()
	wanted, got := map[string]bool{}, map[string]bool{}
	for _, body := range want {
		wanted[body] = true
	}
	for _, body := range f.Received(t, name, len(want)) {
		got[body] = true
		if !wanted[body] {
			t.Errorf("%q got %.60q, which nobody sent there", name, body)
		}
	}
	for body := range wanted {
		if !got[body] {
			t.Errorf("%q never got %.60q", name, body)
		}
	}
}
