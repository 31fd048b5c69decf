package fault_test

import (
	"errors"
	"testing"

	"shixin/shared/fault"
)

func TestWrong(t *testing.T) {
	var w fault.Wrong
	w.Err("/a", nil)
	if err := w.Fault(); err != nil || w.Any() {
		t.Errorf("nothing is wrong: %v", err)
	}
	w.Add("/b", "is required", "必填")
	w.Err("/c", errors.New("of its own"))
	f, ok := errors.AsType[*fault.Fault](w.Fault())
	if !ok || f.Kind != fault.Invalid || len(f.Fields) != 2 || f.Fields[0] != (fault.Field{Pointer: "/b", Detail: "is required · 必填"}) || f.Fields[1].Detail != "of its own" {
		t.Errorf("%+v", f)
	}
	for range 200 {
		w.Add("/d", "x", "")
	}
	if f, _ := errors.AsType[*fault.Fault](w.Fault()); len(f.Fields) != 100 {
		t.Errorf("%d fields", len(f.Fields))
	}
}
