package watching_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/access"
	"shixin/shared/blob/file"
	"shixin/shared/fault"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/repeat"
	"shixin/shared/table"
	"shixin/shared/watching"
)

// world is a register with its watch lists.
type world struct {
	*rt.World
	blobs *file.Store
}

func newWorld(t *testing.T) *world {
	return &world{rt.New(t), file.New(t.TempDir())}
}

// watching is the application as a new process has it.
func (w *world) watching() *watching.Watching {
	return &watching.Watching{Store: w.Register.Store, Blobs: w.blobs, Queue: w.World.Queue, Hash: w.Register.Hash, Seal: w.Register.Seal, Policy: w.Register.Policy}
}

func rows(inputs ...watching.Input) (out []watching.Row) {
	for i, in := range inputs {
		out = append(out, watching.Row{Line: i + 1, Input: in})
	}
	return out
}

func company(n int) watching.Input {
	return watching.Input{ID: fmt.Sprintf("c-%d", n), Identifiers: []watching.Identifier{{Scheme: "uscc", Value: rt.USCC(n)}}}
}

func mirrored(n int) watching.Input {
	return watching.Input{ID: fmt.Sprintf("m-%d", n), Identifiers: []watching.Identifier{{Scheme: "list-ref", Value: fmt.Sprintf("fiction:%d", n)}}}
}

// put replaces a list, at the version where it is above 0.
func (w *world) put(who access.Principal, name string, version int, part watching.Part, in ...watching.Input) watching.ListView {
	w.T.Helper()
	call := repeat.Call{Who: who, Now: w.Now}
	if version > 0 {
		call.IfMatch = &version
	}
	reply, err := w.watching().Put(w.Ctx(), call, name, part, rows(in...))
	w.Must(err)
	var v watching.ListView
	w.Must(json.Unmarshal(reply.Body, &v))
	return v
}

var whole = watching.Part{Part: 1, Parts: 1}

// alerts is what an owner has, as "n type entry", page by page.
func (w *world) alerts(who access.Principal, limit int) (out []string) {
	w.T.Helper()
	for after := ""; ; {
		page, _, err := w.watching().Alerts(w.Ctx(), who, w.Now, after, limit)
		w.Must(err)
		for _, a := range page {
			out = append(out, fmt.Sprintf("%d %s %s", a.N, a.Type, a.Entry.ID))
			after = a.ID
		}
		if len(page) < limit {
			slices.Sort(out)
			return out
		}
	}
}

// catchUp works as the publisher does after a sweep, until no message is left.
func (w *world) catchUp() {
	w.T.Helper()
	w.World.Queue.Take()
	w.Must(w.watching().Work(w.Ctx(), `{"sweep":true}`, w.Now))
	w.settle()
}

func (w *world) settle() {
	w.T.Helper()
	for all := w.World.Queue.Take(); len(all) > 0; all = w.World.Queue.Take() {
		for _, m := range all {
			if m.Queue == watching.Queue {
				w.Must(w.watching().Work(w.Ctx(), m.Body, w.Now))
			}
		}
	}
}

// adopt makes listings of so many entries of another list, from a number on: an effect each.
func (w *world) adopt(first, count int) {
	w.T.Helper()
	var in []register.Row
	for i := range count {
		in = append(in, rt.Mirrored(first+i))
	}
	id := w.ImportRows(rt.Officer, in)
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	w.Must(w.Register.Work(w.Ctx(), id, w.Now))
}

// One effect that touches more entries than one Write takes.
func TestManyEntriesOfOneEffect(t *testing.T) {
	for kill := range 5 {
		w := newWorld(t)
		var in []watching.Input
		var want []string
		for n := range 130 {
			in = append(in, watching.Input{ID: fmt.Sprintf("x-%03d", n), Identifiers: mirrored(1).Identifiers})
			want = append(want, fmt.Sprintf("1 listed x-%03d", n))
		}
		w.put(rt.Operator, "a", 0, whole, in...)
		w.adopt(1, 2)
		table := w.Watched()
		table.FailAt = kill
		err := w.watching().Work(w.Ctx(), `{"owner":"account:operator","list":"a"}`, w.Now)
		if (err != nil) != (kill > 0 && kill < 5) {
			t.Errorf("killed at %d: %v", kill, err)
		}
		if shown := w.alerts(rt.Operator, 50); kill > 0 && len(shown) > 0 {
			t.Errorf("killed at %d: %d alerts are shown of an effect that is not gone through", kill, len(shown))
		}
		table.FailAt = 0
		w.catchUp()
		if diff := cmp.Diff(want, w.alerts(rt.Operator, 50)); diff != "" {
			t.Error(diff)
		}
	}
}

// A long list comes in parts, in any order and more than once; the old one is watched until the last is there.
func TestParts(t *testing.T) {
	w := newWorld(t)
	w.put(rt.Operator, "a", 0, whole, mirrored(1), mirrored(2))
	part := func(n, of int, in ...watching.Input) watching.ListView {
		return w.put(rt.Operator, "a", 1, watching.Part{Part: n, Parts: of}, in...)
	}
	part(2, 5, mirrored(9)) // another upload, which is forgotten
	for range 2 {
		if v := part(3, 3, mirrored(3), mirrored(4)); v.State != "receiving" || v.Entries != 2 || !slices.Equal(v.Missing, []int{1, 2}) {
			t.Fatalf("%+v", v)
		}
	}
	w.adopt(1, 1)
	w.catchUp()
	part(1, 3, mirrored(5), mirrored(3)) // one of them twice
	if v := part(2, 3); v.State != "active" || v.Version != 2 || v.Entries != 3 {
		t.Fatalf("%+v", v)
	}
	w.adopt(2, 9)
	w.catchUp()
	if diff := cmp.Diff([]string{"1 listed m-1", "3 listed m-3", "4 listed m-4", "5 listed m-5"}, w.alerts(rt.Operator, 50)); diff != "" {
		t.Error(diff)
	}
}

// A list of more entries than a caller waits for is made by the worker.
func TestALongListIsMadeLater(t *testing.T) {
	w := newWorld(t)
	var in []watching.Input
	for n := range 5001 {
		in = append(in, mirrored(n))
	}
	w.World.Queue.Take()
	if v := w.put(rt.Operator, "a", 0, whole, in...); v.State != "loading" || v.Version != 0 {
		t.Fatalf("%+v", v)
	}
	w.adopt(3000, 1)     // while it is made
	w.World.Queue.Take() // the message is lost
	w.catchUp()
	view, items, next, err := w.watching().Read(w.Ctx(), rt.Operator, w.Now, "a", watching.Place{}, 500)
	w.Must(err)
	if view.State != "active" || view.Entries != 5001 || len(items) != 500 || next == nil {
		t.Fatalf("%+v, %d items", view, len(items))
	}
	seen := map[string]bool{}
	for place := (watching.Place{}); ; {
		_, items, next, err := w.watching().Read(w.Ctx(), rt.Operator, w.Now, "a", place, 333)
		w.Must(err)
		for _, e := range items {
			seen[e.ID] = true
		}
		if next == nil {
			break
		}
		place = *next
	}
	if len(seen) != 5001 {
		t.Errorf("%d entries in all pages", len(seen))
	}
	w.adopt(4000, 2)
	w.catchUp()
	if diff := cmp.Diff([]string{"1 listed m-3000", "2 listed m-4000", "3 listed m-4001"}, w.alerts(rt.Operator, 50)); diff != "" {
		t.Error(diff)
	}
}

// A listing whose sealed part is damaged is met by identifier, and keeps no list from the entries behind it.
func TestADamagedListing(t *testing.T) {
	w := newWorld(t)
	w.put(rt.Operator, "a", 0, whole, company(2), watching.Input{ID: "p", Purpose: "p", Reference: "r", Name: "x", Identifiers: []watching.Identifier{{Scheme: "cn-id", Value: rt.CNID(1)}}})
	id := w.Listed(rt.Human(1))
	key := table.Key{Partition: "listing#" + id, Sort: "sealed"}
	items, err := w.Table.Get(w.Ctx(), table.Read{Now: w.Now, Keys: []table.Key{key}})
	w.Must(err)
	items[0].Doc[len(items[0].Doc)-1] ^= 1
	w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.PutOp(items[0], table.Condition{})}}))
	w.Listed(rt.Organization(2))
	w.catchUp()
	if diff := cmp.Diff([]string{"1 listed p", "2 listed c-2"}, w.alerts(rt.Operator, 9)); diff != "" {
		t.Error(diff)
	}
}

// What a list may hold and who may watch whom.
func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t)
	person := func(purpose, reference string) watching.Input {
		return watching.Input{ID: "p", Purpose: purpose, Reference: reference, Identifiers: []watching.Identifier{{Scheme: "cn-id", Value: rt.CNID(1)}}}
	}
	other := watching.Input{ID: "p", Identifiers: []watching.Identifier{{Scheme: "cn-id", Value: rt.CNID(2)}}}
	for name, c := range map[string]struct {
		who  access.Principal
		in   watching.Input
		says string // of the refusal; empty where it is watched
	}{
		"nothing":                     {rt.Operator, watching.Input{ID: "x"}, "/name"},
		"blank":                       {rt.Operator, watching.Input{Name: " \u200b"}, "/name"},
		"a long name":                 {rt.Operator, watching.Input{Name: strings.Repeat("名", 301)}, "/name"},
		"a turned name":               {rt.Operator, watching.Input{Name: "a\u202eb"}, "/name"},
		"a wrong kind":                {rt.Operator, watching.Input{Name: "a", Kind: "ship"}, "/kind"},
		"many identifiers":            {rt.Operator, watching.Input{Identifiers: slices.Repeat(company(1).Identifiers, 21)}, "/identifiers"},
		"the second identifier":       {rt.Operator, watching.Input{Identifiers: []watching.Identifier{company(1).Identifiers[0], {Scheme: "uscc", Value: "x"}}}, "/identifiers/1/value"},
		"an operator without purpose": {rt.Operator, person("", "r"), "/identifiers/0/value"},
		"an operator with purpose":    {rt.Operator, person("p", "r"), ""},
		"an officer":                  {rt.Officer, person("", ""), ""},
		"an enterprise":               {rt.Enterprise(1), person("p", "r"), "/identifiers/0/value"},
		"an auditor":                  {rt.Auditor, person("p", "r"), "/identifiers/0/value"},
		"a person itself":             {w.Person(1), person("", ""), ""},
		"a person another":            {w.Person(1), other, "/identifiers/0/value"},
		"a company":                   {rt.Procurator, company(1), ""},
		"the same identifier twice":   {rt.Operator, watching.Input{Identifiers: slices.Repeat(company(1).Identifiers, 2)}, ""},
		"a long purpose":              {rt.Operator, person(strings.Repeat("x", 301), "r"), "/purpose"},
		"an id that is none":          {rt.Operator, watching.Input{ID: "a b", Name: "x"}, "/id"},
	} {
		t.Run(name, func(t *testing.T) {
			v := w.put(c.who, "list-"+strings.ReplaceAll(name, " ", "-"), 0, whole, c.in, company(99))
			switch {
			case c.says == "" && (*v.Accepted != 2 || len(v.Rejected) != 0):
				t.Errorf("%+v", v.Rejected)
			case c.says != "" && (*v.Accepted != 1 || len(v.Rejected) != 1 || v.Rejected[0].Pointer != c.says):
				t.Errorf("%+v", v.Rejected)
			}
			if text := fmt.Sprint(v.Rejected); strings.Contains(text, rt.CNID(1)) || strings.Contains(text, rt.CNID(2)) {
				t.Errorf("echoed: %s", text)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	w := newWorld(t)
	me := w.watching()
	for n := range watching.MaxLists {
		w.put(rt.Auditor, fmt.Sprintf("l-%d", n), 0, whole)
	}
	if _, err := me.Put(w.Ctx(), repeat.Call{Who: rt.Auditor, Now: w.Now}, "one-more", whole, nil); fault.Of(err) != fault.Conflict {
		t.Errorf("one list too many: %v", err)
	}
	var err error
	for n := 1; n <= 6 && err == nil; n++ {
		var in []watching.Input
		for i := range watching.MaxRows {
			in = append(in, watching.Input{ID: fmt.Sprintf("%d-%d", n, i), Name: "x"})
		}
		_, err = me.Put(w.Ctx(), repeat.Call{Who: rt.Operator, Now: w.Now}, "long", watching.Part{Part: n, Parts: 6}, rows(in...))
		if n == 6 != (fault.Of(err) == fault.Invalid) {
			t.Errorf("part %d: %v", n, err)
		}
	}
}

// Rows of which none can be watched do not replace a list by nothing.
func TestNoneWatched(t *testing.T) {
	w := newWorld(t)
	w.put(rt.Operator, "a", 0, whole, mirrored(1))
	one := 1
	_, err := w.watching().Put(w.Ctx(), repeat.Call{Who: rt.Operator, Now: w.Now, IfMatch: &one}, "a", whole, rows(watching.Input{ID: "x"}, watching.Input{ID: "y"}))
	if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Kind != fault.Invalid || len(f.Fields) != 2 {
		t.Errorf("%v", err)
	}
	if v := w.put(rt.Operator, "a", 1, whole); v.Version != 2 || v.Entries != 0 {
		t.Errorf("an empty list: %+v", v)
	}
}

func TestWrongMessages(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{``, `x`, `{"list":"a"}`, `{"owner":"a"}`, `[]`} {
		if err := w.watching().Work(w.Ctx(), body, w.Now); fault.Of(err) != fault.Malformed {
			t.Errorf("%q: %v", body, err)
		}
	}
	if err := w.watching().Work(w.Ctx(), `{"owner":"a","list":"b"}`, w.Now); err != nil {
		t.Errorf("a list that is not there: %v", err)
	}
}

// Who watches sees the same of a listing as who asks: what is not published is seen by those alone who ask for everything, and by the subject.
func TestScope(t *testing.T) {
	w := newWorld(t)
	people := map[string]access.Principal{"operator": rt.Operator, "auditor": rt.Auditor, "officer": rt.Officer, "procurator": rt.Procurator, "another": rt.Enterprise(2), "subject": rt.Enterprise(1)}
	for name, who := range people {
		w.put(who, "l-"+name, 0, whole, company(1))
	}
	id := w.Listed(rt.Market(1))
	w.Do(rt.Decider, id, rt.Of(register.Publication{Reasons: "r"}.Step()))
	n := w.Asked(rt.Officer, id, register.Request{Kind: "revocation", Grounds: "g"})
	w.catchUp()
	before := map[string][]string{}
	for name, who := range people {
		before[name] = w.alerts(who, 9)
	}
	all, public := []string{"1 listed c-1", "2 published c-1"}, []string{"2 published c-1"}
	want := map[string][]string{"operator": all, "auditor": all, "officer": all, "procurator": public, "another": public, "subject": all}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Error(diff)
	}
	w.Granted(rt.SecondDecider, id, n)
	w.catchUp()
	for name, who := range people {
		got := w.alerts(who, 9)
		if got[len(got)-1] != "3 removed c-1" {
			t.Errorf("%s is not told of the removal: %v", name, got)
		}
		if void := strings.Contains(strings.Join(got, " "), "void"); void != (name != "auditor") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The earlier alerts of one that was told apart stay; nothing of another owner's word is seen.
func TestNotes(t *testing.T) {
	w := newWorld(t)
	me := w.watching()
	named := watching.Input{ID: "n", Name: rt.Organization(1).Subject.Names[0].Text, Kind: "organization"}
	w.put(rt.Operator, "a", 0, whole, named)
	id := w.Listed(rt.Organization(1))
	w.catchUp()
	page, _, err := me.Alerts(w.Ctx(), rt.Operator, w.Now, "", 9)
	w.Must(err)
	if len(page) != 1 || page[0].Verdict != "possible" {
		t.Fatalf("%+v", page)
	}
	_, err = me.Settle(w.Ctx(), repeat.Call{Who: rt.Operator, Now: w.Now}, page[0].ID, watching.Outcome{Outcome: "different", Reason: "another"})
	w.Must(err)
	_, err = me.Confirm(w.Ctx(), repeat.Call{Who: rt.Officer, Now: w.Now}, id, watching.Confirmation{USCC: rt.USCC(9), Reason: "elsewhere"})
	w.Must(err)
	asked := watching.Asked{Name: "  " + named.Name}
	check := func(name string, who access.Principal, asked watching.Asked, quiet, outcome bool, confirmed int) {
		t.Helper()
		notes, err := me.Notes(w.Ctx(), who, w.Now, asked, []string{id, "nothing"})
		w.Must(err)
		n := notes[id]
		if n.Quiet != quiet || (n.Outcome != nil) != outcome || len(n.Confirmed) != confirmed || len(notes) > 1 {
			t.Errorf("%s: %+v", name, notes)
		}
	}
	check("who said it", rt.Operator, asked, true, true, 1)
	check("another", rt.Auditor, asked, false, false, 1)
	check("nobody", rt.Nobody, asked, false, false, 1)
	check("asking for another", rt.Operator, watching.Asked{Name: "x"}, false, false, 1)
	_, err = me.SettleHit(w.Ctx(), repeat.Call{Who: rt.Auditor, Now: w.Now}, id, watching.HitOutcome{Name: named.Name, Outcome: watching.Outcome{Outcome: "different", Reason: "another"}})
	w.Must(err)
	check("said of a search", rt.Auditor, asked, true, true, 1)
	_, err = me.SettleHit(w.Ctx(), repeat.Call{Who: rt.Enterprise(3), Now: w.Now}, id, watching.HitOutcome{Name: named.Name, Outcome: watching.Outcome{Outcome: "different", Reason: "another"}})
	if fault.Of(err) != fault.NotFound {
		t.Errorf("who may not see the listing learns of it: %v", err)
	}
	n := w.Asked(rt.Officer, id, register.Request{Kind: "correction", Grounds: "g", Change: &register.Change{Names: []register.Name{{Text: named.Name}, {Text: "Another name"}}}})
	w.Granted(rt.SecondDecider, id, n)
	check("the listing has moved", rt.Operator, asked, false, true, 0)
}

// A listing whose names cannot be read has no notes and makes no search fail; they are there again once it is restored.
func TestNotesOfADamagedListing(t *testing.T) {
	w := newWorld(t)
	me := w.watching()
	hurt, other := w.Listed(rt.Human(1)), w.Listed(rt.Organization(2))
	for id, name := range map[string]string{hurt: rt.Human(1).Subject.Names[0].Text, other: rt.Organization(2).Subject.Names[0].Text} {
		_, err := me.SettleHit(w.Ctx(), repeat.Call{Who: rt.Auditor, Now: w.Now}, id, watching.HitOutcome{Name: name, Outcome: watching.Outcome{Outcome: "different", Reason: "another"}})
		w.Must(err)
	}
	notes := func(name string) map[string]watching.Note {
		t.Helper()
		all, err := me.Notes(w.Ctx(), rt.Auditor, w.Now, watching.Asked{Name: name}, []string{hurt, other})
		w.Must(err)
		return all
	}
	restore := w.Damage(hurt)
	if all := notes(rt.Human(1).Subject.Names[0].Text); len(all) != 0 {
		t.Errorf("of the damaged one: %+v", all)
	}
	if all := notes(rt.Organization(2).Subject.Names[0].Text); !all[other].Quiet {
		t.Errorf("of another: %+v", all)
	}
	_, err := me.SettleHit(w.Ctx(), repeat.Call{Who: rt.Auditor, Now: w.Now}, hurt, watching.HitOutcome{Name: "another", Outcome: watching.Outcome{Outcome: "different", Reason: "another"}})
	if fault.Of(err) != fault.Unavailable {
		t.Errorf("a word about the damaged one: %v", err)
	}
	if all, err := me.Confirmations(w.Ctx(), rt.Auditor, w.Now, hurt); fault.Of(err) != fault.Unavailable {
		t.Errorf("what is confirmed of the damaged one: %+v, %v", all, err)
	}
	restore()
	if all := notes(rt.Human(1).Subject.Names[0].Text); !all[hurt].Quiet {
		t.Errorf("restored: %+v", all)
	}
}
