package supervision_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/duty"
	"shixin/shared/supervision"
	"shixin/shared/supervision/judging"
)

// waiting is what waits of findings in an authority's queue of work, by finding: its step, and its day.
func (w *world) waiting(authority string) map[string]string {
	w.t.Helper()
	all, more, err := w.Store.Work(context.Background(), w.now, authority, duty.Finding, "", 1000)
	if err != nil || more {
		w.t.Fatalf("what waits at %s: more %v, %v", authority, more, err)
	}
	out := map[string]string{}
	for _, p := range all {
		step := p.Item.Waits[0]
		if step.Pending != "" && (step.Start == "" || step.Days == 0) {
			w.t.Errorf("the day of %+v can never be known", step)
		}
		out[p.Item.ID] = fmt.Sprint(step.Step, " ", step.By, step.Pending)
	}
	return out
}

// owed is what is to wait of an enterprise's findings, as it sees them itself.
func (w *world) owed(uscc string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, f := range w.findings(owner(uscc), uscc) {
		switch {
		case f.State == compliance.Contested:
			due := f.Contests[len(f.Contests)-1].Due
			out[f.ID] = "contest/outcome " + due.Pending
			if due.By != nil {
				out[f.ID] = "contest/outcome " + string(*due.By)
			}
		case f.State == compliance.Open && f.Due != nil && f.Due.By != nil:
			out[f.ID] = "cure " + string(*f.Due.By)
		case f.State == compliance.Open && f.Due != nil:
			out[f.ID] = "cure " + f.Due.Pending
		}
	}
	return out
}

func TestWhatStandsWaitsForItsCure(t *testing.T) {
	w := newRuled(t, nil)
	u := w.register(7, supplier(code(2)))
	w.list("x", true, w.ref("uscc", code(2))) // whose rule sets no deadline
	authority := "nation"
	check := func(when string, least int) {
		t.Helper()
		got, want := w.waiting(authority), w.owed(u)
		if !maps.Equal(got, want) || len(got) < least {
			t.Fatalf("%s, %d or more: there waits\n%v\nwant\n%v", when, least, got, want)
		}
	}
	w.later(45 * 24 * time.Hour)
	check("nothing was reported", 1)
	w.reported("telecom", 7)
	w.day()
	check("figures were reported, some of them bad", 1)
	before := dump(t, w)
	w.day()
	check("nothing changed", 1)
	for key, doc := range dump(t, w) {
		if old, has := before[key]; has && old != doc && key[:5] == "work#" {
			t.Errorf("what waits was written anew: %s", doc)
		}
	}

	var first string
	for _, f := range w.findings(owner(u), u) {
		if f.State == compliance.Open && f.Due != nil {
			first = f.ID
		}
	}
	contest := func() {
		t.Helper()
		if _, err := w.Contest(context.Background(), w.call(owner(u)), u, first, supervision.Objection{Grounds: "数据有误"}); err != nil {
			t.Fatal(err)
		}
		check("contested", 1)
	}
	other := access.Principal{Account: "other", Person: "p9", Role: access.Officer, Authority: "nation", Level: access.National, Region: "000000", Sectors: officer.Sectors}
	rule := func(outcome compliance.ContestState) {
		t.Helper()
		if _, err := w.Rule(context.Background(), w.call(other), u, first, supervision.Ruling{Outcome: string(outcome), Reasons: "核实"}); err != nil {
			t.Fatal(err)
		}
		check("the contest is "+string(outcome), 0)
	}
	contest()
	rule(compliance.Refused)
	if w.waiting(authority)[first] == "" {
		t.Error("what stands after its contest was refused waits for nothing")
	}

	e := enterprise(supplier(code(2)))
	e.Authority = "suzhou"
	call := w.call(officer)
	any := 0
	call.IfMatch = &any
	w.put(call, u, e)
	if left := w.waiting(authority); len(left) > 0 {
		t.Errorf("left where the enterprise was: %v", left)
	}
	authority = "suzhou"
	check("another authority answers", 1)

	w.now = w.now.Add(40 * 24 * time.Hour) // the year has ended: none of its figures are in yet
	w.day()
	check("more is owed", 1)
	w.reported("telecom", 7)
	w.day()
	check("and reported", 0)
}

// lateOften has the rule that figures are reported in time in so many packs that what one enterprise has not reported is more than a Write holds.
type lateOften struct{ *judging.Book }

func (l lateOften) Builtin() ([]compliance.PackText, error) {
	var all []compliance.PackText
	for n := range 46 {
		p, err := l.Parse(fmt.Appendf(nil, `{"name":"late-%02d","version":"1","title":{"en":"Late","zh":"逾期"},"sectors":["telecom"],"rules":[{"id":"report-late","title":{"en":"Late","zh":"逾期"},
			"builtin":"report-late","severity":"high","cure":{"en":"Report","zh":"报送"},"deadline":{"working_days":5,"set_by":"authority"},"source":{"cite":"test","confidence":"T"}}]}`, n))
		if err != nil {
			return nil, err
		}
		all = append(all, *p)
	}
	return all, nil
}

func TestKilledAnywhereWithMoreThanOneWriteHolds(t *testing.T) {
	killedAnywhere(t, func(c *cut) *world {
		w := newWorld(t, c)
		w.Rules = lateOften{book}
		u := w.register(1)
		w.now = w.now.Add(45 * 24 * time.Hour)
		t.Cleanup(func() {
			if n := len(w.waiting("nation")); n != 46 || !maps.Equal(w.waiting("nation"), w.owed(u)) {
				t.Errorf("%d findings wait, want 46, as their enterprise sees them", n)
			}
		})
		return w
	}, 1)
}
