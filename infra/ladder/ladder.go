// Package ladder provides the rungs of supervision and the duties of authorities as embedded data.
package ladder

import (
	"embed"
	"fmt"
	"sync"

	"shixin/infra/datafile"
	"shixin/shared/ladder"
)

//go:embed *.yaml
var files embed.FS

// Load returns the ladder and the duties, checked. The files are read at the first call and kept; the caller must not change what it gets.
var Load = sync.OnceValues(load)

func load() (ladder.Library, error) {
	rungs, err := files.ReadFile("enterprises.yaml")
	if err != nil {
		return ladder.Library{}, fmt.Errorf("ladder: %w", err)
	}
	duties, err := files.ReadFile("duties.yaml")
	if err != nil {
		return ladder.Library{}, fmt.Errorf("ladder: %w", err)
	}
	return Parse(rungs, duties)
}

// Parse reads the two files and checks what they say. An unknown key, a second document and a fact without its source are refused.
func Parse(rungs, duties []byte) (ladder.Library, error) {
	var ladders struct {
		Versions []ladder.Version `yaml:"versions"`
	}
	var owed struct {
		Duties []ladder.Duty `yaml:"duties"`
	}
	if err := datafile.Read(rungs, &ladders); err != nil {
		return ladder.Library{}, fmt.Errorf("ladder: the rungs: %w", err)
	}
	if err := datafile.Read(duties, &owed); err != nil {
		return ladder.Library{}, fmt.Errorf("ladder: the duties: %w", err)
	}
	l := ladder.Library{Versions: ladders.Versions, Duties: owed.Duties}
	return l, l.Check()
}
