package sheet

import (
	"testing"
)

func TestCellsAreNoFormulas(t *testing.T) {
	for cell, want := range map[string]string{"": "", "a": "a", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx"} {
		if got := safe(cell); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
}

func TestPreferred(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/csv": true, "text/csv, */*": true, "text/csv;q=0.9, application/json;q=0.5": true,
		"text/csv;q=0.2, application/json": false, "text/csv;q=0": false, "text/*": true, "text/csv;q=x": false,
	} {
		if got := preferred([]string{accept}); got != want {
			t.Errorf("Accept %q: %v, want %v", accept, got, want)
		}
	}
}
