package indicator

import (
	"errors"
	"fmt"
	"time"

	"shixin/shared/workday"
)

// Unit is how long a period is.
type Unit string

// The units.
const (
	Month Unit = "month"
	Day   Unit = "day"
)

// Period is a calendar month or day in Asia/Shanghai. The zero Period is none. Periods of one unit compare by N.
type Period struct {
	Unit Unit
	N    int // months since January of year 0, or days since 1970-01-01
}

// ErrPeriod is what ParsePeriod returns.
var ErrPeriod = errors.New("not a period of the form YYYY-MM or YYYY-MM-DD")

const (
	firstYear = 2000
	lastYear  = 2999
)

// ParsePeriod reads "2026-10" or "2026-10-08". Years run from 2000 to 2999.
func ParsePeriod(s string) (Period, error) {
	var t time.Time
	var err error
	unit := Month
	switch len(s) {
	case 7:
		t, err = time.Parse("2006-01", s)
	case 10:
		t, err = time.Parse(time.DateOnly, s)
		unit = Day
	default:
		err = ErrPeriod
	}
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return Period{}, ErrPeriod
	}
	return of(unit, t), nil
}

func of(unit Unit, t time.Time) Period {
	y, m, d := t.Date()
	if unit == Day {
		return Period{Day, int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))}
	}
	return Period{Month, y*12 + int(m) - 1}
}

// first is the period's first day, at midnight UTC.
func (p Period) first() time.Time {
	if p.Unit == Day {
		return time.Unix(int64(p.N)*24*60*60, 0).UTC()
	}
	return time.Date(p.N/12, time.Month(p.N%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// String is the period as ParsePeriod reads it; that of no period is empty.
func (p Period) String() string {
	switch p.Unit {
	case Month:
		return fmt.Sprintf("%04d-%02d", p.N/12, p.N%12+1)
	case Day:
		return p.first().Format(time.DateOnly)
	}
	return ""
}

// MarshalText is String.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText is ParsePeriod; an empty text is no period.
func (p *Period) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*p = Period{}
		return nil
	}
	*p, err = ParsePeriod(string(text))
	return err
}

// Add is the period that many periods later, or earlier where n is negative.
func (p Period) Add(n int) Period { return Period{p.Unit, p.N + n} }

// Start is the period's first day.
func (p Period) Start() workday.Day { return workday.Day(p.first().Format(time.DateOnly)) }

// End is the period's last day.
func (p Period) End() workday.Day {
	return workday.Day(p.Add(1).first().AddDate(0, 0, -1).Format(time.DateOnly))
}

// Due is the last day on which figures of the period are in time.
func (p Period) Due(grace Due) workday.Day { return p.End().AddDays(grace.In(p.Unit)) }

// Ended reports whether the period lies wholly before a moment: figures of one that goes on are not known yet.
func (p Period) Ended(at time.Time) bool { return workday.DayOf(at) > p.End() }

// LastEnded is the newest period that has ended at a moment.
func LastEnded(unit Unit, at time.Time) Period { return of(unit, at.In(workday.Zone)).Add(-1) }

// LastDue is the newest period whose figures ought to be in at a moment: its due day is over.
func LastDue(unit Unit, at time.Time, grace Due) Period {
	return LastEnded(unit, at.AddDate(0, 0, -grace.In(unit)))
}
