// Package schedule provides the next due time of EventBridge Scheduler's expressions.
package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Expression is a parsed cron(...) or rate(...).
type Expression struct {
	every time.Duration // of a rate
	cron  *cron
	zone  *time.Location
}

// Parse reads an expression whose times are those of a zone. Of Scheduler's cron syntax it knows
// six fields (minutes, hours, day of month, month, day of week, year) with *, ?, lists, ranges, steps and the names of months and
// days; not L, W and #.
func Parse(text string, zone *time.Location) (Expression, error) {
	kind, rest, ok := strings.Cut(text, "(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return Expression{}, fmt.Errorf("schedule %q: not of the form cron(...) or rate(...)", text)
	}
	fields := strings.Fields(strings.TrimSuffix(rest, ")"))
	var e Expression
	var err error
	switch kind {
	case "rate":
		e.every, err = parseRate(fields)
	case "cron":
		e.cron, err = parseCron(fields)
	default:
		err = fmt.Errorf("not of the form cron(...) or rate(...)")
	}
	if err != nil {
		return Expression{}, fmt.Errorf("schedule %q: %w", text, err)
	}
	e.zone = zone
	return e, nil
}

// Rate reports whether the expression is a rate, whose first time is when it is made.
func (e Expression) Rate() bool { return e.cron == nil }

// Next is the first due time after t: for a rate one interval later. It is zero where there is none any more.
func (e Expression) Next(t time.Time) time.Time {
	if e.cron == nil {
		return t.Add(e.every)
	}
	return e.cron.next(t.In(e.zone))
}

func parseRate(fields []string) (time.Duration, error) {
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	if len(fields) != 2 {
		return 0, fmt.Errorf("a rate is a number and a unit")
	}
	n, err := strconv.Atoi(fields[0])
	unit, ok := units[strings.TrimSuffix(fields[1], "s")]
	if err != nil || n < 1 || n > 1_000_000 || !ok {
		return 0, fmt.Errorf("a rate is a number from 1 on, and minutes, hours or days")
	}
	return time.Duration(n) * unit, nil
}
