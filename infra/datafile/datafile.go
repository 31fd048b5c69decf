// Package datafile provides the strict reading of the law, figures and checks that lie in YAML files.
//
// Nothing is taken for granted in them: a key that is unknown, missing or empty is refused with its line.
package datafile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Read reads a file of one document into a value, which must be a pointer to a struct. A key may be left out only where the field's
// json tag has omitempty; a null is for pointers alone.
func Read(text []byte, into any) error {
	root, err := node(text)
	if err != nil {
		return err
	}
	if err := complete(root, reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	return decode(text, into)
}

// node reads the only document of a file.
func node(text []byte) (*yaml.Node, error) {
	var root yaml.Node
	nodes := yaml.NewDecoder(bytes.NewReader(text))
	if err := nodes.Decode(&root); err != nil {
		return nil, fmt.Errorf("not readable as YAML: %w", err)
	}
	if err := nodes.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("one file holds one document")
	}
	return &root, nil
}

func decode(text []byte, into any) error {
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	return strict.Decode(into)
}
