package supervision_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

// dump is everything stored about runs and findings, by key, with versions.
func dump(t testing.TB, w *world) map[string]string {
	t.Helper()
	out := map[string]string{}
	partitions := []string{"run#all", "run#open", "risk#in#320000", "risk#in#320500", "risk#by#nation", "work#nation"}
	for n := range records.Shards {
		partitions = append(partitions, fmt.Sprintf("finding#%03d", n), fmt.Sprintf("risk#of#%03d", n), fmt.Sprintf("standing#%03d", n))
	}
	ids, _, err := w.Store.Runs(context.Background(), w.now, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range ids {
		partitions = append(partitions, "run#"+h.ID)
	}
	for _, p := range partitions {
		page, err := w.table.Query(context.Background(), table.Range{Now: w.now, Partition: p, Limit: table.MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			out[item.Partition+" "+item.Sort] = fmt.Sprintf("v%d %s", item.Version, item.Doc)
		}
	}
	return out
}

// same brings what two worlds have stored to one form: ids and keys of runs are random.
func same(t testing.TB, w *world, id string) map[string]string {
	t.Helper()
	run := w.run(id)
	key, _ := json.Marshal(run.Key)
	out := map[string]string{}
	for k, doc := range dump(t, w) {
		doc = strings.NewReplacer(id, "ID", string(key), "KEY", run.Pins.Snapshot, "SNAPSHOT").Replace(doc)
		out[strings.ReplaceAll(k, id, "ID")] = doc
	}
	return out
}

// crowd registers enterprises that lie in three shards, with some that fail.
func crowd(w *world) {
	for n, shards := 0, map[int]int{}; n < 40; {
		for i := 0; ; i++ {
			u := code(n*10000 + i)
			s := records.ShardOf(u)
			if _, has := shards[s]; !has && len(shards) == 3 {
				continue
			}
			shards[s]++
			party := supplier(code(90000000 + n%9))
			if n%2 == 0 { // who owns it weighs more: a rung is proposed
				party.Role = "shareholder"
			}
			w.put(w.call(officer), u, enterprise(party))
			break
		}
		n++
	}
	w.list("x", true, w.ref("uscc", code(90000004)))
}

func TestKilledAnywhereTheRunStoresTheSame(t *testing.T) {
	killedAnywhere(t, func(c *cut) *world {
		w := newWorld(t, c)
		crowd(w)
		return w
	}, 40)
}

// The same with all rule packs over reported figures: the first pass is cut off too, and begun again.
func TestKilledAnywhereWithFigures(t *testing.T) {
	killedAnywhere(t, func(c *cut) *world {
		w := newRuled(t, c)
		var rows []supervision.ReportRow
		for n := range 5 {
			owner := supplier(code(90000000 + n%2))
			owner.Role = "shareholder"
			w.register(n, owner)
			for _, r := range yearOf(t, n*7, w.now, "telecom")[:8] {
				rows = append(rows, supervision.ReportRow{Line: len(rows) + 1, USCC: code(n), Report: r})
			}
		}
		if _, err := w.ImportReports(t.Context(), w.call(officer), rows); err != nil {
			t.Fatal(err)
		}
		w.list("x", true, w.ref("uscc", code(90000001)), w.ref("uscc", code(2)))
		return w
	}, 5)
}

// killedAnywhere cuts a run off at each of its Writes, before it took effect and after, and compares with one that was left alone.
func killedAnywhere(t *testing.T, made func(*cut) *world, enterprises int) {
	ordered := func(c *cut, at int) (*world, string) {
		w := made(c)
		w.Slice = time.Nanosecond // one page a message, and one shard of the first pass
		c.writes, c.at = nil, at
		w.now = w.now.Add(time.Hour)
		id, err := w.Schedule(context.Background(), w.now)
		if err != nil && at != 1 {
			t.Fatal(err)
		}
		return w, id
	}
	undisturbed := &cut{Table: tabletest.NewModel()}
	w, id := ordered(undisturbed, 0)
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	closed(t, w.run(id), enterprises, 0)
	want := same(t, w, id)
	if proposals := slices.DeleteFunc(slices.Collect(maps.Keys(want)), func(k string) bool { return !strings.HasPrefix(k, "work#nation proposal#") }); len(proposals) == 0 {
		t.Error("the run proposes nothing")
	}
	for n, name := range undisturbed.writes {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d of %s, applied %v", n+1, name, applied), func(t *testing.T) {
				c := &cut{Table: tabletest.NewModel(), applied: applied}
				w, id := ordered(c, n+1)
				if err := w.deliver(); n > 0 && err == nil {
					t.Fatal("nothing was killed")
				}
				w.box.bodies = nil // the process is gone, and its messages
				if n == 0 {
					var err error
					if id, err = w.Schedule(context.Background(), w.now); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Sweep(context.Background(), w.now); err != nil {
					t.Fatal(err)
				}
				if err := w.deliver(); err != nil {
					t.Fatal(err)
				}
				if got := same(t, w, id); !reflect.DeepEqual(got, want) {
					t.Errorf("stored otherwise than undisturbed:\n%v\nwant\n%v", got, want)
				}
			})
		}
	}
}

func TestMessagesDoubledLateOrLostChangeNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.Slice = time.Nanosecond
	crowd(w)
	w.now = w.now.Add(time.Hour)
	id, err := w.Schedule(context.Background(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	for len(w.box.bodies) > 0 {
		body := w.box.bodies[0]
		w.box.bodies = w.box.bodies[1:]
		sent = append(sent, body)
		for range 3 {
			if err := w.Work(context.Background(), body, w.now); err != nil {
				t.Fatal(err)
			}
		}
		w.box.bodies = slices.Compact(w.box.bodies)
	}
	closed(t, w.run(id), 40, 0)
	before := dump(t, w)
	for _, body := range sent {
		if err := w.Work(context.Background(), body, w.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Sweep(context.Background(), w.now); err != nil || len(w.box.bodies) != 0 {
		t.Errorf("a sweep after the close: %v, messages %v", err, w.box.bodies)
	}
	if !reflect.DeepEqual(before, dump(t, w)) {
		t.Error("late messages changed what is stored")
	}
	for _, body := range []string{`{`, `{}`, `{"run":"x","shard":256}`, `{"run":"x","shard":-1}`} {
		if err := w.Work(context.Background(), body, w.now); err == nil {
			t.Errorf("message %s is taken", body)
		}
	}
	if err := w.Work(context.Background(), `{"run":"none","shard":3}`, w.now); err != nil {
		t.Errorf("message for a run that is not there: %v", err)
	}
}

// Several workers get every message of two runs at once: each run closes once and nothing is counted twice.
func TestWorkersAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	crowd(w)
	w.now = w.now.Add(time.Hour)
	var ids []string
	for range 2 {
		reply, err := w.Start(context.Background(), w.call(officer), supervision.Order{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, into[struct{ ID string }](t, reply.Body).ID)
	}
	for len(w.box.bodies) > 0 {
		sent := w.box.bodies
		w.box.bodies = nil
		var workers sync.WaitGroup
		for range 4 {
			for _, body := range sent {
				workers.Go(func() {
					if err := w.Work(context.Background(), body, w.now); err != nil {
						t.Error(err)
					}
				})
			}
		}
		workers.Wait()
		slices.Sort(w.box.bodies)
		w.box.bodies = slices.Compact(w.box.bodies)
	}
	for _, id := range ids { // whoever lost a page to another left the rest to it
		closed(t, w.run(id), 40, 0)
	}
	failing := 0
	for key, doc := range dump(t, w) {
		if strings.HasPrefix(key, "finding#") {
			failing++
			if strings.Count(doc, `"event"`) != 1 {
				t.Errorf("a finding was opened more than once: %s", doc)
			}
		}
	}
	if want := w.run(ids[0]).Counts.Outcomes[compliance.Fail]; failing != want || want == 0 {
		t.Errorf("%d findings, want %d", failing, want)
	}
}

// A worker whose time is taken away stores nothing of the page it was at.
func TestCancelledWorkerLeavesThePage(t *testing.T) {
	w := newWorld(t, nil)
	crowd(w)
	w.now = w.now.Add(time.Hour)
	id, err := w.Schedule(context.Background(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	before := dump(t, w)
	if err := w.Work(ctx, w.box.bodies[0], w.now); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if !reflect.DeepEqual(before, dump(t, w)) {
		t.Error("a cancelled worker has stored something")
	}
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	closed(t, w.run(id), 40, 0)
}

func TestScheduleTwiceIsOneRun(t *testing.T) {
	w := newWorld(t, nil)
	w.register(1)
	a, err := w.Schedule(context.Background(), start)
	if err != nil {
		t.Fatal(err)
	}
	w.box.fail = true // and a queue that is away stops nothing
	b, err := w.Schedule(context.Background(), start)
	if err != nil || a != b {
		t.Errorf("the second firing gives run %s, %v; want %s", b, err, a)
	}
	w.box.fail = false
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	if heads, _, err := w.Store.Runs(context.Background(), w.now, "", 10); err != nil || len(heads) != 1 {
		t.Errorf("there are runs %v, %v; want one", heads, err)
	}
	closed(t, w.run(a), 1, 0)
}
