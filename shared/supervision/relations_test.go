package supervision_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

func (w *world) relations(who access.Principal, uscc string) *supervision.RelationsView {
	w.t.Helper()
	v, err := w.Relations(context.Background(), who, w.now, uscc)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func in(role string, p supervision.Party) supervision.Party {
	p.Role = role
	return p
}

func at(address string) *supervision.Contact { return &supervision.Contact{Address: address} }

// ties writes a path as "from -by-> to".
func ties(path []supervision.StepView) string {
	var all []string
	for _, s := range path {
		for _, t := range s.Ties {
			all = append(all, fmt.Sprintf("%s:%s/%s", t.By, t.Role, t.Other))
		}
	}
	return strings.Join(all, " ")
}

func TestRelationsShowThePath(t *testing.T) {
	w := newWorld(t, nil)
	// 1 and 2 have one person, 2 and 3 one address, 3 and 4 one owner: 4 is three steps away.
	w.register(1, represented)
	second := enterprise(in("shareholder", represented))
	second.Contact = at("江苏省苏州市工业园区星湖街1号")
	w.put(w.call(officer), code(2), second)
	third := enterprise(in("shareholder", supplier(code(90))))
	third.Contact = at("苏州市 工业园区 星湖街1号")
	w.put(w.call(officer), code(3), third)
	w.register(4, in("beneficial-owner", supplier(code(90))))
	w.register(5, supplier(code(90)))
	w.list("held", false, w.ref("uscc", code(90)))
	w.list("own", true, w.ref("cn-id", cnID))

	v := w.relations(officer, code(1))
	if len(v.Related) != 2 || v.Related[0].USCC != code(2) || v.Related[1].USCC != code(3) || v.Related[1].Steps != 2 || !v.Complete {
		t.Fatalf("related: %+v", v.Related)
	}
	if got := ties(v.Related[1].Path); got != "party:legal-representative/shareholder address:/" {
		t.Errorf("the path: %s", got)
	}
	shared := v.Related[0].Path[0].Ties[0].Shared
	if shared.Name != "张**" || !strings.Contains(shared.Value, "*") || strings.Contains(fmt.Sprintf("%+v", v), "星湖街") {
		t.Errorf("what is shared: %+v", shared)
	}
	var listed []string
	for _, l := range v.Listed {
		listed = append(listed, fmt.Sprintf("%d %s %s %v", l.Steps, l.Role, l.Listings[0].ID, l.Listings[0].Published))
	}
	if got := strings.Join(listed, "; "); got != "0 legal-representative own true; 1 shareholder own true; 2 shareholder held false" || v.ListVersion != 2 {
		t.Errorf("listed at %d: %s", v.ListVersion, got)
	}
	if v := w.relations(officer, code(4)); len(v.Related) != 2 || ties(v.Related[0].Path) != "party:beneficial-owner/shareholder" {
		t.Errorf("from the other end: %+v", v.Related)
	}

	// Once the party and the address are left, so are the ties.
	any := 0
	call := w.call(officer)
	call.IfMatch = &any
	w.put(call, code(2), enterprise())
	if v := w.relations(officer, code(1)); len(v.Related) != 0 || len(v.Listed) != 1 {
		t.Errorf("after the party has left: %+v", v)
	}
	// Nobody fails for a relation: 3's shareholder is listed, 2 has none any more, and 4's owner is its party.
	closed(t, w.day(), 5, 0)
	if f := w.findings(officer, code(2)); len(f) != 0 {
		t.Errorf("an enterprise fails by relation alone: %+v", f)
	}
}

func TestRelationsOfAGroup(t *testing.T) {
	w := newWorld(t, nil)
	w.register(1)
	parent := code(1)
	for n := 2; n <= 3; n++ {
		e := enterprise()
		e.Parent = &parent
		w.put(w.call(officer), code(n), e)
	}
	if v := w.relations(officer, code(2)); len(v.Related) != 2 || ties(v.Related[0].Path) != "parent:branch/parent" && ties(v.Related[0].Path) != "parent:branch/branch" {
		t.Errorf("of a branch: %+v", v.Related)
	}
	if v := w.relations(officer, code(1)); len(v.Related) != 2 || ties(v.Related[0].Path) != "parent:parent/branch" {
		t.Errorf("of its parent: %+v", v.Related)
	}
	// A company and its shareholder, which is registered too.
	w.register(4, in("shareholder", supplier(code(1))))
	if v := w.relations(officer, code(4)); len(v.Related) != 3 || v.Related[0].USCC != code(1) || ties(v.Related[0].Path) != "party:shareholder/self" {
		t.Errorf("of what is owned: %+v", v.Related)
	}
}

func TestHubIsCutAndNamed(t *testing.T) {
	w := newWorld(t, nil)
	var rows []supervision.Row
	for n := range 1234 {
		e := enterprise()
		e.Contact = at("苏州市工业园区注册街1号集群登记")
		rows = append(rows, supervision.Row{Line: n + 1, USCC: code(n), Enterprise: e})
	}
	rows[7].Parties = []supervision.Party{represented}
	rows[8].Parties = []supervision.Party{represented}
	if _, err := w.Import(context.Background(), w.call(officer), rows); err != nil {
		t.Fatal(err)
	}
	v := w.relations(auditor, code(7))
	if len(v.Related) != 1 || v.Related[0].USCC != code(8) || ties(v.Related[0].Path) != "party:legal-representative/legal-representative" {
		t.Errorf("related: %+v", v.Related)
	}
	if len(v.Hubs) != 1 || v.Hubs[0].Enterprises != 1234 || !strings.HasPrefix(v.Hubs[0].Detail, "this address: 1,234 enterprises, not followed") || !v.Complete {
		t.Errorf("hubs: %+v", v.Hubs)
	}
}

func TestAnotherRegionsEnterpriseIsNamedByItsAuthorityAlone(t *testing.T) {
	w := newWorld(t, nil)
	w.put(w.call(cityOfficer), code(1), enterprise(represented))
	north := enterprise(in("shareholder", represented), in("shareholder", supplier(code(90))))
	north.Region, north.Authority = "110000", "beijing"
	w.put(w.call(officer), code(2), north)
	w.register(3, in("shareholder", supplier(code(90))))
	w.list("x", true, w.ref("uscc", code(90)), w.ref("uscc", code(2)))
	v := w.relations(cityOfficer, code(1))
	text := fmt.Sprintf("%+v", v)
	if len(v.Related) != 1 || !v.Related[0].Withheld || v.Related[0].Authority != "beijing" || strings.Contains(text, code(2)) || strings.Contains(text, code(3)) || len(v.Listed) != 0 {
		t.Errorf("seen from Suzhou: %s", text)
	}
	if got := ties(v.Related[0].Path); got != "party:legal-representative/" {
		t.Errorf("the path to it: %s", got)
	}
	if v := w.relations(officer, code(1)); len(v.Related) != 2 || len(v.Listed) != 3 {
		t.Errorf("seen from the nation: %+v", v)
	}
	for name, c := range map[string]struct {
		who  access.Principal
		n    int
		want fault.Kind
	}{
		"another region": {cityOfficer, 2, fault.NotFound}, "itself": {owner(code(1)), 1, fault.Forbidden},
		"not registered": {officer, 77, fault.NotFound}, "another enterprise": {owner(code(1)), 2, fault.NotFound},
	} {
		if _, err := w.Relations(context.Background(), c.who, w.now, code(c.n)); fault.Of(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// linksOf reads which links are stored, whatever registrations say.
type linksOf struct {
	*tabletest.Model
	stored map[table.Key]bool
}

func (l *linksOf) Write(ctx context.Context, b table.Batch) error {
	if err := l.Model.Write(ctx, b); err != nil {
		return err
	}
	for _, op := range b.Ops {
		if strings.HasPrefix(op.Item.Partition, "relation#") {
			if op.Kind == table.Put {
				l.stored[op.Item.Key] = true
			} else {
				delete(l.stored, op.Item.Key)
			}
		}
	}
	return nil
}

// More than one Write holds: 200 parties come, change, and go; nothing is left behind.
func TestManyPartiesLeaveNothingBehind(t *testing.T) {
	l := &linksOf{tabletest.NewModel(), map[table.Key]bool{}}
	w := newWorld(t, l)
	many := func(from int) (e supervision.Enterprise) {
		e = enterprise()
		for n := from; n < from+200; n++ {
			e.Parties = append(e.Parties, in("shareholder", supplier(code(n))))
		}
		return e
	}
	any := 0
	for i, e := range []supervision.Enterprise{many(100), many(250), enterprise(), many(100)} {
		call := w.call(officer)
		call.IfMatch = &any
		if i == 0 {
			call.IfMatch = nil
		}
		w.put(call, code(1), e)
		if len(l.stored) != len(e.Parties) {
			t.Errorf("change %d: %d links are stored, want %d", i, len(l.stored), len(e.Parties))
		}
	}
	row := supervision.Row{Line: 1, USCC: code(1), Enterprise: many(500)}
	if _, err := w.Import(context.Background(), w.call(officer), []supervision.Row{row, {Line: 2, USCC: code(2), Enterprise: many(500)}}); err != nil {
		t.Fatal(err)
	}
	if len(l.stored) != 400 {
		t.Errorf("in bulk: %d links are stored, want 400", len(l.stored))
	}
}

// Whatever is registered and changed: who is related is so from both ends, by a path of the same length, and the stored links are those
// of what is registered.
func TestRelationsAreSymmetric(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := &linksOf{tabletest.NewModel(), map[table.Key]bool{}}
		w := newWorld(t, l)
		any, now := 0, map[int]supervision.Enterprise{}
		for range rapid.IntRange(2, 14).Draw(rt, "changes") {
			n := rapid.IntRange(1, 7).Draw(rt, "enterprise")
			e := enterprise()
			for _, p := range rapid.SliceOfN(rapid.IntRange(1, 9), 0, 3).Draw(rt, "parties") {
				if p != n {
					e.Parties = append(e.Parties, in(rapid.SampledFrom([]string{"shareholder", "legal-representative", "supplier"}).Draw(rt, "role"), supplier(code(p))))
				}
			}
			if a := rapid.IntRange(0, 4).Draw(rt, "address"); a > 0 {
				e.Contact = at(fmt.Sprintf("苏州市工业园区星湖街%d号", a))
			}
			if p := rapid.IntRange(1, 9).Draw(rt, "parent"); p != n && p < 8 {
				parent := code(p)
				e.Parent = &parent
			}
			call := w.call(officer)
			if _, has := now[n]; has {
				call.IfMatch = &any
			}
			if _, err := w.Put(context.Background(), call, code(n), e); pointers(err) == "/parent" {
				continue
			} else if err != nil {
				rt.Fatal(err)
			}
			now[n] = e
		}
		want := map[table.Key]bool{}
		steps := map[string]int{}
		for n := range now {
			uscc := code(n)
			for _, r := range w.relations(officer, uscc).Related {
				steps[uscc+r.USCC] = r.Steps
				if len(r.Path) != r.Steps || r.Path[0].From != uscc || r.Path[len(r.Path)-1].To != r.USCC {
					rt.Fatalf("a path of %d steps: %+v", r.Steps, r.Path)
				}
			}
			stored, err := w.Store.Enterprise(context.Background(), w.now, uscc)
			if err != nil {
				rt.Fatal(err)
			}
			for _, key := range keysOf(stored.State) {
				want[table.Key{Partition: "relation#" + key, Sort: uscc}] = true
			}
		}
		for pair, n := range steps {
			if back := steps[pair[18:]+pair[:18]]; back != n {
				rt.Fatalf("%s: %d steps one way, %d the other", pair, n, back)
			}
		}
		if !maps.Equal(want, l.stored) {
			rt.Fatalf("stored %v, want %v", slices.Collect(maps.Keys(l.stored)), slices.Collect(maps.Keys(want)))
		}
	})
}

// One neighbour that cannot be read spoils no question about the others, and what is not known of it is said.
func TestRelationsNameWhatCannotBeRead(t *testing.T) {
	const address = "苏州市工业园区星湖街1号"
	damage := func(w *world, partition, sort string) {
		w.t.Helper()
		op := table.PutOp(table.Item{Key: table.Key{Partition: partition, Sort: sort}, Version: 9, Doc: []byte("{dam")}, table.Condition{})
		if err := w.table.Write(context.Background(), table.Batch{Now: w.now, Ops: []table.Op{op}}); err != nil {
			w.t.Fatal(err)
		}
	}
	state := func(w *world) { damage(w, "enterprise#"+code(2), "state") }
	for _, c := range []struct {
		name    string
		harm    func(w *world)
		related int
		left    supervision.LeftOutView
	}{
		{"its registration", state, 1, supervision.LeftOutView{Of: code(1), USCC: code(2)}},
		{"its registration, and what is judged of it", func(w *world) {
			state(w)
			damage(w, fmt.Sprintf("shard#%03d", records.ShardOf(code(2))), code(2))
		}, 1, supervision.LeftOutView{Of: code(1)}},
		{"what the list says of it", func(w *world) { damage(w, "status#"+w.ref("uscc", code(2)).ID(), "record") }, 2, supervision.LeftOutView{Of: code(2), Role: "self"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			for n := range 3 {
				e := enterprise()
				e.Contact = at(address)
				w.put(w.call(officer), code(n+1), e)
			}
			w.list("held", false, w.ref("uscc", code(3)))
			c.harm(w)
			v := w.relations(officer, code(1))
			if len(v.Related) != c.related || v.Complete || len(v.LeftOut) != 1 || len(v.Listed) != 1 || v.Listed[0].Of != code(3) {
				t.Fatalf("%d related, %d listed, complete %v, left out %+v", len(v.Related), len(v.Listed), v.Complete, v.LeftOut)
			}
			got := v.LeftOut[0]
			if got.Detail == "" {
				t.Error("it is not said what is left out")
			}
			if got.Detail = ""; got != c.left {
				t.Errorf("left out %+v, want %+v", got, c.left)
			}
			if items, _, err := w.List(context.Background(), officer, w.now, supervision.EnterprisePlace{}, 10); err != nil || len(items) != c.related+1 {
				t.Errorf("the list of enterprises shows %d: %v", len(items), err)
			}
		})
	}
}
