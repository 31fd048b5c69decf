package bounded_test

import (
	"strings"
	"testing"

	"shixin/shared/bounded"
)

func TestPage(t *testing.T) {
	large := strings.Repeat("x", bounded.Most/2)
	for _, c := range []struct {
		name  string
		limit int
		items []string
		taken int
	}{
		{"up to its number", 2, []string{"a", "b", "c"}, 2},
		{"up to its size", 10, []string{large, large}, 1},
		{"one item however large", 10, []string{large + large, "a"}, 1},
		{"all of them", 3, []string{"a", "b", "c"}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, taken := bounded.NewPage(c.limit), 0
			for _, item := range c.items {
				if !p.Add(item) {
					break
				}
				taken++
			}
			if taken != c.taken || len(p.Items) != c.taken || p.Full() != (c.taken == c.limit) {
				t.Errorf("took %d and has %d, full %v; want %d", taken, len(p.Items), p.Full(), c.taken)
			}
		})
	}
}
