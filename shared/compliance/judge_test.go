package compliance_test

import (
	"reflect"
	"strings"
	"testing"

	"shixin/shared/compliance"
	"shixin/shared/journal"
	"shixin/shared/subject"
)

func TestListed(t *testing.T) {
	in := journal.Standing{From: "2026-01-01"}
	list := open(t, snapshot(t,
		entry(1, "own", in, uscc(1)),
		entry(2, "party", journal.Standing{From: "2026-01-01", Published: true}, uscc(2)),
		entry(3, "again", in, uscc(2)),
		entry(4, "mirror", in, listRef("ofac", 36)),
		entry(5, "over", journal.Standing{From: "2025-01-01", Until: "2026-10-07"}, uscc(3)),
	))
	party := func(role compliance.Role, ref subject.Ref) compliance.Party {
		return compliance.Party{Role: role, Ref: ref}
	}
	for name, c := range map[string]struct {
		e      compliance.Enterprise
		list   *compliance.List
		want   compliance.Outcome
		reason string
		inputs string // of each: whom, and the listing or why nothing is known
	}{
		"nobody":              {e: compliance.Enterprise{USCC: uscc(9).Key, Parties: []compliance.Party{party("supplier", uscc(8))}}, list: list, want: compliance.Pass},
		"itself":              {e: compliance.Enterprise{USCC: uscc(1).Key}, list: list, want: compliance.Fail, inputs: "self:own"},
		"a party, twice":      {e: compliance.Enterprise{USCC: uscc(9).Key, Parties: []compliance.Party{party("shareholder", uscc(2))}}, list: list, want: compliance.Fail, inputs: "shareholder:party shareholder:again"},
		"a term that is over": {e: compliance.Enterprise{USCC: uscc(3).Key}, list: list, want: compliance.Pass},
		"an entry of a list":  {e: compliance.Enterprise{USCC: uscc(9).Key, Parties: []compliance.Party{party("other", listRef("ofac", 36))}}, list: list, want: compliance.Fail, inputs: "other:mirror"},
		"another entry of it": {e: compliance.Enterprise{USCC: uscc(9).Key, Parties: []compliance.Party{party("other", listRef("ofac", 37))}}, list: list, want: compliance.Pass},
		"of no known list": {e: compliance.Enterprise{USCC: uscc(9).Key, Parties: []compliance.Party{party("other", listRef("un", 1))}}, list: list,
			want: compliance.Unknown, reason: compliance.ReasonNotAdopted, inputs: "other:list-not-adopted"},
		"unknown beside listed": {e: compliance.Enterprise{USCC: uscc(1).Key, Parties: []compliance.Party{party("other", listRef("un", 1))}}, list: list,
			want: compliance.Fail, inputs: "self:own"},
		"no list": {e: compliance.Enterprise{USCC: uscc(9).Key}, want: compliance.Unknown, reason: compliance.ReasonList},
	} {
		outcome, reason, from := compliance.Listed(c.e, c.list)
		var inputs []string
		for _, i := range from {
			inputs = append(inputs, string(i.Of)+":"+i.Listing+i.Reason)
		}
		if outcome != c.want || reason != c.reason || strings.Join(inputs, " ") != c.inputs {
			t.Errorf("%s: %s %s %v, want %s %s %s", name, outcome, reason, inputs, c.want, c.reason, c.inputs)
		}
	}
}

func TestScope(t *testing.T) {
	e := compliance.Enterprise{Sectors: []string{"finance", "telecom"}, Region: "320505", Authority: "a"}
	for s, want := range map[compliance.Scope]bool{
		{}: true, {Sector: "telecom"}: true, {Sector: "internet"}: false, {Region: "320500"}: true, {Region: "000000"}: true,
		{Region: "330000"}: false, {Authority: "a"}: true, {Authority: "b"}: false, {Sector: "finance", Region: "320000", Authority: "a"}: true,
	} {
		if s.Covers(e) != want {
			t.Errorf("scope %+v covers: %v, want %v", s, !want, want)
		}
	}
}

func TestPageKeepsEveryOutcome(t *testing.T) {
	packs := []compliance.Pack{{ID: "a", Version: "1"}, {ID: "b", Version: "3"}}
	p := compliance.NewPage(packs)
	add := func(n int, outcomes ...compliance.Outcome) {
		var v []compliance.Verdict
		for _, o := range outcomes {
			one := compliance.Verdict{Outcome: o}
			if o == compliance.Unknown {
				one.Reason = "why"
			}
			v = append(v, one)
		}
		if err := p.Add(uscc(n).Key, v); err != nil {
			t.Fatal(err)
		}
	}
	add(1, compliance.Pass, compliance.Fail)
	add(2, compliance.NotApplicable, compliance.Unknown)
	add(3)
	got, err := p.Results()
	if err != nil {
		t.Fatal(err)
	}
	want := []compliance.Result{
		{USCC: uscc(1).Key, Rule: "a", Pack: "a@1", Outcome: compliance.Pass}, {USCC: uscc(1).Key, Rule: "b", Pack: "b@3", Outcome: compliance.Fail},
		{USCC: uscc(2).Key, Rule: "a", Pack: "a@1", Outcome: compliance.NotApplicable}, {USCC: uscc(2).Key, Rule: "b", Pack: "b@3", Outcome: compliance.Unknown, Reason: "why"},
		{USCC: uscc(3).Key, Rule: "a", Pack: "a@1", Outcome: compliance.Unknown, Reason: "isolated"}, {USCC: uscc(3).Key, Rule: "b", Pack: "b@3", Outcome: compliance.Unknown, Reason: "isolated"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("results %+v, want %+v", got, want)
	}
	for name, damaged := range map[string]compliance.Page{
		"a code is short": {Rules: p.Rules, USCCs: p.USCCs[1:], Outcomes: p.Outcomes}, "an outcome is missing": {Rules: p.Rules, USCCs: p.USCCs, Outcomes: p.Outcomes[1:]},
		"an outcome is none": {Rules: p.Rules, USCCs: p.USCCs, Outcomes: "?????p"},
	} {
		results, err := damaged.Results()
		if err != nil {
			continue
		}
		for _, r := range results[:5] {
			if r.Outcome != compliance.Unknown {
				t.Errorf("%s: %+v, want an error or unknown", name, r)
			}
		}
	}
	if err := p.Add("short", nil); err == nil {
		t.Error("a code of five characters is packed")
	}
}
