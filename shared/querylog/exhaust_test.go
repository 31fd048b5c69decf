package querylog_test

import (
	"shixin/shared/records"
	rt "shixin/shared/register/registertest"
	"shixin/shared/workday"
)

// exhaust marks that a caller has used up its day.
func exhaust(w *rt.World, caller string) {
	b := &records.Batch{}
	b.PutExhausted(records.QueryChain{Caller: caller, Day: workday.DayOf(w.Now)}, 2500)
	w.Must(w.Store.Commit(w.Ctx(), w.Now, b))
}
