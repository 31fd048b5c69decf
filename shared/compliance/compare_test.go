package compliance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/compliance"
)

func TestCompareRuns(t *testing.T) {
	const p, f, u, n, none = compliance.Pass, compliance.Fail, compliance.Unknown, compliance.NotApplicable, compliance.Outcome("")
	for _, c := range []struct {
		before, after compliance.Outcome
		want          compliance.Change
	}{
		{p, p, ""}, {f, f, ""}, {u, u, ""}, {n, p, ""}, {p, n, ""}, {none, p, ""}, {p, none, ""}, {none, n, ""},
		{p, f, compliance.New}, {n, f, compliance.New}, {none, f, compliance.New},
		{f, p, compliance.Gone}, {f, u, compliance.Blind},
		{u, f, compliance.Worse}, {p, u, compliance.Worse}, {none, u, compliance.Worse},
		{u, p, compliance.Better}, {f, n, compliance.Left}, {f, none, compliance.Left}, {u, none, compliance.Left},
	} {
		one := func(o compliance.Outcome, pack string) []compliance.Result {
			if o == none {
				return nil
			}
			return []compliance.Result{{USCC: "u", Rule: "r", Pack: pack, Outcome: o}}
		}
		got := compliance.Compare(one(c.before, "k@1"), one(c.after, "k@2"))
		switch {
		case c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || got[0].Change != c.want):
			t.Errorf("%q to %q: %+v, want %q", c.before, c.after, got, c.want)
		}
	}
}

// Rules of a name in different packs are different rules; enterprises and rules may be in one run only.
func TestCompareTellsRulesAndEnterprisesApart(t *testing.T) {
	r := func(uscc, pack, rule string, o compliance.Outcome) compliance.Result {
		return compliance.Result{USCC: uscc, Pack: pack, Rule: rule, Outcome: o}
	}
	before := []compliance.Result{r("a", "x@1", "r", "fail"), r("a", "y@1", "r", "pass"), r("b", "x@1", "r", "fail")}
	after := []compliance.Result{r("a", "y@2", "r", "fail"), r("a", "x@1", "r", "pass"), r("c", "x@1", "r", "fail")}
	want := []compliance.Difference{
		{USCC: "a", Rule: "r", Change: compliance.New, Before: "pass", After: "fail", PackBefore: "y@1", PackAfter: "y@2"},
		{USCC: "a", Rule: "r", Change: compliance.Gone, Before: "fail", After: "pass", PackBefore: "x@1", PackAfter: "x@1"},
		{USCC: "b", Rule: "r", Change: compliance.Left, Before: "fail", PackBefore: "x@1"},
		{USCC: "c", Rule: "r", Change: compliance.New, After: "fail", PackAfter: "x@1"},
	}
	if diff := cmp.Diff(want, compliance.Compare(before, after)); diff != "" {
		t.Error(diff)
	}
}
