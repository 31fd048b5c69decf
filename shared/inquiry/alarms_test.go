package inquiry_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/inquiry"
)

// days is so many equal days of a caller.
func days(n int, identifiers, hits int64) []inquiry.Day {
	return slices.Repeat([]inquiry.Day{{Identifiers: identifiers, Hits: hits}}, n)
}

// Hits are compared with the caller's own past, where it has one.
func TestHitsAreComparedWithThePast(t *testing.T) {
	for name, c := range map[string]struct {
		past         []inquiry.Day
		asked, found int
		rings        bool
	}{
		"a bank's usual day":                           {days(14, 10_000, 10), 10_000, 12, false},
		"a bank with twenty times as many":             {days(14, 10_000, 10), 10_000, 200, true},
		"the same, before it has a past":               {days(4, 10_000, 10), 10_000, 200, false},
		"an office that asks for suspects":             {days(14, 200, 80), 300, 140, false},
		"nobody's past, and suspects":                  {nil, 300, 140, true},
		"few hits are nothing, however rare they were": {days(14, 10_000, 0), 100, 19, false},
		"the first hits of a long past":                {days(14, 10_000, 0), 10_000, 20, true},
		"days on which it asked for nobody":            {append(days(4, 10_000, 10), days(10, 0, 0)...), 10_000, 200, false},
	} {
		d := inquiry.Begin(c.past)
		r := record("r")
		r.Identifiers, r.Invalid, r.Verdicts = c.asked, 0, map[string]int{"listed": c.found, "clear": c.asked - c.found}
		_, _, told := d.Append(r, inquiry.Trail{}, limits)
		if rings := slices.Contains(told, inquiry.Striking); rings != c.rings {
			t.Errorf("%s: told %v", name, told)
		}
	}
}

// Names that are asked for beside them, as a nightly file has, do not hide a walk through numbers.
func TestAFileOfNamesHidesNoWalk(t *testing.T) {
	file, walk := record("file"), record("walk")
	file.Identifiers, file.Invalid, file.Verdicts = 100_000, 0, map[string]int{"clear": 100_000}
	walk.Identifiers, walk.Invalid, walk.Verdicts = 1000, 0, map[string]int{"clear": 1000}
	d, _, _ := (inquiry.Day{}).Append(file, inquiry.Trail{}, limits)
	if _, _, told := d.Append(walk, inquiry.Trail{Steps: 999, Ends: []string{"first", "last"}}, limits); !slices.Contains(told, inquiry.Walking) {
		t.Errorf("told %v", told)
	}
}

// What is shown to whoever has named nobody is no hit.
func TestShownIsNotFound(t *testing.T) {
	r := record("r")
	r.Identifiers, r.Invalid, r.Verdicts = 0, 0, map[string]int{"match": 500}
	if d, _, told := (inquiry.Day{}).Append(r, inquiry.Trail{}, limits); d.Hits != 0 || len(told) > 0 {
		t.Errorf("%+v, %v", d, told)
	}
}

// More hits among as many never silence the alarm, nor does a past with fewer of them; and the order of the past is nothing.
func TestThePastIsOrderly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		past := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) inquiry.Day {
			n := rapid.Int64Range(0, 1000).Draw(t, "identifiers")
			return inquiry.Day{Identifiers: n, Hits: rapid.Int64Range(0, n).Draw(t, "hits")}
		}), 0, 14).Draw(t, "past")
		asked := rapid.IntRange(1, 1000).Draw(t, "asked")
		found := rapid.IntRange(0, asked).Draw(t, "found")
		rings := func(past []inquiry.Day, found int) bool {
			r := record("r")
			r.Identifiers, r.Invalid, r.Verdicts = asked, 0, map[string]int{"listed": found}
			_, _, told := inquiry.Begin(past).Append(r, inquiry.Trail{}, limits)
			return slices.Contains(told, inquiry.Striking)
		}
		backward := slices.Clone(past)
		slices.Reverse(backward)
		calmer := slices.Clone(past)
		for i := range calmer {
			calmer[i].Hits /= 2
		}
		switch now := rings(past, found); {
		case now != rings(backward, found):
			t.Fatal("it depends on the order of the past")
		case now && !rings(past, min(asked, found+1)):
			t.Fatal("one hit more silences it")
		case now && !rings(calmer, found):
			t.Fatal("a calmer past silences it")
		}
	})
}
