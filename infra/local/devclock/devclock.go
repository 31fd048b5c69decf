// Package devclock provides the development clock, which can be moved forward.
package devclock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// ErrBack is returned for a move to a moment that has passed: what was recorded under a later time could not be undone.
var ErrBack = errors.New("the development clock only moves forward")

// ErrEnd is returned for a move behind the last day of the register.
var ErrEnd = errors.New("the development clock ends with the year 2999")

// last is the furthest the clock goes.
var last = time.Date(2999, 12, 31, 0, 0, 0, 0, time.UTC)

// Clock runs at the machine's speed, ahead of the machine's time by what it was moved.
type Clock struct {
	path string
	wall func() time.Time

	mu    sync.Mutex
	ahead time.Duration
	stage time.Duration // what a play adds to it; 0 outside of one
	base  time.Time     // where it was last moved to; zero before
	moved chan struct{} // closed by the next move
}

// Open reads how far ahead the clock in the file is; where there is no file, it shows the machine's time. wall is the
// machine's clock.
func Open(path string, wall func() time.Time) (*Clock, error) {
	c := &Clock{path: path, wall: wall, moved: make(chan struct{})}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, nil
	case err != nil:
		return nil, fmt.Errorf("development clock: %w", err)
	}
	var s stored
	if err := json.Unmarshal(data, &s); err != nil || s.AheadMS < 0 {
		return nil, fmt.Errorf("development clock: %s is damaged; delete it to go back to the machine's time", path)
	}
	c.ahead = time.Duration(s.AheadMS) * time.Millisecond
	return c, nil
}

type stored struct {
	AheadMS int64 `json:"ahead_ms"`
}

// Now is the development time, to the millisecond as API Gateway gives it.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// The monotonic reading is dropped, so that times compare alike before and after they were written down.
func (c *Clock) now() time.Time {
	return c.wall().Round(0).Add(c.ahead + c.stage).Truncate(time.Millisecond)
}

// Play sets the clock to any moment, also to one that has passed, from which it runs on until the next Play or Live. It is for what is loaded
// before anybody uses the clock, and is not stored.
func (c *Clock) Play(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stage += at.Sub(c.now())
}

// Live ends a play.
func (c *Clock) Live() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stage = 0
}

// Move sets the clock to a later moment, from which it runs on. It is stored before it takes effect.
func (c *Clock) Move(to time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := to.Sub(c.now())
	switch {
	case by < 0:
		return ErrBack
	case to.After(last):
		return ErrEnd
	}
	// Rounded up, so that the clock is never short of the moment asked for.
	ahead := (c.ahead + by + time.Millisecond - 1).Truncate(time.Millisecond)
	data, err := json.Marshal(stored{ahead.Milliseconds()})
	if err != nil {
		return err
	}
	if err := replace(c.path, data); err != nil {
		return fmt.Errorf("development clock: %w", err)
	}
	c.ahead, c.base = ahead, to
	close(c.moved)
	c.moved = make(chan struct{})
	return nil
}

// Moved returns the moment that the clock was last moved to, zero when it was not since it was opened, and a channel
// that is closed when it is moved again. Times that lie before that moment were passed over and not lived through.
func (c *Clock) Moved() (to time.Time, again <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base, c.moved
}

// replace writes a file whole or not at all.
func replace(path string, data []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
