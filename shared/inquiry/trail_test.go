package inquiry_test

import (
	"fmt"
	"testing"

	"shixin/shared/inquiry"
	"shixin/shared/subject"
)

func phones(numbers ...int) (ids []subject.Identifier) {
	for _, n := range numbers {
		ids = append(ids, subject.Identifier{Scheme: subject.MSISDN, Value: fmt.Sprintf("+86138%08d", n)})
	}
	return ids
}

func TestWalk(t *testing.T) {
	for name, c := range map[string]struct {
		ids  []subject.Identifier
		want int
	}{
		"nothing":               {nil, 0},
		"one":                   {phones(7), 0},
		"far apart":             {phones(7, 7000, 99), 0},
		"one after the other":   {phones(1, 2, 3, 4), 3},
		"shuffled, every other": {phones(9, 1, 5, 3, 7), 4},
		"the same again":        {phones(5, 5, 5), 0},
		"identity numbers that differ in their sequence": {[]subject.Identifier{
			{Scheme: subject.CNID, Value: "320501198005121237"}, {Scheme: subject.CNID, Value: "320501198005121245"}, {Scheme: subject.CNID, Value: "32050119800512937X"}}, 1},
		"organisation codes": {[]subject.Identifier{
			{Scheme: subject.USCC, Value: "91320500MA1000001X"}, {Scheme: subject.USCC, Value: "91320500MA10000123"}, {Scheme: subject.USCC, Value: "91330500MA1000002X"}}, 1},
		"entries of a published list": {[]subject.Identifier{{Scheme: subject.ListRef, Value: "ofac:1"}, {Scheme: subject.ListRef, Value: "ofac:2"}}, 0},
		"schemes are not mixed":       {append(phones(1), subject.Identifier{Scheme: subject.IoTCard, Value: "+8613800000002"}), 0},
		"no number at the end":        {[]subject.Identifier{{Scheme: subject.InternetAccount, Value: "someone"}, {Scheme: subject.InternetAccount, Value: "sometwo"}}, 0},
		"very long numbers":           {[]subject.Identifier{{Scheme: subject.IoTCard, Value: "898600000000000000000001"}, {Scheme: subject.IoTCard, Value: "898600000000000000000002"}}, 1},
	} {
		if steps, _, _ := inquiry.Walk(c.ids); steps != c.want {
			t.Errorf("%s: %d steps, want %d", name, steps, c.want)
		}
	}
}

// Somebody who asks one by one, or batch by batch, walks as well; up or down.
func TestAWalkFromCallToCall(t *testing.T) {
	for name, calls := range map[string][][]subject.Identifier{
		"up": {phones(1), phones(2), phones(3), phones(4)}, "down": {phones(9), phones(8), phones(7), phones(6)},
		"batches": {phones(1, 50), phones(51, 90), phones(91, 92), phones(93)},
	} {
		var d inquiry.Day
		within := 0
		for _, ids := range calls {
			steps, ends, around := inquiry.Walk(ids)
			within += steps
			d, _, _ = d.Append(record("r"), inquiry.Trail{Steps: steps, Ends: ends, Near: around}, limits)
		}
		if int(d.Steps)-within != 3 {
			t.Errorf("%s: %d steps between the calls, want 3", name, int(d.Steps)-within)
		}
		if len(d.Ends) > 64 {
			t.Errorf("%s: %d ends are kept", name, len(d.Ends))
		}
	}
}
