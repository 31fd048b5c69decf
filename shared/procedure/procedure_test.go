package procedure_test

import (
	"errors"
	"slices"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/procedure"
)

// door is a record that may be opened with the right key, knocked at, and walked through by number.
type door string

var (
	rightKey = procedure.Guard[string]{Name: "the right key", Check: func(key string, _ procedure.About) *fault.Fault {
		if key != "brass" {
			return fault.New(fault.Forbidden, "another key", "钥匙不符")
		}
		return nil
	}}
	first = procedure.Guard[string]{Name: "the first guest", Check: func(_ string, about procedure.About) *fault.Fault {
		if about.N != 1 {
			return fault.New(fault.Conflict, "one at a time", "请逐一进入")
		}
		return nil
	}}
	doors = procedure.Table[string, string, string, door]{En: "door", Zh: "门", States: procedure.States[door]{"": "尚未安装", "open": "开启", "shut": "关闭"}, Steps: []procedure.Step[string, string, string, door]{
		{Name: "making", From: []door{""}, To: []door{"shut"}},
		{Name: "opening", From: []door{"shut"}, To: []door{"open"}, Persons: []procedure.Guard[string]{rightKey}},
		{Name: "knocks:", From: []door{"shut", "open"}},
		{Name: "guests/", From: []door{"open"}, To: []door{"open", "shut"}, Guards: []procedure.Guard[string]{first}},
	}}
)

func TestSteps(t *testing.T) {
	if err := doors.Step("opening").MayTake("iron", procedure.About{}); !errors.Is(err, fault.Forbidden) {
		t.Errorf("a wrong key: %v", err)
	}
	if err := doors.Step("opening").MayTake("brass", procedure.About{}); err != nil {
		t.Errorf("the right key: %v", err)
	}
	guests := doors.Step("guests/")
	for _, c := range []struct {
		state door
		n     int
		says  string
	}{
		{"open", 1, ""}, {"open", 2, "one at a time · 请逐一进入"},
		{"", 1, "the door is not there yet; this step is taken while it is open · 门状态为尚未安装,该步骤仅在开启时办理"},
	} {
		err := doors.Possible(guests, "", c.state, procedure.About{N: c.n})
		if f, _ := errors.AsType[*fault.Fault](err); c.says != "" && (f == nil || f.Kind != fault.Conflict || f.Detail != c.says) || c.says == "" && err != nil {
			t.Errorf("guest %d at a door that is %q: %v", c.n, c.state, err)
		}
	}
	for from, to := range map[door]door{"open": "shut", "shut": "open"} {
		if err := doors.Step("knocks:").Led(from, to); err == nil {
			t.Errorf("a knock led from %s to %s", from, to)
		}
	}
	if guests.Led("open", "shut") != nil || guests.Led("open", "") == nil || doors.Step("knocks:").Led("open", "open") != nil {
		t.Error("what the table has is refused, or what it has not is not")
	}
	about := procedure.About{Kind: "loud", N: 7}
	spelled := []string{doors.Step("opening").Spelled(about), doors.Step("knocks:").Spelled(about), guests.Spelled(about)}
	if want := []string{"opening", "knocks:loud", "guests/7/outcome"}; !slices.Equal(spelled, want) {
		t.Errorf("spelled %v, want %v", spelled, want)
	}
}

func TestPage(t *testing.T) {
	const want = `| step | from | to | guards, in order |
|---|---|---|---|
| making | (none) | shut |  |
| opening | shut | open | the right key |
| knocks:KIND | shut, open | as it was |  |
| guests/N/outcome | open | open, shut | the first guest |

` + "```mermaid" + `
stateDiagram-v2
    [*] --> shut: making
    shut --> open: opening
    shut --> shut: knocks
    open --> open: knocks
    open --> open: guests outcome
    open --> shut: guests outcome
` + "```\n"
	if got := procedure.Page(doors.Rows()); got != want {
		t.Errorf("got %s", got)
	}
}
