package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"shixin/infra/local/issuer"
)

// The demonstration of a data folder is decided at the folder's first start and kept in state.json.
const (
	demoNone    = "none"    // the first start was with -empty
	demoLoading = "loading" // begun, and perhaps killed
	demoLoaded  = "loaded"
)

type state struct {
	Demonstration string `json:"demonstration"`
}

// loadDemo loads the demonstration into a new folder, or goes on where a start was killed while doing so.
func (r *Running) loadDemo(ctx context.Context) error {
	var s state
	data, err := os.ReadFile(r.path("state.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.Demonstration = demoLoading
		if r.config.Empty || r.config.Demo == nil {
			s.Demonstration = demoNone
		}
		if err := r.keepState(s); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("%s is damaged: %w", r.path("state.json"), err)
		}
	}
	if s.Demonstration != demoLoading || r.config.Empty || r.config.Demo == nil {
		return nil
	}
	token := func(persona string) (string, error) { return r.issuer.Token(ctx, issuer.Request{Persona: persona}) }
	if err := r.config.Demo(ctx, r.URL, token); err != nil {
		return err
	}
	return r.keepState(state{demoLoaded})
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
