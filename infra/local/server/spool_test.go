package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"shixin/shared/queue"
)

// sent is a queue that notes what it is sent.
type sent struct {
	mu     sync.Mutex
	bodies []string
	err    error
}

func (s *sent) Send(_ context.Context, messages ...queue.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range messages {
		s.bodies = append(s.bodies, m.Body)
	}
	return s.err
}

func message(body string) queue.Message { return queue.Message{Queue: "kept", Body: body} }

func TestSpoolKeepsWhatIsNotDone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool")
	reopen := func() (*spool, *sent) {
		t.Helper()
		inner := &sent{}
		s, err := openSpool(path, "kept", inner)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s, inner
	}
	s, _ := reopen()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			m := message(fmt.Sprintf(`{"i":%d}`, i))
			if err := s.Send(t.Context(), m, queue.Message{Queue: "other", Body: `{}`}); err != nil {
				t.Error(err)
			}
			if i%2 == 0 {
				if err := s.done(m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for range 3 { // twice the same, of which one is done
		if err := s.Send(t.Context(), message(`"same"`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.done(message(`"same"`)); err != nil {
		t.Fatal(err)
	}
	// The process is killed here, in the middle of a line.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`+ {"i":9`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and again before anything was done
		s, inner := reopen()
		if err := s.resend(t.Context()); err != nil {
			t.Fatal(err)
		}
		slices.Sort(inner.bodies)
		want := []string{`"same"`, `"same"`}
		for i := 1; i < 40; i += 2 {
			want = append(want, fmt.Sprintf(`{"i":%d}`, i))
		}
		slices.Sort(want)
		if !slices.Equal(inner.bodies, want) {
			t.Fatalf("sent again: %v", inner.bodies)
		}
	}
	s, _ = reopen()
	for i := 1; i < 40; i += 2 {
		if err := s.done(message(fmt.Sprintf(`{"i":%d}`, i))); err != nil {
			t.Fatal(err)
		}
	}
	s, inner := reopen()
	if err := s.resend(t.Context()); err != nil || len(inner.bodies) != 2 {
		t.Errorf("left: %v %v", inner.bodies, err)
	}
}

func TestSpoolDoesNotGrowForEver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool")
	s, err := openSpool(path, "kept", &sent{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	m := message(`"` + strings.Repeat("x", 4000) + `"`)
	for range 1500 {
		if err := s.write("+ " + m.Body + "\n"); err != nil {
			t.Fatal(err)
		}
		if err := s.done(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Send(t.Context(), message(`"last"`)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > spoolTrim {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}

func TestSpoolRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool")
	inner := &sent{}
	s, err := openSpool(path, "kept", inner)
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"", "x", "{}\n{}", "{\n}"} {
		if err := s.Send(t.Context(), message(body)); !errors.Is(err, queue.ErrMessage) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), message(`{}`)); err == nil || len(inner.bodies) > 0 {
		t.Errorf("a spool that cannot write: %v, sent %v", err, inner.bodies)
	}
	if err := os.WriteFile(path, []byte("what\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openSpool(path, "kept", inner); err == nil {
		t.Error("another file is taken for a spool")
	}
}
