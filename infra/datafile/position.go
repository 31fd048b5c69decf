package datafile

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Place is where a value stands in a file, from 1.
type Place struct {
	Line, Column int
}

// Find is where the text of the value at a JSON pointer begins; false where there is none. The text of a block (| or >) begins on the line
// behind its mark, in a column that its indent decides.
func Find(text []byte, pointer string) (Place, bool) {
	root, err := node(text)
	if err != nil {
		return Place{}, false
	}
	n := root.Content[0]
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		if n = child(n, unescape.Replace(part)); n == nil {
			return Place{}, false
		}
	}
	p := Place{n.Line, n.Column}
	switch n.Style {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		p.Line++
		lines := strings.Split(string(text), "\n")
		if p.Line <= len(lines) {
			p.Column = len(lines[p.Line-1]) - len(strings.TrimLeft(lines[p.Line-1], " ")) + 1
		}
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		p.Column++
	}
	return p, true
}

func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}
