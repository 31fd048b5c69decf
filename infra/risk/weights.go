// Package risk provides the weights of the order of inspection as embedded data.
package risk

import (
	_ "embed"
	"fmt"
	"sync"

	"shixin/infra/datafile"
	"shixin/shared/compliance/risk"
)

//go:embed weights.yaml
var file []byte

// Load returns the weights, checked. They are read at the first call.
var Load = sync.OnceValues(func() (risk.Weights, error) { return Parse(file) })

// Parse reads weights strictly.
func Parse(text []byte) (risk.Weights, error) {
	var w risk.Weights
	err := datafile.Read(text, &w)
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return risk.Weights{}, fmt.Errorf("risk: weights.yaml: %w", err)
	}
	return w, nil
}
