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
