package compliance

import (
	"time"

	"shixin/shared/workday"
)

// Clock is how many working days a step may take. Nil is unset: no number is invented, and nothing is late by it.
type Clock struct {
	WorkingDays *int   `json:"working_days"`
	SetBy       string `json:"set_by,omitempty"`
}

// Clocks are those of supervision that no law states.
type Clocks struct {
	Contest Clock // from a contest to its outcome
}

// Due is the last day of a clock. By is nil where the clock is unset, or Pending says that the calendar does not reach so far.
type Due struct {
	By      *workday.Day `json:"by"`
	Pending string       `json:"pending,omitempty"` // "calendar"
	SetBy   string       `json:"set_by,omitempty"`
}

// PendingCalendar is why a day cannot be told yet: the official calendar of its year is not out.
const PendingCalendar = "calendar"

// From is when a clock that starts behind a day runs out; nil where it is unset.
func (c Clock) From(day workday.Day, calendar workday.Calendar) *Due {
	if c.WorkingDays == nil {
		return nil
	}
	d := &Due{SetBy: c.SetBy}
	if by, known := calendar.Add(day, *c.WorkingDays); known {
		d.By = &by
	} else {
		d.Pending = PendingCalendar
	}
	return d
}

// Over reports whether the clock has run out at a moment; a day that is pending has not.
func (d *Due) Over(now time.Time) bool { return d != nil && d.By != nil && workday.DayOf(now) > *d.By }
