package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// variables are what a script has named or taken from answers.
type variables map[string]any

var variable = regexp.MustCompile(`\$[a-z][a-z0-9_]*`)

// fill puts variables into a text.
func (v variables) fill(text string) (string, error) {
	var missing error
	out := variable.ReplaceAllStringFunc(text, func(name string) string {
		value, ok := v[name[1:]]
		if !ok {
			missing = fmt.Errorf("nothing has named %s", name)
		}
		return plain(value)
	})
	return out, missing
}

// value makes what JSON would hold of a YAML node. Days and times stay texts.
func (v variables) value(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return v.value(n.Alias)
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			x, err := v.value(c)
			if err != nil {
				return nil, err
			}
			out = append(out, x)
		}
		return out, nil
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			x, err := v.value(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			out[n.Content[i].Value] = x
		}
		return out, nil
	}
	if x, ok := v[strings.TrimPrefix(n.Value, "$")]; ok && strings.HasPrefix(n.Value, "$") {
		return x, nil
	}
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		var x any
		err := n.Decode(&x)
		return x, err
	}
	return v.fill(n.Value)
}

// document reads YAML, of which JSON is a part.
func document(text string) (*yaml.Node, error) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		return nil, err
	}
	if n.Kind == yaml.DocumentNode {
		return n.Content[0], nil
	}
	return &n, nil
}

// match holds an answer against what is expected and returns each difference.
//
// An object may have more fields than the expected one, but for one under !exactly. A list is expected whole, or up to ..., or with !some:
// each expected element is somewhere in it; with !none none is. A scalar is expected as it is, or
//
//	(any)       something, and not null
//	(absent)    no such field
//	!has TEXT   a text with this in it
//	!not_has T  a text without this in it
//	!not VALUE  anything else
//	!like REGEX a text like this
//	!as NAME    something, which the script then calls $NAME
//	!count N    a list of N elements
func (v variables) match(at string, want *yaml.Node, got any, present bool) []string {
	if want.Value == "(absent)" {
		if present {
			return []string{fmt.Sprintf("%s: %s, want no such field", at, show(got))}
		}
		return nil
	}
	if !present {
		return []string{at + ": no such field"}
	}
	switch want.Kind {
	case yaml.MappingNode:
		return v.object(at, want, got)
	case yaml.SequenceNode:
		return v.list(at, want, got)
	}
	return v.scalar(at, want, got)
}

func (v variables) object(at string, want *yaml.Node, got any) []string {
	object, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %s, want an object", at, show(got))}
	}
	var wrong []string
	rest := maps.Clone(object)
	for i := 0; i < len(want.Content); i += 2 {
		name := want.Content[i].Value
		x, present := object[name]
		delete(rest, name)
		wrong = append(wrong, v.match(at+"/"+name, want.Content[i+1], x, present)...)
	}
	if want.Tag == "!exactly" && len(rest) > 0 {
		wrong = append(wrong, fmt.Sprintf("%s: also has %s", at, show(rest)))
	}
	return wrong
}

func (v variables) list(at string, want *yaml.Node, got any) []string {
	items, ok := got.([]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %s, want a list", at, show(got))}
	}
	var wrong []string
	if want.Tag == "!some" || want.Tag == "!none" {
		for _, w := range want.Content {
			found := slices.ContainsFunc(items, func(x any) bool { return len(v.match(at, w, x, true)) == 0 })
			if found != (want.Tag == "!some") {
				x, _ := v.value(w)
				wrong = append(wrong, fmt.Sprintf("%s: %s, want %s of %s", at, show(got), want.Tag, show(x)))
			}
		}
		return wrong
	}
	elements := want.Content
	open := len(elements) > 0 && elements[len(elements)-1].Value == "..."
	if open {
		elements = elements[:len(elements)-1]
	}
	if len(items) < len(elements) || len(items) > len(elements) && !open {
		return []string{fmt.Sprintf("%s: %d elements, want %d: %s", at, len(items), len(elements), show(got))}
	}
	for i, w := range elements {
		wrong = append(wrong, v.match(fmt.Sprintf("%s/%d", at, i), w, items[i], true)...)
	}
	return wrong
}

func (v variables) scalar(at string, want *yaml.Node, got any) []string {
	text, isText := got.(string)
	refuse := func(what string) []string { return []string{fmt.Sprintf("%s: %s, want %s", at, show(got), what)} }
	if want.Value == "(any)" {
		if got == nil {
			return refuse("something")
		}
		return nil
	}
	switch want.Tag {
	case "!as":
		if got == nil {
			return refuse("something")
		}
		v[want.Value] = got
		return nil
	case "!count":
		if items, ok := got.([]any); !ok || strconv.Itoa(len(items)) != want.Value {
			return refuse(want.Value + " elements")
		}
		return nil
	}
	wanted, err := v.value(want)
	if err != nil {
		return refuse(err.Error())
	}
	switch want.Tag {
	case "!has":
		if !isText || !strings.Contains(text, plain(wanted)) {
			return refuse("a text with " + show(wanted))
		}
	case "!not_has":
		if !isText || strings.Contains(text, plain(wanted)) {
			return refuse("a text without " + show(wanted))
		}
	case "!like":
		if like, err := regexp.Compile(plain(wanted)); err != nil || !isText || !like.MatchString(text) {
			return refuse("a text like " + plain(wanted))
		}
	case "!not":
		if plain(got) == plain(wanted) {
			return refuse("anything else")
		}
	default:
		if show(got) != show(wanted) {
			return refuse(show(wanted))
		}
	}
	return nil
}

// plain is a value as a path or a header would hold it.
func plain(x any) string {
	if s, ok := x.(string); ok {
		return s
	}
	return show(x)
}

// show is a value as JSON, with its parts in order.
func show(x any) string {
	text, err := json.Marshal(x)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
