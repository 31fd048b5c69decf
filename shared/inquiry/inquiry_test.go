package inquiry_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/access"
	"shixin/shared/inquiry"
)

func record(id string) inquiry.Record {
	return inquiry.Record{
		ID: id, At: time.Date(2026, 3, 2, 1, 2, 3, 4e6, time.UTC), Account: "bank", Person: "xu", Role: access.Operator, Route: "POST /v1/status",
		Sealed: []byte("sealed"), Texts: strings.Repeat("a", 64), Asked: "1.abc", Identifiers: 3, Invalid: 1, ListVersion: 7,
		Verdicts: map[string]int{"listed": 1, "clear": 1, "unknown": 1},
	}
}

// limits are those of the register, as infra/alarms ships them.
var limits = inquiry.Limits{Quota: 1_000_000, Alarms: inquiry.Alarms{
	Walking: inquiry.Share{Least: 200, Percent: 50}, Guessing: inquiry.Share{Least: 100, Percent: 20}, Striking: inquiry.Share{Least: 100, Percent: 20},
	Past: inquiry.Past{Days: 14, LeastDays: 5, Least: 20, Times: 5},
}}

// chain appends records one after the other.
func chain(records ...inquiry.Record) (inquiry.Day, []inquiry.Record) {
	var d inquiry.Day
	for i, r := range records {
		d, records[i], _ = d.Append(r, inquiry.Trail{}, limits)
	}
	return d, records
}

// The hash is the rule that exports are verified by for ever. This one was computed by another program: a few lines of Python over the
// documented fields and hashlib.
func TestTheRuleIsFrozen(t *testing.T) {
	r := record("r-1")
	r.N = 1
	const want = "6e75a28dff236419f2f6974512d1e8734ea90bf6a261dfdb0884b2bd7b091edb"
	if got := r.Sum(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAChainShowsEveryAlteration(t *testing.T) {
	_, good := chain(record("r-1"), record("r-2"), record("r-3"))
	if err := inquiry.Check("", 0, good); err != nil {
		t.Fatal(err)
	}
	if err := inquiry.Check(good[0].Hash, 1, good[1:]); err != nil {
		t.Errorf("from the second on: %v", err)
	}
	text, err := json.Marshal(good[1])
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if name == "sealed" {
			continue // texts commits to it
		}
		altered := map[string]any{}
		for k, v := range fields {
			altered[k] = v
		}
		switch v := value.(type) {
		case string:
			altered[name] = v + "0"
			if name == "at" {
				altered[name] = "2026-03-02T01:02:03.005Z"
			}
		case float64:
			altered[name] = v + 1
		case map[string]any:
			altered[name] = map[string]any{"listed": 2, "clear": 1}
		}
		text, err := json.Marshal(altered)
		if err != nil {
			t.Fatal(err)
		}
		var r inquiry.Record
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if inquiry.Check("", 0, []inquiry.Record{good[0], r, good[2]}) == nil {
			t.Errorf("an altered %s is not seen", name)
		}
	}
	for name, records := range map[string][]inquiry.Record{
		"left out": {good[0], good[2]}, "swapped": {good[1], good[0], good[2]}, "twice": {good[0], good[0], good[1]}, "without its beginning": {good[1], good[2]},
	} {
		if inquiry.Check("", 0, records) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

// No two different records have the same text under the hash, wherever the borders of their fields lie.
func TestFieldsDoNotRunIntoOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("0:1,;=a")), 0, 6, -1)
		draw := func(r inquiry.Record) inquiry.Record {
			r.Account, r.Person, r.Authority, r.Route = text.Draw(t, "account"), text.Draw(t, "person"), text.Draw(t, "authority"), text.Draw(t, "route")
			return r
		}
		a, b := draw(record("r")), draw(record("r"))
		same := a.Account == b.Account && a.Person == b.Person && a.Authority == b.Authority && a.Route == b.Route
		if (a.Sum() == b.Sum()) != same {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestCaller(t *testing.T) {
	for want, p := range map[string]access.Principal{
		"account:bank":            {Role: access.Operator, Account: "bank"},
		"uscc:91320500MA10000018": {Role: access.Enterprise, Account: "x", USCC: "91320500MA10000018"},
	} {
		if got := inquiry.Caller(p); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		r := inquiry.Record{Role: p.Role, Account: p.Account, USCC: p.USCC}
		if r.Caller() != want {
			t.Errorf("a record's: %s, want %s", r.Caller(), want)
		}
	}
}

func TestAlarmsRingOnce(t *testing.T) {
	ask := func(identifiers, invalid, listed int, steps int) (inquiry.Record, inquiry.Trail) {
		r := record("r")
		r.Identifiers, r.Invalid, r.Verdicts = identifiers, invalid, map[string]int{"listed": listed, "clear": identifiers - listed - invalid}
		return r, inquiry.Trail{Steps: steps, Ends: []string{"place"}}
	}
	for name, c := range map[string]struct {
		calls                               int
		identifiers, invalid, listed, steps int
		want                                []inquiry.Alarm
	}{
		"an ordinary day":           {500, 100, 1, 1, 0, nil},
		"a carrier's own numbers":   {10, 1000, 0, 0, 400, nil},
		"a few numbers in sequence": {10, 10, 0, 0, 10, nil},
		"a walk":                    {3, 100, 0, 0, 99, []inquiry.Alarm{inquiry.Walking}},
		"many invalid":              {10, 50, 25, 0, 0, []inquiry.Alarm{inquiry.Guessing}},
		"many listed":               {10, 50, 0, 25, 0, []inquiry.Alarm{inquiry.Striking}},
		"too many":                  {11, 100_000, 0, 0, 0, []inquiry.Alarm{inquiry.Exhausted}},
	} {
		t.Run(name, func(t *testing.T) {
			var d inquiry.Day
			var told []inquiry.Alarm
			for range c.calls {
				r, trail := ask(c.identifiers, c.invalid, c.listed, c.steps)
				var now []inquiry.Alarm
				d, _, now = d.Append(r, trail, limits)
				told = append(told, now...)
			}
			if !slices.Equal(told, c.want) {
				t.Errorf("told %v, want %v", told, c.want)
			}
		})
	}
}
