package listing_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/journal"
	"shixin/shared/listing"
)

// write enters the effects of the events from number n on into the journal, as whoever stores them does.
func (s *life) write(tb testing.TB, entries []journal.Entry, n int) []journal.Entry {
	tb.Helper()
	before, err := listing.Fold(listing.Listing{}, s.events[:n]...)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range s.events[n:] {
		after, err := listing.Fold(before, e)
		if err != nil {
			tb.Fatal(err)
		}
		if _, has := listing.Effect(e); has {
			entry := listing.Entry(before, after, e, s.rules)
			entry.N, entry.At = int64(len(entries)+1), e.At
			entries = append(entries, entry)
		}
		before = after
	}
	return entries
}

// What the journal says about each identifier is what the listing says about itself, at every moment of every life: there is no
// effect without an event, and no event changes the list unseen.
func TestTheListSaysWhatTheListingIs(t *testing.T) {
	inForce := 0
	rapid.Check(t, func(rt *rapid.T) {
		var entries []journal.Entry
		written := 0
		ever := map[string]bool{}
		randomly(rt, t, func(s *life) {
			entries, written = s.write(t, entries, written), len(s.events)
			now := listing.Judged(s.l, s.rules, s.now)
			var held []string
			for _, id := range now.Content.Subject.Identifiers {
				held = append(held, id.ID())
				ever[id.ID()] = true
			}
			for id := range ever {
				var r journal.Record
				for _, e := range entries {
					if slices.ContainsFunc(slices.Concat(e.Identifiers, e.Left), func(ref ref) bool { return ref.ID() == id }) {
						r = r.Add(e, id)
					}
				}
				said := r.At(s.now)
				if want := now.State == listing.Listed && slices.Contains(held, id); (len(said) == 1) != want {
					rt.Fatalf("on %s the listing is %s and the list says %+v", s.today(), now.State, said)
				}
				if now.Published(s.today()) && now.State != listing.Listed {
					rt.Fatalf("published while %s", now.State)
				}
				if len(said) == 0 {
					continue
				}
				inForce++
				f := said[0]
				if f.From != now.Term.From || f.Until != now.Term.Until || !slices.Equal(f.Measures, now.InForce(s.today())) || f.Published != now.Published(s.today()) || f.Cap != nil {
					rt.Fatalf("the list says %+v of\n%s", f, encode(t, now))
				}
			}
			for _, e := range entries {
				if (e.Standing.Cap != nil) != s.rules.Ground.Capped || (e.Type == journal.Removed) != (e.Standing.Removed != "") {
					rt.Fatalf("entry %+v", e)
				}
			}
		})
	})
	if inForce == 0 {
		t.Error("no random life was in force: the property was not tried")
	}
}

func TestWhatIsNoEffect(t *testing.T) {
	s := wholeLife(t)
	var got []string
	for _, e := range s.events {
		if effect, has := listing.Effect(e); has {
			got = append(got, e.Type+": "+string(effect))
		}
	}
	want := []string{"decided: listed", "published: published", "term-started: corrected", "resolved: stayed", "resolved: corrected", "resolved: corrected",
		"resolved: unpublished", "resolved: removed", "resolved: listed", "expired: removed"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// The cap of the joint measures, from the decisions to the answer: what the other listing adds comes in through Rules.Accrued.
func TestTwoListingsOfOneSubject(t *testing.T) {
	first := listed(t, rulesOf(t, law(), "trading"), content(company()))
	second := begin(t, rulesOf(t, law(), "trading")).on("2027-03-02")
	p := second.proposal(content(company()))
	p.ID = "L2"
	second.do(officer, p)
	second.notice(officer)
	second.do(theSubject, listing.MakeStatement{Kind: "waiver", Text: "d2FpdmVy"})
	second.do(decider, list())
	var r journal.Record
	for _, e := range second.write(t, first.write(t, nil, 0), 0) {
		r = r.Add(e, e.Identifiers[0].ID())
	}
	second.rules.Accrued = r.Until("L2", second.now)
	if second.rules.Accrued != "2030-03-02" {
		t.Fatalf("two years and two years from 2026-03-02: %s", second.rules.Accrued)
	}
	second.on("2030-03-02").refused(theClock, listing.Expire{}, conflict("not run out"))
	second.on("2030-03-03").do(theClock, listing.Expire{})
	if d := second.events[len(second.events)-1].Data.(listing.ExpiredData); d.Until != "2030-03-02" {
		t.Errorf("%+v", d)
	}
}
