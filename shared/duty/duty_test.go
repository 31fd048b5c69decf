package duty_test

import (
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/duty"
	"shixin/shared/workday"
)

func TestFor(t *testing.T) {
	item := duty.Item{Kind: duty.Listing, Authority: "suzhou", Level: access.City, Region: "320500", Sectors: []string{"telecom"}, Waits: []duty.Wait{
		{Step: "notice", For: duty.Officer},
		{Step: "decision", For: duty.Decider, From: "2026-03-05"},
		{Step: "consent", For: duty.Above},
		{Step: "service", For: duty.Officer, By: "2026-03-01"},
		{Step: "statements", For: duty.Subject, May: true, By: "2026-03-01"},
		{Step: "evidence", For: duty.Subject, By: "2026-03-01"},
	}}
	who := func(role access.Role, authority string, level access.Level, region string, sectors ...string) access.Principal {
		return access.Principal{Role: role, Authority: authority, Level: level, Region: region, Sectors: sectors}
	}
	for _, c := range []struct {
		name  string
		who   access.Principal
		today string
		want  string
		next  bool
	}{
		{"its officer", who(access.Officer, "suzhou", access.City, "320500", "telecom"), "2026-03-02", "notice service evidence", false},
		{"its decider, too early", who(access.Decider, "suzhou", access.City, "320500", "telecom"), "2026-03-02", "service evidence", false},
		{"its decider", who(access.Decider, "suzhou", access.City, "320500", "telecom"), "2026-03-05", "decision service evidence", false},
		{"one level up, a decider", who(access.Decider, "jiangsu", access.Province, "320000", "telecom"), "2026-03-02", "consent service evidence", false},
		{"one level up, an officer", who(access.Officer, "jiangsu", access.Province, "320000", "telecom"), "2026-03-02", "service evidence", false},
		{"one level up, of another sector", who(access.Decider, "jiangsu", access.Province, "320000", "finance"), "2026-03-02", "", false},
		{"one level up, elsewhere", who(access.Decider, "zhejiang", access.Province, "330000", "telecom"), "2026-03-02", "", false},
		{"two levels up", who(access.Decider, "nation", access.National, "000000", "telecom"), "2026-03-02", "", false},
		{"two levels up, none known between", who(access.Decider, "nation", access.National, "000000", "telecom"), "2026-03-02", "service evidence", true},
		{"two levels up, of another sector", who(access.Decider, "nation", access.National, "000000", "finance"), "2026-03-02", "", true},
		{"a neighbour", who(access.Decider, "other", access.City, "320500", "telecom"), "2026-03-02", "", false},
		{"below", who(access.Decider, "county", access.County, "320505", "telecom"), "2026-03-02", "", false},
		{"an auditor", access.Principal{Role: access.Auditor}, "2026-03-02", "service evidence", false},
		{"nobody", access.Principal{}, "2026-03-02", "", false},
	} {
		var steps []string
		for _, w := range item.For(c.who, "2026-03-02", c.next) {
			steps = append(steps, w.Step)
		}
		if c.today != "2026-03-02" {
			steps = nil
			for _, w := range item.For(c.who, "2026-03-05", c.next) {
				steps = append(steps, w.Step)
			}
		}
		if got := strings.Join(steps, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if item.Earliest() != "2026-03-01" || !item.Late("2026-03-02") || item.Late("2026-03-01") {
		t.Errorf("earliest %s", item.Earliest())
	}
}

// A day beyond the calendar is known when the next calendar is published, though the item was stored before.
func TestKnown(t *testing.T) {
	year := func(ys ...int) workday.Calendar {
		all := map[int]workday.Year{}
		for _, y := range ys {
			all[y] = workday.Year{Notice: "x"}
		}
		c, err := workday.New(all)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	stored := func() duty.Item {
		return duty.Item{Waits: []duty.Wait{{Step: "decision", Pending: "calendar", Start: "2026-12-30", Days: 3}, {Step: "service", Pending: "calendar"}, {Step: "notice", By: "2026-12-30"}}}
	}
	i := stored()
	if i.Known(year(2026)); i.Waits[0].By != "" || i.Waits[0].Pending == "" || i.Late("2027-03-01") != true || i.Waits[0].Late("2027-03-01") {
		t.Errorf("before: %+v", i.Waits)
	}
	i = stored()
	i.Known(year(2026, 2027))
	if i.Waits[0].By != "2027-01-04" || i.Waits[0].Pending != "" || !i.Waits[0].Late("2027-01-05") || i.Waits[1].Pending == "" {
		t.Errorf("after: %+v", i.Waits)
	}
}
