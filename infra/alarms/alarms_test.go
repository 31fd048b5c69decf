package alarms_test

import (
	"os"
	"strings"
	"testing"

	"shixin/infra/alarms"
)

func TestAlarmsLoad(t *testing.T) {
	a, err := alarms.Load()
	if err != nil || a.SetBy != "authority" || a.Past.Days < a.Past.LeastDays {
		t.Errorf("%+v, %v", a, err)
	}
	text, err := os.ReadFile("alarms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	for name, c := range map[string][2]string{
		"nobody set them":            {"set_by: authority", "set_by: law"},
		"no day":                     {"from: 2026-01-01", "from: soon"},
		"rings for everything":       {"{least: 200, percent: 50}", "{least: 0, percent: 50}"},
		"rings for nothing":          {"{least: 100, percent: 20}\n# Hits of a", "{least: 100, percent: 101}\n# Hits of a"},
		"the usual rings":            {"times: 5", "times: 1"},
		"more days than it looks at": {"least_days: 5", "least_days: 15"},
		"a past of years":            {"days: 14", "days: 700"},
		"left out":                   {", times: 5", ""},
		"unknown":                    {"version: '1'", "version: '1'\nmore: 1"},
	} {
		altered := strings.Replace(whole, c[0], c[1], 1)
		if altered == whole {
			t.Fatalf("%s: the file has no %q", name, c[0])
		}
		if _, err := alarms.Parse([]byte(altered)); err == nil || !strings.HasPrefix(err.Error(), "alarms: ") {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}
