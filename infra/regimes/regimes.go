// Package regimes provides the law of the register as embedded data.
//
// How to add a regime, and what still waits for the law's owner, stands in README.md.
package regimes

import (
	"embed"
	"errors"
	"fmt"
	"sync"

	"shixin/infra/datafile"
	"shixin/shared/regime"
)

//go:embed *.yaml
var files embed.FS

// order is how GET /v1/regimes lists them.
var order = []string{"telecom-fraud", "market-regulation", "telecom-business", "reference"}

// Load returns all regimes, checked. The files are read at the first call and kept; the caller must not change what it gets.
var Load = sync.OnceValues(load)

func load() (regime.Library, error) {
	var l regime.Library
	for _, id := range order {
		name := id + ".yaml"
		text, err := files.ReadFile(name)
		if err != nil {
			return regime.Library{}, fmt.Errorf("regimes: %w", err)
		}
		r, err := Parse(text)
		if err != nil {
			return regime.Library{}, fmt.Errorf("regimes: %s: %w", name, err)
		}
		if r.ID != id {
			return regime.Library{}, fmt.Errorf("regimes: %s: the id %q is not the file's name", name, r.ID)
		}
		l.Regimes = append(l.Regimes, r)
	}
	if all, err := files.ReadDir("."); err != nil || len(all) != len(order) {
		return regime.Library{}, errors.Join(errors.New("regimes: a file is missing in the order of the regimes"), err)
	}
	if err := l.Check(); err != nil {
		return regime.Library{}, fmt.Errorf("regimes: %w", err)
	}
	return l, nil
}

// Parse reads one regime file without judging what it says; [regime.Regime.Check] does that. Nothing is taken for granted: a key
// that is unknown, missing or empty is refused with its line, so that a forgotten term is not a listing without end.
func Parse(text []byte) (regime.Regime, error) {
	var r regime.Regime
	if err := datafile.Read(text, &r); err != nil {
		return regime.Regime{}, err
	}
	for i := range r.Versions {
		r.Versions[i].Regime, r.Versions[i].Name = r.ID, r.Name
	}
	return r, nil
}
