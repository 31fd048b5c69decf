// Package clocks provides the clocks of supervision that no law states.
package clocks

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"

	"shixin/shared/compliance"
)

//go:embed clocks.yaml
var file []byte

type clock struct {
	Title       struct{ En, Zh string } `yaml:"title"`
	WorkingDays *int                    `yaml:"working_days"`
	SetBy       string                  `yaml:"set_by"`
	After       [2]string               `yaml:"after"`
}

// Load reads the embedded clocks. They are read once, at the first call.
func Load() (compliance.Clocks, error) { return load() }

var load = sync.OnceValues(func() (compliance.Clocks, error) { return parse(file) })

// parse reads strictly: a misspelt clock would be unset unnoticed.
func parse(data []byte) (compliance.Clocks, error) {
	var f struct {
		Contest clock `yaml:"contest"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return compliance.Clocks{}, fmt.Errorf("clocks.yaml: %w", err)
	}
	out := compliance.Clocks{}
	for _, c := range []struct {
		name string
		from clock
		into *compliance.Clock
	}{{"contest", f.Contest, &out.Contest}} {
		if c.from.WorkingDays != nil && (*c.from.WorkingDays < 1 || c.from.SetBy == "") {
			return out, fmt.Errorf("clocks.yaml: %s: a clock is at least one working day, and names who set it", c.name)
		}
		*c.into = compliance.Clock{WorkingDays: c.from.WorkingDays, SetBy: c.from.SetBy}
	}
	return out, nil
}
