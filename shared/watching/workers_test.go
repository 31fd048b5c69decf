package watching_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/blob"
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

// late is a store that lets somebody else go first, once, before it reads.
type late struct {
	blob.Store
	first func()
}

func (l *late) Get(ctx context.Context, name string) ([]byte, error) {
	if first := l.first; first != nil {
		l.first = nil
		first()
	}
	return l.Store.Get(ctx, name)
}

// Two workers make the same draft, and one comes when the parts are gone already: it finds the list made and goes on with it.
func TestMadeByAnother(t *testing.T) {
	w := newWorld(t)
	in := mirrored(1)
	w.put(rt.Operator, "a", 0, watching.Part{Part: 1, Parts: 2}, in)
	first := w.watching()
	first.Blobs = &late{w.blobs, func() {
		w.adopt(1, 1)
		w.catchUp()
	}}
	call := repeat.Call{Who: rt.Operator, Now: w.Now}
	reply, err := first.Put(w.Ctx(), call, "a", watching.Part{Part: 2, Parts: 2}, rows(mirrored(2)))
	w.Must(err)
	if !strings.Contains(string(reply.Body), `"state":"active","entries":2`) {
		t.Errorf("%s", reply.Body)
	}
	w.adopt(2, 1)
	w.catchUp()
	if diff := cmp.Diff([]string{"2 listed m-2"}, w.alerts(rt.Operator, 7)); diff != "" {
		t.Error(diff)
	}
}
