package access_test

import (
	"testing"

	"shixin/shared/access"
)

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		inner, outer string
		want         bool
	}{
		{"320505", "320505", true},
		{"320505", "320500", true},
		{"320505", "320000", true},
		{"320505", "000000", true},
		{"000000", "000000", true},
		{"320500", "320505", false},
		{"320000", "320500", false},
		{"000000", "320000", false},
		{"320600", "320500", false},
		{"330500", "320000", false},
		{"320505", "320506", false},
		{"3205", "320000", false},
		{"320505", "", false},
		{"", "", false},
	} {
		if got := access.Within(c.inner, c.outer); got != c.want {
			t.Errorf("%q within %q: %v", c.inner, c.outer, got)
		}
		if got := (access.Principal{Region: c.outer}).Covers(c.inner); got != c.want {
			t.Errorf("%q covers %q: %v", c.outer, c.inner, got)
		}
	}
}

func TestRank(t *testing.T) {
	for i, l := range []access.Level{"", access.County, access.City, access.Province, access.National} {
		if l.Rank() != i {
			t.Errorf("%q: %d, want %d", l, l.Rank(), i)
		}
	}
	if access.Level("town").Rank() != 0 {
		t.Error("an unknown level has a rank")
	}
}
