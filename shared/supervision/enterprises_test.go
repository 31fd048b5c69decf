package supervision_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/supervision"
)

func pointers(err error) string {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return fmt.Sprint(err)
	}
	var all []string
	for _, e := range f.Fields {
		all = append(all, e.Pointer)
	}
	return strings.Join(all, " ")
}

func TestEnterpriseIsRegisteredAndReplaced(t *testing.T) {
	w := newWorld(t, nil)
	e := enterprise(supplier(code(2)), represented)
	e.Contact = &supervision.Contact{Phone: "0512-5550100", Email: "a@example.cn"}
	parent := w.register(3)
	e.Parent = &parent
	reply := w.put(w.call(cityOfficer), code(1), e)
	if reply.Status != 201 || reply.Version != 1 {
		t.Fatalf("reply %+v, want 201 at version 1", reply)
	}
	v := into[supervision.EnterpriseView](t, reply.Body)
	if v.Authority != "suzhou" || v.Parties[1].Name != "张示例" || !strings.Contains(v.Parties[1].Identifier.Value, "*") || v.Contact.Phone != "0512-5550100" || *v.Parent != parent {
		t.Errorf("registered: %s", reply.Body)
	}
	stored, err := w.Store.Enterprise(context.Background(), w.now, code(1))
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%s %+v", stored.State.Sealed, stored.State); strings.Contains(text, "张示例") || strings.Contains(text, "5550100") || strings.Contains(text, cnID) {
		t.Errorf("stored in clear: %s", text)
	}

	// What was read can be put back, masks and all; that changes nothing.
	back := supervision.Enterprise{Names: e.Names, Sectors: v.Sectors, Region: v.Region, Authority: v.Authority, Size: v.Size, Parent: v.Parent, Contact: v.Contact, Parties: v.Parties}
	call, seen := w.call(cityOfficer), 1
	call.IfMatch = &seen
	if again := w.put(call, code(1), back); again.Status != 200 || again.Version != 1 {
		t.Errorf("put back as it was: %+v, want 200 at version 1", again)
	}
	back.Parties[1].Name = "李示例"
	if _, err := w.Put(context.Background(), call, code(1), back); pointers(err) != "/parties/1/identifier/value" {
		t.Errorf("a mask under another name: %v", err)
	}
	back.Parties = back.Parties[:1]
	if next := w.put(call, code(1), back); next.Version != 2 {
		t.Errorf("without a party: %+v, want version 2", next)
	}
	for want, c := range map[fault.Kind]func(c *supervision.Call){
		fault.PreconditionRequired: func(c *supervision.Call) { c.IfMatch = nil },
		fault.Stale:                func(*supervision.Call) {},
	} {
		c(&call)
		if _, err := w.Put(context.Background(), call, code(1), back); !errors.Is(err, want) {
			t.Errorf("%v, want %s", err, want)
		}
		call.IfMatch = &seen
	}
	for _, version := range []int{0, 1} {
		call.IfMatch = &version
		if _, err := w.Put(context.Background(), call, code(77), enterprise()); !errors.Is(err, fault.Stale) {
			t.Errorf("If-Match %d for what is not registered: %v, want stale", version, err)
		}
	}
}

func TestWhoMayDoWhatWithAnEnterprise(t *testing.T) {
	w := newWorld(t, nil)
	ctx := context.Background()
	w.put(w.call(officer), code(1), enterprise())
	north := enterprise()
	north.Region = "110000"
	w.put(w.call(officer), code(2), north)
	finance := cityOfficer
	finance.Account, finance.Authority, finance.Sectors = "finance", "suzhou-bank", []string{"finance"}

	for name, c := range map[string]struct {
		who  access.Principal
		n    int
		want fault.Kind // "" may read
	}{
		"its region and sector": {cityOfficer, 1, ""}, "another region": {cityOfficer, 2, fault.NotFound}, "another sector": {finance, 1, fault.NotFound},
		"the nation": {officer, 2, ""}, "auditor": {auditor, 2, ""}, "itself": {owner(code(1)), 1, ""}, "another enterprise": {owner(code(1)), 2, fault.NotFound},
		"nothing there": {officer, 9, fault.NotFound},
	} {
		_, err := w.Read(ctx, c.who, w.now, code(c.n))
		if fault.Of(err) != c.want {
			t.Errorf("read as %s: %v, want %q", name, err, c.want)
		}
		if _, _, err := w.Findings(ctx, c.who, w.now, code(c.n), 0, 9); fault.Of(err) != c.want {
			t.Errorf("findings as %s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := w.Put(ctx, w.call(cityOfficer), code(5), north); !errors.Is(err, fault.Forbidden) {
		t.Errorf("registering in another region: %v", err)
	}
	any := 0
	call := w.call(cityOfficer)
	call.IfMatch = &any
	if _, err := w.Put(ctx, call, code(1), north); !errors.Is(err, fault.Forbidden) {
		t.Errorf("moving an enterprise to another region: %v", err)
	}
	if _, err := w.Put(ctx, call, code(2), enterprise()); !errors.Is(err, fault.NotFound) {
		t.Errorf("taking an enterprise of another region: %v", err)
	}

	mine := w.call(owner(code(1)))
	mine.IfMatch = &any
	if _, err := w.Put(ctx, mine, code(1), supervision.Enterprise{Contact: &supervision.Contact{}, Size: "micro", Parties: []supervision.Party{{Role: "supplier", Name: "x", Identifier: supervision.Identifier{Scheme: "uscc", Value: code(2)}}}}); pointers(err) != "/size_class /parties" {
		t.Errorf("an enterprise changes what is not its own: %v", err)
	}
	if _, err := w.Put(ctx, mine, code(2), supervision.Enterprise{Contact: &supervision.Contact{}}); !errors.Is(err, fault.NotFound) {
		t.Errorf("an enterprise changes another: %v", err)
	}
	reply := w.put(mine, code(1), supervision.Enterprise{Contact: &supervision.Contact{Phone: "1"}})
	if v := into[supervision.EnterpriseView](t, reply.Body); v.Contact.Phone != "1" || v.Size != "small" || reply.Version != 2 {
		t.Errorf("an enterprise changes its contact: %s", reply.Body)
	}
	stored, err := w.Store.Enterprise(ctx, w.now, code(1))
	if err != nil || stored.State.Revision != 1 {
		t.Errorf("a contact made revision %d, %v", stored.State.Revision, err)
	}
}

func TestWrongFieldsAreAllNamed(t *testing.T) {
	w := newWorld(t, nil)
	parent := code(1)
	e := supervision.Enterprise{
		Names: []supervision.Name{{Text: " "}, {Text: "好", Lang: "??"}}, Sectors: []string{"telecom", "telecom", "steel"}, Region: "320005", Size: "tiny", Parent: &parent,
		Contact: &supervision.Contact{Email: "nobody", Phone: "1\n2"},
		Parties: []supervision.Party{
			{Role: "friend", Name: "", Identifier: supervision.Identifier{Scheme: "uscc", Value: "1"}},
			{Role: "other", Name: "x", Identifier: supervision.Identifier{Scheme: "email", Value: "1"}},
			{Role: "other", Name: "x", Identifier: supervision.Identifier{Scheme: "cn-id", Value: "110105194912310021"}},
		},
	}
	_, err := w.Put(context.Background(), w.call(officer), code(1), e)
	want := "/names/0/text /names/1/lang /sectors/1 /sectors/2 /region /size_class /parent /contact/phone /contact/email " +
		"/parties/0/role /parties/0/name /parties/0/identifier/value /parties/1/identifier/scheme /parties/2/identifier/value"
	if got := pointers(err); got != want {
		t.Errorf("wrong: %s\nwant   %s", got, want)
	}
	if strings.Contains(err.Error(), "110105194912310021") {
		t.Error("the refusal repeats a personal identifier")
	}
	if _, err := w.Put(context.Background(), w.call(officer), code(1), supervision.Enterprise{}); pointers(err) != "/names /sectors /region /size_class" {
		t.Errorf("nothing given: %s", pointers(err))
	}
	long := enterprise()
	for i := range compliance.MaxParties {
		long.Parties = append(long.Parties, supervision.Party{Role: "other", Name: strings.Repeat("名", 300), Identifier: supervision.Identifier{Scheme: "cn-id", Value: cnID}})
		long.Names = append(long.Names[:min(i, 199)], supervision.Name{Text: strings.Repeat("称", 300)})
	}
	if _, err := w.Put(context.Background(), w.call(officer), code(1), long); pointers(err) != "/parties" {
		t.Errorf("larger than an item: %v", err)
	}
}

func TestListPagesThroughWhatTheCallerMaySee(t *testing.T) {
	w := newWorld(t, nil)
	var want []string
	for n := range 60 {
		e := enterprise()
		if n%3 == 0 {
			e.Region = "110000"
		} else {
			want = append(want, code(n))
		}
		w.put(w.call(officer), code(n), e)
	}
	for _, limit := range []int{1, 7, 500} {
		var got []string
		var from supervision.EnterprisePlace
		for {
			items, next, err := w.List(context.Background(), cityOfficer, w.now, from, limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(items) > limit {
				t.Fatalf("a page of %d with limit %d", len(items), limit)
			}
			for _, i := range items {
				got = append(got, i.USCC)
			}
			if next == nil {
				break
			}
			from = *next
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: %d enterprises, want %d", limit, len(got), len(want))
		}
	}
}

func TestImportTakesGoodRowsAndNamesBadOnes(t *testing.T) {
	w := newWorld(t, nil)
	north := enterprise()
	north.Region = "110000"
	w.put(w.call(officer), code(99), north)
	rows := []supervision.Row{
		{Line: 1, USCC: code(1), Enterprise: enterprise(represented)},
		{Line: 2, Wrong: fault.At("/nam", "no such field", "")},
		{Line: 3, USCC: "911", Enterprise: enterprise()},
		{Line: 4, USCC: code(1), Enterprise: enterprise()},
		{Line: 5, USCC: code(2), Enterprise: supervision.Enterprise{}},
		{Line: 6, USCC: code(3), Enterprise: north},
		{Line: 7, USCC: code(99), Enterprise: enterprise()},
	}
	for n := range 60 {
		rows = append(rows, supervision.Row{Line: 8 + n, USCC: code(100 + n), Enterprise: enterprise()})
	}
	call := w.call(cityOfficer)
	call.Once = &records.Once{Caller: "city-officer", Route: "POST /v1/enterprises", Key: "k", Body: "b"}
	reply, err := w.Import(context.Background(), call, rows)
	if err != nil {
		t.Fatal(err)
	}
	r := into[supervision.Receipt](t, reply.Body)
	var got []string
	for _, x := range r.Rejected {
		got = append(got, fmt.Sprintf("%d%s", x.Line, x.Pointer))
	}
	want := "2/nam 3/uscc 4/uscc 5/names 5/sectors 5/region 5/size_class 6 7"
	if r.Accepted != 61 || r.Total != 6 || strings.Join(got, " ") != want {
		t.Errorf("accepted %d, rejected %d: %s; want 61, 6: %s", r.Accepted, r.Total, strings.Join(got, " "), want)
	}
	again, err := w.Import(context.Background(), call, nil)
	if err != nil || string(again.Body) != string(reply.Body) {
		t.Errorf("the same call again: %s, %v", again.Body, err)
	}
	call.Once.Body = "other"
	if _, err := w.Import(context.Background(), call, rows); !errors.Is(err, fault.Invalid) {
		t.Errorf("the same key with another body: %v", err)
	}
	call.Once = nil
	if _, err := w.Import(context.Background(), call, rows); err != nil {
		t.Fatal(err)
	}
	if e, err := w.Store.Enterprise(context.Background(), w.now, code(1)); err != nil || e.Version != 1 {
		t.Errorf("a row that says nothing new made version %d, %v", e.Version, err)
	}
}

func TestReceiptStaysSmall(t *testing.T) {
	w := newWorld(t, nil)
	var rows []supervision.Row
	for n := range 5000 {
		rows = append(rows, supervision.Row{Line: n + 1, USCC: code(n)})
	}
	call := w.call(officer)
	call.Once = &records.Once{Caller: "o", Route: "r", Key: "k", Body: "b"}
	reply, err := w.Import(context.Background(), call, rows)
	if err != nil {
		t.Fatal(err)
	}
	if r := into[supervision.Receipt](t, reply.Body); r.Total != 5000 || len(r.Rejected) == 0 || len(r.Rejected) > 1000 {
		t.Errorf("rejected %d rows with %d lines", r.Total, len(r.Rejected))
	}
}

func TestAuditsAreForThoseOfTheirScope(t *testing.T) {
	w := newWorld(t, nil)
	ctx := context.Background()
	w.register(1)
	mine, err := w.Start(ctx, w.call(cityOfficer), supervision.Order{})
	if err != nil {
		t.Fatal(err)
	}
	id := into[struct{ ID string }](t, mine.Body).ID
	if r := w.run(id); r.Scope.Region != "320500" {
		t.Errorf("all, for a city, is %+v", r.Scope)
	}
	for name, o := range map[string]supervision.Order{"another region": {Scope: compliance.Scope{Region: "110000"}}, "the nation": {Scope: compliance.Scope{Region: "000000"}}} {
		if _, err := w.Start(ctx, w.call(cityOfficer), o); !errors.Is(err, fault.Forbidden) {
			t.Errorf("a city sweeps %s: %v", name, err)
		}
	}
	_, err = w.Start(ctx, w.call(officer), supervision.Order{Packs: []string{"listed", "listed", "x"}, Scope: compliance.Scope{Sector: "steel", Region: "1"}})
	if pointers(err) != "/packs/1 /packs/2 /scope/sector /scope/region" {
		t.Errorf("a wrong order: %s", pointers(err))
	}
	nation := w.day()
	for name, c := range map[string]struct {
		who  access.Principal
		runs int
	}{"city": {cityOfficer, 1}, "nation": {officer, 2}, "auditor": {auditor, 2}} {
		views, next, err := w.Audits(ctx, c.who, w.now, "", 10)
		if err != nil || len(views) != c.runs || next != "" {
			t.Errorf("%s sees %d runs, %q, %v; want %d", name, len(views), next, err, c.runs)
		}
	}
	if _, err := w.Audit(ctx, cityOfficer, w.now, nation.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("a city reads the nation's run: %v", err)
	}
	if _, _, err := w.Results(ctx, cityOfficer, w.now, nation.ID, supervision.ResultFilter{}, supervision.ResultPlace{}, 10); !errors.Is(err, fault.NotFound) {
		t.Errorf("a city reads the nation's results: %v", err)
	}
	v, err := w.Audit(ctx, auditor, w.now, nation.ID)
	if err != nil || v.Shards.Done != 1 || v.Shards.Total != 1 || v.Judged != 1 || v.Pins.Regimes["telecom-fraud"] == "" || v.Pins.Engine == "" || v.Pins.Calendar == 0 || v.Pins.Snapshot == "" {
		t.Errorf("the run: %+v, %v", v, err)
	}
	one, next, err := w.Audits(ctx, auditor, w.now, "", 1)
	if err != nil || len(one) != 1 || one[0].ID != nation.ID || next == "" {
		t.Fatalf("the newest run: %v %q %v", one, next, err)
	}
	if rest, next, err := w.Audits(ctx, auditor, w.now, next, 1); err != nil || len(rest) != 1 || rest[0].ID != id || next != "" {
		t.Errorf("the run before: %v %q %v", rest, next, err)
	}
}

func TestStartTwiceUnderOneKeyIsOneRun(t *testing.T) {
	w := newWorld(t, nil)
	call := w.call(officer)
	call.Once = &records.Once{Caller: "officer", Route: "POST /v1/audits", Key: "k", Body: "b"}
	a, err := w.Start(context.Background(), call, supervision.Order{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.Start(context.Background(), call, supervision.Order{})
	if err != nil || string(a.Body) != string(b.Body) {
		t.Errorf("%s, then %s %v", a.Body, b.Body, err)
	}
	if heads, _, err := w.Store.Runs(context.Background(), w.now, "", 10); err != nil || len(heads) != 1 {
		t.Errorf("runs %v, %v", heads, err)
	}
}
