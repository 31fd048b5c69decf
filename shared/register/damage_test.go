package register_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
)

// A listing whose sealed part does not open is shown as far as it is known and says so; it keeps no other from being seen, and no step is taken
// on it until it is restored.
func TestDamagedListingIsIsolated(t *testing.T) {
	w := rt.New(t)
	before, hurt, after := w.Listed(rt.Human(1)), w.Listed(rt.Human(2)), w.Listed(rt.Human(3))
	restore := w.Damage(hurt)

	items, _, err := w.List(w.Ctx(), rt.Auditor, w.Now, register.Filter{}, register.Place{}, 10)
	w.Must(err)
	shown := map[string]register.View{}
	for _, item := range items {
		var v register.View
		w.Must(json.Unmarshal(item, &v))
		shown[v.ID] = v
	}
	if len(shown) != 3 || shown[hurt].Damaged == "" {
		t.Fatalf("the list shows %v", shown)
	}
	for id, name := range map[string]string{before: "虚构人1", after: "虚构人3"} {
		if v := shown[id]; v.Damaged != "" || v.Subject.Names[0].Text != name {
			t.Errorf("beside it: %+v", v)
		}
	}

	read := func() register.View {
		t.Helper()
		reply, err := w.Show(w.Ctx(), rt.SecondDecider, w.Now, hurt)
		w.Must(err)
		return w.View(reply)
	}
	v := read()
	if v.Damaged == "" || v.State != "listed" || len(v.Measures) == 0 || len(v.Allowed) != 0 {
		t.Errorf("shown as %+v", v)
	}
	if name := v.Subject.Names[0].Text; !strings.Contains(name, "damaged") || v.Facts != name || v.Subject.Birth != "" || v.Subject.Identifiers[0].Value == rt.CNID(2) {
		t.Errorf("in place of what is lost: %+v, %q", v.Subject, v.Facts)
	}

	appeal := rt.Of(register.Request{Kind: "appeal", Grounds: "It was not me."}.Step())
	if _, err := w.Try(rt.Officer, hurt, appeal); !errors.Is(err, fault.Unavailable) {
		t.Errorf("a step on it: %v", err)
	}
	if _, _, err := w.Events(w.Ctx(), rt.Auditor, w.Now, hurt, 0, 10); !errors.Is(err, fault.Unavailable) {
		t.Errorf("its timeline: %v", err)
	}

	restore()
	if v := read(); v.Damaged != "" || v.Subject.Names[0].Text != "虚构人2" {
		t.Errorf("restored: %+v", v)
	}
	w.Do(rt.Officer, hurt, appeal)
}
