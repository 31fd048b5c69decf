package register_test

import (
	"testing"

	. "shixin/shared/register/registertest"
)

func TestLife(t *testing.T) {
	w := New(t)
	for i, p := range []struct{ id string }{{w.Listed(Organization(1))}, {w.Listed(Market(2))}, {w.Listed(Human(3))}, {w.Listed(Convicted(4))}} {
		if p.id == "" {
			t.Error(i)
		}
	}
}
