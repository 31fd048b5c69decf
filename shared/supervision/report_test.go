package supervision_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"shixin/infra/indicators"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
)

// folded fails the test unless the figures in the enterprise's shard are what its reports come to, and returns how many those are.
func (w *world) folded(uscc string) int {
	w.t.Helper()
	ctx := context.Background()
	e, err := w.Store.Whole(ctx, w.now, uscc)
	if err != nil || e[0].Damaged != nil {
		w.t.Fatal(err, e[0].Damaged)
	}
	reports, err := w.Store.AllReports(ctx, w.now, uscc)
	if err != nil {
		w.t.Fatal(err)
	}
	l, err := indicators.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	f := compliance.Fold(l, reports, len(reports))
	if e[0].Reports != len(reports) || !bytes.Equal(e[0].Figures, f.Encode()) {
		w.t.Fatalf("the figures of %d reports are not what %d reports come to", e[0].Reports, len(reports))
	}
	return len(reports)
}

func monthly(period string, lines float64) supervision.Report {
	return supervision.Report{Period: period, Indicators: map[string]float64{"lines_unregistered": lines, "agents_checked_share": 0.5}}
}

// Reports and registrations at the same time lose nothing: each is there, and the figures are what all reports come to.
func TestReportsAtTheSameTime(t *testing.T) {
	w := newWorld(t, openBolt(t))
	u := w.register(1)
	ctx := context.Background()
	var group sync.WaitGroup
	for n := range 9 {
		group.Go(func() {
			if _, err := w.Report(ctx, w.call(owner(u)), u, monthly(fmt.Sprintf("2026-%02d", n+1), float64(n))); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			rows := []supervision.ReportRow{{Line: 1, USCC: u, Report: monthly(fmt.Sprintf("2025-%02d", n+4), float64(n))}}
			if reply, err := w.ImportReports(ctx, w.call(officer), rows); err != nil || into[supervision.Receipt](t, reply.Body).Accepted > 1 {
				t.Error(err)
			}
		})
		group.Go(func() {
			e := enterprise()
			e.Size = []string{"micro", "small", "medium"}[n%3]
			call := w.call(officer)
			call.IfMatch = new(int)
			if _, err := w.Put(ctx, call, u, e); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := w.folded(u); n < 9 {
		t.Errorf("%d reports", n)
	}
}

// Two that correct the same period at once get two revisions, or one of them is asked for its reason; none is written over.
func TestRivalCorrections(t *testing.T) {
	w := newWorld(t, openBolt(t))
	u := w.register(1)
	ctx := context.Background()
	var group sync.WaitGroup
	for n := range 10 {
		group.Go(func() {
			r := monthly("2026-08", float64(n))
			r.Reason = fmt.Sprint("reason ", n)
			if _, err := w.Report(ctx, w.call(officer), u, r); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := w.folded(u); n != 10 {
		t.Errorf("%d revisions of 10", n)
	}
}

// Where the item of the shard is damaged, the figures are made of the reports again; nothing reported is lost.
func TestFiguresAreMadeAgain(t *testing.T) {
	for name, change := range map[string]func(w *world, u string) error{
		"by a report": func(w *world, u string) error {
			_, err := w.Report(context.Background(), w.call(officer), u, monthly("2026-07", 3))
			return err
		},
		"by a registration": func(w *world, u string) error {
			call, e := w.call(officer), enterprise()
			call.IfMatch, e.Size = new(int), "large"
			_, err := w.Put(context.Background(), call, u, e)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			u := w.register(1)
			for _, p := range []string{"2026-08", "2026-09"} {
				if _, err := w.Report(context.Background(), w.call(officer), u, monthly(p, 1)); err != nil {
					t.Fatal(err)
				}
			}
			key := table.Key{Partition: fmt.Sprintf("shard#%03d", records.ShardOf(u)), Sort: u}
			op := table.PutOp(table.Item{Key: key, Version: 9, Doc: []byte("{dam")}, table.Condition{})
			if err := w.table.Write(context.Background(), table.Batch{Now: w.now, Ops: []table.Op{op}}); err != nil {
				t.Fatal(err)
			}
			if err := change(w, u); err != nil {
				t.Fatal(err)
			}
			w.folded(u)
		})
	}
}

// A bulk call that is cut off at any Write, before or after it took effect, and made again comes to the same.
func TestBulkReportsCutOff(t *testing.T) {
	rows := func() (rows []supervision.ReportRow) {
		for n := range 120 {
			rows = append(rows, supervision.ReportRow{Line: n + 1, USCC: code(n % 10), Report: monthly(fmt.Sprintf("2025-%02d", 1+n/10), float64(n))})
		}
		return rows
	}
	for at := 1; at <= 3; at++ {
		for _, applied := range []bool{false, true} {
			c := &cut{Table: openBolt(t)}
			w := newWorld(t, c)
			for n := range 10 {
				w.register(n)
			}
			c.writes, c.at, c.applied = nil, at, applied
			if _, err := w.ImportReports(context.Background(), w.call(officer), rows()); !errors.Is(err, errCut) {
				t.Fatalf("write %d: %v", at, err)
			}
			reply, err := w.ImportReports(context.Background(), w.call(officer), rows())
			if err != nil {
				t.Fatal(err)
			}
			if r := into[supervision.Receipt](t, reply.Body); r.Accepted != 120 || r.Total != 0 {
				t.Errorf("write %d, applied %v: %+v", at, applied, r)
			}
			for n := range 10 {
				if got := w.folded(code(n)); got != 12 {
					t.Errorf("%d reports of 12", got)
				}
			}
		}
	}
}

func TestReportsOfNobody(t *testing.T) {
	w := newWorld(t, nil)
	if _, err := w.Report(context.Background(), w.call(officer), code(1), monthly("2026-08", 1)); !errors.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
