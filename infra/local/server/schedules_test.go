package server

import (
	"strings"
	"testing"
	"time"
)

func TestSchedulesFollowTheClock(t *testing.T) {
	f := &fakes{}
	c := settings(t.TempDir(), f)
	machine := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	c.Now = func() time.Time { return machine.Add(time.Since(began)) }
	r := start(t, c)
	waitFor(t, f, "clock sweep") // a rate is due at once
	if err := r.clock.Move(time.Date(2026, 11, 26, 0, 4, 59, 950e6, time.FixedZone("", 8*60*60))); err != nil {
		t.Fatal(err)
	}
	waitFor(t, f, `adoption "b"`) // 00:05 Asia/Shanghai comes 50 ms later
	n := 0
	for _, note := range f.all() {
		if note == "clock expiry" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the clock ran %d times: the move over a day must fire nothing", n)
	}
}

var began = time.Now()

func waitFor(t *testing.T, f *fakes, note string) {
	t.Helper()
	for range 1000 {
		if strings.Contains(strings.Join(f.all(), "\n"), note) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s never came: %q", note, f.all())
}
