package compliance_test

import (
	"errors"
	"testing"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/fault"
)

func act(person string, day string) compliance.Act {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return compliance.Act{At: at.Add(2 * time.Hour), By: person, Person: person}
}

func TestVersionsOfARulePack(t *testing.T) {
	b := compliance.Book{Name: "k"}.Join([]compliance.Edition{{Version: 1, Sum: "a"}})
	b, second := b.Draft("b", act("o", "2026-04-01"))
	if second.Version != 2 || !second.Draft() {
		t.Fatalf("%+v", second)
	}
	on := func(day string, want int) {
		t.Helper()
		if e, _ := b.On(act("", day).At); e.Version != want {
			t.Errorf("on %s version %d is in force, want %d", day, e.Version, want)
		}
	}
	on("2026-05-01", 1)
	for name, c := range map[string]struct {
		version int
		tried   bool
		from    string
		by      compliance.Act
		want    fault.Kind
	}{
		"of no such version": {3, true, "2026-04-10", act("d", "2026-04-02"), fault.NotFound},
		"of a builtin one":   {1, true, "2026-04-10", act("d", "2026-04-02"), fault.Conflict},
		"by its drafter":     {2, true, "2026-04-10", act("o", "2026-04-02"), fault.Forbidden},
		"never tried":        {2, false, "2026-04-10", act("d", "2026-04-02"), fault.Conflict},
		"behind runs":        {2, true, "2026-04-01", act("d", "2026-04-02"), fault.Invalid},
	} {
		if _, err := b.Publish(c.version, c.tried, "2026-04-10", c.by, nil); c.from == "2026-04-10" && !errors.Is(err, c.want) {
			t.Errorf("publication %s: %v", name, err)
		}
	}
	if _, err := b.Publish(2, true, "2026-04-01", act("d", "2026-04-02"), nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("from a day that is over: %v", err)
	}
	var err error
	if b, err = b.Publish(2, true, "2026-04-10", act("d", "2026-04-02"), nil); err != nil {
		t.Fatal(err)
	}
	on("2026-04-09", 1)
	on("2026-04-10", 2)

	// A run is of what was known at its moment: a third version that comes into force on the same day later that day changes nothing behind it.
	b, _ = b.Draft("c", act("o", "2026-04-11"))
	before := act("", "2026-04-12").At
	if b, err = b.Publish(3, true, "2026-04-12", compliance.Act{At: before.Add(time.Hour), Person: "d"}, nil); err != nil {
		t.Fatal(err)
	}
	if e, _ := b.On(before); e.Version != 2 {
		t.Errorf("before it was published version %d is in force", e.Version)
	}
	if e, _ := b.On(before.Add(2 * time.Hour)); e.Version != 3 {
		t.Errorf("after it was published version %d is in force", e.Version)
	}

	// Once something was drafted, no number is taken by what comes with the register.
	if got := b.Join([]compliance.Edition{{Version: 1, Sum: "a"}, {Version: 4, Sum: "x"}}); len(got.Editions) != 3 {
		t.Errorf("%d versions", len(got.Editions))
	}
	if got := b.Try(3, "run"); got.Editions[2].Trial != "run" || b.Editions[2].Trial != "" {
		t.Error("a trial is noted elsewhere")
	}
}
