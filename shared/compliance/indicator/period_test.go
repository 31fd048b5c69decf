package indicator

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/workday"
)

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct {
		text       string
		unit       Unit
		start, end workday.Day
	}{
		{"2026-10", Month, "2026-10-01", "2026-10-31"},
		{"2024-02", Month, "2024-02-01", "2024-02-29"},
		{"2026-12", Month, "2026-12-01", "2026-12-31"},
		{"2026-10-08", Day, "2026-10-08", "2026-10-08"},
		{"2024-02-29", Day, "2024-02-29", "2024-02-29"},
	} {
		p, err := ParsePeriod(c.text)
		if err != nil || p.Unit != c.unit || p.Start() != c.start || p.End() != c.end || p.String() != c.text {
			t.Errorf("%s: %v, %v, %s to %s", c.text, p, err, p.Start(), p.End())
		}
	}
	for _, s := range []string{"", "2026", "2026-13", "2026-00", "2026-1", "2026-02-29", "2026-10-8", "26-10", "1999-12", "3000-01", "2026/10", "2026-10-08T00:00:00Z", "２０２６-10"} {
		if p, err := ParsePeriod(s); err == nil {
			t.Errorf("%q is read as %v", s, p)
		}
	}
}

func TestWhenPeriodsEndAndAreDue(t *testing.T) {
	grace := Due{Month: 15, Day: 2}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		at                                 string
		month, dueMonth, day, dueDay, late string
	}{
		// The days are Shanghai's, whatever the clock's zone.
		{"2026-10-31T23:59:59+08:00", "2026-09", "2026-09", "2026-10-30", "2026-10-28", ""},
		{"2026-10-31T16:00:00Z", "2026-10", "2026-09", "2026-10-31", "2026-10-29", ""},
		{"2026-11-15T23:59:59+08:00", "2026-10", "2026-09", "2026-11-14", "2026-11-12", ""},
		{"2026-11-16T00:00:00+08:00", "2026-10", "2026-10", "2026-11-15", "2026-11-13", ""},
		{"2027-01-01T00:00:00+08:00", "2026-12", "2026-11", "2026-12-31", "2026-12-29", ""},
		{"2028-03-01T12:00:00+08:00", "2028-02", "2028-01", "2028-02-29", "2028-02-27", ""},
	} {
		now := at(c.at)
		got := []string{LastEnded(Month, now).String(), LastDue(Month, now, grace).String(), LastEnded(Day, now).String(), LastDue(Day, now, grace).String()}
		for i, want := range []string{c.month, c.dueMonth, c.day, c.dueDay} {
			if got[i] != want {
				t.Errorf("at %s: %v, want %s in place %d", c.at, got, want, i)
			}
		}
	}
	p, _ := ParsePeriod("2026-10")
	if p.Due(grace) != "2026-11-15" || p.Ended(at("2026-10-31T23:00:00+08:00")) || !p.Ended(at("2026-11-01T00:00:00+08:00")) {
		t.Error("October is due on 15 November and has ended on 1 November")
	}
}

// Of any moment, the last period that has ended has ended, the next one has not; what is due has ended and its due day is over.
func TestPeriodsFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1e9, 1.9e10).Draw(t, "at"), 0)
		unit := rapid.SampledFrom([]Unit{Month, Day}).Draw(t, "unit")
		grace := Due{Month: rapid.IntRange(1, 27).Draw(t, "grace"), Day: rapid.IntRange(1, 27).Draw(t, "grace of days")}
		p := LastEnded(unit, at)
		if !p.Ended(at) || p.Add(1).Ended(at) {
			t.Fatalf("%v is not the last that has ended", p)
		}
		due, today := LastDue(unit, at, grace), workday.DayOf(at)
		if !(due.Due(grace) < today) || due.Add(1).Due(grace) < today {
			t.Fatalf("%v is not the last that is due at %v: %s", due, today, due.Due(grace))
		}
		if p.Add(1).Start() != p.End().AddDays(1) {
			t.Fatalf("a gap behind %v", p)
		}
		text, _ := json.Marshal(p)
		var back Period
		if err := json.Unmarshal(text, &back); err != nil || back != p {
			t.Fatalf("%s is read as %v: %v", text, back, err)
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026-10", "2026-10-08", "2026-02-30", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ParsePeriod(s); err == nil && p.String() != s {
			t.Errorf("%q is read as %s", s, p)
		}
	})
}
