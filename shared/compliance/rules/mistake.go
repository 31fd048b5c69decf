package rules

import (
	"fmt"
	"slices"
	"strings"

	"shixin/shared/fault"
)

// Mistake is one thing that is wrong with a pack, and where.
type Mistake struct {
	Rule    string `json:"rule,omitempty"` // the rule's id, where it is in one
	Pointer string `json:"pointer"`        // JSON pointer into the pack, such as /rules/3/fails
	// Line and Column are within the text of the field, from 1, and 0 where the mistake is not in an expression. Columns count characters.
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Detail string `json:"detail"` // English, then " · " and Chinese
}

// String is the mistake in one line.
func (m Mistake) String() string {
	at := m.Pointer
	if m.Line > 0 {
		at += fmt.Sprintf(" %d:%d", m.Line, m.Column)
	}
	return at + ": " + m.Detail
}

// Mistakes are what is wrong with a pack.
type Mistakes []Mistake

// Error lists them, one a line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i := range m {
		lines[i] = m[i].String()
	}
	return strings.Join(lines, "\n")
}

// Fault is the refusal that shows the mistakes to the caller, with line and column in the text of each.
func (m Mistakes) Fault() *fault.Fault {
	fields := make([]fault.Field, len(m))
	for i, one := range m {
		detail := one.Detail
		if one.Line > 0 {
			detail = fmt.Sprintf("line %d, column %d: %s", one.Line, one.Column, detail)
		}
		fields[i] = fault.Field{Pointer: one.Pointer, Detail: detail, Line: one.Line, Column: one.Column}
	}
	return fault.Fields(fields...)
}

// notes collects mistakes.
type notes struct {
	all  Mistakes
	rule string
}

func (n *notes) add(pointer, en, zh string) {
	n.all = append(n.all, Mistake{Rule: n.rule, Pointer: pointer, Detail: fault.Both(en, zh)})
}

func (n *notes) at(pointer string, line, column int, en, zh string) {
	n.all = append(n.all, Mistake{Rule: n.rule, Pointer: pointer, Line: line, Column: column, Detail: fault.Both(en, zh)})
}

// sorted puts mistakes in the order of the text: those of one field by line and column, else as they were found.
func (m Mistakes) sorted() Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		if a.Pointer != b.Pointer {
			return 0
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return m
}
