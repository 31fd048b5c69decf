package supervision_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/supervision"
)

var decider = access.Principal{Account: "decider", Person: "p9", Role: access.Decider, Authority: "nation", Level: access.National,
	Region: "000000", Sectors: []string{"telecom", "finance", "internet"}}

// peerRule fails whoever lies above most of its peers.
func peerRule(most string) []byte {
	return []byte(`{"title":{"zh":"甲","en":"a"},"sectors":["telecom"],"rules":[
		{"id":"above-peers","title":{"zh":"高于同类","en":"Above its peers"},"fails":"now.call_complaints_rate > peers.call_complaints_rate.` + most + `","severity":"low",
		"cure":{"zh":"甲","en":"a"},"deadline":{"working_days":10,"set_by":"authority"},"source":{"cite":"art. 6","confidence":"S"}},
		{"id":"others-open","title":{"zh":"其他问题","en":"Other findings"},"fails":"findings.exists(f, f.state == 'open' && f.rule != 'mine/others-open')","severity":"low",
		"cure":{"zh":"甲","en":"a"},"deadline":null,"source":{"cite":"art. 6","confidence":"S"}}]}`)
}

// publish drafts, tries and publishes a version of the pack "mine" from today on.
func (w *world) publish(text []byte, version int) {
	w.t.Helper()
	ctx := w.t.Context()
	if _, err := w.Draft(ctx, w.call(officer), "mine", text); err != nil {
		w.t.Fatal(err)
	}
	w.Patience = time.Nanosecond
	reply, err := w.Try(ctx, w.call(officer), "mine", version, supervision.TrialOrder{}, 50)
	if err != nil || reply.Status != 202 {
		w.t.Fatal(reply, err)
	}
	if _, err := w.Publish(ctx, w.call(decider), "mine", version, supervision.Issue{From: w.now.Format(time.DateOnly), Reasons: "x"}); !errors.Is(err, fault.Conflict) {
		w.t.Fatalf("published while its trial runs: %v", err)
	}
	if err := w.deliver(); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Publish(ctx, w.call(decider), "mine", version, supervision.Issue{From: w.now.Format(time.DateOnly), Reasons: "x"}); err != nil {
		w.t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
}

// Every finding is judged again by what its run had pinned, and comes out the same, byte by byte: after reports were corrected, enterprises have
// changed, listings have come and gone, and rules are others.
func TestEveryFindingIsJudgedAgain(t *testing.T) {
	w := newRuled(t, nil)
	var numbers []int
	for n := range 30 {
		numbers = append(numbers, n)
		w.register(n, supplier(code(90000000+n%5)), represented)
	}
	w.reported("telecom", numbers...)
	w.list("x", true, w.ref("uscc", code(90000003)))
	w.list("y", false, w.ref("cn-id", cnID))
	w.publish(peerRule("p75"), 1)
	first := w.later(time.Hour)
	closed(t, first, 30, 0)

	// Everything moves on.
	for _, n := range numbers {
		r := yearOf(t, n+1000, w.now, "telecom")[0]
		r.Reason = "corrected"
		if _, err := w.Report(t.Context(), w.call(officer), code(n), r); err != nil {
			t.Fatal(err)
		}
		if n%3 == 0 {
			call, e := w.call(officer), enterprise(supplier(code(95000000+n)))
			call.IfMatch, e.Size, e.Region = new(int), "large", "110000"
			w.put(call, code(n), e)
		}
	}
	w.remove("x", w.ref("uscc", code(90000003)))
	w.publish(peerRule("p90"), 2)
	second := w.day()
	closed(t, second, 30, 0)

	proved, kinds, runs := 0, map[compliance.InputKind]int{}, map[string]int{}
	for _, n := range numbers {
		found, err := w.Store.FindingsOf(t.Context(), w.now, code(n))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			p, err := w.Prove(t.Context(), auditor, w.now, code(n), f.State.ID)
			if err != nil {
				t.Fatal(err)
			}
			if p.Identical == nil || !*p.Identical || p.Text == nil || !p.Enterprise.Same {
				text, _ := json.Marshal(p)
				t.Fatalf("%s of enterprise %d, of run %s: %s", f.State.Key(), n, f.State.Pins.Run, text)
			}
			proved++
			runs[f.State.Pins.Run]++
			for _, in := range f.State.Inputs {
				kinds[in.Kind]++
			}
		}
	}
	for _, k := range []compliance.InputKind{"", compliance.OfFigure, compliance.OfPeers, compliance.OfFinding} {
		if kinds[k] == 0 {
			t.Errorf("no finding rests on a %q: %v", k, kinds)
		}
	}
	if proved < 60 || runs[first.ID] == 0 || runs[second.ID] == 0 {
		t.Errorf("%d findings of %v", proved, runs)
	}
}

// A finding says whom the enterprise was compared with; and of a text that is gone nothing is claimed.
func TestPeersAreShown(t *testing.T) {
	w := newRuled(t, nil)
	var numbers []int
	for n := range 20 {
		numbers = append(numbers, n)
		w.register(n)
	}
	w.reported("telecom", numbers...)
	w.publish(peerRule("p75"), 1)
	w.later(time.Hour)
	seen := 0
	for _, n := range numbers {
		for _, f := range w.findings(owner(code(n)), code(n)) {
			if f.Rule != "above-peers" {
				continue
			}
			seen++
			in := f.Inputs[len(f.Inputs)-1]
			if in.Kind != compliance.OfPeers || in.Members < 10 || in.Group == "" || in.Value == nil || f.Due == nil || f.Due.By == nil || f.Severity != "low" {
				t.Errorf("%+v", f)
			}
		}
	}
	if seen < 3 || seen > 5 {
		t.Errorf("%d of 20 lie above three quarters of their peers", seen)
	}
}
