package schedule

import (
	"testing"
	"time"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func TestNext(t *testing.T) {
	for _, c := range []struct{ expression, after, want string }{
		{"cron(0 2 * * ? *)", "2026-11-24T01:59:59+08:00", "2026-11-24T02:00:00+08:00"},
		{"cron(0 2 * * ? *)", "2026-11-24T02:00:00+08:00", "2026-11-25T02:00:00+08:00"},
		{"cron(5 0 * * ? *)", "2026-12-31T16:30:00Z", "2027-01-02T00:05:00+08:00"},
		{"cron(0/15 8-9 ? * MON-FRI *)", "2026-11-20T09:45:00+08:00", "2026-11-23T08:00:00+08:00"},
		{"cron(0/15 8-9 ? * MON-FRI *)", "2026-11-23T08:01:00+08:00", "2026-11-23T08:15:00+08:00"},
		{"cron(30 12 29 2 ? *)", "2026-01-01T00:00:00+08:00", "2028-02-29T12:30:00+08:00"},
		{"cron(0 0 1,15 JAN,jul ? *)", "2026-01-15T00:00:00+08:00", "2026-07-01T00:00:00+08:00"},
		{"cron(0 0 1 1 ? 2027)", "2026-06-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"},
		{"cron(0 0 1 1 ? 2027)", "2027-06-01T00:00:00+08:00", ""},
		{"cron(0 0 31 2 ? *)", "2027-06-01T00:00:00+08:00", ""},
		{"rate(15 minutes)", "2026-11-24T01:59:59+08:00", "2026-11-24T02:14:59+08:00"},
		{"rate(1 day)", "2026-11-24T00:00:00+08:00", "2026-11-25T00:00:00+08:00"},
		{"rate(2 hours)", "2026-11-24T00:00:00+08:00", "2026-11-24T02:00:00+08:00"},
	} {
		e, err := Parse(c.expression, shanghai)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		after, _ := time.Parse(time.RFC3339, c.after)
		got := e.Next(after)
		if c.want == "" {
			if !got.IsZero() {
				t.Errorf("%s after %s: %v, want none", c.expression, c.after, got)
			}
			continue
		}
		if want, _ := time.Parse(time.RFC3339, c.want); !got.Equal(want) {
			t.Errorf("%s after %s: %v, want %s", c.expression, c.after, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestAnHourThatIsSkipped(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	e, err := Parse("cron(30 2 * * ? *)", berlin)
	if err != nil {
		t.Fatal(err)
	}
	got := e.Next(time.Date(2026, 3, 28, 12, 0, 0, 0, berlin)) // in the night to the 29th there is no half past two
	if want := time.Date(2026, 3, 30, 2, 30, 0, 0, berlin); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{
		"", "cron", "cron(", "at(2026-11-24T00:00:00)", "rate(15)", "rate(0 minutes)", "rate(-1 hours)", "rate(1 week)",
		"cron(0 2 * * *)", "cron(0 2 * * * *)", "cron(0 2 ? * ? *)", "cron(60 2 * * ? *)", "cron(0 24 * * ? *)", "cron(0 2 0 * ? *)",
		"cron(0 2 * 13 ? *)", "cron(0 2 ? * 8 *)", "cron(0 2 L * ? *)", "cron(5-1 2 * * ? *)", "cron(0/0 2 * * ? *)", "cron(0 2 * * ? 1969)",
	} {
		if _, err := Parse(text, shanghai); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cron(0/15 8-9 ? * MON-FRI *)")
	f.Add("rate(15 minutes)")
	after := time.Date(2026, 11, 24, 0, 0, 0, 0, shanghai)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text, shanghai)
		if err != nil {
			return
		}
		if next := e.Next(after); !next.IsZero() && !next.After(after) {
			t.Errorf("%q is due at %v, which is not after %v", text, next, after)
		}
	})
}
