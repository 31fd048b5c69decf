package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"shixin/infra/local/issuer"
)

// The demonstration of a data folder is decided at the folder's first start and kept in state.json.
const (
	demoNone    = "none"    // the first start was with -empty
	demoLoading = "loading" // begun, and perhaps killed
	demoLoaded  = "loaded"
)

// Stage is what an act of the demonstration plays on.
type Stage struct {
	URL   string
	Token func(persona string) (string, error)
	Began time.Time          // the first start, by the development clock; the same for a start that goes on with it
	At    func(at time.Time) // sets the clock until the end of the act, back too: nobody else uses it yet
}

// Act is a part of the demonstration, loaded through the API. One that was killed is played again, from its beginning: it MUST pass over what is
// there. One that has ended is not.
type Act func(ctx context.Context, s Stage) error

type state struct {
	Demonstration string    `json:"demonstration"`
	Began         time.Time `json:"began"`
	Acts          int       `json:"acts"` // that have ended
}

// loadDemo loads the demonstration into a new folder, or goes on where a start was killed while doing so.
func (r *Running) loadDemo(ctx context.Context) error {
	none := r.config.Empty || len(r.config.Demo) == 0
	s := state{Demonstration: demoLoading, Began: r.clock.Now()}
	data, err := os.ReadFile(r.path("state.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if none {
			s.Demonstration = demoNone
		}
		if err := r.keepState(s); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("%s is damaged: %w; delete it and start with -empty to keep what is in the folder as it is", r.path("state.json"), err)
		}
	}
	if s.Demonstration != demoLoading || none {
		return nil
	}
	stage := Stage{URL: r.URL, Began: s.Began, At: r.clock.Play,
		Token: func(persona string) (string, error) { return r.issuer.Token(ctx, issuer.Request{Persona: persona}) }}
	for s.Acts < len(r.config.Demo) {
		err := r.config.Demo[s.Acts](ctx, stage)
		r.clock.Live()
		if err != nil {
			return err
		}
		s.Acts++
		if err := r.keepState(s); err != nil {
			return err
		}
	}
	s.Demonstration = demoLoaded
	return r.keepState(s)
}

func (r *Running) keepState(s state) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	// Renamed into its place, so that a kill leaves the old state or the new one.
	if err := os.WriteFile(r.path("state.json.new"), data, 0o600); err != nil {
		return err
	}
	return os.Rename(r.path("state.json.new"), r.path("state.json"))
}
