package register_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/table"
)

// mixed is rows with a decision and without, some of which cannot become listings once they are adopted.
func mixed() []register.Row {
	var rows []register.Row
	for n := range 40 {
		row := rt.Mirrored(n)
		if n%7 == 3 {
			row = register.Row{Proposal: rt.Organization(n)}
		}
		rows = append(rows, row)
	}
	return rows
}

// listed is what the register has after an import, by the facts of each listing, and the journal's length.
func listed(w *rt.World) (facts []string, journal int64) {
	var from register.Place
	for {
		page, next, err := w.List(w.Ctx(), rt.Auditor, w.Now, register.Filter{}, from, 500)
		w.Must(err)
		for _, raw := range page {
			var v register.View
			w.Must(json.Unmarshal(raw, &v))
			facts = append(facts, fmt.Sprintf("%s %s", v.State, v.Subject.Names[0].Text))
		}
		if next == nil {
			break
		}
		from = *next
	}
	slices.Sort(facts)
	head, err := w.Store.Head(w.Ctx(), w.Now)
	w.Must(err)
	return facts, head.N
}

// adoptAll imports, adopts and works until it is done; each step that fails because the process was killed is made again by a
// process that starts anew.
func adoptAll(w *rt.World, rows []register.Row, killed func(err error)) {
	calls := 0
	again := func(call func() error) {
		for {
			err := call()
			if err == nil {
				return
			}
			if calls++; calls > 3 || !errors.Is(err, rt.ErrKilled) {
				w.T.Fatalf("call %d: %v", calls, err)
			}
			killed(err)
		}
	}
	once := func(route string) register.Call {
		c := w.Call(rt.Officer)
		if route == "adopt" {
			c = w.Call(rt.Decider)
		}
		c.Once = &records.Once{Caller: c.Who.Account, Route: route, Key: "k", Body: "b"}
		return c
	}
	in := make([]register.ImportRow, len(rows))
	for i, row := range rows {
		in[i] = register.ImportRow{Line: i + 1, Row: row}
	}
	var out struct{ ID string }
	again(func() error {
		reply, err := w.Register.Import(w.Ctx(), once("import"), in)
		if err == nil {
			err = json.Unmarshal(reply.Body, &out)
		}
		return err
	})
	again(func() error {
		_, err := w.Adopt(w.Ctx(), once("adopt"), out.ID)
		return err
	})
	again(func() error {
		w.Queue.Take() // the messages are lost, too
		if err := w.Sweep(w.Ctx(), w.Now); err != nil {
			return err
		}
		for _, m := range w.Queue.Take() {
			if !strings.Contains(m.Body, out.ID) {
				w.T.Errorf("a message of another import: %s", m.Body)
			}
			if err := w.Work(w.Ctx(), out.ID, w.Now); err != nil {
				return err
			}
		}
		if w.ShownImport(rt.Officer, out.ID).State != records.ImportAdopted {
			return errors.New("it is not adopted")
		}
		return nil
	})
	if ids, err := w.Store.OpenImports(w.Ctx(), w.Now); err != nil || len(ids) != 0 {
		w.T.Errorf("the import is still open: %v", err)
	}
	if v := w.ShownImport(rt.Officer, out.ID); v.Listed+v.Proposed+v.Failures != len(rows) {
		w.T.Errorf("%d listed, %d proposed, %d failed of %d", v.Listed, v.Proposed, v.Failures, len(rows))
	}
}

// An import whose process is killed before or after any of its Writes ends as one that was left alone: nothing is missing,
// nothing is there twice.
func TestKilledAnywhere(t *testing.T) {
	rows := mixed()
	w := rt.New(t)
	quiet := w.Watched()
	adoptAll(w, rows, func(error) {})
	want, n := listed(w)
	writes := quiet.Writes
	if len(want) != len(rows) || writes < 6 {
		t.Fatalf("%d listings, %d writes", len(want), writes)
	}
	for _, lost := range []bool{false, true} {
		for at := 1; at <= writes; at++ {
			w := rt.New(t)
			engine := w.Table
			tab := w.Watched()
			tab.FailAt, tab.Lost = at, lost
			adoptAll(w, rows, func(error) {
				w.Register = rt.On(t, engine).Register
				w.Register.Queue = w.Queue
				w.Lookup.Store = w.Register.Store
			})
			got, m := listed(w)
			if !slices.Equal(got, want) || m != n {
				t.Errorf("killed at write %d (effective: %t): %d listings and %d entries, want %d and %d", at, lost, len(got), m, len(want), n)
			}
		}
	}
}

// Rows that cannot become listings by the time of the adoption are named and keep back no other.
func TestRivals(t *testing.T) {
	w := rt.New(t)
	rows := []register.Row{}
	for n := range 30 {
		row := register.Row{Proposal: rt.Organization(n), Decided: &register.Decided{Document: "decision", On: "2026-02-01"}}
		rows = append(rows, row)
	}
	id := w.ImportRows(rt.Officer, rows)
	for _, n := range []int{0, 11, 29} {
		w.Propose(rt.Officer, rt.Organization(n))
	}
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), id, w.Now))
	v := w.ShownImport(rt.Officer, id)
	if v.State != records.ImportAdopted || v.Listed != 27 || v.Failures != 3 {
		t.Fatalf("%+v", v)
	}
	for i, line := range []int{1, 12, 30} {
		if f := v.Failed[i]; f.Line != line || !strings.Contains(f.Detail, "open listing") {
			t.Errorf("%+v", f)
		}
	}
	// The same list once more lists nothing.
	again := w.ImportRows(rt.Officer, rows)
	_, err = w.Adopt(w.Ctx(), w.Call(rt.Decider), again)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), again, w.Now))
	if v := w.ShownImport(rt.Officer, again); v.Listed != 0 || v.Failures != 30 {
		t.Errorf("%+v", v)
	}
}

// Who may import and adopt, and that an import is nobody else's.
func TestImportPersons(t *testing.T) {
	w := rt.New(t)
	id := w.ImportRows(rt.Officer, []register.Row{rt.Mirrored(1)})
	for name, c := range map[string]struct {
		try  func() error
		want error
	}{
		"own import":       {func() error { _, err := w.Adopt(w.Ctx(), w.Call(rt.OfficerAsDecider), id); return err }, fault.Forbidden},
		"other region":     {func() error { _, err := w.Adopt(w.Ctx(), w.Call(rt.OtherDecider), id); return err }, fault.NotFound},
		"lower level":      {func() error { _, err := w.Adopt(w.Ctx(), w.Call(rt.CityDecider), id); return err }, fault.NotFound},
		"not there":        {func() error { _, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), "nothing"); return err }, fault.NotFound},
		"read by another":  {func() error { _, err := w.ShowImport(w.Ctx(), rt.OtherOfficer, w.Now, id); return err }, fault.NotFound},
		"read by operator": {func() error { _, err := w.ShowImport(w.Ctx(), rt.Operator, w.Now, id); return err }, fault.NotFound},
		"stale": {func() error {
			call := w.Call(rt.Decider)
			call.IfMatch = new(-1)
			_, err := w.Adopt(w.Ctx(), call, id)
			return err
		}, fault.Stale},
	} {
		if err := c.try(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	if _, err := w.Adopt(w.Ctx(), w.Call(rt.SecondDecider), id); !errors.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
}

// A decision that a row says another authority took is shown as that one's; the listing is the importer's authority's.
func TestRowsOfOtherAuthority(t *testing.T) {
	w := rt.New(t)
	row := register.Row{Proposal: rt.Market(1), Decided: &register.Decided{Document: "1", On: "2026-02-01", Authority: "cn-antifraud"}}
	id := w.ImportRows(rt.CityOfficer, []register.Row{row})
	_, err := w.Adopt(w.Ctx(), w.Call(rt.CityDecider), id)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), id, w.Now))
	one, err := w.Lookup.One(w.Ctx(), rt.Operator, w.Now, "uscc", rt.USCC(1))
	w.Must(err)
	if len(one.Listings) != 1 || one.Listings[0].Authority != "suzhou-police" {
		t.Errorf("%+v", one.Listings)
	}
	// Under a ground that asks for a province, a city adopts nothing, whatever authority its rows name.
	row = register.Row{Proposal: rt.Organization(2), Decided: &register.Decided{Document: "1", On: "2026-02-01", Authority: "cn-antifraud"}}
	row.Ground = "below-threshold"
	id = w.ImportRows(rt.CityOfficer, []register.Row{row})
	_, err = w.Adopt(w.Ctx(), w.Call(rt.CityDecider), id)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), id, w.Now))
	if v := w.ShownImport(rt.CityOfficer, id); v.Listed != 0 || v.Failures != 1 {
		t.Errorf("%+v", v)
	}
}

// Rows whose chunk does not open stop the work with an error, and list nothing.
func TestDamagedRows(t *testing.T) {
	w := rt.New(t)
	id := w.ImportRows(rt.Officer, mixed())
	key := table.Key{Partition: "import#" + id, Sort: "chunk#0000"}
	items, err := w.Table.Get(w.Ctx(), table.Read{Now: w.Now, Keys: []table.Key{key}})
	w.Must(err)
	items[0].Doc = append([]byte{}, items[0].Doc...)
	items[0].Doc[len(items[0].Doc)-1] ^= 1
	w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.PutOp(items[0], table.Condition{})}}))
	_, err = w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	if err := w.Work(w.Ctx(), id, w.Now); err == nil {
		t.Error("altered rows are taken")
	}
	if v := w.ShownImport(rt.Officer, id); v.State != records.ImportAdopting || v.Listed+v.Failures != 0 {
		t.Errorf("%+v", v)
	}
}
