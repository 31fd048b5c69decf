package supervision_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/supervision"
	"shixin/shared/table/tabletest"
)

func keysOf(r compliance.Registration) []string { return relation.Keys(r) }

func branch(n int) supervision.Enterprise {
	e := enterprise()
	if n > 0 {
		parent := code(n)
		e.Parent = &parent
	}
	return e
}

// put replaces whatever is registered.
func (w *world) replace(n int, e supervision.Enterprise) error {
	any := 0
	call := w.call(officer)
	call.IfMatch = &any
	_, err := w.Put(context.Background(), call, code(n), e)
	return err
}

func TestParentIsRegisteredAndNoLoopCloses(t *testing.T) {
	w := newWorld(t, nil)
	w.register(1)
	for n := 2; n <= 9; n++ { // eight above the ninth
		if _, err := w.Put(context.Background(), w.call(officer), code(n), branch(n-1)); err != nil {
			t.Fatalf("branch %d: %v", n, err)
		}
	}
	for name, c := range map[string]struct{ n, parent int }{
		"no such parent": {3, 77}, "itself": {3, 3}, "its own branch": {1, 2}, "far below": {1, 8}, "too deep": {10, 9},
	} {
		any := 0
		call := w.call(officer)
		if c.n < 10 {
			call.IfMatch = &any
		}
		if _, err := w.Put(context.Background(), call, code(c.n), branch(c.parent)); pointers(err) != "/parent" {
			t.Errorf("%s: %v, want a refusal at /parent", name, err)
		}
	}
	if err := w.replace(3, branch(0)); err != nil {
		t.Fatal(err)
	}
	if err := w.replace(1, branch(2)); pointers(err) != "/parent" {
		t.Errorf("2 is a branch of 1 still: %v", err)
	}
	reply, err := w.Read(context.Background(), officer, w.now, code(1))
	if err != nil {
		t.Fatal(err)
	}
	if b := into[supervision.EnterpriseView](t, reply.Body).Branches; b == nil || b.Total != 1 || len(b.Items) != 1 || b.Items[0] != code(2) {
		t.Errorf("branches of 1: %s", reply.Body)
	}
	// A branch elsewhere is counted and not named.
	north := branch(1)
	north.Region = "110000"
	if _, err := w.Put(context.Background(), w.call(officer), code(20), north); err != nil {
		t.Fatal(err)
	}
	reply, err = w.Read(context.Background(), cityOfficer, w.now, code(1))
	if err != nil {
		t.Fatal(err)
	}
	if b := into[supervision.EnterpriseView](t, reply.Body).Branches; b.Total != 2 || len(b.Items) != 1 {
		t.Errorf("branches of 1 as Suzhou sees them: %s", reply.Body)
	}
	reply, err = w.Read(context.Background(), owner(code(1)), w.now, code(1))
	if err != nil {
		t.Fatal(err)
	}
	if b := into[supervision.EnterpriseView](t, reply.Body).Branches; b.Total != 2 || len(b.Items) != 2 {
		t.Errorf("branches of 1 as it sees them itself: %s", reply.Body)
	}
}

// Two halves of a loop, written at once: one of them is refused.
func TestHalvesOfALoopAtOnce(t *testing.T) {
	for round := range 20 {
		w := newWorld(t, tabletest.NewModel())
		w.register(1)
		w.register(2)
		var refused [2]error
		var wait sync.WaitGroup
		for i := range refused {
			wait.Go(func() { refused[i] = w.replace(i+1, branch(2-i)) })
		}
		wait.Wait()
		if (refused[0] == nil) == (refused[1] == nil) {
			t.Fatalf("round %d: %v and %v, want one refusal", round, refused[0], refused[1])
		}
	}
}

// In bulk parents may stand below their branches; loops and strangers are refused, and stop no other.
func TestParentsInBulk(t *testing.T) {
	w := newWorld(t, nil)
	var rows []supervision.Row
	add := func(n, parent int) {
		rows = append(rows, supervision.Row{Line: len(rows) + 1, USCC: code(n), Enterprise: branch(parent)})
	}
	add(2, 1)
	add(1, 0)
	add(3, 4)
	add(4, 3)
	add(5, 99)
	add(6, 2)
	for n := 100; n < 300; n++ {
		add(n, 6)
	}
	reply, err := w.Import(context.Background(), w.call(officer), rows)
	if err != nil {
		t.Fatal(err)
	}
	receipt := into[supervision.Receipt](t, reply.Body)
	var lines []string
	for _, r := range receipt.Rejected {
		lines = append(lines, fmt.Sprint(r.Line, r.Pointer))
	}
	if got := strings.Join(lines, " "); receipt.Accepted != len(rows)-3 || got != "3/parent 4/parent 5/parent" {
		t.Errorf("accepted %d, rejected %s", receipt.Accepted, got)
	}
	reply, err = w.Import(context.Background(), w.call(officer), rows)
	if err != nil {
		t.Fatal(err)
	}
	if again := into[supervision.Receipt](t, reply.Body); again.Accepted != len(rows)-3 {
		t.Errorf("the same again: %+v", again)
	}
}
