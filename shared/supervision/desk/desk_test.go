package desk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shixin/infra/calendars"
	"shixin/infra/ladder"
	"shixin/shared/access"
	"shixin/shared/duty"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/supervision/desk"
	"shixin/shared/table/tabletest"
)

var now = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func authority(id string, level access.Level, region string) listing.Authority {
	return listing.Authority{ID: id, Level: level, Region: region}
}

// newDesk has two cities with three listings each that wait for an officer, of which the second of each is late, and a province above them.
func newDesk(t *testing.T) *desk.Desk {
	t.Helper()
	s := &records.Store{Table: tabletest.NewModel()}
	b := &records.Batch{}
	for _, a := range []listing.Authority{authority("suzhou", access.City, "320500"), authority("wuxi", access.City, "320200"), authority("hangzhou", access.City, "330100"), authority("jiangsu", access.Province, "320000")} {
		b.KnowAuthorityOf(a)
		for n := range 3 {
			w := duty.Wait{Step: "service", For: duty.Officer}
			if n == 1 {
				w.By = "2026-02-27"
			}
			b.PutWork(duty.Item{Kind: duty.Listing, ID: fmt.Sprint(a.ID, n), Authority: a.ID, Level: a.Level, Region: a.Region, Since: now, Waits: []duty.Wait{w}}, false)
		}
	}
	if err := s.Commit(context.Background(), now, b); err != nil {
		t.Fatal(err)
	}
	return &desk.Desk{Store: s, Ladder: ladder.Load, Calendar: calendars.Load}
}

func TestPages(t *testing.T) {
	d := newDesk(t)
	officer := func(id string, level access.Level, region string) access.Principal {
		return access.Principal{Role: access.Officer, Authority: id, Level: level, Region: region}
	}
	for _, c := range []struct {
		name string
		who  access.Principal
		f    desk.Filter
		want string
	}{
		{"a city sees its own", officer("suzhou", access.City, "320500"), desk.Filter{}, "[suzhou0 suzhou1 suzhou2]"},
		{"what is late", officer("suzhou", access.City, "320500"), desk.Filter{Late: true}, "[suzhou1]"},
		{"a province its own, and what is late below", officer("jiangsu", access.Province, "320000"), desk.Filter{}, "[jiangsu0 jiangsu1 jiangsu2 suzhou1 wuxi1]"},
		{"the nation what is late one level below, and where no province is known between", officer("nation", access.National, "000000"), desk.Filter{}, "[hangzhou1 jiangsu1]"},
		{"a province that asks", officer("zhejiang", access.Province, "330000"), desk.Filter{}, "[hangzhou1]"},
		{"and is known from then on", officer("nation", access.National, "000000"), desk.Filter{}, "[jiangsu1]"},
		{"a county nothing", officer("county", access.County, "320505"), desk.Filter{}, "[]"},
		{"an auditor all that is late", access.Principal{Role: access.Auditor}, desk.Filter{}, "[hangzhou1 jiangsu1 suzhou1 wuxi1]"},
		{"another kind", officer("suzhou", access.City, "320500"), desk.Filter{Kind: duty.Import}, "[]"},
		{"of the kind", officer("suzhou", access.City, "320500"), desk.Filter{Kind: duty.Listing}, "[suzhou0 suzhou1 suzhou2]"},
		{"an operator", access.Principal{Role: access.Operator}, desk.Filter{}, "[]"},
	} {
		for _, limit := range []int{1, 2, 50} {
			got := []string{}
			at := &desk.Place{}
			for calls := 0; at != nil; calls++ {
				items, next, err := d.Work(context.Background(), c.who, now, c.f, *at, limit)
				if err != nil || len(items) > limit || calls > 20 {
					t.Fatalf("%s: %d items, call %d: %v", c.name, len(items), calls, err)
				}
				for _, i := range items {
					got = append(got, i.ID)
				}
				at = next
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%s by %d: %v, want %s", c.name, limit, got, c.want)
			}
		}
	}
}
