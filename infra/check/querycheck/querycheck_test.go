package querycheck_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"shixin/infra/alarms"
	"shixin/infra/check/journalcheck"
	"shixin/infra/check/querycheck"
	"shixin/shared/querylog"
	"shixin/shared/querylog/ledger"
	rt "shixin/shared/register/registertest"
	"shixin/shared/table"
	"shixin/shared/table/bolt"
)

// filled is a log of five queries of the operator, in two parts, and one of the auditor.
func filled(t *testing.T, w *rt.World) {
	t.Helper()
	l := &ledger.Ledger{Store: w.Store, Alarms: alarms.Load}
	log := &querylog.Log{Store: w.Store, Queue: w.Queue, Hash: w.Hash}
	for _, part := range [][]int{{0, 1, 2}, {3, 4}, {5}} {
		var bodies []string
		for _, i := range part {
			who := rt.Operator
			if i == 5 {
				who = rt.Auditor
			}
			w.Must(log.Tell(t.Context(), who, querylog.Query{Request: fmt.Sprintf("r-%d", i), At: w.Now, Route: "POST /v1/status", What: []string{"x"}, Count: 2, Purpose: "secret purpose"}))
			bodies = append(bodies, w.Queue.Take()[0].Body)
		}
		for _, err := range l.Append(t.Context(), bodies, w.Now) {
			w.Must(err)
		}
	}
}

const (
	chain = "query#2026-03-02#account:operator"
	first = "part#000000000001"
)

// change rewrites a stored item.
func change(w *rt.World, sort string, f func(map[string]any)) {
	w.T.Helper()
	items, err := w.Table.Get(w.Ctx(), table.Read{Now: w.Now, Keys: []table.Key{{Partition: chain, Sort: sort}}})
	w.Must(err)
	var doc map[string]any
	w.Must(json.Unmarshal(items[0].Doc, &doc))
	f(doc)
	items[0].Doc, err = json.Marshal(doc)
	w.Must(err)
	w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.PutOp(items[0], table.Condition{})}}))
}

func record(d map[string]any, i int) map[string]any { return d["records"].([]any)[i].(map[string]any) }

func TestWhatIsNotWholeIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(w *rt.World)
		says   string
	}{
		"nothing": {func(*rt.World) {}, ""},
		"verdict changed": {func(w *rt.World) {
			change(w, first, func(d map[string]any) { record(d, 1)["identifiers"] = 1 })
		}, "record 2 is not what its hash says"},
		"texts changed": {func(w *rt.World) {
			change(w, first, func(d map[string]any) { record(d, 1)["sealed"] = record(d, 0)["sealed"] })
		}, "the texts of record 2 do not open"},
		"record taken out": {func(w *rt.World) {
			change(w, first, func(d map[string]any) { d["records"] = d["records"].([]any)[:2] })
		}, "record 4 follows record 2"},
		"part lost": {func(w *rt.World) {
			w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.DeleteOp(table.Key{Partition: chain, Sort: "part#000000000004"}, table.Condition{})}}))
		}, "ends with record 3, and its head is at 5"},
		"head counts less": {func(w *rt.World) { change(w, "head", func(d map[string]any) { d["identifiers"] = 3 }) }, "the head counts 3 identifiers, and the records 10"},
		"head lost": {func(w *rt.World) {
			w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.DeleteOp(table.Key{Partition: chain, Sort: "head"}, table.Condition{})}}))
		}, "a place and no head"},
	} {
		t.Run(name, func(t *testing.T) {
			w := rt.New(t)
			filled(t, w)
			c.damage(w)
			r, err := querycheck.Run(t.Context(), w.Store, w.Hash, w.Now)
			w.Must(err)
			all := strings.Join(r.Problems, "\n")
			if !strings.Contains(all, c.says) || (all == "") != (c.says == "") {
				t.Errorf("%q does not say %q", all, c.says)
			}
			if c.says == "" && (r.Chains != 2 || r.Records != 6 || r.Texts != 6) {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	b, err := bolt.Open(filepath.Join(dir, "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := rt.On(t, b)
	filled(t, w)
	change(w, first, func(d map[string]any) { record(d, 0)["account"] = "x" })
	w.Must(b.Close())
	var out bytes.Buffer
	err = querycheck.Command(t.Context(), &out, journalcheck.Where{Data: dir})
	if !errors.Is(err, querycheck.ErrUnsound) || !strings.Contains(out.String(), "record 1") {
		t.Errorf("%v: %s", err, &out)
	}
}
