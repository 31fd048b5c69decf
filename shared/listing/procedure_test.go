package listing_test

import (
	"testing"

	"shixin/shared/listing"
	"shixin/shared/procedure"
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
	golden(t, "PROCEDURE.md", procedureIntro+procedure.Page(listing.Table()))
}
