package compliance_test

import (
	"errors"
	"testing"

	"shixin/shared/compliance"
	"shixin/shared/fault"
)

func TestContestOfAFinding(t *testing.T) {
	conflict := func(err error) {
		t.Helper()
		if !errors.Is(err, fault.Conflict) {
			t.Fatalf("%v, want a conflict", err)
		}
	}
	a, b := hit("a", true), hit("b", true)
	f, _ := compliance.Finding{}.Next("u", fails(a), pins(1))
	_, err := f.Settle(true, "o", at, nil)
	conflict(err)
	if f, err = f.Contest(compliance.Contest{By: "e", At: at}); err != nil || f.State != compliance.Contested {
		t.Fatal(f.State, err)
	}
	_, err = f.Contest(compliance.Contest{By: "e"})
	conflict(err)

	// It fails for other inputs meanwhile and stays contested; refused, it can be contested again only when a run has changed it.
	if f, _ = f.Next("u", fails(a, b), pins(2)); f.State != compliance.Contested {
		t.Fatal(f.State)
	}
	refused, err := f.Settle(false, "o", at, []byte("why"))
	if err != nil || refused.State != compliance.Open {
		t.Fatal(refused.State, err)
	}
	if _, err = refused.Contest(compliance.Contest{}); err != nil {
		t.Errorf("a run changed it after it was contested: %v", err)
	}
	again, _ := refused.Contest(compliance.Contest{})
	again, _ = again.Settle(false, "o", at, nil)
	_, err = again.Contest(compliance.Contest{})
	conflict(err)

	// Granted, it is cured and does not come back for the same inputs, but for others.
	granted, err := f.Settle(true, "o", at, nil)
	if err != nil || granted.State != compliance.Cured || f.State != compliance.Contested {
		t.Fatal(granted.State, f.State, err)
	}
	if _, changed := granted.Next("u", fails(a, b), pins(3)); changed {
		t.Error("it came back for what was excused")
	}
	if back, _ := granted.Next("u", fails(b), pins(3)); back.State != compliance.Open {
		t.Errorf("other inputs: %s", back.State)
	}

	// A run that passes cures a contested finding; its contest lapses, and a new one can be brought when it is back.
	cured, _ := f.Next("u", passes, pins(3))
	if cured.State != compliance.Cured || cured.Contests[0].State != compliance.Lapsed || f.Contests[0].State != compliance.Pending {
		t.Fatalf("%+v", cured)
	}
	_, err = cured.Contest(compliance.Contest{})
	conflict(err)
	back, _ := cured.Next("u", fails(a, b), pins(4))
	if back.State != compliance.Open {
		t.Fatal(back.State)
	}
	if _, err := back.Contest(compliance.Contest{}); err != nil {
		t.Error(err)
	}
}

// A rule that a later version of its pack no longer has is held against nobody; an older version, or another pack, ends nothing.
func TestFindingOfARuleThatIsGone(t *testing.T) {
	v := compliance.Verdict{Rule: "b", Pack: "telecom@3", Outcome: compliance.Fail, Inputs: []compliance.Input{{Name: "x", Published: true}}}
	f, _ := compliance.Finding{}.Next("u", v, pins(1))
	f, _ = f.Contest(compliance.Contest{})
	for name, c := range map[string]struct {
		pack compliance.Pack
		ends bool
	}{
		"a later version without it": {compliance.Pack{ID: "telecom", Version: "10", Rules: []string{"a"}}, true},
		"a later version with it":    {compliance.Pack{ID: "telecom", Version: "10", Rules: []string{"a", "b"}}, false},
		"the same version":           {compliance.Pack{ID: "telecom", Version: "3", Rules: []string{"a"}}, false},
		"an older version":           {compliance.Pack{ID: "telecom", Version: "2", Rules: []string{"a"}}, false},
		"another pack":               {compliance.Pack{ID: "finance", Version: "10", Rules: []string{"a"}}, false},
	} {
		got, ended := f.Withdraw([]compliance.Pack{c.pack}, pins(2))
		if ended != c.ends || ended && (got.State != compliance.Cured || got.Contests[0].State != compliance.Lapsed) {
			t.Errorf("%s: %v, %s", name, ended, got.State)
		}
	}
	gone, _ := f.Withdraw([]compliance.Pack{{ID: "telecom", Version: "4", Rules: []string{"a"}}}, pins(2))
	if _, again := gone.Withdraw([]compliance.Pack{{ID: "telecom", Version: "4", Rules: []string{"a"}}}, pins(3)); again {
		t.Error("it ended twice")
	}
	if back, _ := gone.Next("u", v, pins(4)); back.State != compliance.Open {
		t.Errorf("the rule is back, and the finding is %s", back.State)
	}
	if seen, ok := gone.Public(); !ok || seen.State != compliance.Cured {
		t.Errorf("its enterprise sees %s", seen.State)
	}
}
