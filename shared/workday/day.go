// Package workday provides civil days and deadlines of the official Chinese calendar.
package workday

import (
	"fmt"
	"time"
)

// Zone is Asia/Shanghai, the zone of every day in the register. China has had no
// daylight saving time since 1991, so a fixed offset needs no zone database.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is a civil day "YYYY-MM-DD" in [Zone]. The empty Day is no day. Days compare as strings.
type Day string

// ParseDay reads "YYYY-MM-DD" and refuses days that do not exist. Years run from 1800 to 2999.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1800 || t.Year() > 2999 {
		return "", fmt.Errorf("not a day of the form YYYY-MM-DD")
	}
	return Day(s), nil
}

// DayOf is the day on which t falls in [Zone].
func DayOf(t time.Time) Day { return Day(t.In(Zone).Format(time.DateOnly)) }

// Start is the first moment of the day.
func (d Day) Start() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), Zone)
	return t
}

// AddDays moves by calendar days.
func (d Day) AddDays(n int) Day { return DayOf(d.Start().AddDate(0, 0, n)) }

// AddMonths moves to the corresponding day n months later, or to that month's last day
// where it has no such day (Civil Code art. 202).
func (d Day) AddMonths(n int) Day {
	t := d.Start()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, Zone)
	last := first.AddDate(0, 1, -1).Day()
	return DayOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}

// AddYears is AddMonths by twelve months a year.
func (d Day) AddYears(n int) Day { return d.AddMonths(12 * n) }
