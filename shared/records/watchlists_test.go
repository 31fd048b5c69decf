package records_test

import (
	"flag"
	"slices"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/journal"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/table/tabletest"
)

var updateWatch = flag.Bool("update-watch", false, "rewrite the golden items of watch lists")

// The stored shape of watch lists, alerts and what was told apart: what was written once has to be read for ever.
func TestGoldenWatchItems(t *testing.T) {
	now := time.Date(2026, 10, 8, 1, 2, 3, 4e6, time.UTC)
	rec := &recorder{Table: tabletest.NewModel()}
	s := &records.Store{Table: rec}
	list, err := s.WatchList(t.Context(), now, "account:bank", "suppliers")
	if err != nil || list.Found() {
		t.Fatal(err, list.Found())
	}
	b := &records.Batch{}
	list = b.PutWatchList(list, records.WatchState{Role: access.Operator, Draft: &records.WatchDraft{ID: "06h1", Parts: 2, Came: map[int]records.WatchPart{1: {Entries: 20, Blob: "b/1"}}}})
	if err := s.Commit(t.Context(), now, b); err != nil {
		t.Fatal(err)
	}
	b = &records.Batch{}
	b.PutWatchList(list, records.WatchState{Version: 1, Role: access.Enterprise, USCC: uscc, Made: "06h0", Entries: 40, Named: 3, At: now, Since: 7,
		Cursor: records.WatchCursor{N: 9, Part: 2}})
	b.PutAlert("account:bank", records.Alert{
		List: "suppliers", Entry: "abcdefghijklmnopqrstuvwxyz", N: 9, At: now, Type: journal.Corrected, Listing: "l-1", Regime: "telecom-fraud", Ground: "designated-trading",
		Authority: "suzhou", Kind: subject.Organization, Verdict: "possible", Score: 0.875, From: "2026-01-01", Until: "2028-01-01", Measures: []string{"m"}, Published: true,
		Stays: []journal.Stay{{What: []string{"publication"}, Until: "2026-11-01"}}, Cause: "appeal", Left: true, Sealed: []byte("sealed"), EntrySide: "e", ListingSide: "l", USCCs: []string{uscc},
	})
	b.PutDistinction("account:bank", records.Distinction{}, records.Distinction{Listing: "l-1", EntrySide: "e", ListingSide: "l", By: "bank", At: now, Sealed: []byte("sealed"), Withdrawn: true})
	b.PutConfirmation(records.Confirmations{Listing: "l-1"}, records.Confirmation{USCC: uscc, ListingSide: "l", Authority: "suzhou", By: "officer", At: now, Reason: "Another one.", Version: 1})
	if err := s.Commit(t.Context(), now, b); err != nil {
		t.Fatal(err)
	}
	told, err := s.Announced(t.Context(), now)
	if err != nil || s.PutAnnounced(t.Context(), now, told, 9) != nil {
		t.Fatal(err)
	}
	compareGolden(t, "watch.golden", *updateWatch, rec.items)

	alerts, err := s.Alerts(t.Context(), now, "account:bank", "", 9, 10)
	if err != nil || len(alerts) != 1 || alerts[0].ID != records.AlertID(9, alerts[0].Entry) {
		t.Errorf("%+v %v", alerts, err)
	}
	for _, c := range []struct {
		after string
		upto  int64
	}{{"", 8}, {alerts[0].ID, 9}, {records.AlertsFrom(10), 20}} {
		if got, err := s.Alerts(t.Context(), now, "account:bank", c.after, c.upto, 10); err != nil || len(got) != 0 {
			t.Errorf("after %q up to %d: %d, %v", c.after, c.upto, len(got), err)
		}
	}
	if keys, err := s.Alerted(t.Context(), now, "account:bank", "suppliers", "l-1"); err != nil || !slices.Equal(keys, []string{"abcdefghijklmnopqrstuvwxyz"}) {
		t.Errorf("%v %v", keys, err)
	}
	all, next, err := s.AllWatchLists(t.Context(), now, "", 5)
	if err != nil || next != "" || len(all) != 1 || all[0].Owner != "account:bank" || all[0].Name != "suppliers" {
		t.Errorf("%+v %q %v", all, next, err)
	}
	if own, err := s.OwnWatchLists(t.Context(), now, "account:bank"); err != nil || len(own) != 1 || own[0].State.Cursor.Part != 2 {
		t.Errorf("%+v %v", own, err)
	}
}
