package supervision_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/supervision"
)

func TestRunFindsWhoIsListedAndWhosePartyIs(t *testing.T) {
	w := newWorld(t, openBolt(t))
	var rows []supervision.Row
	for n := range 300 {
		row := supervision.Row{Line: n + 1, USCC: code(n), Enterprise: enterprise(supplier(code(1000 + n)))}
		if n == 7 {
			row.Parties = append(row.Parties, represented)
		}
		rows = append(rows, row)
	}
	reply, err := w.Import(context.Background(), w.call(officer), rows)
	if err != nil {
		t.Fatal(err)
	}
	if r := into[supervision.Receipt](t, reply.Body); r.Accepted != 300 || r.Total != 0 {
		t.Fatalf("import: %s", reply.Body)
	}
	w.list("self", true, w.ref("uscc", code(3)))
	w.list("party", true, w.ref("uscc", code(1005)))
	w.list("person", false, w.ref("cn-id", cnID))
	w.list("gone", true, w.ref("uscc", code(9)))
	w.remove("gone", w.ref("uscc", code(9)))

	run := w.day()
	closed(t, run, 300, 0)
	if got := run.Counts.Outcomes; got[compliance.Fail] != 3 || got[compliance.Pass] != 297 {
		t.Errorf("outcomes %v, want 3 fail and 297 pass", got)
	}
	for n, want := range map[int]string{3: "self self high", 5: "supplier party medium", 7: "legal-representative person high"} {
		f := w.findings(officer, code(n))
		if len(f) != 1 || len(f[0].Inputs) != 1 {
			t.Fatalf("enterprise %d has findings %+v, want one with one input", n, f)
		}
		if got := fmt.Sprintf("%s %s %s", f[0].Inputs[0].Of, f[0].Inputs[0].Listing, f[0].Severity); got != want {
			t.Errorf("enterprise %d: %q, want %q", n, got, want)
		}
		if f[0].Pins.ListVersion != 5 || f[0].State != compliance.Open {
			t.Errorf("enterprise %d: %+v, want open at list version 5", n, f[0])
		}
	}
	if f := w.findings(officer, code(7)); strings.Contains(fmt.Sprint(f), cnID) {
		t.Error("a finding shows a personal identifier in clear")
	}
	if f := w.findings(owner(code(7)), code(7)); len(f) != 0 {
		t.Errorf("the enterprise sees %+v, which rests on a listing that is not published", f)
	}
	if f := w.findings(owner(code(5)), code(5)); len(f) != 1 || len(f[0].Inputs) != 1 {
		t.Errorf("the enterprise sees %+v, want the finding that rests on a published listing", f)
	}

	all := map[string]compliance.Outcome{}
	var from supervision.ResultPlace
	for {
		items, next, err := w.Results(context.Background(), auditor, w.now, run.ID, supervision.ResultFilter{}, from, 37)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			all[i.USCC] = i.Outcome
		}
		if next == nil {
			break
		}
		from = *next
	}
	if len(all) != 300 || all[code(3)] != compliance.Fail || all[code(9)] != compliance.Pass {
		t.Errorf("results hold %d enterprises, want 300", len(all))
	}
	failed, _, err := w.Results(context.Background(), auditor, w.now, run.ID, supervision.ResultFilter{Outcome: compliance.Fail}, supervision.ResultPlace{}, 500)
	if err != nil || len(failed) != 3 {
		t.Errorf("results of outcome fail: %v, %v; want 3", failed, err)
	}
}

func TestFindingIsCuredAndReopened(t *testing.T) {
	w := newWorld(t, nil)
	u := w.register(1, supplier(code(2)))
	party := w.ref("uscc", code(2))
	w.list("first", true, party)
	w.day()
	w.day()
	if f := w.findings(officer, u); events(f[0]) != "opened standing" {
		t.Fatalf("after two runs: %q, want opened and standing", events(f[0]))
	}
	w.remove("first", party)
	w.day()
	if f := w.findings(owner(u), u); f[0].State != compliance.Cured || events(f[0]) != "opened cured" {
		t.Fatalf("after the listing ended: %s %q", f[0].State, events(f[0]))
	}
	w.list("second", true, party)
	w.day()
	f := w.findings(officer, u)
	if len(f) != 1 || f[0].State != compliance.Open || events(f[0]) != "opened cured reopened" || f[0].Inputs[0].Listing != "second" {
		t.Fatalf("after another listing: %+v", f)
	}
	before := dump(t, w)
	w.day()
	for key, doc := range dump(t, w) {
		if strings.HasPrefix(key, "finding#") && doc != before[key] {
			t.Errorf("a finding that did not change was written: %s", doc)
		}
	}
}

func TestRejudgingGivesTheSameBytes(t *testing.T) {
	w := newWorld(t, nil)
	u := w.register(1, supplier(code(2)), represented)
	w.list("x", true, w.ref("uscc", code(2)))
	w.list("y", false, w.ref("cn-id", cnID))
	w.day()
	f := w.findings(officer, u)[0]
	w.remove("x", w.ref("uscc", code(2)))
	version := 1
	call := w.call(officer)
	call.IfMatch = &version
	w.put(call, u, enterprise()) // its parties are gone
	w.day()
	for _, who := range []access.Principal{officer, auditor} {
		p, err := w.Prove(context.Background(), who, w.now, u, f.ID)
		if err != nil || p.Identical == nil || !*p.Identical || len(p.Again.Inputs) != 2 || p.Run != f.Pins.Run {
			t.Fatalf("judged again: %+v, %v", p, err)
		}
	}
	// What it rests on is not all published, which its subject does not learn this way.
	if _, err := w.Prove(context.Background(), owner(u), w.now, u, f.ID); !errors.Is(err, fault.Forbidden) {
		t.Errorf("its enterprise: %v", err)
	}
}

// A schedule's time is in whole seconds, and so may be behind what was ordered a moment ago.
func TestTheLaterRunIsTheLaterFinding(t *testing.T) {
	w := newWorld(t, nil)
	w.now = start.Add(500 * time.Millisecond)
	u := w.register(1, supplier(code(2)))
	w.list("x", true, w.ref("uscc", code(2)))
	if _, err := w.Start(context.Background(), w.call(officer), supervision.Order{}); err != nil {
		t.Fatal(err)
	}
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	any := 0
	call := w.call(officer)
	call.IfMatch = &any
	w.put(call, u, enterprise())
	if _, err := w.Schedule(context.Background(), start); err != nil {
		t.Fatal(err)
	}
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	if f := w.findings(officer, u); f[0].State != compliance.Cured || events(f[0]) != "opened cured" {
		t.Errorf("the finding is %s: %s", f[0].State, events(f[0]))
	}
}

func TestAnEmptyRegisterClosesAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	closed(t, w.day(), 0, 0)
}

func TestOverlappingRunsAndScopes(t *testing.T) {
	w := newWorld(t, nil)
	w.register(1)
	e := enterprise()
	e.Sectors, e.Region = []string{"finance"}, "110000"
	w.put(w.call(officer), code(2), e)
	w.list("x", true, w.ref("uscc", code(1)), w.ref("uscc", code(2)))
	start := func(o supervision.Order) string {
		t.Helper()
		reply, err := w.Start(context.Background(), w.call(officer), o)
		if err != nil || reply.Status != 202 {
			t.Fatal(reply, err)
		}
		return into[struct{ ID string }](t, reply.Body).ID
	}
	all := start(supervision.Order{})
	finance := start(supervision.Order{Scope: compliance.Scope{Sector: "finance"}})
	jiangsu := start(supervision.Order{Packs: []string{"listed"}, Scope: compliance.Scope{Region: "320000"}})
	nobody := start(supervision.Order{Scope: compliance.Scope{Authority: "none"}})
	slices.Reverse(w.box.bodies)
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	closed(t, w.run(all), 2, 0)
	closed(t, w.run(finance), 1, 0)
	closed(t, w.run(jiangsu), 1, 0)
	closed(t, w.run(nobody), 0, 0)
	for _, u := range []string{code(1), code(2)} {
		if f := w.findings(officer, u); len(f) != 1 || f[0].Runs[0].Event != compliance.Opened {
			t.Errorf("findings %+v, want one that was opened once", f)
		}
	}
}
