package listing_test

import (
	"strings"
	"testing"

	"shixin/shared/listing"
)

const procedureIntro = `# The life of a listing

This page is made from the transition table in [transition.go](transition.go), the same that decides every step and that the
API's ` + "`allowed`" + ` is computed from, so it cannot say anything else. After a change: ` + "`go test ./shared/listing -update`" + `.

A step is refused by the first guard that it fails. Guards about persons compare natural persons, whatever accounts they use, and come
first (403); then the state and the guards about the record (409, with the first day on which the step is possible where there is
one); then what the step itself says against the record (422). Every step is taken by somebody of whom it is known which person
they are; the clock takes no step but expiry. Roles, levels, regions and sectors are policy (infra/policies), not procedure. What a
request does, who may file it and when is data of the regime (infra/regimes).

A term that has run out is judged on reading: a listing whose last day has passed is removed at once for every step and every answer,
and the next step, or the clock, writes it down first.

`

func TestProcedurePage(t *testing.T) {
	var b strings.Builder
	b.WriteString(procedureIntro)
	b.WriteString("| step | from | to | guards, in order |\n|---|---|---|---|\n")
	for _, row := range listing.Table() {
		b.WriteString("| " + strings.Join([]string{stepName(row.Step), states(row.From), states(row.To), strings.Join(row.Guards, "; ")}, " | ") + " |\n")
	}
	b.WriteString("\n```mermaid\n" + listing.Diagram() + "```\n")
	golden(t, "PROCEDURE.md", b.String())
}

func stepName(step string) string {
	switch step {
	case "requests:":
		return "requests:KIND"
	case "requests/":
		return "requests/N/outcome"
	}
	return step
}

func states(all []listing.State) string {
	var names []string
	for _, s := range all {
		if s == listing.None {
			s = "(none)"
		}
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}
