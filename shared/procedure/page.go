package procedure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Row is one line of a table as documentation shows it.
type Row struct {
	Step   string
	From   []string // "" before there is a record
	To     []string // none where the state stays as it is
	Guards []string // in the order in which they are asked
}

// Rows is the table for documentation, and for tests that walk it.
func (t *Table[M, C, D, S]) Rows() []Row {
	var rows []Row
	for _, s := range t.Steps {
		r := Row{Step: s.Name, From: named("", s.From...), To: named("", s.To...)}
		for _, g := range slices.Concat(s.Persons, s.Guards) {
			r.Guards = append(r.Guards, g.Name)
		}
		rows = append(rows, r)
	}
	return rows
}

// Page is a procedure as Markdown: its lines, and its diagram in Mermaid.
func Page(rows []Row) string {
	var lines, arrows strings.Builder
	for _, r := range rows {
		step, label := r.Step, r.Step
		switch {
		case strings.HasSuffix(step, ":"):
			step, label = step+"KIND", strings.TrimSuffix(step, ":")
		case strings.HasSuffix(step, "/"):
			step, label = step+"N/outcome", strings.TrimSuffix(step, "/")+" outcome"
		}
		to := cmp.Or(strings.Join(r.To, ", "), "as it was")
		fmt.Fprintf(&lines, "| %s | %s | %s | %s |\n", step, strings.Join(named("(none)", r.From...), ", "), to, strings.Join(r.Guards, "; "))
		for _, from := range named("[*]", r.From...) {
			to := r.To
			if to == nil {
				to = []string{from}
			}
			for _, to := range to {
				fmt.Fprintf(&arrows, "    %s --> %s: %s\n", from, to, label)
			}
		}
	}
	return "| step | from | to | guards, in order |\n|---|---|---|---|\n" + lines.String() + "\n```mermaid\nstateDiagram-v2\n" + arrows.String() + "```\n"
}
