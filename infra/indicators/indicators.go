// Package indicators provides the figures that enterprises report as embedded data.
//
// How to add one stands in README.md.
package indicators

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"shixin/infra/datafile"
	"shixin/shared/compliance/indicator"
)

//go:embed *.yaml
var files embed.FS

// order is in which order the files are read; due.yaml is beside them.
var order = []string{"telecom.yaml", "finance.yaml", "internet.yaml", "every-sector.yaml"}

const dueFile = "due.yaml"

// Load returns all indicators, checked. The files are read at the first call and kept. The library's version is the head of the
// SHA-256 of the files.
var Load = sync.OnceValues(load)

func load() (*indicator.Library, error) {
	all, err := files.ReadDir(".")
	if err != nil || len(all) != len(order)+1 {
		return nil, errors.Join(errors.New("indicators: a file is missing in the order of the files"), err)
	}
	sum := sha256.New()
	var due indicator.Due
	text, err := files.ReadFile(dueFile)
	if err == nil {
		sum.Write(text)
		err = datafile.Read(text, &due)
	}
	if err != nil {
		return nil, fmt.Errorf("indicators: %s: %w", dueFile, err)
	}
	var definitions []indicator.Definition
	for _, name := range order {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("indicators: %w", err)
		}
		sum.Write(text)
		some, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("indicators: %s: %w", name, err)
		}
		definitions = append(definitions, some...)
	}
	l, err := indicator.NewLibrary(hex.EncodeToString(sum.Sum(nil)[:8]), due, definitions)
	if err != nil {
		return nil, fmt.Errorf("indicators: %w", err)
	}
	return l, nil
}

// Parse reads one file of indicators without judging what it says; [indicator.NewLibrary] does that.
func Parse(text []byte) ([]indicator.Definition, error) {
	var f struct {
		Indicators []indicator.Definition `yaml:"indicators"`
	}
	err := datafile.Read(text, &f)
	return f.Indicators, err
}
