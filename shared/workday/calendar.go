package workday

import (
	"errors"
	"fmt"
	"time"
)

// Year is what the State Council's notice says about one calendar year.
type Year struct {
	Notice   string // the notice that is cited
	Holidays []Day  // days off, weekends within them included
	Workdays []Day  // Saturdays and Sundays that are worked instead of a day off
}

// Calendar knows which days are worked. It is immutable; the zero Calendar knows no day.
type Calendar struct {
	years map[int]string // the notices
	moved map[Day]bool   // days that differ from their weekday, or are named in a notice: worked or not
	last  int
}

// New makes a calendar of whole years. Beside its own days a notice may name days of the December before,
// as that for 2019 did with 29 and 31 December 2018. So the last days of the last year may yet change.
//
// The error names the year and the day: a notice that is not cited, a day that is no day or lies outside
// the year, one that is both off and worked, and a weekday named as worked in place of a day off.
func New(years map[int]Year) (Calendar, error) {
	c := Calendar{years: make(map[int]string, len(years)), moved: make(map[Day]bool)}
	var errs []error
	for y, year := range years {
		if year.Notice == "" {
			errs = append(errs, fmt.Errorf("calendar of %d: cite its notice", y))
		}
		c.years[y] = year.Notice
		c.last = max(c.last, y)
		add := func(days []Day, worked bool) {
			for _, d := range days {
				if _, err := ParseDay(string(d)); err != nil {
					errs = append(errs, fmt.Errorf("calendar of %d: %q is %w", y, d, err))
					continue
				}
				t := d.Start()
				if t.Year() != y && (t.Year() != y-1 || t.Month() != time.December) {
					errs = append(errs, fmt.Errorf("calendar of %d: %s lies outside the year", y, d))
				}
				if worked && !weekend(t.Weekday()) {
					errs = append(errs, fmt.Errorf("calendar of %d: %s is no weekend, so it cannot be a make-up day", y, d))
				}
				if was, named := c.moved[d]; named && was != worked {
					errs = append(errs, fmt.Errorf("calendar of %d: %s is both off and worked", y, d))
				}
				c.moved[d] = worked
			}
		}
		add(year.Holidays, false)
		add(year.Workdays, true)
	}
	if err := errors.Join(errs...); err != nil {
		return Calendar{}, err
	}
	return c, nil
}

// IsWorkday reports whether d is worked. Known is false where the calendar has no data for the year of d.
func (c Calendar) IsWorkday(d Day) (workday, known bool) {
	if _, err := ParseDay(string(d)); err != nil {
		return false, false
	}
	t := d.Start()
	if !c.Covers(t.Year()) {
		return false, false
	}
	return c.worked(d, t.Weekday()), true
}

func (c Calendar) worked(d Day, on time.Weekday) bool {
	if worked, named := c.moved[d]; named {
		return worked
	}
	return !weekend(on)
}

func weekend(d time.Weekday) bool { return d == time.Saturday || d == time.Sunday }

// Add is the n-th working day after from, which is not counted itself (Civil Code art. 201; short terms
// of administrative law are working days by Administrative Penalty Law art. 85). So the first day that
// counts is the first working day after from, whether or not from is one. With n = 0 it is from.
//
// The result is always a working day, so that the extension of a term that ends on a day off (Civil Code
// art. 203) never applies to it. It is false where the calendar has no data for a day on the way, and for
// a negative n.
func (c Calendar) Add(from Day, n int) (Day, bool) {
	if _, err := ParseDay(string(from)); err != nil || n < 0 {
		return "", false
	}
	t, d := from.Start(), from
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if !c.Covers(t.Year()) {
			return "", false
		}
		if d = DayOf(t); c.worked(d, t.Weekday()) {
			n--
		}
	}
	return d, true
}

// Covers reports whether the calendar has data for year y.
func (c Calendar) Covers(y int) bool {
	_, ok := c.years[y]
	return ok
}

// Notice is the notice on which the days of year y rest, or "".
func (c Calendar) Notice(y int) string { return c.years[y] }

// LastYear is the last year for which the calendar has data, or 0.
func (c Calendar) LastYear() int { return c.last }
