package supervision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

// order reads the whole order of inspection in pages, as "uscc=points".
func (w *world) order(who access.Principal, limit int) string {
	w.t.Helper()
	var all []string
	var from supervision.RiskPlace
	for range 100 {
		views, next, err := w.ByRisk(context.Background(), who, w.now, from, limit)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, v := range views {
			points, _ := json.Marshal(v.Risk.Points)
			all = append(all, fmt.Sprintf("%s=%s", v.USCC[8:16], points))
		}
		if next == nil {
			return strings.Join(all, " ")
		}
		from = *next
	}
	w.t.Fatal("the pages do not end")
	return ""
}

func TestOrderOfInspection(t *testing.T) {
	stored := &risksOf{Model: tabletest.NewModel(), keys: map[table.Key]bool{}}
	w := newWorld(t, stored)
	w.register(1, supplier(code(90)))
	w.register(2, in("shareholder", supplier(code(90))))
	w.register(3)
	north := enterprise(in("shareholder", supplier(code(90))))
	north.Region, north.Authority = "110000", "beijing"
	w.put(w.call(officer), code(4), north)
	w.list("x", true, w.ref("uscc", code(90)))
	closed(t, w.day(), 4, 0)
	// A supplier's listing weighs 4 points and an owner's 10, both doubled by the rule.
	const at1, at2, at4 = "00000001", "00000002", "00000004"
	want := fmt.Sprintf("%s=20 %s=20 %s=8", at2, at4, at1)
	if code(4) < code(2) {
		want = fmt.Sprintf("%s=20 %s=20 %s=8", at4, at2, at1)
	}
	for _, limit := range []int{1, 2, 50} {
		if got := w.order(officer, limit); got != want {
			t.Errorf("the nation, %d a page: %s, want %s", limit, got, want)
		}
		if got := w.order(auditor, limit); got != want {
			t.Errorf("the auditor, %d a page: %s, want %s", limit, got, want)
		}
		if got := w.order(cityOfficer, limit); got != at2+"=20 "+at1+"=8" {
			t.Errorf("the city, %d a page: %s", limit, got)
		}
	}
	county := cityOfficer
	county.Region, county.Authority = "320505", "sip"
	if got := w.order(county, 50); got != "" {
		t.Errorf("a county: %s", got)
	}
	finance := cityOfficer
	finance.Sectors, finance.Authority = []string{"finance"}, "bank"
	if got := w.order(finance, 50); got != "" {
		t.Errorf("another sector: %s", got)
	}
	far := access.Principal{Account: "far", Person: "p9", Role: access.Officer, Authority: "beijing", Region: "320500", Level: access.City, Sectors: []string{"finance"}}
	if got := w.order(far, 50); got != at4+"=20" {
		t.Errorf("its own, elsewhere: %s", got)
	}

	// Summands are shown; age makes them heavier, once in a while and not with every run.
	views, _, err := w.ByRisk(context.Background(), officer, w.now, supervision.RiskPlace{}, 1)
	if err != nil || len(views[0].Risk.Summands) != 1 || views[0].Risk.Summands[0].Rule != "listed" || views[0].Risk.Summands[0].SeverityPoints != 10 {
		t.Fatalf("%+v, %v", views, err)
	}
	stored.writes = 0
	w.day()
	if stored.writes != 0 {
		t.Errorf("a run that changed nothing wrote %d places", stored.writes)
	}
	w.now = w.now.AddDate(0, 0, 30)
	w.day()
	if got := w.order(cityOfficer, 50); got != at2+"=30 "+at1+"=12" {
		t.Errorf("a month later: %s", got)
	}

	// One that moves is seen there; one that is cured is out of sight; nothing is left behind.
	call, any := w.call(officer), 0
	call.IfMatch = &any
	moved := enterprise(in("shareholder", supplier(code(90))))
	moved.Region = "330100"
	w.put(call, code(2), moved)
	if got := w.order(cityOfficer, 50); got != at1+"=12" {
		t.Errorf("after one has moved away: %s", got)
	}
	zhejiang := cityOfficer
	zhejiang.Region, zhejiang.Authority = "330000", "zhejiang"
	if got := w.order(zhejiang, 50); got != at2+"=30" {
		t.Errorf("where it has moved to: %s", got)
	}
	w.remove("x", w.ref("uscc", code(90)))
	w.day()
	if got := w.order(officer, 50); got != "" || len(stored.keys) != 0 {
		t.Errorf("all cured: %q, stored %v", got, stored.keys)
	}
}

// risksOf notes what of the order of inspection is stored.
type risksOf struct {
	*tabletest.Model
	keys   map[table.Key]bool
	writes int
}

func (r *risksOf) Write(ctx context.Context, b table.Batch) error {
	if err := r.Model.Write(ctx, b); err != nil {
		return err
	}
	for _, op := range b.Ops {
		if strings.HasPrefix(op.Item.Partition, "risk#") {
			r.writes++
			if op.Kind == table.Put {
				r.keys[op.Item.Key] = true
			} else {
				delete(r.keys, op.Item.Key)
			}
		}
	}
	return nil
}

// Many enterprises that change at once: more than one Write holds.
func TestOrderOfManyAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.PageSize = 200
	shard, n := records.ShardOf(code(1)), 0
	var rows []supervision.Row
	for k := 1; len(rows) < 150; k++ {
		if records.ShardOf(code(k)) == shard {
			n++
			rows = append(rows, supervision.Row{Line: n, USCC: code(k), Enterprise: enterprise(supplier(code(999999)))})
		}
	}
	if _, err := w.Import(context.Background(), w.call(officer), rows); err != nil {
		t.Fatal(err)
	}
	w.list("x", true, w.ref("uscc", code(999999)))
	closed(t, w.day(), 150, 0)
	if got := strings.Fields(w.order(officer, 33)); len(got) != 150 {
		t.Errorf("%d of 150 are in the order", len(got))
	}
}
