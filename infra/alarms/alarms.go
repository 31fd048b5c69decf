// Package alarms provides the numbers by which a caller's day of queries is told from the ordinary, as embedded data.
package alarms

import (
	_ "embed"
	"fmt"
	"sync"

	"shixin/infra/datafile"
	"shixin/shared/inquiry"
)

//go:embed alarms.yaml
var file []byte

// Load returns the numbers, checked. They are read at the first call.
var Load = sync.OnceValues(func() (inquiry.Alarms, error) { return Parse(file) })

// Parse reads the numbers strictly.
func Parse(text []byte) (inquiry.Alarms, error) {
	var a inquiry.Alarms
	err := datafile.Read(text, &a)
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		return inquiry.Alarms{}, fmt.Errorf("alarms: alarms.yaml: %w", err)
	}
	return a, nil
}
