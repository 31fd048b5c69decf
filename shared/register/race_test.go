package register_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/table"
)

// engines runs a test on the embedded file, and on dynoxide where it is installed.
func engines(t *testing.T, test func(t *testing.T, open table.Table)) {
	t.Run("bolt", func(t *testing.T) { test(t, rt.New(t).Table) })
	t.Run("dynoxide", func(t *testing.T) { test(t, rt.Dynoxide(t, nil)) })
}

// at once runs n calls at the same time and returns their errors.
func atOnce(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() { <-start; errs[i] = call(i) })
	}
	close(start)
	wg.Wait()
	return errs
}

func succeeded(t *testing.T, errs []error, refusals ...error) int {
	t.Helper()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
			continue
		}
		expected := false
		for _, r := range refusals {
			expected = expected || errors.Is(err, r)
		}
		if !expected {
			t.Errorf("unexpected: %v", err)
		}
	}
	return n
}

// Two processes decide many listings at once: no entry is lost, none is doubled, and the numbers have no gap.
func TestManyDeciders(t *testing.T) {
	engines(t, func(t *testing.T, tab table.Table) {
		const n = 64
		one, two := rt.On(t, tab), rt.On(t, tab)
		ids := make([]string, n)
		for i := range n {
			ids[i] = one.Propose(rt.Officer, rt.Organization(i))
			one.Waive(rt.Officer, ids[i])
		}
		errs := atOnce(n, func(i int) error {
			w := []*rt.World{one, two}[i%2]
			_, err := w.Try(rt.Decider, ids[i], rt.Of(rt.Listing().Step()))
			return err
		})
		if got := succeeded(t, errs); got != n {
			t.Fatalf("%d of %d decided", got, n)
		}
		head, err := one.Store.Head(one.Ctx(), one.Now)
		one.Must(err)
		entries, err := one.Store.Entries(one.Ctx(), one.Now, 0, head.N, 500)
		one.Must(err)
		if head.N != n || len(entries) != n {
			t.Fatalf("the journal has %d entries, its head is at %d", len(entries), head.N)
		}
		seen := map[string]bool{}
		for _, e := range entries {
			seen[e.Listing] = true
		}
		for _, id := range ids {
			if !seen[id] {
				t.Errorf("a decision that was acknowledged is not in the journal")
			}
		}
	})
}

// Many decide one listing: one does.
func TestOneListing(t *testing.T) {
	engines(t, func(t *testing.T, tab table.Table) {
		one, two := rt.On(t, tab), rt.On(t, tab)
		id := one.Propose(rt.Officer, rt.Organization(1))
		one.Waive(rt.Officer, id)
		errs := atOnce(32, func(i int) error {
			w, who := []*rt.World{one, two}[i%2], rt.Decider
			if i%3 == 0 {
				who = rt.SecondDecider
			}
			call := w.Call(who)
			if i%5 == 0 {
				call.IfMatch = new(3)
			}
			step, err := rt.Listing().Step()
			if err == nil {
				_, err = w.Take(w.Ctx(), call, id, step)
			}
			return err
		})
		if n := succeeded(t, errs, fault.Conflict, fault.Stale); n != 1 {
			t.Errorf("%d decisions of one listing", n)
		}
	})
}

// Many statements to one listing at once are all heard, each under a number of its own.
func TestManyStatements(t *testing.T) {
	engines(t, func(t *testing.T, tab table.Table) {
		one, two := rt.On(t, tab), rt.On(t, tab)
		id := one.Propose(rt.Officer, rt.Organization(1))
		one.Do(rt.Officer, id, rt.Of(one.Notice().Step()))
		const n = 48
		errs := atOnce(n, func(i int) error {
			w := []*rt.World{one, two}[i%2]
			_, err := w.Try(rt.Enterprise(1), id, rt.Of(register.Statement{Kind: "statement", Text: fmt.Sprint("statement ", i)}.Step()))
			return err
		})
		if got := succeeded(t, errs); got != n {
			t.Errorf("%d of %d statements", got, n)
		}
		reply, err := one.Show(one.Ctx(), rt.Enterprise(1), one.Now, id)
		one.Must(err)
		if v := one.View(reply); len(v.Statements) != n {
			t.Errorf("%d statements are on file", len(v.Statements))
		}
	})
}

// One key twice at once has one effect, and both get the same answer.
func TestOneKeyAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, tab table.Table) {
		one, two := rt.On(t, tab), rt.On(t, tab)
		replies := make([]*register.Reply, 16)
		errs := atOnce(len(replies), func(i int) error {
			w := []*rt.World{one, two}[i%2]
			call := w.Call(rt.Officer)
			call.Once = &records.Once{Caller: "officer", Route: "POST /v1/listings", Key: "k", Body: "b"}
			var err error
			replies[i], err = w.Register.Propose(w.Ctx(), call, rt.Organization(1))
			return err
		})
		if n := succeeded(t, errs); n != len(replies) {
			t.Fatalf("%d of %d answered", n, len(replies))
		}
		for _, r := range replies {
			if string(r.Body) != string(replies[0].Body) || r.Status != 201 {
				t.Error("one key got two answers")
			}
		}
		if ids, err := one.Store.Listings(one.Ctx(), one.Now, []string{one.View(replies[0]).ID}); err != nil || len(ids) != 1 {
			t.Errorf("the listing answered is not there: %v", err)
		}
		if places, _, err := one.Store.Queue(one.Ctx(), one.Now, "cn-antifraud", "", "", 100); err != nil || len(places) != 1 {
			t.Errorf("%d listings, %v", len(places), err)
		}
	})
}

// Of many proposals for one subject on one ground one is opened.
func TestOneProposal(t *testing.T) {
	engines(t, func(t *testing.T, tab table.Table) {
		one, two := rt.On(t, tab), rt.On(t, tab)
		errs := atOnce(24, func(i int) error {
			w := []*rt.World{one, two}[i%2]
			_, err := w.Register.Propose(w.Ctx(), w.Call(rt.Officer), rt.Human(1))
			return err
		})
		if n := succeeded(t, errs, fault.Conflict); n != 1 {
			t.Errorf("%d listings of one subject on one ground", n)
		}
	})
}

// Two processes adopt one import, while others decide: every row is listed once.
func TestTwoAdopters(t *testing.T) {
	engines(t, func(t *testing.T, tab table.Table) {
		one, two := rt.On(t, tab), rt.On(t, tab)
		const n = 120
		rows := make([]register.Row, n)
		for i := range rows {
			rows[i] = rt.Mirrored(i)
		}
		id := one.ImportRows(rt.Officer, rows)
		_, err := one.Adopt(one.Ctx(), one.Call(rt.Decider), id)
		one.Must(err)
		other := one.Propose(rt.Officer, rt.Organization(1))
		one.Waive(rt.Officer, other)
		errs := atOnce(5, func(i int) error {
			w := []*rt.World{one, two}[i%2]
			if i == 4 {
				_, err := w.Try(rt.Decider, other, rt.Of(rt.Listing().Step()))
				return err
			}
			for range 100 {
				if err := w.Work(w.Ctx(), id, w.Now); err != nil {
					return err
				}
				if w.ShownImport(rt.Decider, id).State == records.ImportAdopted {
					return nil
				}
			}
			return errors.New("the work does not end")
		})
		succeeded(t, errs)
		if v := one.ShownImport(rt.Decider, id); v.Listed != n || v.Failures != 0 {
			t.Errorf("%d listed, %d failed of %d", v.Listed, v.Failures, n)
		}
		head, err := one.Store.Head(one.Ctx(), one.Now)
		one.Must(err)
		if head.N != n+1 {
			t.Errorf("the journal has %d entries", head.N)
		}
		if places, _, err := one.Store.Queue(one.Ctx(), one.Now, "cn-antifraud", "", "", 500); err != nil || len(places) != n+1 {
			t.Errorf("%d listings, %v", len(places), err)
		}
	})
}
