package lookup_test

import (
	"encoding/json"
	"math"
	"testing"

	"shixin/shared/access"
	"shixin/shared/register"
	"shixin/shared/register/lookup"
	rt "shixin/shared/register/registertest"
)

// Whoever sees only what is published gets the same answer, after the same work, about an organisation whose listing is not published, about one that
// was removed, and about one of which nothing was ever heard. Work is counted and not timed: reads of the table, and allocations, by which decoding and judging show.
func TestTheSameAnswerAfterTheSameWork(t *testing.T) {
	w := rt.New(t)
	w.Listed(rt.Organization(1)) // not published
	gone := w.Listed(rt.Organization(2))
	w.Granted(rt.SecondDecider, gone, w.Asked(rt.Officer, gone, register.Request{Kind: "revocation", Grounds: "A mistake."}))
	open := w.Listed(rt.Market(3))
	w.Do(rt.Decider, open, rt.Of(register.Publication{Reasons: "For the public."}.Step()))
	table := w.Watched()
	one := func(who access.Principal, n int) string {
		answer, err := w.Lookup.One(w.Ctx(), who, w.Now, "uscc", rt.USCC(n))
		w.Must(err)
		text, err := json.Marshal(answer)
		w.Must(err)
		return string(text)
	}
	many := func(who access.Principal, n int) string {
		answer, err := w.Lookup.Many(w.Ctx(), who, w.Now, lookup.Query{Identifiers: []lookup.Identifier{{Scheme: "uscc", Value: rt.USCC(n)}, {Scheme: "cn-id", Value: rt.CNID(n)}}})
		w.Must(err)
		text, err := json.Marshal(answer)
		w.Must(err)
		return string(text)
	}
	one(rt.Nobody, 4) // the head is read once a second
	for name, ask := range map[string]func(access.Principal, int) string{"one": one, "many": many} {
		for _, who := range []access.Principal{rt.Nobody, rt.Enterprise(9), rt.Procurator} {
			if name == "many" && who.Role == access.Anonymous {
				continue
			}
			type work struct {
				reads, keys int
				allocations float64
			}
			measure := func(n int) (work, string) {
				before := len(table.Gets)
				answer := ask(who, n)
				var did work
				for _, r := range table.Gets[before:] {
					did.reads++
					did.keys += len(r.Keys)
				}
				did.allocations = testing.AllocsPerRun(20, func() { ask(who, n) })
				return did, answer
			}
			never, unheard := measure(4)
			for what, n := range map[string]int{"not published": 1, "removed": 2} {
				did, answer := measure(n)
				if answer != unheard {
					t.Errorf("%s, %q, %s: %s, and of one unheard of %s", name, who.Role, what, answer, unheard)
				}
				if did.reads != never.reads || did.keys != never.keys {
					t.Errorf("%s, %q, %s: %d reads of %d keys, and of one unheard of %d of %d", name, who.Role, what, did.reads, did.keys, never.reads, never.keys)
				}
				if d := did.allocations - never.allocations; !racing && math.Abs(d) > 0.15*never.allocations {
					t.Errorf("%s, %q, %s: %v allocations, and of one unheard of %v", name, who.Role, what, did.allocations, never.allocations)
				}
			}
			if _, listed := measure(3); listed == unheard {
				t.Errorf("%s, %q: a published listing is not shown", name, who.Role)
			}
		}
	}
}
