// Package rulepacks provides the rule packs that ship with the register as embedded data.
//
// How to write one stands in README.md.
package rulepacks

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"sync"

	"shixin/infra/datafile"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/rules"
)

//go:embed *.yaml
var files embed.FS

// order is how the packs are listed.
var order = []string{"telecom", "finance", "internet", "every-sector"}

// Load returns the packs of the files. Compile checks them. The files are read at the first call and kept; the caller must not change what it gets.
var Load = sync.OnceValues(load)

func load() ([]rules.Pack, error) {
	var packs []rules.Pack
	for _, name := range order {
		text, err := files.ReadFile(name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("rulepacks: %w", err)
		}
		p, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("rulepacks: %s: %w", name, err)
		}
		if p.Name != name {
			return nil, fmt.Errorf("rulepacks: %s: the name %q is not the file's", name, p.Name)
		}
		packs = append(packs, p)
	}
	if all, err := files.ReadDir("."); err != nil || len(all) != len(order) {
		return nil, errors.Join(errors.New("rulepacks: a file is missing in the order of the packs"), err)
	}
	return packs, nil
}

// Parse reads a pack from YAML without judging what it says; [Compile] does that.
func Parse(text []byte) (rules.Pack, error) {
	var p rules.Pack
	if err := datafile.Read(text, &p); err != nil {
		return rules.Pack{}, err
	}
	return p, nil
}

// Compile reads and compiles a pack. Mistakes in it have line and column of the file, beginning with the field where they are not in an
// expression.
func Compile(text []byte, l *indicator.Library) (*rules.Program, error) {
	p, err := Parse(text)
	if err != nil {
		return nil, err
	}
	program, err := rules.Compile(p, l)
	if mistakes, ok := errors.AsType[rules.Mistakes](err); ok {
		return nil, located(text, mistakes)
	}
	return program, err
}

// located moves places from within a field to within the file.
func located(text []byte, mistakes rules.Mistakes) rules.Mistakes {
	mistakes = slices.Clone(mistakes)
	for i := range mistakes {
		m := &mistakes[i]
		at, ok := datafile.Find(text, m.Pointer)
		if !ok {
			continue
		}
		m.Line = max(m.Line, 1) + at.Line - 1
		m.Column = max(m.Column, 1) + at.Column - 1
	}
	return mistakes
}
