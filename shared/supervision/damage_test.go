package supervision_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
)

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
	items, _, err := w.Results(context.Background(), auditor, w.now, run.ID, supervision.ResultFilter{Outcome: compliance.Unknown}, supervision.ResultPlace{}, 10)
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
			name := "runs/" + id + "/list-" + w.run(id).Pins.Snapshot
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
