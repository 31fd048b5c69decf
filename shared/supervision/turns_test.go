package supervision_test

import (
	"strings"
	"testing"

	"shixin/shared/compliance"
	rt "shixin/shared/register/registertest"
	"shixin/shared/supervision"
	"shixin/shared/table/tabletest"
)

// behind is a process of the same world whose stores are behind a turn.
func (w *world) behind(turn *rt.Turn) *world {
	other := newWorld(w.t, turn.Table(w.table))
	other.Blobs, other.Queue, other.box, other.now, other.PageSize = turn.Blobs(w.Blobs), w.box, w.box, w.now, w.PageSize
	return other
}

// A worker of a run meets another at the same run, a run that is ordered later and is through first, and an enterprise that is changed: each run closes with each
// enterprise judged once, and what is found is found once.
func TestAWorkerMeetsAnother(t *testing.T) {
	for name, another := range map[string]func(w *world){
		"at the same run": func(w *world) {},
		"of a later run": func(w *world) {
			if _, err := w.Start(w.t.Context(), w.call(officer), supervision.Order{}); err != nil {
				w.t.Error(err)
			}
		},
		"changed": func(w *world) {
			call := w.call(officer)
			call.IfMatch = new(1)
			w.put(call, code(2), enterprise(supplier(code(90000001)), supplier(code(90000002))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			rt.AtEachCall(t, func(turn *rt.Turn) {
				w := newWorld(t, tabletest.NewModel())
				w.PageSize = 2
				for n := range 4 {
					w.register(n, supplier(code(90000001)))
				}
				w.list("x", true, w.ref("uscc", code(90000001)))
				reply, err := w.Start(t.Context(), w.call(officer), supervision.Order{})
				if err != nil {
					t.Fatal(err)
				}
				me := w.behind(turn)
				turn.Arm(func() {
					another(w)
					if err := w.behind(&rt.Turn{}).deliver(); err != nil {
						t.Error(err)
					}
				})
				if err := me.deliver(); err != nil {
					t.Fatal(err)
				}
				if err := w.Sweep(t.Context(), w.now); err != nil {
					t.Fatal(err)
				}
				if err := w.deliver(); err != nil {
					t.Fatal(err)
				}
				heads, _, err := w.Store.Runs(t.Context(), w.now, "", 10)
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range heads {
					closed(t, w.run(h.ID), 4, 0)
					if c := w.run(h.ID).Counts; c.Outcomes[compliance.Fail] != 4 {
						t.Errorf("%+v", c)
					}
				}
				found := 0
				for key, doc := range dump(t, w) {
					if strings.HasPrefix(key, "finding#") {
						found++
						if strings.Count(doc, `"event"`) != 1 {
							t.Errorf("found more than once: %s", doc)
						}
					}
				}
				results := 0
				pages, more, err := w.Store.Outcomes(t.Context(), w.now, into[struct{ ID string }](t, reply.Body).ID, "", 50)
				if err != nil || more {
					t.Fatal(more, err)
				}
				for _, p := range pages {
					results += p.Page.Len()
				}
				if found != 4 || results != 4 {
					t.Errorf("%d findings, %d results", found, results)
				}
			})
		})
	}
}
