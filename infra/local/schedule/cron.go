package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cron holds the allowed values of each field, ascending.
type cron struct {
	minutes, hours, days, months, weekdays, years []int
	anyDay, anyWeekday                            bool // written as ?
}

const firstYear, lastYear = 1970, 2999

var (
	monthNames = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

func parseCron(fields []string) (*cron, error) {
	if len(fields) != 6 {
		return nil, fmt.Errorf("cron has six fields: minutes, hours, day of month, month, day of week, year")
	}
	c := &cron{anyDay: fields[2] == "?", anyWeekday: fields[4] == "?"}
	if c.anyDay == c.anyWeekday {
		return nil, fmt.Errorf("exactly one of day of month and day of week must be ?")
	}
	for i, f := range []struct {
		what     string
		into     *[]int
		min, max int
		names    []string
	}{
		{"minutes", &c.minutes, 0, 59, nil},
		{"hours", &c.hours, 0, 23, nil},
		{"day of month", &c.days, 1, 31, nil},
		{"month", &c.months, 1, 12, monthNames},
		{"day of week", &c.weekdays, 1, 7, dayNames},
		{"year", &c.years, firstYear, lastYear, nil},
	} {
		if fields[i] == "?" && (i == 2 || i == 4) {
			fields[i] = "*"
		}
		values, err := parseField(fields[i], f.min, f.max, f.names)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.what, err)
		}
		*f.into = values
	}
	return c, nil
}

func parseField(text string, low, high int, names []string) ([]int, error) {
	var values []int
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		by := 1
		if stepped {
			var err error
			if by, err = strconv.Atoi(step); err != nil || by < 1 || by > high {
				return nil, fmt.Errorf("%q is no step", step)
			}
		}
		from, to := low, high
		if span != "*" {
			a, b, ranged := strings.Cut(span, "-")
			var err error
			if from, err = parseValue(a, low, high, names); err != nil {
				return nil, err
			}
			switch {
			case ranged:
				if to, err = parseValue(b, low, high, names); err != nil {
					return nil, err
				}
			case !stepped:
				to = from
			}
			if to < from {
				return nil, fmt.Errorf("%q runs backwards", span)
			}
		}
		for v := from; v <= to; v += by {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return slices.Compact(values), nil
}

func parseValue(text string, low, high int, names []string) (int, error) {
	if i := slices.Index(names, strings.ToUpper(text)); i >= 0 {
		return i + low, nil
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < low || v > high {
		return 0, fmt.Errorf("%q is not from %d to %d", text, low, high)
	}
	return v, nil
}

// next walks the days from t on; a cron without a time in forty years has none.
func (c *cron) next(t time.Time) time.Time {
	y, m, d := t.Date()
	for i := range 40 * 366 {
		day := time.Date(y, m, d+i, 0, 0, 0, 0, t.Location())
		if !c.on(day) {
			continue
		}
		for _, hour := range c.hours {
			for _, minute := range c.minutes {
				at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, t.Location())
				if at.After(t) && at.Hour() == hour { // an hour that a zone skips in spring is another one
					return at
				}
			}
		}
	}
	return time.Time{}
}

func (c *cron) on(day time.Time) bool {
	return slices.Contains(c.days, day.Day()) && slices.Contains(c.months, int(day.Month())) &&
		slices.Contains(c.weekdays, int(day.Weekday())+1) && slices.Contains(c.years, day.Year())
}
