package watching_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/repeat"
	"shixin/shared/watching"
)

// An effect raises an alert for each entry that it touches, once: also when a worker is killed before or behind any of its writes, and
// another begins anew.
func TestKilledAtAnyWrite(t *testing.T) {
	for _, lost := range []bool{false, true} {
		for kill := 1; ; kill++ {
			w := newWorld(t)
			w.put(rt.Operator, "a", 0, whole, mirrored(1), mirrored(3), mirrored(40), watching.Input{ID: "twin", Identifiers: mirrored(3).Identifiers})
			w.put(rt.Enterprise(1), "b", 0, whole, mirrored(3))
			w.put(rt.Enterprise(1), "c", 0, whole, mirrored(2), mirrored(90))
			w.adopt(1, 60)
			table := w.Watched()
			table.FailAt, table.Lost = kill, lost
			var failed error
			w.World.Queue.Take()
			for _, body := range []string{`{}`, `{"owner":"account:operator","list":"a"}`, `{"owner":"uscc:` + rt.USCC(1) + `","list":"b"}`, `{"owner":"uscc:` + rt.USCC(1) + `","list":"c"}`} {
				if err := w.watching().Work(w.Ctx(), body, w.Now); err != nil {
					failed = err
					break
				}
			}
			if failed != nil && !errors.Is(failed, rt.ErrKilled) {
				t.Fatalf("write %d: %v", kill, failed)
			}
			table.FailAt = 0
			w.catchUp()
			want := map[string][]string{"operator": {"1 listed m-1", "3 listed m-3", "3 listed twin", "40 listed m-40"}, "enterprise": {"2 listed m-2", "3 listed m-3"}}
			got := map[string][]string{"operator": w.alerts(rt.Operator, 3), "enterprise": w.alerts(rt.Enterprise(1), 1)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("killed at write %d, answer lost %v: -want +got\n%s", kill, lost, diff)
			}
			if failed == nil {
				if kill < 4 {
					t.Errorf("only %d writes", kill)
				}
				break
			}
		}
	}
}

// Messages come twice, late and to several workers at once, while effects go on and a list is replaced: each alert is there once.
func TestWorkersAtOnce(t *testing.T) {
	w := newWorld(t)
	var in []watching.Input
	for n := range 50 {
		in = append(in, mirrored(n))
	}
	w.put(rt.Operator, "a", 0, whole, in...)
	var all sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		all.Go(func() {
			me := w.watching()
			for {
				for _, body := range []string{`{}`, `{"owner":"account:operator","list":"a"}`, `{"sweep":true}`} {
					if err := me.Work(w.Ctx(), body, w.Now); err != nil {
						t.Error(err)
					}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range 5 {
		w.adopt(10*i, 10)
		if i == 2 {
			w.put(rt.Operator, "a", 1, whole, append(slices.Clone(in), company(7))...)
		}
	}
	close(done)
	all.Wait()
	w.catchUp()
	var want []string
	for n := range 50 {
		want = append(want, fmt.Sprintf("%d listed m-%d", n+1, n))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, w.alerts(rt.Operator, 7)); diff != "" {
		t.Error(diff)
	}
}

// behind is a process whose stores are behind a turn.
func (w *world) behind(turn *rt.Turn) *watching.Watching {
	me := w.watching()
	me.Blobs, me.Store = turn.Blobs(w.blobs), &records.Store{Table: turn.Table(w.Table)}
	return me
}

// Two workers make the same draft, whoever is first: the list is made once, and both go on with it.
func TestMadeByAnother(t *testing.T) {
	rt.AtEachCall(t, func(turn *rt.Turn) {
		w := newWorld(t)
		w.put(rt.Operator, "a", 0, watching.Part{Part: 1, Parts: 2}, mirrored(1))
		turn.Arm(w.catchUp)
		reply, err := w.behind(turn).Put(w.Ctx(), repeat.Call{Who: rt.Operator, Now: w.Now}, "a", watching.Part{Part: 2, Parts: 2}, rows(mirrored(2)))
		w.Must(err)
		if !strings.Contains(string(reply.Body), `"version":1,"state":"active","entries":2`) {
			t.Errorf("%s", reply.Body)
		}
		w.adopt(1, 2)
		w.catchUp()
		if diff := cmp.Diff([]string{"1 listed m-1", "2 listed m-2"}, w.alerts(rt.Operator, 7)); diff != "" {
			t.Error(diff)
		}
	})
}

// Two calls replace the same version of a list at once: one is refused, and what the other brought is watched.
func TestReplacedByTwoAtOnce(t *testing.T) {
	rt.AtEachCall(t, func(turn *rt.Turn) {
		w := newWorld(t)
		w.put(rt.Operator, "a", 0, whole, mirrored(3))
		seen := 1
		call := repeat.Call{Who: rt.Operator, Now: w.Now, IfMatch: &seen}
		var other error
		turn.Arm(func() { _, other = w.watching().Put(w.Ctx(), call, "a", whole, rows(mirrored(2))) })
		_, mine := w.behind(turn).Put(w.Ctx(), call, "a", whole, rows(mirrored(1)))
		want := []string{"1 listed m-1"}
		switch {
		case other == nil && fault.Of(mine) == fault.Stale:
			want = []string{"2 listed m-2"}
		case mine == nil && fault.Of(other) == fault.Stale:
		case mine == nil && other == nil: // the other never came
		default:
			t.Fatalf("%v, %v", mine, other)
		}
		w.catchUp()
		w.adopt(1, 3)
		w.catchUp()
		if diff := cmp.Diff(want, w.alerts(rt.Operator, 7)); diff != "" {
			t.Error(diff)
		}
	})
}

// A list is replaced while a worker raises its alerts, and while its owner reads it.
func TestReplacedMeanwhile(t *testing.T) {
	replace := func(w *world) func() {
		return func() {
			w.put(rt.Operator, "a", 1, whole, mirrored(2), mirrored(1), mirrored(9))
			w.catchUp()
		}
	}
	rt.AtEachCall(t, func(turn *rt.Turn) {
		w := newWorld(t)
		w.put(rt.Operator, "a", 0, whole, mirrored(1), mirrored(2))
		w.adopt(1, 2)
		turn.Arm(replace(w))
		w.Must(w.behind(turn).Work(w.Ctx(), `{"owner":"account:operator","list":"a"}`, w.Now))
		w.catchUp()
		if diff := cmp.Diff([]string{"1 listed m-1", "2 listed m-2"}, w.alerts(rt.Operator, 7)); diff != "" {
			t.Error(diff)
		}
	})
	var in []watching.Input
	for n := range 2100 {
		in = append(in, mirrored(n))
	}
	rt.AtEachCall(t, func(turn *rt.Turn) {
		w := newWorld(t)
		w.put(rt.Operator, "a", 0, whole, in...)
		turn.Arm(replace(w))
		view, items, next, err := w.behind(turn).Read(w.Ctx(), rt.Operator, w.Now, "a", watching.Place{}, 2050)
		w.Must(err)
		if made := 2100; view.Version == 1 && (len(items) != 2050 || next == nil || view.Entries != made) || view.Version == 2 && (len(items) != 3 || next != nil) {
			t.Errorf("%+v: %d items, next %v", view, len(items), next)
		}
	})
}

// A worker is killed between two Writes of one effect's alerts, and the listing's names change before another goes on: no entry is passed over.
func TestOtherNamesBetweenTwoWrites(t *testing.T) {
	w := newWorld(t)
	var in []watching.Input
	var want []string
	name := rt.Organization(1).Subject.Names[0].Text
	for n := range 30 { // told apart: without an alert
		in = append(in, watching.Input{ID: fmt.Sprintf("x-%03d", n), Name: name})
	}
	for n := 30; n < 100; n++ {
		in = append(in, watching.Input{ID: fmt.Sprintf("x-%03d", n), Identifiers: company(1).Identifiers})
		want = append(want, fmt.Sprintf("1 listed x-%03d", n), fmt.Sprintf("2 corrected x-%03d", n))
	}
	w.put(rt.Operator, "a", 0, whole, in...)
	id := w.Listed(rt.Organization(1))
	different := watching.HitOutcome{Name: name, Outcome: watching.Outcome{Outcome: "different", Reason: "another"}}
	_, err := w.watching().SettleHit(w.Ctx(), repeat.Call{Who: rt.Operator, Now: w.Now}, id, different)
	w.Must(err)
	table := w.Watched()
	table.FailAt = 2
	if err := w.watching().Work(w.Ctx(), `{"owner":"account:operator","list":"a"}`, w.Now); !errors.Is(err, rt.ErrKilled) {
		t.Fatal(err)
	}
	table.FailAt = 0
	n := w.Asked(rt.Officer, id, register.Request{Kind: "correction", Grounds: "g", Change: &register.Change{Names: []register.Name{{Text: "Elsewhere Trading"}}}})
	w.Granted(rt.SecondDecider, id, n)
	w.catchUp()
	slices.Sort(want)
	if diff := cmp.Diff(want, w.alerts(rt.Operator, 50)); diff != "" {
		t.Error(diff)
	}
}
