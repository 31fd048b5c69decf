package rules

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// reserved are words that CEL or this package gives a meaning.
var reserved = map[string]bool{"as": true, "break": true, "const": true, "continue": true, "else": true, "false": true, "for": true, "function": true,
	"if": true, "import": true, "in": true, "let": true, "loop": true, "null": true, "package": true, "namespace": true, "return": true, "true": true,
	"var": true, "void": true, "while": true}

// sorted goes over a map in the order of its keys.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func isRegion(s string) bool { return len(s) == 6 && strings.Trim(s, "0123456789") == "" }
