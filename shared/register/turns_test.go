package register_test

import (
	"testing"
	"time"

	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
)

// behind is a process whose table is behind a turn.
func behind(w *rt.World, turn *rt.Turn) *register.Register {
	r := w.Register
	return &register.Register{Store: &records.Store{Table: turn.Table(w.Table)}, Hash: r.Hash, Seal: r.Seal, Policy: r.Policy, Queue: w.Queue, Regimes: r.Regimes, Calendar: r.Calendar}
}

// A listing is shown as it was before a step or as it is after it, and never a part of each.
func TestShownDuringAStep(t *testing.T) {
	rt.AtEachCall(t, func(turn *rt.Turn) {
		w := rt.New(t)
		id := w.Listed(rt.Human(1))
		turn.Arm(func() { w.Asked(rt.Officer, id, register.Request{Kind: "appeal", Grounds: "It was another."}) })
		reply, err := behind(w, turn).Show(w.Ctx(), rt.Officer, w.Now, id)
		w.Must(err)
		if v := w.View(reply); len(v.Requests) > 0 && v.Requests[0].Grounds != "It was another." || len(v.Requests) != v.Version-4 {
			t.Errorf("version %d shows %+v", v.Version, v.Requests)
		}
	})
}

// The clock passes a day right after midnight, while calls and messages of that day still list somebody to its end: the end is written down all the same.
func TestTheClockMeetsTheDayBefore(t *testing.T) {
	evening := time.Date(2026, 3, 5, 23, 59, 59, 0, time.FixedZone("", 8*3600))
	for name, prepare := range map[string]func(w *rt.World) (late func()){
		"listed": func(w *rt.World) func() {
			row := register.Row{Proposal: rt.Human(1), Decided: &register.Decided{Document: "1", On: "2026-01-05", Until: "2026-03-05"}}
			id := w.ImportRows(rt.Officer, []register.Row{row})
			_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
			w.Must(err)
			return func() { w.Must(w.Work(w.Ctx(), id, evening)) }
		},
		"shortened": func(w *rt.World) func() {
			id := w.Listed(rt.Human(1))
			n := w.Asked(rt.Officer, id, register.Request{Kind: "appeal", Grounds: "g"})
			varied := register.Change{Until: "2026-03-05"}
			return func() {
				now := w.Now
				w.Now = evening
				w.Do(rt.SecondDecider, id, rt.Of(register.Outcome{Outcome: "varied", Reasons: "Less.", Change: &varied}.Step(n)))
				w.Now = now
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			rt.AtEachCall(t, func(turn *rt.Turn) {
				w := rt.New(t)
				late := prepare(w)
				came := false
				turn.Arm(func() { came = true; late() })
				w.Must(behind(w, turn).Tick(w.Ctx(), evening.Add(2*time.Second)))
				if !came {
					late()
				}
				w.Must(w.Tick(w.Ctx(), evening.AddDate(0, 0, 1)))
				head, err := w.Store.Head(w.Ctx(), w.Now)
				w.Must(err)
				last, err := w.Store.Entries(w.Ctx(), w.Now, head.N-1, head.N, 1)
				w.Must(err)
				if e := last[0]; e.Type != "removed" || e.Standing.Removed != string(listing.Expiry) {
					t.Errorf("the last effect is %s, %q", e.Type, e.Standing.Removed)
				}
			})
		})
	}
}
