package lookup

import (
	"testing"

	"shixin/shared/journal"
)

// Of listings that last in a row, who sees only what is published learns the sum where it sees them all.
func TestARowIsToldWhereAllOfItIsShown(t *testing.T) {
	fact := func(regime string, published, capped bool) journal.InForce {
		f := journal.InForce{Regime: regime, Published: published}
		if capped {
			f.Cap = &journal.Capped{Until: "2031-03-02"}
		}
		return f
	}
	for name, c := range map[string]struct {
		facts []journal.InForce
		told  bool
	}{
		"both are published":                 {[]journal.InForce{fact("a", true, true), fact("a", true, true)}, true},
		"one is not published":               {[]journal.InForce{fact("a", true, true), fact("a", false, true)}, false},
		"the other has ended":                {[]journal.InForce{fact("a", true, true)}, false},
		"one beside the row is not":          {[]journal.InForce{fact("a", true, true), fact("a", true, true), fact("a", false, false)}, true},
		"one of another regime is not":       {[]journal.InForce{fact("a", true, true), fact("a", true, true), fact("b", false, true)}, true},
		"the second one is under another":    {[]journal.InForce{fact("a", true, true), fact("b", true, true)}, false},
		"nothing is there, and none is told": {nil, false},
	} {
		if told := shownInARow(c.facts, "a"); told != c.told {
			t.Errorf("%s: %v", name, told)
		}
	}
}
