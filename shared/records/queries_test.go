package records_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/access"
	"shixin/shared/inquiry"
	"shixin/shared/records"
	"shixin/shared/table/tabletest"
)

var updateQueries = flag.Bool("update-queries", false, "rewrite the golden items of the log of queries")

// compareGolden holds stored items against a golden file, which it writes with its flag.
func compareGolden(t *testing.T, file string, update bool, items []string) {
	t.Helper()
	path, got := filepath.Join("testdata", file), strings.Join(items, "\n")
	if update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-stored so far +now:\n%s", diff)
	}
}

// The stored shape of the log of queries: what was written once has to be read for ever.
// limits lets a quota of 3 run out, and nothing else ring.
var limits = inquiry.Limits{Quota: 3, Alarms: inquiry.Alarms{
	Walking: inquiry.Share{Least: 100, Percent: 1}, Guessing: inquiry.Share{Least: 100, Percent: 1}, Striking: inquiry.Share{Least: 100, Percent: 1}, Past: inquiry.Past{LeastDays: 2},
}}

func TestGoldenQueryItems(t *testing.T) {
	now := time.Date(2026, 10, 8, 1, 2, 3, 4e6, time.UTC)
	rec := &recorder{Table: tabletest.NewModel()}
	s := &records.Store{Table: rec}
	chain := records.QueryChain{Caller: "account:bank", Day: "2026-10-08"}
	for _, id := range []string{"r-1", "r-2"} {
		day, err := s.QueryDay(t.Context(), now, chain)
		if err != nil {
			t.Fatal(err)
		}
		if day.State.N == 0 {
			day.State = inquiry.Begin([]inquiry.Day{{Identifiers: 9, Hits: 1}})
		}
		after, r, told := day.State.Append(inquiry.Record{
			ID: id, At: now, Account: "bank", Person: "xu", Role: access.Operator, Route: "POST /v1/status", Sealed: []byte("sealed"), Texts: strings.Repeat("a", 64),
			Asked: "1.abc", Identifiers: 2, Invalid: 1, ListVersion: 7, Verdicts: map[string]int{"listed": 1, "unknown": 1},
		}, inquiry.Trail{Steps: 1, Ends: []string{"abcdefghijkl"}}, limits)
		b := &records.Batch{}
		b.AppendQueries(now, day, after, []inquiry.Record{r})
		if len(told) > 0 {
			b.PutExhausted(chain, 3)
		}
		if err := s.Commit(t.Context(), now, b); err != nil {
			t.Fatal(err)
		}
	}
	compareGolden(t, "queries.golden", *updateQueries, rec.items)
}

func TestQueriesAreAppendedOnce(t *testing.T) {
	now := time.Date(2026, 10, 8, 1, 2, 3, 4e6, time.UTC)
	s := &records.Store{Table: tabletest.NewModel()}
	chain := records.QueryChain{Caller: "a#b", Day: "2026-10-08"}
	put := func(day records.QueryDay, id string) error {
		after, r, _ := day.State.Append(inquiry.Record{ID: id, At: now, Account: "a"}, inquiry.Trail{}, limits)
		b := &records.Batch{}
		b.AppendQueries(now, day, after, []inquiry.Record{r})
		return s.Commit(t.Context(), now, b)
	}
	empty, err := s.QueryDay(t.Context(), now, chain)
	if err != nil || put(empty, "r-1") != nil {
		t.Fatal(err)
	}
	if err := put(empty, "r-2"); !records.IsLost(err) {
		t.Errorf("on a head that has moved: %v", err)
	}
	next, err := s.QueryDay(t.Context(), now, chain)
	if err != nil {
		t.Fatal(err)
	}
	if err := put(next, "r-1"); !records.IsLost(err) {
		t.Errorf("a request that is in the log: %v", err)
	}
	if chains, _, err := s.QueryChains(t.Context(), now, "2026-10-08", "2026-10-08", "", 9); err != nil || len(chains) != 1 || chains[0] != chain {
		t.Errorf("chains %v %v", chains, err)
	}
	if got, err := s.Queries(t.Context(), now, chain, 0, 9); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
	if got, err := s.Queries(t.Context(), now, chain, 1, 9); err != nil || len(got) != 0 {
		t.Errorf("behind the last: %v %v", got, err)
	}
}
