package screening_test

import (
	"testing"
	"time"

	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/records"
	rt "shixin/shared/register/registertest"
	"shixin/shared/screening"
)

// behind is a process whose stores are behind a turn.
func (w *world) behind(turn *rt.Turn) *screening.Screening {
	other := w.another()
	other.Screening.Store = &records.Store{Table: turn.Table(w.Table)}
	other.Blobs, other.Uploads = turn.Blobs(w.shelf), turn.Uploads(inbox{w.shelf})
	other.Queries = &querylog.Log{Store: other.Screening.Store, Queue: w.queue, Hash: w.Hash}
	other.PageSize = 1
	return other.Screening
}

// Two workers take the same file, and the list changes between: what the one pins does not spoil what the other has pinned.
func TestAFileIsWorkedOnByTwo(t *testing.T) {
	for _, slice := range []time.Duration{1, 0} { // of all that there is to do the other does the least, or the whole
		rt.AtEachCall(t, func(turn *rt.Turn) {
			w := newWorld(t)
			w.published(1, "苏州虚构星河网络科技有限公司")
			w.build()
			w.published(2, "苏州虚构长风网络科技有限公司")
			id := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "苏州虚构星河网络科技有限公司", "苏州虚构长风网络科技有限公司", "谁也不是"))
			w.start(rt.Operator, id)
			turn.Arm(func() {
				w.published(3, "南京虚构清江商贸有限公司")
				other := w.behind(&rt.Turn{})
				other.Slice = slice
				w.Must(other.Work(w.Ctx(), `{"screening":"`+id+`"}`, w.Now))
			})
			w.Must(w.behind(turn).Work(w.Ctx(), `{"screening":"`+id+`"}`, w.Now))
			w.Must(w.behind(&rt.Turn{}).Work(w.Ctx(), `{"screening":"`+id+`"}`, w.Now)) // goes on, where both have stopped
			p := w.progress(rt.Operator, id)
			if p.State != records.ScreeningClosed || p.Screened != 3 {
				t.Fatalf("%+v", p)
			}
			var got []screening.Verdict
			for _, r := range w.results(rt.Operator, id, "", 2) {
				got = append(got, r.Verdict)
			}
			if len(got) != 3 || got[0] != screening.Possible || got[1] != screening.Possible || got[2] != screening.Clear {
				t.Errorf("%v", got)
			}
			if tails := w.shelf.names("screenings/" + id + "/tail"); len(tails) != 1 {
				t.Errorf("kept of what came since: %v", tails)
			}
			if files := w.shelf.files(""); len(files) != 0 {
				t.Errorf("kept of the file: %v", files)
			}
		})
	}
}

// A call that starts a file meets another that has started it, or refused it, and a worker that is through with it.
func TestAFileIsStartedByTwo(t *testing.T) {
	for file, state := range map[string]records.ScreeningState{lines("name", "谁也不是"): records.ScreeningClosed, lines("Nombre", "x"): records.ScreeningFailed} {
		rt.AtEachCall(t, func(turn *rt.Turn) {
			w := newWorld(t)
			w.build()
			id := w.ordered(rt.Operator, screening.Order{Format: "csv"}, file)
			turn.Arm(func() {
				_, err := w.Start(w.Ctx(), w.call(rt.Operator), id)
				if kind := fault.Of(err); state == records.ScreeningFailed && kind != fault.Invalid && kind != fault.Conflict || state == records.ScreeningClosed && err != nil {
					t.Errorf("the other: %v", err)
				}
				w.Must(w.work(id))
			})
			reply, err := w.behind(turn).Start(w.Ctx(), w.call(rt.Operator), id)
			switch kind := fault.Of(err); {
			case state == records.ScreeningFailed && (kind == fault.Invalid || kind == fault.Conflict):
			case state == records.ScreeningClosed && err == nil && reply.Status == 202:
				w.Must(w.work(id))
			default:
				t.Fatalf("%s: %v", state, err)
			}
			if p := w.progress(rt.Operator, id); p.State != state {
				t.Errorf("%+v, want %s", p, state)
			}
		})
	}
}

// Results are read to their end by who asks right before they expire.
func TestResultsExpireWhileTheyAreRead(t *testing.T) {
	rt.AtEachCall(t, func(turn *rt.Turn) {
		w := newWorld(t)
		w.build()
		id := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "谁也不是", "无此人"))
		w.start(rt.Operator, id)
		w.Must(w.behind(&rt.Turn{}).Work(w.Ctx(), `{"screening":"`+id+`"}`, w.Now))
		expires := w.progress(rt.Operator, id).ExpiresAt
		turn.Arm(func() { w.Must(w.Sweep(w.Ctx(), expires.Add(time.Second))) })
		results, next, err := w.behind(turn).Results(w.Ctx(), rt.Operator, expires.Add(-time.Millisecond), id, "", screening.ResultPlace{}, 10)
		if err != nil || len(results) != 2 || next != nil {
			t.Fatalf("%d results, %v, %v", len(results), next, err)
		}
		if _, _, err := w.Results(w.Ctx(), rt.Operator, expires, id, "", screening.ResultPlace{}, 10); fault.Of(err) != fault.NotFound {
			t.Errorf("results that have expired: %v", err)
		}
		w.Must(w.Sweep(w.Ctx(), expires.Add(2*time.Minute)))
		if left := w.shelf.names("screenings/"); len(left) > 0 {
			t.Errorf("left for good: %v", left)
		}
	})
}
