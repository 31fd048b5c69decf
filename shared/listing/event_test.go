package listing_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"shixin/shared/listing"
)

var update = flag.Bool("update", false, "write the golden files and PROCEDURE.md anew")

// golden compares with a file under testdata, or writes it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the code says any more. If that is meant, refresh it: go test ./shared/listing -update\n%s", path, firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one is longer than the other"
}

// wholeLife goes through every kind of event of a listing that is made here.
func wholeLife(t testing.TB) *life {
	s := begin(t, rulesOf(t, law(withConsent), "crime"))
	receipt := document("cmVjZWlwdA")
	s.propose(officer, convicted(person("1990-05-01"), "2025-06-01", 10))
	s.do(officer, listing.Amend{Content: convicted(person("1990-05-01"), "2025-06-02", 10)})
	s.notice(officer)
	s.do(superior, listing.GiveConsent{Outcome: "granted", Reasons: reasons})
	s.on("2026-03-10").do(decider, giveBack())
	s.do(officer, listing.GiveNotice{Method: "in_person", ServedAt: s.now, RespondUntil: "2026-03-31", Receipt: &receipt})
	s.do(theSubject, listing.MakeStatement{Kind: "statement", Text: "c3RhdGVtZW50"})
	s.do(superior, listing.GiveConsent{Outcome: "granted", Reasons: reasons})
	s.on("2026-04-01").do(decider, list(answer(1)))
	s.do(officer, listing.Serve{Of: "decision", Method: "post", ServedAt: s.now})
	s.do(decider, listing.Publish{Reasons: reasons})
	s.on("2026-05-04").do(officer, listing.StartTerm{From: "2026-05-01", Document: "cmVsZWFzZQ"})
	stay := ask("stay")
	stay.Change, stay.Until, stay.Evidence = &listing.Change{What: []string{"publication"}}, "2026-06-30", []listing.Evidence{receipt}
	s.do(theSubject, stay)
	s.do(secondDecider, grant(1))
	correction := ask("correction")
	correction.Change = &listing.Change{Names: []listing.Name{{Sealed: "bmV3LW5hbWU"}}, Identifiers: []ref{cnID("h-1"), phone("h-2")}}
	s.do(theSubject, correction)
	s.do(secondDecider, grant(2))
	s.do(theSubject, ask("appeal"))
	s.do(secondDecider, vary(3, listing.Change{Until: "2028-12-31", Measures: []string{}}))
	s.do(colleague, ask("unpublication"))
	s.do(superior, grant(4))
	s.on("2027-04-02").do(theSubject, ask("repair"))
	s.do(superior, grant(5))
	s.do(officer, listing.Serve{Of: "removal", Method: "electronic", ServedAt: s.now})
	s.do(colleague, ask("reinstatement"))
	s.do(decider, grant(6))
	s.do(theSubject, ask("identity"))
	s.on("2030-04-03").do(theClock, listing.Expire{})
	s.do(colleague, ask("revocation"))
	s.do(superior, refuse(8))
	return s
}

// The bytes of events are what hashes stand on: a change of their shape would break every stored chain.
func TestEventBytesOfAWholeLife(t *testing.T) {
	s := wholeLife(t)
	seen := map[string]bool{}
	var b strings.Builder
	for _, e := range s.events {
		seen[e.Type] = true
		b.WriteString(encode(t, e) + "\n")
	}
	b.WriteString(encode(t, s.l) + "\n")
	golden(t, "testdata/life.jsonl", b.String())
	for _, rare := range []string{"withdrawn", "adopted"} { // those end or begin another life
		seen[rare] = true
	}
	if len(seen) != 14 {
		t.Errorf("not every type of event is in the golden life: %v", seen)
	}

	s = begin(t, rulesOf(t, law(), "violation"))
	p := s.proposal(content(company()))
	p.Import, p.Elsewhere = "I1", &listing.Elsewhere{Document: "ZGVjaXNpb24", On: "2025-06-01", Authority: "auth-2", ServedOn: "2025-06-02", Until: "2027-06-01", Published: true}
	s.do(officer, p)
	s.do(decider, listing.Adopt{})
	adopted := encode(t, s.events[0]) + "\n" + encode(t, s.events[1]) + "\n"
	s = begin(t, s.rules)
	s.propose(officer, content(company()))
	s.do(officer, listing.Withdraw{})
	golden(t, "testdata/others.jsonl", adopted+encode(t, s.events[1])+"\n")
}

func TestEventsThatAreNotRead(t *testing.T) {
	good := encode(t, wholeLife(t).events[0])
	for name, b := range map[string]string{
		"an unknown type":        strings.Replace(good, `"proposed"`, `"invented"`, 1),
		"an unknown field":       strings.Replace(good, `{"n":`, `{"x":1,"n":`, 1),
		"an unknown field in it": strings.Replace(good, `"regime":`, `"x":1,"regime":`, 1),
		"no data":                `{"n":1,"type":"withdrawn","at":"2026-03-02T01:00:00Z","actor":{},"prev":""}`,
		"data of another shape":  `{"n":1,"type":"withdrawn","at":"2026-03-02T01:00:00Z","actor":{},"data":[],"prev":""}`,
		"no time":                strings.Replace(good, "2026-03-02T01", "2026-13-02T01", 1),
	} {
		var e listing.Event
		if err := json.Unmarshal([]byte(b), &e); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// What does not speak of what the listing has is refused by the fold, not followed into a panic.
func TestFoldRefusesEventsWithoutAnObject(t *testing.T) {
	s := listed(t, rulesOf(t, law(), "violation"), content(company()))
	s.do(theSubject, ask("appeal"))
	for name, d := range map[string]listing.Data{
		"a second proposal":            listing.ProposedData{ID: "L2"},
		"an outcome without a request": listing.ResolvedData{N: 2, Outcome: "granted", Effect: "remove"},
		"a correction of nothing":      listing.ResolvedData{N: 1, Outcome: "granted", Effect: "correct"},
		"a lapse of no request":        listing.ExpiredData{Until: "2029-03-02", Lapsed: []int{0}},
		"an outcome nobody knows":      listing.DecidedData{Outcome: "LIST"},
	} {
		e := listing.Event{N: s.l.Version + 1, At: s.now, Actor: decider, Data: d, Prev: s.l.Head, Type: typeOf(t, d)}
		if _, err := listing.Fold(s.l, e); err == nil {
			t.Errorf("%s was folded", name)
		}
	}
	if _, err := listing.Fold(listing.Listing{}, listing.Event{N: 1, Type: "withdrawn", Data: listing.WithdrawnData{}}); err == nil {
		t.Error("a listing that nobody proposed was withdrawn")
	}
}

func typeOf(t *testing.T, d listing.Data) string {
	t.Helper()
	for _, name := range []string{"proposed", "resolved", "expired", "decided"} {
		var e listing.Event
		b := `{"n":1,"type":"` + name + `","at":"2026-03-02T01:00:00Z","actor":{},"data":` + encode(t, d) + `,"prev":""}`
		if json.Unmarshal([]byte(b), &e) == nil && encode(t, e.Data) == encode(t, d) {
			return name
		}
	}
	t.Fatalf("no type for %T", d)
	return ""
}

func FuzzEvent(f *testing.F) {
	s := wholeLife(f)
	for _, e := range s.events {
		f.Add([]byte(encode(f, e)))
	}
	f.Add([]byte(`{"n":1,"type":"withdrawn","at":"2026-03-02T01:00:00Z","actor":{},"data":null,"prev":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var e listing.Event
		if json.Unmarshal(b, &e) != nil {
			return
		}
		first := encode(t, e)
		var again listing.Event
		if err := json.Unmarshal([]byte(first), &again); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second := encode(t, again); second != first || again.Hash() != e.Hash() {
			t.Fatalf("not the same bytes again:\n%s\n%s", first, second)
		}
		e.N, e.Prev = s.l.Version+1, s.l.Head
		before := []byte(encode(t, s.l))
		_, _ = listing.Fold(s.l, e) // whatever it says, a fold answers and changes nothing that was there
		if !bytes.Equal(before, []byte(encode(t, s.l))) {
			t.Fatal("a fold changed the listing before it")
		}
	})
}
