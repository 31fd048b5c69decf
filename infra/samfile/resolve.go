package samfile

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolver replaces CloudFormation's intrinsic functions by what they stand for. It knows those that the parts of the
// template read here use; another one is an error rather than a guess.
type resolver struct {
	values    Values
	defaults  map[string]string // parameters
	resources map[string]bool
	mappings  *yaml.Node
}

const maxDepth = 100 // of nested nodes; a template is far below it

func (r *resolver) resolve(n *yaml.Node) (*yaml.Node, error) { return r.node(n, 0) }

func (r *resolver) node(n *yaml.Node, depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	if n.Kind == yaml.AliasNode {
		return nil, fmt.Errorf("line %d: CloudFormation knows no YAML aliases; write the value out", n.Line)
	}
	if name, arg := intrinsic(n); name != "" {
		text, list, err := r.call(name, arg, depth)
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", n.Line, name, err)
		}
		if list != nil {
			return list, nil
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: n.Line}, nil
	}
	if len(n.Content) == 0 {
		return n, nil
	}
	out := *n
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		var err error
		if out.Content[i], err = r.node(c, depth+1); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// intrinsic takes a call apart, in its short form !Sub x and its long form {Fn::Sub: x}.
func intrinsic(n *yaml.Node) (name string, arg *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		plain := *n
		plain.Tag = ""
		return strings.TrimPrefix(n.Tag, "!"), &plain
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		if key := n.Content[0].Value; key == "Ref" || strings.HasPrefix(key, "Fn::") {
			return strings.TrimPrefix(key, "Fn::"), n.Content[1]
		}
	}
	return "", nil
}

func (r *resolver) call(name string, arg *yaml.Node, depth int) (text string, list *yaml.Node, err error) {
	switch name {
	case "Ref":
		text, err = r.ref(arg.Value)
	case "GetAtt":
		text, err = r.attribute(arg)
	case "Sub":
		text, err = r.sub(arg, depth)
	case "Join":
		text, err = r.join(arg, depth)
	case "FindInMap":
		list, err = r.find(arg)
	default:
		err = fmt.Errorf("this function is not understood here; use Ref, GetAtt, Sub, Join or FindInMap")
	}
	return text, list, err
}

func (r *resolver) ref(name string) (string, error) {
	if v, ok := r.values.Parameters[name]; ok {
		return v, nil
	}
	if v, ok := r.defaults[name]; ok {
		return v, nil
	}
	if v, ok := r.values.Refs[name]; ok {
		return v, nil
	}
	if r.resources[name] || strings.HasPrefix(name, "AWS::") {
		return name, nil
	}
	return "", fmt.Errorf("%q is neither a resource nor a parameter that has a value", name)
}

func (r *resolver) attribute(arg *yaml.Node) (string, error) {
	name := arg.Value
	if arg.Kind == yaml.SequenceNode && len(arg.Content) == 2 {
		name = arg.Content[0].Value + "." + arg.Content[1].Value
	}
	if v, ok := r.values.Attributes[name]; ok {
		return v, nil
	}
	id, attribute, ok := strings.Cut(name, ".")
	if !ok || attribute == "" || !r.resources[id] {
		return "", fmt.Errorf("%q is not an attribute of a resource here", name)
	}
	return name, nil
}

var placeholder = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

func (r *resolver) sub(arg *yaml.Node, depth int) (string, error) {
	pattern, own := arg.Value, map[string]string{}
	if arg.Kind == yaml.SequenceNode {
		if len(arg.Content) != 2 || arg.Content[1].Kind != yaml.MappingNode {
			return "", fmt.Errorf("wants a text, or a text and a mapping")
		}
		pattern = arg.Content[0].Value
		values, err := r.node(arg.Content[1], depth+1)
		if err != nil {
			return "", err
		}
		if err := values.Decode(&own); err != nil {
			return "", err
		}
	}
	var first error
	text := placeholder.ReplaceAllStringFunc(pattern, func(m string) string {
		name := m[2 : len(m)-1]
		if v, ok := own[name]; ok {
			return v
		}
		get := r.ref
		if strings.Contains(name, ".") {
			get = func(name string) (string, error) { return r.attribute(&yaml.Node{Kind: yaml.ScalarNode, Value: name}) }
		}
		v, err := get(name)
		if err != nil && first == nil {
			first = err
		}
		return v
	})
	return strings.ReplaceAll(text, "${!", "${"), first
}

func (r *resolver) join(arg *yaml.Node, depth int) (string, error) {
	if arg.Kind != yaml.SequenceNode || len(arg.Content) != 2 {
		return "", fmt.Errorf("wants a separator and a list")
	}
	parts, err := r.node(arg.Content[1], depth+1)
	if err != nil {
		return "", err
	}
	var texts []string
	if err := parts.Decode(&texts); err != nil {
		return "", err
	}
	return strings.Join(texts, arg.Content[0].Value), nil
}

func (r *resolver) find(arg *yaml.Node) (*yaml.Node, error) {
	at := r.mappings
	for _, key := range arg.Content {
		if at = child(at, key.Value); at == nil {
			return nil, fmt.Errorf("no %q in the mapping", key.Value)
		}
	}
	if len(arg.Content) != 3 {
		return nil, fmt.Errorf("wants a mapping and two keys")
	}
	return at, nil
}

// child is the value under a key of a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
