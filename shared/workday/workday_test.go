package workday

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDay(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "2026-1-01", "1799-12-31", "3000-01-01", "2026-01-01 ", "2026/01/01"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("ParseDay(%q) = %q", s, d)
		}
	}
	if d, err := ParseDay("2024-02-29"); err != nil || d != "2024-02-29" {
		t.Errorf("got %q, %v", d, err)
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"a late evening in UTC is tomorrow in Shanghai", string(DayOf(time.Date(2026, 1, 31, 16, 0, 0, 0, time.UTC))), "2026-02-01"},
		{"a moment before", string(DayOf(time.Date(2026, 1, 31, 15, 59, 59, 0, time.UTC))), "2026-01-31"},
		{"days", string(Day("2026-02-27").AddDays(3)), "2026-03-02"},
		{"days back", string(Day("2026-03-01").AddDays(-1)), "2026-02-28"},
		{"no such day in the month", string(Day("2026-01-31").AddMonths(1)), "2026-02-28"},
		{"over the year", string(Day("2026-11-30").AddMonths(3)), "2027-02-28"},
		{"months back", string(Day("2026-03-31").AddMonths(-1)), "2026-02-28"},
		{"years from a leap day", string(Day("2024-02-29").AddYears(3)), "2027-02-28"},
		{"years to a leap day", string(Day("2024-02-29").AddYears(4)), "2028-02-29"},
		{"start", Day("2026-01-05").Start().Format(time.RFC3339), "2026-01-05T00:00:00+08:00"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

func small(t *testing.T) Calendar {
	t.Helper()
	c, err := New(map[int]Year{
		2025: {Notice: "a", Holidays: []Day{"2025-10-01", "2025-10-02", "2025-10-03"}, Workdays: []Day{"2025-09-28", "2025-10-11"}},
		2026: {Notice: "b", Holidays: []Day{"2025-12-31", "2026-01-01"}, Workdays: []Day{"2025-12-28"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalendar(t *testing.T) {
	c := small(t)
	for d, want := range map[Day][2]bool{
		"2025-09-28": {true, true}, // a Sunday that is worked
		"2025-10-01": {false, true},
		"2025-10-04": {false, true}, // a plain Saturday
		"2025-10-06": {true, true},
		"2025-12-31": {false, true}, // by the next year's notice
		"2025-12-28": {true, true},
		"2024-12-31": {false, false},
		"2027-01-01": {false, false},
		"2025-02-30": {false, false},
		"":           {false, false},
	} {
		if w, k := c.IsWorkday(d); w != want[0] || k != want[1] {
			t.Errorf("IsWorkday(%s) = %v, %v", d, w, k)
		}
	}
	for _, s := range []struct {
		from Day
		n    int
		want Day
	}{
		{"2025-09-27", 1, "2025-09-28"},
		{"2025-09-30", 1, "2025-10-06"}, // over the holiday and the weekend
		{"2025-10-02", 1, "2025-10-06"}, // from a day off
		{"2025-10-10", 2, "2025-10-13"}, // over a make-up Saturday, off on Sunday
		{"2025-12-30", 1, "2026-01-02"},
		{"2025-10-01", 0, "2025-10-01"},
		{"2024-12-31", 1, "2025-01-01"}, // only the days after it must be known
		{"2026-12-30", 1, "2026-12-31"},
		{"2026-12-30", 2, ""},
		{"2024-12-30", 1, ""},
		{"2026-01-05", -1, ""},
		{"2026-13-05", 1, ""},
		{"", 0, ""},
	} {
		if d, ok := c.Add(s.from, s.n); d != s.want || ok != (s.want != "") {
			t.Errorf("Add(%s, %d) = %q, %v; want %q", s.from, s.n, d, ok, s.want)
		}
	}
	if !c.Covers(2025) || c.Covers(2024) || c.LastYear() != 2026 || c.Notice(2026) != "b" {
		t.Error("years")
	}
	var none Calendar
	if _, ok := none.Add("2026-01-01", 1); ok || none.Covers(2026) || none.LastYear() != 0 {
		t.Error("the zero calendar knows a day")
	}
}

func TestNewRefuses(t *testing.T) {
	for want, y := range map[string]Year{
		"cite its notice":      {},
		"not a day":            {Notice: "n", Holidays: []Day{"2026-02-30"}},
		"outside the year":     {Notice: "n", Holidays: []Day{"2025-11-30"}},
		"no weekend":           {Notice: "n", Workdays: []Day{"2026-01-05"}},
		"both off and worked":  {Notice: "n", Holidays: []Day{"2026-01-04"}, Workdays: []Day{"2026-01-04"}},
		"2027-01-01 lies outs": {Notice: "n", Holidays: []Day{"2027-01-01"}},
	} {
		if _, err := New(map[int]Year{2026: y}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "2026") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// Add agrees with counting the working days one by one.
func TestAddCounts(t *testing.T) {
	c := small(t)
	rapid.Check(t, func(t *rapid.T) {
		from := Day("2025-01-01").AddDays(rapid.IntRange(0, 729).Draw(t, "day"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		to, ok := c.Add(from, n)
		counted := 0
		for d := from.AddDays(1); ; d = d.AddDays(1) {
			w, known := c.IsWorkday(d)
			if !known {
				if ok {
					t.Fatalf("Add(%s, %d) = %s, past the data", from, n, to)
				}
				return
			}
			if w {
				counted++
			}
			if counted == n {
				if d != to || !ok {
					t.Fatalf("Add(%s, %d) = %q, %v; counted to %s", from, n, to, ok, d)
				}
				return
			}
		}
	})
}
