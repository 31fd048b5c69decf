package datafile

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// complete refuses a document in which a key is left out or empty that the types do not make optional. What the law does
// not state is written down as null, where null is possible: silence is an oversight.
func complete(document *yaml.Node, t reflect.Type) error {
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 {
		return errors.New("the file holds no document")
	}
	return required(document.Content[0], t, "")
}

func required(n *yaml.Node, t reflect.Type, at string) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if t.Kind() == reflect.Pointer {
		if n.Tag == "!!null" {
			return nil
		}
		t = t.Elem()
	}
	if n.Tag == "!!null" {
		return fmt.Errorf("line %d: %s is empty", n.Line, at)
	}
	switch t.Kind() {
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return fmt.Errorf("line %d: %s is not a list", n.Line, at)
		}
		for i, e := range n.Content {
			if err := required(e, t.Elem(), fmt.Sprintf("%s/%d", at, i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if n.Kind != yaml.MappingNode {
			return fmt.Errorf("line %d: %s is not a mapping", n.Line, at)
		}
		return requiredFields(n, t, at)
	}
	return nil
}

func requiredFields(n *yaml.Node, t reflect.Type, at string) error {
	values := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		values[n.Content[i].Value] = n.Content[i+1]
	}
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "-" {
			continue
		}
		value, ok := values[key]
		if !ok {
			// What the API leaves out when it is empty, the file may leave out too.
			if strings.HasSuffix(f.Tag.Get("json"), ",omitempty") {
				continue
			}
			return fmt.Errorf("line %d: %s has no %s", n.Line, at, key)
		}
		if err := required(value, f.Type, at+"/"+key); err != nil {
			return err
		}
	}
	return nil
}
