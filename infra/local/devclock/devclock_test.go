package devclock

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock.json")
	machine := time.Date(2026, 11, 24, 9, 0, 0, 123456789, time.UTC)
	wall := func() time.Time { return machine }
	c, err := Open(path, wall)
	if err != nil {
		t.Fatal(err)
	}
	if want := machine.Truncate(time.Millisecond); !c.Now().Equal(want) {
		t.Errorf("a new clock shows %v, want %v", c.Now(), want)
	}
	_, moved := c.Moved()
	to := time.Date(2027, 1, 5, 9, 0, 0, 0, time.FixedZone("", 8*60*60))
	if err := c.Move(to); err != nil {
		t.Fatal(err)
	}
	select {
	case <-moved:
	default:
		t.Error("who waits was not told of the move")
	}
	if base, _ := c.Moved(); !base.Equal(to) {
		t.Errorf("moved to %v, says %v", to, base)
	}
	if got := c.Now(); got.Before(to) || got.After(to.Add(time.Millisecond)) {
		t.Errorf("moved to %v, shows %v", to, got)
	}
	if err := c.Move(to.Add(-time.Second)); !errors.Is(err, ErrBack) {
		t.Errorf("moving back: %v", err)
	}
	if err := c.Move(time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Error("moved behind the last day of the register")
	}
	before := c.Now()
	machine = machine.Add(time.Hour)
	if got := c.Now(); !got.Equal(before.Add(time.Hour)) {
		t.Errorf("an hour later it shows %v, before %v", got, before)
	}
	again, err := Open(path, wall)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Now().Equal(c.Now()) {
		t.Errorf("after a restart %v, before %v", again.Now(), c.Now())
	}
	if err := os.WriteFile(path, []byte(`{"ahead_ms":-5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, wall); err == nil {
		t.Error("a damaged file was read")
	}
}

func TestPlay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock.json")
	machine := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	c, err := Open(path, func() time.Time { return machine })
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{machine.AddDate(0, 0, -40), machine.AddDate(0, 0, -30), machine.AddDate(0, 0, -40)} {
		c.Play(at)
		if got := c.Now(); !got.Equal(at) {
			t.Errorf("plays %v, shows %v", at, got)
		}
	}
	machine = machine.Add(time.Minute)
	if got, want := c.Now(), machine.AddDate(0, 0, -40); !got.Equal(want) {
		t.Errorf("a minute later it shows %v, want %v", got, want)
	}
	c.Live()
	if !c.Now().Equal(machine) {
		t.Errorf("after the play it shows %v, want %v", c.Now(), machine)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a play was stored: %v", err)
	}
}
