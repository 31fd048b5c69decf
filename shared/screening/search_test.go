package screening_test

import (
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/screening"
)

// A listing is found from its decision on, by who may, whether or not an index was made of it; and not any more from its removal on.
func TestWhatIsFoundFollowsTheList(t *testing.T) {
	for _, built := range []bool{false, true} {
		w := newWorld(t)
		step := func() {
			if built {
				w.build()
			}
		}
		step()
		shown := w.published(1, "苏州虚构星河网络科技有限公司")
		hidden := w.Listed(called(rt.Organization(2), "苏州虚构长风网络科技有限公司"))
		person := w.Listed(called(rt.Human(3), "欧阳虚构"))
		step()
		w.finds(rt.Nobody, name("苏州虚构星河网络科技有限公司"), shown)
		w.finds(rt.Nobody, name("虚构星河"), shown)
		w.finds(rt.Enterprise(9), name("苏州虚构长风网络科技有限公司"))
		w.finds(rt.Nobody, name("欧阳虚构"))
		for _, who := range []access.Principal{rt.Officer, rt.Decider, rt.Auditor, rt.Operator} {
			w.finds(who, name("苏州虚构长风网络科技有限公司"), hidden)
			w.finds(who, name("欧阳虚构"), person)
		}
		a := w.search(rt.Operator, name("苏州虚构星河网络科技有限公司"))
		i := a.Items[0]
		if a.Algorithm != naming.Algorithm || a.Threshold != naming.DefaultThreshold || a.Scope != "all" || a.ListVersion < 4 || i.Verdict != screening.Possible ||
			i.Score < 0.99 || len(i.Why) == 0 || i.Region != "320500" || len(i.Identifiers) != 1 || i.Identifiers[0].Value != rt.USCC(1) {
			t.Errorf("built %v: %+v", built, a)
		}
		if p := w.search(rt.Operator, name("欧阳虚构")).Items[0]; len(p.Identifiers) > 0 || p.BirthYear != 1990 {
			t.Errorf("a person: %+v", p)
		}

		// A correction of the name.
		n := w.World.Asked(rt.Officer, shown, register.Request{Kind: "correction", Grounds: "It is called otherwise.",
			Change: &register.Change{Names: []register.Name{{Text: "苏州虚构银河网络科技有限公司"}}}})
		w.Granted(rt.SecondDecider, shown, n)
		w.finds(rt.Nobody, screening.Query{Name: "虚构星河", Threshold: ptr(0.95)})
		w.finds(rt.Nobody, name("虚构银河"), shown)
		step()
		w.finds(rt.Nobody, screening.Query{Name: "虚构星河", Threshold: ptr(0.95)})
		w.finds(rt.Nobody, name("虚构银河"), shown)

		// A stay of publication ends with its day.
		n = w.World.Asked(rt.Officer, shown, register.Request{Kind: "stay", Grounds: "It is heard again.", Until: day(w, 10), Change: &register.Change{What: []string{"publication"}}})
		w.Granted(rt.SecondDecider, shown, n)
		step()
		w.finds(rt.Nobody, name("虚构银河"))
		w.finds(rt.Operator, name("虚构银河"), shown)
		w.Later(11)
		step()
		w.finds(rt.Nobody, name("虚构银河"), shown)

		// Removal on appeal.
		n = w.World.Asked(rt.Officer, hidden, register.Request{Kind: "appeal", Grounds: "It was another."})
		w.Granted(rt.SecondDecider, hidden, n)
		w.finds(rt.Operator, name("苏州虚构长风网络科技有限公司"))

		// The term runs out without anybody writing it down.
		w.Later(365 * 4)
		w.build()
		w.finds(rt.Operator, name("虚构银河"))
		w.finds(rt.Operator, name("欧阳虚构"))
	}
}

func ptr[T any](v T) *T { return &v }

func TestIdentifiersSettleAndTheRestNarrows(t *testing.T) {
	w := newWorld(t)
	a := w.published(1, "苏州虚构星河网络科技有限公司")
	b := w.published(2, "苏州虚构星河网络科技有限公司")
	p := w.Listed(called(rt.Human(3), "欧阳虚构"))
	w.build()
	uscc := func(n int) *screening.Identifier {
		return &screening.Identifier{Scheme: "uscc", Value: rt.USCC(n)}
	}
	q := name("苏州虚构星河网络科技有限公司")
	if got := w.search(rt.Nobody, q); len(got.Items) != 2 || got.Items[0].Verdict != screening.Possible {
		t.Fatalf("a name alone: %+v", got.Items)
	}
	q.Identifier = uscc(2)
	if got := w.finds(rt.Nobody, q, b).Items[0]; got.Verdict != screening.Match || got.Score != 1 {
		t.Errorf("an identifier that agrees: %+v", got)
	}
	q.Threshold = ptr(0.3)
	if got := w.finds(rt.Nobody, q, b, a).Items; got[0].Listing != b || got[0].Verdict != screening.Match || got[1].Verdict != screening.Possible || got[1].Score > 0.6 {
		t.Errorf("one that contradicts: %+v", got)
	}
	q.Name = "完全不同"
	if got := w.finds(rt.Nobody, q, b).Items[0]; got.Verdict != screening.Match {
		t.Errorf("an identifier under another name: %+v", got)
	}
	q = name("苏州虚构星河网络科技有限公司")
	q.Kind = "person"
	w.finds(rt.Nobody, q)
	q.Kind, q.Region = "organization", "110000"
	w.finds(rt.Nobody, q)
	q.Region = "320000"
	w.finds(rt.Nobody, q, a, b)

	q = screening.Query{Name: "欧阳虚构", BirthYear: ptr(1990)}
	w.finds(rt.Officer, q, p)
	q.BirthYear = ptr(1970)
	w.finds(rt.Officer, q)
	q.BirthYear, q.Identifier = nil, &screening.Identifier{Scheme: "cn-id", Value: rt.CNID(3)}
	if got := w.finds(rt.Officer, q, p).Items[0]; got.Verdict != screening.Match || len(got.Identifiers) > 0 {
		t.Errorf("a personal identifier: %+v", got)
	}
	q.Identifier.Value = rt.CNID(4)
	w.finds(rt.Officer, q)
}

// A personal identifier is asked by those alone who may ask status for it, and is in no error.
func TestPersonalIdentifiersAreForTheEntitled(t *testing.T) {
	w := newWorld(t)
	p := w.Listed(called(rt.Human(3), "欧阳虚构"))
	q := screening.Query{Name: "欧阳虚构", Identifier: &screening.Identifier{Scheme: "cn-id", Value: rt.CNID(3)}}
	for _, who := range []access.Principal{rt.Nobody, rt.Enterprise(1), rt.Procurator, w.Person(5), rt.Auditor} {
		_, err := w.try(who, q)
		if fault.Of(err) != fault.Forbidden || strings.Contains(err.Error(), rt.CNID(3)) {
			t.Errorf("%s: %v", who.Account, err)
		}
	}
	if _, err := w.try(rt.Operator, q); fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), "/purpose") {
		t.Errorf("an operator without purpose: %v", err)
	}
	q.Purpose, q.Reference = "account-opening", "T-1"
	w.finds(rt.Operator, q, p)
	w.finds(w.Person(3), q) // itself, in what is published
	asked := w.search(rt.Operator, q).Asked
	if asked.Verdicts["match"] != 1 || !asked.Personal || asked.Count != 1 || strings.Contains(strings.Join(asked.What, " "), rt.CNID(3)) {
		t.Errorf("the log is told %+v", asked)
	}
	if asked := w.search(rt.Nobody, name("欧阳虚构")).Asked; asked.Personal || asked.Verdicts["clear"] != 1 {
		t.Errorf("of a public query the log is told %+v", asked)
	}
}

func TestWrongQueries(t *testing.T) {
	w := newWorld(t)
	w.published(1, "苏州虚构星河网络科技有限公司")
	for what, c := range map[string]struct {
		q       screening.Query
		pointer string
	}{
		"no name":                 {screening.Query{}, "/name"},
		"a blank name":            {name(" \t"), "/name"},
		"10,000 characters":       {name(strings.Repeat("名", 10_000)), "/name"},
		"another kind":            {screening.Query{Name: "a", Kind: "ship"}, "/kind"},
		"a threshold of 2":        {screening.Query{Name: "a", Threshold: ptr(2.0)}, "/threshold"},
		"a threshold below 0":     {screening.Query{Name: "a", Threshold: ptr(-0.1)}, "/threshold"},
		"a limit of 1e9":          {screening.Query{Name: "a", Limit: ptr(1_000_000_000)}, "/limit"},
		"a limit of 0":            {screening.Query{Name: "a", Limit: ptr(0)}, "/limit"},
		"a year of 0":             {screening.Query{Name: "a", BirthYear: ptr(0)}, "/birth_year"},
		"a year to come":          {screening.Query{Name: "a", BirthYear: ptr(2999)}, "/birth_year"},
		"no region":               {screening.Query{Name: "a", Region: "Suzhou"}, "/region"},
		"no identifier":           {screening.Query{Name: "a", Identifier: &screening.Identifier{Scheme: "uscc", Value: "1"}}, "/identifier/value"},
		"an unknown scheme":       {screening.Query{Name: "a", Identifier: &screening.Identifier{Scheme: "x", Value: "1"}}, "/identifier/scheme"},
		"a purpose of many lines": {screening.Query{Name: "a", Purpose: "a\nb"}, "/purpose"},
	} {
		if _, err := w.try(rt.Officer, c.q); fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), c.pointer) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// These are names of nothing, or odd, and are answered.
	for _, text := range []string{"!", "…", "有限公司", "a", "张", "\u200b\u200f", "a\u202eb", "😀", "a\x00b", "苏州 Xinghe Сучжоу شركة", strings.Repeat("a", 300)} {
		a := w.search(rt.Nobody, name(text))
		if len(a.Items) > 0 {
			t.Errorf("%q finds %+v", text, a.Items)
		}
	}
	for _, text := range []string{"!", "…", "有限公司", "😀"} {
		if a := w.search(rt.Nobody, name(text)); a.Detail == "" {
			t.Errorf("%q has nothing to compare, and the answer does not say so", text)
		}
	}
	a := w.search(rt.Nobody, screening.Query{Name: "虚构星河", Threshold: ptr(0.0), Limit: ptr(100)})
	if len(a.Items) != 1 || a.Threshold != 0 {
		t.Errorf("a threshold of 0: %+v", a)
	}
}
