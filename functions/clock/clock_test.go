package clock

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"shixin/infra/calendars"
	"shixin/shared/register"
)

// The alarm rings before deadlines reach beyond the calendar, and not earlier.
func TestCalendarAlarm(t *testing.T) {
	calendar, err := calendars.Load()
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(calendar.LastYear(), 12, 31, 4, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		before int // days before the calendar's end
		rings  bool
	}{{300, false}, {ahead, false}, {ahead - 1, true}, {0, true}, {-30, true}} {
		var log bytes.Buffer
		d := Deps{Register: &register.Register{Calendar: calendars.Load}, Log: slog.New(slog.NewJSONHandler(&log, nil))}
		if err := d.watchCalendar(end.AddDate(0, 0, -tt.before)); err != nil {
			t.Fatal(err)
		}
		if rang := strings.Contains(log.String(), `"alarm":"calendar"`); rang != tt.rings {
			t.Errorf("%d days before the end: rang %t, want %t", tt.before, rang, tt.rings)
		}
	}
}
