package server

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheDemonstration(t *testing.T) {
	dir := t.TempDir()
	var shows []string
	var began []time.Time
	killed := true
	c := settings(dir, &fakes{})
	past := func(_ context.Context, s Stage) error {
		shows, began = append(shows, "past"), append(began, s.Began)
		s.At(s.Began.AddDate(0, 0, -40))
		return nil
	}
	now := func(_ context.Context, s Stage) error {
		shows, began = append(shows, "now"), append(began, s.Began)
		bearer, err := s.Token("officer")
		if err != nil {
			return err
		}
		if status, _ := call(t, "GET", s.URL+"/healthz", "", ""); status != 503 {
			t.Errorf("ready before the demonstration is there: %d", status)
		}
		for path, body := range map[string]string{"/dev/token": `{"persona":"officer"}`, "/dev/time": `{"now":"2999-01-01T00:00:00Z"}`, "/v1/listings": "{}"} {
			if status, answer := call(t, "POST", s.URL+path, "", body); status != 503 {
				t.Errorf("somebody else was answered in the time of the demonstration: %s %d %s", path, status, answer)
			}
		}
		if status, answer := call(t, "POST", s.URL+"/v1/listings", bearer, "{}"); status != 200 {
			t.Errorf("%d %s", status, answer)
		}
		if killed {
			return errors.New("killed")
		}
		return nil
	}
	c.Demo = []Act{past, now}
	if _, err := Start(t.Context(), c); err == nil {
		t.Fatal("no error")
	}
	killed = false
	for range 2 {
		r := start(t, c)
		if d := r.Now().Sub(began[0]); d < 0 || d > time.Hour {
			t.Errorf("after an act that plays in the past the clock is %v ahead of the first start", d)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"past", "now", "now"}; !slices.Equal(shows, want) {
		t.Errorf("played %v, want %v: what has ended is not played again", shows, want)
	}
	if !began[0].Equal(began[1]) || !began[1].Equal(began[2]) {
		t.Errorf("the demonstration began at %v", began)
	}
	c.Data, c.Empty = t.TempDir(), true
	if err := start(t, c).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Empty = false
	if err := start(t, c).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(shows) != 3 {
		t.Error("a folder that was begun empty got the demonstration")
	}
}

// The remedy that the refusal names is one.
func TestDamagedState(t *testing.T) {
	c := settings(t.TempDir(), &fakes{})
	c.Demo = []Act{func(context.Context, Stage) error { return nil }}
	if err := start(t, c).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(c.Data, "state.json")
	if err := os.WriteFile(state, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "delete it and start with -empty") {
		t.Fatalf("%v", err)
	}
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	c.Empty = true
	if err := start(t, c).Close(t.Context()); err != nil {
		t.Error(err)
	}
}
