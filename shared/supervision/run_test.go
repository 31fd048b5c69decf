package supervision_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
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
		items, next, err := w.Results(context.Background(), auditor, w.now, run.ID, "", from, 37)
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
	failed, _, err := w.Results(context.Background(), auditor, w.now, run.ID, compliance.Fail, supervision.ResultPlace{}, 500)
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
	stored, err := w.Store.FindingsOf(context.Background(), w.now, u)
	if err != nil {
		t.Fatal(err)
	}
	w.remove("x", w.ref("uscc", code(2)))
	version := 1
	call := w.call(officer)
	call.IfMatch = &version
	w.put(call, u, enterprise()) // its parties are gone
	w.day()
	v, err := w.Rejudge(context.Background(), w.now, f.Pins.Run, u, f.Pins.Enterprise)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(stored[0].State.Inputs)
	if got, _ := json.Marshal(v[0].Inputs); !bytes.Equal(got, want) || len(v[0].Inputs) != 2 {
		t.Errorf("judged again: %s, want %s", got, want)
	}
}

// dump is everything stored about runs and findings, by key, with versions.
func dump(t testing.TB, w *world) map[string]string {
	t.Helper()
	out := map[string]string{}
	partitions := []string{"run#all", "run#open"}
	for n := range records.Shards {
		partitions = append(partitions, fmt.Sprintf("finding#%03d", n))
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
			w.put(w.call(officer), u, enterprise(supplier(code(90000000+n%9))))
			break
		}
		n++
	}
	w.list("x", true, w.ref("uscc", code(90000004)))
}

func TestKilledAnywhereTheRunStoresTheSame(t *testing.T) {
	ordered := func(c *cut, at int) (*world, string) {
		w := newWorld(t, c)
		w.Slice = time.Nanosecond // one page a message
		crowd(w)
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
	closed(t, w.run(id), 40, 0)
	want := same(t, w, id)
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

func TestDamagedItemsAreIsolated(t *testing.T) {
	w := newWorld(t, nil)
	for n := range 30 {
		w.register(n)
	}
	w.list("x", true, w.ref("uscc", code(12)), w.ref("uscc", code(13)))
	w.day()
	damage := func(partition, sort string) {
		t.Helper()
		op := table.PutOp(table.Item{Key: table.Key{Partition: partition, Sort: sort}, Version: 9, Doc: []byte("{dam")}, table.Condition{})
		if err := w.table.Write(context.Background(), table.Batch{Now: w.now, Ops: []table.Op{op}}); err != nil {
			t.Fatal(err)
		}
	}
	damage(fmt.Sprintf("shard#%03d", records.ShardOf(code(11))), code(11))
	damage(fmt.Sprintf("finding#%03d", records.ShardOf(code(12))), code(12)+"#listed")
	run := w.day()
	closed(t, run, 28, 2)
	if got := run.Counts.Outcomes; got[compliance.Unknown] != 2 || got[compliance.Fail] != 1 || got[compliance.Pass] != 27 {
		t.Errorf("outcomes %v", got)
	}
	items, _, err := w.Results(context.Background(), auditor, w.now, run.ID, compliance.Unknown, supervision.ResultPlace{}, 10)
	if err != nil || len(items) != 2 || items[0].Reason != compliance.ReasonIsolated {
		t.Errorf("results of outcome unknown: %v, %v", items, err)
	}
}

func TestDamagedSnapshotIsUnknownNeverPass(t *testing.T) {
	for name, harm := range map[string]func(body []byte) []byte{
		"gone":     func([]byte) []byte { return nil },
		"short":    func(b []byte) []byte { return b[:len(b)-1] },
		"altered":  func(b []byte) []byte { b[20] ^= 1; return b },
		"of empty": func([]byte) []byte { return []byte{} },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			u := w.register(1)
			w.now = w.now.Add(time.Hour)
			id, err := w.Schedule(context.Background(), w.now)
			if err != nil {
				t.Fatal(err)
			}
			plan := w.box.bodies[0]
			w.box.bodies = w.box.bodies[1:]
			if err := w.Work(context.Background(), plan, w.now); err != nil {
				t.Fatal(err)
			}
			name := "runs/" + id + "/list"
			body, err := w.Blobs.Get(context.Background(), name)
			if err != nil {
				t.Fatal(err)
			}
			if body = harm(body); body == nil {
				err = w.Blobs.Delete(context.Background(), name)
			} else {
				err = w.Blobs.Put(context.Background(), name, body)
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := w.deliver(); err != nil {
				t.Fatal(err)
			}
			run := w.run(id)
			closed(t, run, 1, 0)
			if run.Counts.Outcomes[compliance.Unknown] != 1 {
				t.Errorf("outcomes %v, want one unknown", run.Counts.Outcomes)
			}
			f := w.findings(owner(u), u)
			if len(f) != 1 || f[0].Outcome != compliance.Unknown || f[0].Reason != compliance.ReasonList {
				t.Errorf("finding %+v, want unknown", f)
			}
			if w.day(); w.findings(officer, u)[0].State != compliance.Cured {
				t.Error("the next run that passes does not cure it")
			}
		})
	}
}

func TestDamagedJournalFailsTheRun(t *testing.T) {
	w := newWorld(t, nil)
	w.register(1)
	w.list("x", true, w.ref("uscc", code(1)))
	op := table.DeleteOp(table.Key{Partition: "journal#000000", Sort: "000000000001"}, table.Condition{})
	if err := w.table.Write(context.Background(), table.Batch{Now: w.now, Ops: []table.Op{op}}); err != nil {
		t.Fatal(err)
	}
	run := w.day()
	if run.State != compliance.Failed || run.Reason == "" {
		t.Errorf("run is %s %q, want failed with a reason", run.State, run.Reason)
	}
	if err := w.Sweep(context.Background(), w.now); err != nil || len(w.box.bodies) > 0 {
		t.Errorf("a failed run is swept: %v %v", w.box.bodies, err)
	}
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

// meter counts what DynamoDB would bill: a strong read one unit for 4 KB, an eventual one half, a write one for 1 KB, twice that in a
// transaction.
type meter struct {
	table.Table
	reads, writes float64
}

func (m *meter) bill(items []table.Item, eventual, each bool) {
	size, units := 0, 0.0
	for _, i := range items {
		n := len(i.Partition) + len(i.Sort) + len(i.Doc) + 100
		size += n
		units += float64((n + 4095) / 4096)
	}
	if !each {
		units = max(1, float64((size+4095)/4096))
	}
	if eventual {
		units /= 2
	}
	m.reads += max(0.5, units)
}

func (m *meter) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	items, err := m.Table.Get(ctx, r)
	m.bill(items, r.Eventual, true)
	return items, err
}

func (m *meter) Query(ctx context.Context, r table.Range) (table.Page, error) {
	page, err := m.Table.Query(ctx, r)
	m.bill(page.Items, r.Eventual, false)
	return page, err
}

func (m *meter) Write(ctx context.Context, b table.Batch) error {
	for _, op := range b.Ops {
		units := float64((len(op.Item.Partition) + len(op.Item.Sort) + len(op.Item.Doc) + 100 + 1023) / 1024)
		if len(b.Ops) > 1 {
			units *= 2
		}
		m.writes += units
	}
	return m.Table.Write(ctx, b)
}

// An enterprise whose outcome did not change costs at most one read and a fifth of a write. Shards are as full as with 10,000 enterprises.
func TestCostOfAnUnchangedEnterprise(t *testing.T) {
	m := &meter{Table: tabletest.NewModel()}
	w := newWorld(t, m)
	w.PageSize = 0
	const shards, each = 8, 40
	var rows []supervision.Row
	full := map[int]int{}
	for n := 0; len(rows) < shards*each; n++ {
		s := records.ShardOf(code(n))
		if _, has := full[s]; !has && len(full) == shards || full[s] == each {
			continue
		}
		full[s]++
		parties := []supervision.Party{represented, supplier(code(900000 + n%40)), supplier(code(910000 + n)), supplier(code(920000 + n))}
		rows = append(rows, supervision.Row{Line: n + 1, USCC: code(n), Enterprise: enterprise(parties...)})
	}
	if _, err := w.Import(context.Background(), w.call(officer), rows); err != nil {
		t.Fatal(err)
	}
	w.list("x", true, w.ref("uscc", code(900003)))
	w.day()
	m.reads, m.writes = 0, 0
	closed(t, w.day(), len(rows), 0)
	reads, writes := m.reads/float64(len(rows)), m.writes/float64(len(rows))
	t.Logf("%.2f reads, %.3f writes an enterprise", reads, writes)
	if reads > 1.0 || writes > 0.2 {
		t.Errorf("%.2f reads and %.3f writes an enterprise, want at most 1.0 and 0.2", reads, writes)
	}
}

func BenchmarkRun(b *testing.B) {
	w := newWorld(b, openBolt(b))
	w.PageSize = 0
	const many = 10000
	for from := 0; from < many; from += 5000 {
		var rows []supervision.Row
		for n := from; n < from+5000; n++ {
			rows = append(rows, supervision.Row{Line: n, USCC: code(n), Enterprise: enterprise(supplier(code(50000+n)), represented)})
		}
		if _, err := w.Import(context.Background(), w.call(officer), rows); err != nil {
			b.Fatal(err)
		}
	}
	for n := range 200 {
		w.list(fmt.Sprint("x", n), true, w.ref("uscc", code(50000+n)))
	}
	for b.Loop() {
		closed(b, w.day(), many, 0)
	}
	b.ReportMetric(float64(many)*float64(b.N)/b.Elapsed().Seconds(), "enterprises/s")
}
