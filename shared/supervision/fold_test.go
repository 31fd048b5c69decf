package supervision_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/shared/blob"
	"shixin/shared/compliance"
	rt "shixin/shared/register/registertest"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

// cabinet keeps blobs in memory. It dies at one of its calls that change something, before it took effect or after.
type cabinet struct {
	mu      sync.Mutex
	blobs   map[string][]byte
	calls   int
	at      int // the number of the call, from 1; 0 is never
	applied bool
}

func (c *cabinet) change(do func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	if c.calls == c.at && !c.applied {
		return errCut
	}
	if do(); c.calls == c.at {
		return errCut
	}
	return nil
}

func (c *cabinet) Put(_ context.Context, name string, body []byte) error {
	return c.change(func() { c.blobs[name] = bytes.Clone(body) })
}

func (c *cabinet) Delete(_ context.Context, name string) error {
	return c.change(func() { delete(c.blobs, name) })
}

func (c *cabinet) Get(_ context.Context, name string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, has := c.blobs[name]
	if !has {
		return nil, fmt.Errorf("%w: %s", blob.ErrNotFound, name)
	}
	return body, nil
}

// folds lists the blobs of folds.
func (c *cabinet) folds() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.blobs)), func(name string) bool { return !strings.HasPrefix(name, "lists/") })
}

// reader counts the journal entries that are read.
type reader struct {
	table.Table
	mu      sync.Mutex
	entries int
}

func (r *reader) Query(ctx context.Context, q table.Range) (table.Page, error) {
	page, err := r.Table.Query(ctx, q)
	if strings.HasPrefix(q.Partition, "journal#") {
		r.mu.Lock()
		r.entries += len(page.Items)
		r.mu.Unlock()
	}
	return page, err
}

// folding is a world with one enterprise and a journal, folded five entries at a time.
func folding(t testing.TB, tab table.Table) (*world, *cabinet) {
	w := newWorld(t, tab)
	c := &cabinet{blobs: map[string][]byte{}}
	w.Blobs, w.FoldStep = c, 5
	w.register(1)
	for n := range 23 {
		w.list(fmt.Sprint("l", n), true, w.ref("uscc", code(100+n)))
	}
	w.remove("l3", w.ref("uscc", code(103)))
	return w, c
}

// says is what a run's snapshot says of the numbers that folding lists, and of 8 more.
func (w *world) says(run compliance.Run) string {
	w.t.Helper()
	body, err := w.Blobs.Get(context.Background(), "runs/"+run.ID+"/list-"+run.Pins.Snapshot)
	if err != nil {
		w.t.Fatal(err)
	}
	l, err := compliance.OpenList(body, run.Key)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for n := range 31 {
		id, err := subject.Parse("uscc", code(100+n))
		if err != nil {
			w.t.Fatal(err)
		}
		listings, _ := l.Of(id.Ref(""))
		all = append(all, fmt.Sprint(len(listings)))
	}
	return fmt.Sprintf("%d: %s", l.Version(), strings.Join(all, ""))
}

const (
	saysFirst  = "24: 1110111111111111111111100000000"
	saysSecond = "26: 1110111111011111111111110000000"
)

// more is two entries more: one is removed, one is listed.
func (w *world) more() {
	w.remove("l10", w.ref("uscc", code(110)))
	w.list("l23", true, w.ref("uscc", code(123)))
}

func TestARunReadsOnlyTheEntriesThatAreNew(t *testing.T) {
	r := &reader{Table: tabletest.NewModel()}
	w, c := folding(t, r)
	if got := w.says(w.day()); got != saysFirst || r.entries != 24 {
		t.Errorf("the first run says %s and reads %d entries", got, r.entries)
	}
	r.entries = 0
	w.more()
	if got := w.says(w.day()); got != saysSecond || r.entries != 2 {
		t.Errorf("the second run says %s and reads %d entries", got, r.entries)
	}
	r.entries = 0
	if got := w.says(w.day()); got != saysSecond || r.entries != 0 {
		t.Errorf("the third run says %s and reads %d entries", got, r.entries)
	}
	for n := range 9 {
		w.list(fmt.Sprint("m", n), true, w.ref("uscc", code(500+n)))
		w.day()
	}
	if all := c.folds(); len(all) != 4 { // the newest fold and the one before: a part and a head each
		t.Errorf("of twelve runs there are kept %v", all)
	}
}

// Whatever is cut off at any change of a table or a blob goes on where it was, and comes to the same list.
func TestAFoldCutOffAnywhereComesToTheSame(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for _, what := range []string{"table", "blobs"} {
			kills := 0
			for at := 1; ; at++ {
				tab := &cut{Table: tabletest.NewModel(), applied: applied}
				r := &reader{Table: tab}
				w, c := folding(t, r)
				w.day()
				c.applied = applied
				w.Slice = time.Nanosecond // a step a message
				for n := range 7 {
					w.list(fmt.Sprint("n", n), false, w.ref("uscc", code(700+n)))
				}
				w.more()
				w.now = w.now.Add(24 * time.Hour)
				id, err := w.Schedule(t.Context(), w.now)
				if err != nil {
					t.Fatal(err)
				}
				r.entries, c.calls, tab.writes = 0, 0, nil
				if what == "table" {
					tab.at = at
				} else {
					c.at = at
				}
				killed := w.deliver() != nil
				if killed {
					kills++
					w.box.bodies = nil // the process is gone, and its messages
					if err := w.Sweep(t.Context(), w.now); err != nil {
						t.Fatal(err)
					}
					if err := w.deliver(); err != nil {
						t.Fatal(err)
					}
				}
				if got, want := w.says(w.run(id)), "33"+saysSecond[2:]; got != want {
					t.Fatalf("%s, applied %v, cut off at %d: the run says %s, want %s", what, applied, at, got, want)
				}
				closed(t, w.run(id), 1, 0)
				if r.entries > 9+5 {
					t.Errorf("%s, applied %v, cut off at %d: %d entries were read, want a step twice at the most", what, applied, at, r.entries)
				}
				if !killed {
					break
				}
			}
			if kills < 5 {
				t.Errorf("%s, applied %v: cut off %d times", what, applied, kills)
			}
		}
	}
}

func TestAFoldThatIsDamagedOrGoneIsBegunAnew(t *testing.T) {
	for name, damage := range map[string]func(c *cabinet, name string){
		"gone":      func(c *cabinet, name string) { delete(c.blobs, name) },
		"cut short": func(c *cabinet, name string) { c.blobs[name] = c.blobs[name][:len(c.blobs[name])/2] },
		"altered":   func(c *cabinet, name string) { c.blobs[name][len(c.blobs[name])-3] ^= 1 },
	} {
		for i := range 2 { // the head and the part
			w, c := folding(t, nil)
			w.day()
			w.more()
			damage(c, c.folds()[i])
			if got := w.says(w.day()); got != saysSecond {
				t.Errorf("blob %d %s: the run says %s, want %s", i, name, got, saysSecond)
			}
			w.list("l25", true, w.ref("uscc", code(125)))
			if got, want := w.says(w.day()), "27: 1110111111011111111111110100000"; got != want {
				t.Errorf("blob %d %s: the run after it says %s, want %s", i, name, got, want)
			}
		}
	}
}

// A run that is planned late sees nothing that came after its moment, and leaves the newer fold alone.
func TestARunThatIsLateFoldsUpToItsMoment(t *testing.T) {
	w, c := folding(t, nil)
	w.now = w.now.Add(time.Hour)
	late, err := w.Schedule(t.Context(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	waits := w.box.bodies
	w.box.bodies = nil
	w.more()
	if got := w.says(w.day()); got != saysSecond {
		t.Errorf("the run in time says %s", got)
	}
	kept := c.folds()
	w.box.bodies = waits
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	if got := w.says(w.run(late)); got != saysFirst {
		t.Errorf("the late run says %s", got)
	}
	if !slices.Equal(c.folds(), kept) {
		t.Errorf("the late run leaves %v, there were %v", c.folds(), kept)
	}
}

// Two workers that plan one run, or two runs, come to what each is to say.
func TestRunsThatArePlannedAtOnce(t *testing.T) {
	w, _ := folding(t, nil)
	var ids []string
	for range 2 {
		w.now = w.now.Add(time.Hour)
		id, err := w.Schedule(t.Context(), w.now)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	w.Slice = time.Nanosecond
	for len(w.box.bodies) > 0 {
		sent := w.box.bodies
		w.box.bodies = nil
		var workers sync.WaitGroup
		for _, body := range slices.Concat(sent, sent) {
			workers.Go(func() {
				if err := w.Work(context.Background(), body, w.now); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		slices.Sort(w.box.bodies)
		w.box.bodies = slices.Compact(w.box.bodies)
	}
	for _, id := range ids {
		if got := w.says(w.run(id)); got != saysFirst {
			t.Errorf("the run says %s", got)
		}
		closed(t, w.run(id), 1, 0)
	}
}

// A run is planned while another one, of a later or an earlier moment, is planned whole: what is kept is the newest fold and the one before it.
func TestOfRunsThatArePlannedAtOnceNothingStays(t *testing.T) {
	for name, order := range map[string][2]int{"the later one is first": {0, 1}, "the earlier one is first": {1, 0}} {
		for _, slice := range []time.Duration{0, time.Nanosecond} {
			rt.AtEachCall(t, func(turn *rt.Turn) {
				w, c := folding(t, turn.Table(tabletest.NewModel()))
				w.Blobs = turn.Blobs(c)
				w.Slice = slice
				w.day()
				var ids, bodies []string
				for n := range 2 {
					for i := range 7 {
						w.list(fmt.Sprint("n", n, i), false, w.ref("uscc", code(700+10*n+i)))
					}
					w.now = w.now.Add(time.Hour)
					id, err := w.Schedule(t.Context(), w.now)
					if err != nil {
						t.Fatal(err)
					}
					ids, bodies = append(ids, id), append(bodies, w.box.bodies...)
					w.box.bodies = nil
				}
				plan := func(n int) {
					for w.run(ids[n]).State == compliance.Planned {
						if err := w.Work(context.Background(), bodies[n], w.now); err != nil {
							t.Error(err)
							return
						}
					}
				}
				turn.Arm(func() { plan(order[1]) })
				plan(order[0])
				turn.Arm(func() {})
				plan(order[1]) // where the turn did not come
				for n, id := range ids {
					if got, want := w.says(w.run(id)), fmt.Sprint(31+7*n, saysFirst[2:]); got != want {
						t.Errorf("%s: run %d says %s, want %s", name, n, got, want)
					}
				}
				newest, err := w.Store.Fold(t.Context(), w.now)
				if err != nil {
					t.Fatal(err)
				}
				var fold compliance.ListFold
				if err := json.Unmarshal(c.blobs[newest.At.Blob], &fold); err != nil {
					t.Fatal(err)
				}
				want := append(newest.Retired, newest.At.Blob)
				for _, p := range fold.Parts {
					want = append(want, p.Blob)
				}
				for _, blob := range c.folds() {
					if !slices.Contains(want, blob) {
						t.Errorf("%s: %s stays", name, blob)
					}
				}
				for _, blob := range want[len(newest.Retired):] {
					if c.blobs[blob] == nil {
						t.Errorf("%s: %s of the newest fold is gone", name, blob)
					}
				}
			})
		}
	}
}
