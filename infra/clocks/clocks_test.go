package clocks

import (
	"strings"
	"testing"
)

func TestClocksAreSetByTheAuthority(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]string{"contest": c.Contest.SetBy} {
		if one != "authority" {
			t.Errorf("%s is set by %q: no law states it", name, one)
		}
	}
}

func TestWrongClocks(t *testing.T) {
	for text, want := range map[string]string{
		"contest: {working_days: 0, set_by: authority}":  "at least one",
		"contest: {working_days: 5}":                     "who set it",
		"contests: {working_days: 5, set_by: authority}": "contests",
		"contest: {working_days: x, set_by: authority}":  "int",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to say %q", text, err, want)
		}
	}
	c, err := parse([]byte("contest: {}"))
	if err != nil || c.Contest.WorkingDays != nil {
		t.Errorf("an unset clock: %+v, %v", c, err)
	}
}
