package calendars

import (
	"strings"
	"testing"

	"shixin/shared/workday"
)

func TestKnownDays(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[workday.Day]bool{
		"2022-01-31": false, // New Year's Eve by the lunar calendar, a Monday
		"2022-01-30": true,  // a Sunday worked for it
		"2022-12-31": false,
		"2023-01-02": false,
		"2023-06-25": true, // a Sunday after the Dragon Boat Festival
		"2023-10-06": false,
		"2023-12-30": false, // a plain Saturday
		"2024-02-09": true,  // New Year's Eve was worked in 2024
		"2024-02-18": true,
		"2024-10-12": true,
		"2025-01-01": false,
		"2025-01-02": true,
		"2025-10-08": false, // Mid-Autumn and National Day together
		"2025-10-11": true,
		"2026-01-02": false,
		"2026-01-04": true, // a Sunday worked for it
		"2026-02-14": true,
		"2026-02-15": false,
		"2026-02-23": false,
		"2026-02-24": true,
		"2026-02-28": true,
		"2026-05-09": true,
		"2026-09-20": true,
		"2026-10-10": true,
		"2026-12-31": true,
	} {
		if got, known := c.IsWorkday(d); got != want || !known {
			t.Errorf("IsWorkday(%s) = %v, %v", d, got, known)
		}
	}
	if c.LastYear() != 2026 || c.Covers(2021) || !strings.Contains(c.Notice(2026), "国办发明电〔2025〕7号") {
		t.Errorf("last year %d, notice %q", c.LastYear(), c.Notice(2026))
	}
}

// The counts come from another reading of the notices. They catch a day that was left out.
func TestWorkingDaysPerYear(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]int{2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
	got := map[int]int{}
	for d := workday.Day("2022-01-01"); d <= "2026-12-31"; d = d.AddDays(1) {
		if w, known := c.IsWorkday(d); !known {
			t.Fatalf("%s is not known", d)
		} else if w {
			got[d.Start().Year()]++
		}
	}
	for y, n := range want {
		if got[y] != n {
			t.Errorf("%d has %d working days, want %d", y, got[y], n)
		}
	}
}

func TestDeadlines(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		from workday.Day
		n    int
		want workday.Day
	}{
		{"2026-02-13", 5, "2026-02-27"}, // 14, then 24 to 27 February
		{"2026-02-13", 6, "2026-02-28"},
		{"2026-09-30", 1, "2026-10-08"},
		{"2025-12-31", 3, "2026-01-06"}, // 4 (a Sunday), 5 and 6 January
		{"2026-12-28", 3, "2026-12-31"},
		{"2026-12-28", 4, ""},
	} {
		if d, ok := c.Add(s.from, s.n); d != s.want || ok != (s.want != "") {
			t.Errorf("Add(%s, %d) = %q, %v; want %q", s.from, s.n, d, ok, s.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"field holiday not found": "year: 2027\nholiday: [2027-01-01]\n",
		"its year is 2026":        "year: 2026\nholidays: [2027-01-01]\n",
		"no holidays":             "year: 2027\n",
	} {
		if _, err := parse("2027.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
