package lookup_test

import (
	"testing"

	"shixin/shared/register/lookup"
	rt "shixin/shared/register/registertest"
)

// The head is read once a second, and yet no answer names an older list version than one before it.
func TestTheListVersionNeverRunsBack(t *testing.T) {
	w := rt.New(t)
	one := func(scheme, value string) lookup.One {
		answer, err := w.Lookup.One(w.Ctx(), rt.Nobody, w.Now, scheme, value)
		w.Must(err)
		return answer
	}
	table := w.Watched()
	if v := one("uscc", rt.USCC(9)).ListVersion; v != 0 {
		t.Fatalf("version %d of an empty list", v)
	}
	w.Listed(rt.Market(1))
	if v := one("uscc", rt.USCC(1)).ListVersion; v != 1 {
		t.Errorf("version %d where the identifier's own entry is the first", v)
	}
	before := len(table.Gets)
	if v := one("uscc", rt.USCC(9)).ListVersion; v != 1 {
		t.Errorf("version %d after an answer named 1", v)
	}
	if n := len(table.Gets) - before; n != 1 {
		t.Errorf("%d reads for one identifier", n)
	}

	// The past is answered by the whole journal, however old the head is that this process remembers.
	at := w.Now
	many, err := w.Lookup.Many(w.Ctx(), rt.Auditor, w.Now, lookup.Query{Identifiers: []lookup.Identifier{{Scheme: "uscc", Value: rt.USCC(1)}}, AsOf: &at})
	w.Must(err)
	if many.ListVersion != 1 || many.Items[0].Verdict != lookup.Listed {
		t.Errorf("as of now: %s at version %d", many.Items[0].Verdict, many.ListVersion)
	}
}
