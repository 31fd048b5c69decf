package journal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shixin/shared/journal"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

var (
	citizen = subject.Ref{Scheme: subject.CNID, Key: "h-1", Shown: "110*************0X"}
	another = subject.Ref{Scheme: subject.CNID, Key: "h-2", Shown: "310*************04"}
	phone   = subject.Ref{Scheme: subject.MSISDN, Key: "h-3", Shown: "138******01"}
)

// fiveYears is the cap of the joint measures.
var fiveYears = &journal.Cap{Months: 60, Basis: "Joint Measures, art. 9"}

// book writes entries one after the other, as the journal does.
type book struct {
	entries []journal.Entry
}

// add writes what the list says from nine in the morning of a day on.
func (b *book) add(on workday.Day, listing string, s journal.Standing, ids ...subject.Ref) *book {
	t := journal.Listed
	if s.Removed != "" {
		t = journal.Removed
	}
	b.entries = append(b.entries, journal.Entry{N: int64(len(b.entries) + 1), At: on.Start().Add(9 * time.Hour).UTC(), Type: t,
		Listing: listing, Regime: "telecom-fraud", Ground: "designated-trading", Authority: "auth-1", Kind: subject.Person,
		Identifiers: ids, Standing: s})
	return b
}

// record is what the book says about one identifier.
func (b *book) record(of subject.Ref) journal.Record {
	var r journal.Record
	for _, e := range b.entries {
		if about(e, of) {
			r = r.Add(e, of.ID())
		}
	}
	return r
}

func about(e journal.Entry, of subject.Ref) bool {
	is := func(r subject.Ref) bool { return r.ID() == of.ID() }
	return slices.ContainsFunc(e.Identifiers, is) || slices.ContainsFunc(e.Left, is)
}

func term(from, until workday.Day) journal.Standing {
	return journal.Standing{From: from, Until: until, Measures: []string{"m"}, Cap: fiveYears}
}

func removed(s journal.Standing, cause string) journal.Standing {
	s.Removed = cause
	return s
}

func noon(d workday.Day) time.Time { return d.Start().Add(12 * time.Hour) }

// inForce names the listings in force on a day, each with its last day and the sum it shows.
func inForce(r journal.Record, on workday.Day) []string {
	var out []string
	for _, f := range r.At(noon(on)) {
		s := f.Listing + " until " + string(f.Until)
		if f.Cap != nil {
			s += ", in a row until " + string(f.Cap.Until)
		}
		out = append(out, s)
	}
	return out
}

func TestTermsAddUp(t *testing.T) {
	type listed struct{ from, until workday.Day }
	for name, c := range map[string]struct {
		terms []listed
		on    workday.Day
		want  []string
	}{
		"one alone":                         {[]listed{{"2025-01-01", "2027-01-01"}}, "2027-01-01", []string{"L1 until 2027-01-01"}},
		"its last day is over":              {[]listed{{"2025-01-01", "2027-01-01"}}, "2027-01-02", nil},
		"without an end":                    {[]listed{{"2025-01-01", ""}}, "2090-01-01", []string{"L1 until "}},
		"not started, beside a running one": {[]listed{{"", ""}, {"2025-01-01", "2027-01-01"}}, "2026-01-01", []string{"L1 until ", "L2 until 2027-01-01"}},
		"ended on appeal before it started, beside a running one": {[]listed{{"", "2026-06-30"}, {"2025-01-01", "2027-01-01"}}, "2026-01-01",
			[]string{"L1 until 2026-06-30", "L2 until 2027-01-01"}},
		"overlapping": {[]listed{{"2025-01-01", "2027-01-01"}, {"2026-01-01", "2028-01-01"}}, "2026-06-01",
			[]string{"L1 until 2027-01-01, in a row until 2029-01-01", "L2 until 2029-01-01, in a row until 2029-01-01"}},
		"overlapping, the first has run out": {[]listed{{"2025-01-01", "2027-01-01"}, {"2026-01-01", "2028-01-01"}}, "2028-06-01",
			[]string{"L2 until 2029-01-01, in a row until 2029-01-01"}},
		"on the last day": {[]listed{{"2025-01-01", "2027-01-01"}, {"2027-01-01", "2029-01-01"}}, "2028-06-01",
			[]string{"L2 until 2029-01-01, in a row until 2029-01-01"}},
		"touching": {[]listed{{"2025-01-01", "2027-01-01"}, {"2027-01-02", "2029-01-02"}}, "2028-06-01",
			[]string{"L2 until 2029-01-02, in a row until 2029-01-02"}},
		"a gap of a day": {[]listed{{"2025-01-01", "2027-01-01"}, {"2027-01-03", "2029-01-03"}}, "2028-06-01", []string{"L2 until 2029-01-03"}},
		"the cap": {[]listed{{"2025-01-01", "2028-01-01"}, {"2026-01-01", "2029-01-01"}}, "2026-06-01",
			[]string{"L1 until 2028-01-01, in a row until 2030-01-01", "L2 until 2030-01-01, in a row until 2030-01-01"}},
		"three, capped": {[]listed{{"2025-01-01", "2027-01-01"}, {"2025-06-01", "2027-06-01"}, {"2025-07-01", "2027-07-01"}}, "2029-12-31",
			[]string{"L3 until 2030-01-01, in a row until 2030-01-01"}},
		"touching a row, capped": {[]listed{{"2025-01-01", "2028-01-01"}, {"2028-01-02", "2031-01-02"}}, "2029-06-01",
			[]string{"L2 until 2030-01-01, in a row until 2030-01-01"}},
		"the day after a row reached its cap is a new row": {[]listed{{"2025-01-01", "2028-01-01"}, {"2026-01-01", "2029-01-01"}, {"2030-01-02", "2032-01-02"}}, "2031-01-01",
			[]string{"L3 until 2032-01-02"}},
		"one longer than the cap keeps its own": {[]listed{{"2025-01-01", "2035-01-01"}, {"2026-01-01", "2028-01-01"}}, "2029-01-01",
			[]string{"L1 until 2035-01-01, in a row until 2035-01-01", "L2 until 2035-01-01, in a row until 2035-01-01"}},
		"days and months": {[]listed{{"2025-01-01", "2025-03-31"}, {"2025-01-10", "2025-02-19"}}, "2025-02-01", // a month and nine days more
			[]string{"L1 until 2025-03-31, in a row until 2025-05-09", "L2 until 2025-05-09, in a row until 2025-05-09"}},
	} {
		t.Run(name, func(t *testing.T) {
			var b book
			for i, l := range c.terms {
				b.add("2025-01-01", fmt.Sprintf("L%d", i+1), term(l.from, l.until), citizen)
			}
			if got := inForce(b.record(citizen), c.on); !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWhatStopsCounting(t *testing.T) {
	for cause, want := range map[string][]string{
		"expiry":     {"L2 until 2029-01-01, in a row until 2029-01-01"},
		"revocation": nil, "appeal": nil, "repair": nil, "identity": nil, // L2 alone ran to the first day of 2028
	} {
		first := term("2025-01-01", "2027-01-01")
		var b book
		b.add("2025-01-01", "L1", first, citizen).add("2026-01-01", "L2", term("2026-01-01", "2028-01-01"), citizen).
			add("2027-01-02", "L1", removed(first, cause), citizen)
		if got := inForce(b.record(citizen), "2028-06-01"); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", cause, got, want)
		}
		was := []string{"L1 until 2027-01-01, in a row until 2029-01-01", "L2 until 2029-01-01, in a row until 2029-01-01"}
		if got := inForce(b.record(citizen), "2026-06-01"); !slices.Equal(got, was) {
			t.Errorf("%s: the past was changed to %q", cause, got)
		}
	}
}

func TestOtherRegimesAndUncappedGroundsDoNotAddUp(t *testing.T) {
	var b book
	b.add("2025-01-01", "L1", term("2025-01-01", "2027-01-01"), citizen).add("2026-01-01", "L2", term("2026-01-01", "2028-01-01"), citizen)
	b.entries[1].Regime = "another"
	if got, want := inForce(b.record(citizen), "2026-06-01"), []string{"L1 until 2027-01-01", "L2 until 2028-01-01"}; !slices.Equal(got, want) {
		t.Errorf("another regime: %q", got)
	}
	b.entries[1].Regime, b.entries[1].Standing.Cap = "telecom-fraud", nil
	if got, want := inForce(b.record(citizen), "2026-06-01"), []string{"L1 until 2027-01-01", "L2 until 2028-01-01"}; !slices.Equal(got, want) {
		t.Errorf("an uncapped ground: %q", got)
	}
}

// Two persons may be listed with one telephone: the one's term says nothing about the other's.
func TestTermsOfTwoSubjectsWithOneTelephone(t *testing.T) {
	var b book
	b.add("2025-01-01", "L1", term("2025-01-01", "2027-01-01"), citizen, phone).add("2026-01-01", "L2", term("2026-01-01", "2028-01-01"), another, phone)
	if got, want := inForce(b.record(phone), "2026-06-01"), []string{"L1 until 2027-01-01", "L2 until 2028-01-01"}; !slices.Equal(got, want) {
		t.Errorf("two persons: %q", got)
	}
	b.entries[1].Identifiers = []subject.Ref{phone, citizen}
	if got, want := inForce(b.record(phone), "2028-06-01"), inForce(b.record(citizen), "2028-06-01"); len(got) != 1 || !slices.Equal(got, want) {
		t.Errorf("one person: by telephone %q, by number %q", got, want)
	}
	b.entries[0].Identifiers, b.entries[1].Identifiers = []subject.Ref{phone}, []subject.Ref{phone}
	if got := inForce(b.record(phone), "2028-06-01"); len(got) != 1 {
		t.Errorf("known by the telephone alone: %q", got)
	}
}

func TestIdentifierWhoseHolderChanges(t *testing.T) {
	given := phone
	given.From, given.To = "2024-01-01", "2025-06-30"
	var b book
	b.add("2025-01-01", "L1", term("2025-01-01", "2027-01-01"), citizen, given)
	for day, listed := range map[workday.Day]bool{"2025-06-30": true, "2025-07-01": false, "2026-01-01": false} {
		if got := inForce(b.record(phone), day); (len(got) == 1) != listed {
			t.Errorf("on %s: %q", day, got)
		}
	}
	if len(inForce(b.record(citizen), "2026-01-01")) != 1 {
		t.Error("the person is listed whoever has the telephone")
	}
}

func TestStays(t *testing.T) {
	s := term("2025-01-01", "2027-01-01")
	s.Published = true
	var b book
	b.add("2025-01-01", "L1", s, citizen)
	s.Stays = []journal.Stay{{What: []string{"measures"}, Until: "2025-06-30"}, {What: []string{"publication"}, Until: "2025-03-31"}}
	b.add("2025-02-01", "L1", s, citizen)
	r := b.record(citizen)
	for _, c := range []struct {
		on               workday.Day
		measures, public bool
	}{{"2025-01-15", true, true}, {"2025-02-01", false, false}, {"2025-03-31", false, false}, {"2025-04-01", false, true}, {"2025-06-30", false, true}, {"2025-07-01", true, true}} {
		f := r.At(noon(c.on))
		if len(f) != 1 || (len(f[0].Measures) > 0) != c.measures || f[0].Published != c.public {
			t.Errorf("on %s: %+v", c.on, f)
		}
	}
}

func TestCorrectedIdentifier(t *testing.T) {
	var b book
	b.add("2025-01-01", "L1", term("2025-01-01", "2027-01-01"), citizen).add("2025-02-01", "L1", term("2025-01-01", "2027-01-01"), another)
	b.entries[1].Type, b.entries[1].Left = journal.Corrected, []subject.Ref{citizen}
	for _, c := range []struct {
		of     subject.Ref
		on     workday.Day
		listed bool
	}{{citizen, "2025-01-15", true}, {citizen, "2025-02-01", false}, {another, "2025-01-15", false}, {another, "2025-02-01", true}} {
		if got := inForce(b.record(c.of), c.on); (len(got) == 1) != c.listed {
			t.Errorf("%s on %s: %q", c.of.Key, c.on, got)
		}
	}
	if got := b.record(citizen).Until("L1", noon("2025-02-01")); got != "" {
		t.Errorf("a listing that left has a last day: %s", got)
	}
	b.add("2025-03-01", "L1", term("2025-01-01", "2027-01-01"), citizen) // and back
	if got := inForce(b.record(citizen), "2025-03-01"); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

func TestUntil(t *testing.T) {
	var b book
	b.add("2025-01-01", "L1", term("2025-01-01", "2027-01-01"), citizen).add("2026-01-01", "L2", term("2026-01-01", "2028-01-01"), citizen)
	r := b.record(citizen)
	for listing, want := range map[string]workday.Day{"L1": "2027-01-01", "L2": "2029-01-01", "L3": ""} {
		if got := r.Until(listing, noon("2026-06-01")); got != want {
			t.Errorf("%s until %s, want %s", listing, got, want)
		}
	}
	if r.Last() != 2 || (journal.Record{}).Last() != 0 {
		t.Error("the newest entry's number")
	}
}

// drawBook writes a random history of three listings of two persons who share a telephone.
func drawBook(t *rapid.T) *book {
	var b book
	day := workday.Day("2025-01-01")
	for range rapid.IntRange(1, 12).Draw(t, "entries") {
		day = day.AddDays(rapid.IntRange(0, 300).Draw(t, "days"))
		listing := rapid.SampledFrom([]string{"L1", "L2", "L3"}).Draw(t, "listing")
		s := term(day, day.AddMonths(rapid.IntRange(1, 48).Draw(t, "months")))
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			s.Removed = rapid.SampledFrom([]string{"expiry", "appeal", "revocation"}).Draw(t, "cause")
		case 1:
			s.From, s.Until = "", ""
		case 2:
			s.Cap = nil
		}
		ids := rapid.SampledFrom([][]subject.Ref{{citizen}, {citizen, phone}, {another, phone}, {phone}}).Draw(t, "identifiers")
		b.add(day, listing, s, ids...)
		e := &b.entries[len(b.entries)-1]
		for _, before := range b.entries[:len(b.entries)-1] {
			for _, ref := range before.Identifiers {
				if before.Listing == listing && !slices.ContainsFunc(ids, func(r subject.Ref) bool { return r.ID() == ref.ID() }) {
					e.Left = append(e.Left, ref)
				}
			}
		}
	}
	return &b
}

func TestPastMomentsAreWhatTheListSaidThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t)
		last := len(b.entries)
		moment := workday.Day("2025-01-01").AddDays(rapid.IntRange(0, 4000).Draw(t, "moment")).Start().Add(10 * time.Hour)
		for last > 0 && b.entries[last-1].At.After(moment) {
			last--
		}
		then := book{b.entries[:last]}
		for _, of := range []subject.Ref{citizen, another, phone} {
			if diff := cmp.Diff(then.record(of).At(moment), b.record(of).At(moment)); diff != "" {
				t.Fatalf("%s at %s: %s", of.Key, moment, diff)
			}
			for _, listing := range []string{"L1", "L2", "L3"} {
				if was, is := then.record(of).Until(listing, moment), b.record(of).Until(listing, moment); was != is {
					t.Fatalf("%s until %s, then %s", listing, is, was)
				}
			}
		}
	})
}

func TestAddingTwiceOrInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t)
		want := b.record(phone)
		var order []journal.Entry
		for _, e := range b.entries {
			if about(e, phone) {
				order = append(order, e)
			}
		}
		var got journal.Record
		for _, e := range rapid.Permutation(append(order, order...)).Draw(t, "order") {
			before := got
			kept := fmt.Sprint(before)
			got = got.Add(e, phone.ID())
			if fmt.Sprint(before) != kept {
				t.Fatal("adding changed the record before")
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// However listings overlap: none lasts shorter than its own term, unless the cap ends it, and none beyond the cap.
func TestSumsStayWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b book
		first := map[string]journal.Standing{}
		day := workday.Day("2025-01-01")
		for i := range rapid.IntRange(1, 6).Draw(t, "listings") {
			day = day.AddDays(rapid.IntRange(0, 900).Draw(t, "days"))
			s := term(day, day.AddMonths(rapid.IntRange(1, 36).Draw(t, "months")))
			id := fmt.Sprintf("L%d", i+1)
			first[id] = s
			b.add(day, id, s, citizen)
		}
		r := b.record(citizen)
		for id, s := range first {
			until := r.Until(id, noon("2090-01-01"))
			if until < s.From {
				t.Fatalf("%s of %s ended on %s, before it began", id, s.From, until)
			}
			start := s.From
			for _, other := range first { // the earliest day from which the row can have run
				if other.From < start && other.From.AddMonths(60) >= s.From {
					start = min(start, other.From)
				}
			}
			if until < s.Until && until < start.AddMonths(60) {
				t.Fatalf("%s until %s, its own term until %s", id, until, s.Until)
			}
			if until > s.From.AddMonths(60) {
				t.Fatalf("%s of %s until %s: more than the cap", id, s.From, until)
			}
		}
	})
}
