package register_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
)

// ask files a request with what its kind needs.
func ask(kind string) register.Request {
	q := register.Request{Kind: kind, Grounds: "Because."}
	switch kind {
	case "correction":
		q.Change = &register.Change{Names: []register.Name{{Text: "另一名称"}}}
	case "stay":
		q.Change, q.Until = &register.Change{What: []string{"measures"}}, "2031-01-01"
	}
	return q
}

// reached is a listing in each state that it can be in, made in a new world.
var reached = map[string]func(w *rt.World) string{
	"proposed": func(w *rt.World) string { return w.Propose(rt.Officer, rt.Market(1)) },
	"withdrawn": func(w *rt.World) string {
		id := w.Propose(rt.Officer, rt.Market(1))
		w.Do(rt.Officer, id, rt.Of(register.Withdrawal{}.Step()))
		return id
	},
	"noticed": func(w *rt.World) string { return noticed(w, rt.Officer) },
	"heard, too early": func(w *rt.World) string {
		id := noticed(w, rt.Officer)
		w.Do(rt.Enterprise(1), id, rt.Of(register.Statement{Kind: "hearing", Text: "Hear us."}.Step()))
		return id
	},
	"heard, time run out": func(w *rt.World) string {
		id := noticed(w, rt.Officer)
		w.Do(rt.Enterprise(1), id, rt.Of(register.Statement{Kind: "statement", Text: "It was not us."}.Step()))
		w.Later(40)
		return id
	},
	"waived by the subject": func(w *rt.World) string {
		id := noticed(w, rt.Officer)
		w.Do(rt.Enterprise(1), id, rt.Of(register.Statement{Kind: "waiver", Text: "We say nothing."}.Step()))
		return id
	},
	"city, consent due": func(w *rt.World) string {
		id := noticed(w, rt.CityOfficer)
		w.Later(40)
		return id
	},
	"city, consent given": func(w *rt.World) string { return consented(w, "granted") },
	"city, consent refused": func(w *rt.World) string {
		return consented(w, "refused")
	},
	"city, listed": func(w *rt.World) string {
		id := consented(w, "granted")
		w.Do(rt.CityDecider, id, rt.Of(rt.Listing().Step()))
		return id
	},
	"returned": func(w *rt.World) string {
		id := noticed(w, rt.Officer)
		w.Later(40)
		w.Do(rt.Decider, id, rt.Of(register.Decision{Outcome: "return", Reasons: "Not clear."}.Step()))
		return id
	},
	"dropped": func(w *rt.World) string {
		id := noticed(w, rt.Officer)
		w.Later(40)
		w.Do(rt.Decider, id, rt.Of(register.Decision{Outcome: "drop", Reasons: "Not proven."}.Step()))
		return id
	},
	"listed": func(w *rt.World) string { return w.Listed(rt.Market(1)) },
	"listed, served": func(w *rt.World) string {
		id := w.Listed(rt.Market(1))
		w.Do(rt.Officer, id, rt.Of(register.Service{Of: "decision", Method: "post", ServedAt: w.Now}.Step()))
		return id
	},
	"published": func(w *rt.World) string { return published(w) },
	"published by another": func(w *rt.World) string {
		id := w.Listed(rt.Market(1))
		w.Do(rt.SecondDecider, id, rt.Of(register.Publication{Reasons: "Yes."}.Step()))
		w.Asked(rt.Officer, id, ask("unpublication"))
		return id
	},
	"asked by the subject": func(w *rt.World) string {
		id := published(w)
		for _, kind := range []string{"appeal", "correction", "stay", "identity"} {
			w.Asked(rt.Enterprise(1), id, ask(kind))
		}
		return id
	},
	"asked by the officer": func(w *rt.World) string {
		id := published(w)
		for _, kind := range []string{"revocation", "unpublication", "stay"} {
			w.Asked(rt.Officer, id, ask(kind))
		}
		return id
	},
	"varied": func(w *rt.World) string {
		id := published(w)
		n := w.Asked(rt.Enterprise(1), id, ask("appeal"))
		w.Do(rt.SecondDecider, id, rt.Of(register.Outcome{Outcome: "varied", Reasons: "Less.", Change: &register.Change{Until: "2026-12-31"}}.Step(n)))
		w.Asked(rt.Enterprise(1), id, ask("appeal"))
		return id
	},
	"stayed": func(w *rt.World) string {
		id := published(w)
		q := ask("stay")
		q.Change.What = []string{"publication"}
		w.Granted(rt.SecondDecider, id, w.Asked(rt.Officer, id, q))
		return id
	},
	"removed on appeal": func(w *rt.World) string {
		id := published(w)
		w.Granted(rt.SecondDecider, id, w.Asked(rt.Enterprise(1), id, ask("appeal")))
		return id
	},
	"repaired": repaired,
	"reinstated": func(w *rt.World) string {
		id := repaired(w)
		w.Granted(rt.Decider, id, w.Asked(rt.Officer, id, ask("reinstatement")))
		return id
	},
	"run out, not written down": ranOut,
	"run out, written down": func(w *rt.World) string {
		id := ranOut(w)
		w.Must(w.Tick(w.Ctx(), w.Now))
		return id
	},
	"convicted, term waits": func(w *rt.World) string {
		p := rt.Convicted(1)
		return w.Listed(p)
	},
	"convicted, term runs": func(w *rt.World) string {
		id := w.Listed(rt.Convicted(1))
		w.Do(rt.Officer, id, rt.Of(register.TermStart{From: "2026-02-01", Document: "release"}.Step()))
		return id
	},
	"decided elsewhere": func(w *rt.World) string {
		row := register.Row{Proposal: rt.Market(1), Decided: &register.Decided{Document: "1", On: "2026-02-01"}}
		return imported(w, row)
	},
	"mirrored": func(w *rt.World) string { return imported(w, rt.Mirrored(1)) },
}

func noticed(w *rt.World, officer access.Principal) string {
	id := w.Propose(officer, rt.Market(1))
	w.Do(officer, id, rt.Of(w.Notice().Step()))
	return id
}

func consented(w *rt.World, outcome string) string {
	id := noticed(w, rt.CityOfficer)
	w.Later(40)
	w.Do(rt.ProvinceDecider, id, rt.Of(register.Consent{Outcome: outcome, Reasons: "So be it."}.Step()))
	return id
}

func published(w *rt.World) string {
	id := w.Listed(rt.Market(1))
	w.Do(rt.Decider, id, rt.Of(register.Publication{Reasons: "Yes."}.Step()))
	return id
}

func repaired(w *rt.World) string {
	id := published(w)
	w.Later(400)
	w.Granted(rt.SecondDecider, id, w.Asked(rt.Enterprise(1), id, ask("repair")))
	return id
}

func ranOut(w *rt.World) string {
	id := published(w)
	w.Asked(rt.Enterprise(1), id, ask("appeal"))
	w.Later(1200)
	return id
}

func imported(w *rt.World, row register.Row) string {
	id := w.ImportRows(rt.Officer, []register.Row{row})
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), id, w.Now))
	entries, err := w.Store.EntriesAfter(w.Ctx(), w.Now, 0, 1)
	w.Must(err)
	return entries[0].Listing
}

// attempts is the well-formed calls of a step: it is possible when one of them succeeds.
func attempts(w *rt.World, step string, all register.View) []rt.Taken {
	switch {
	case step == "decision":
		d := register.Decision{Outcome: "drop", Reasons: "Not proven."}
		for _, s := range all.Statements {
			if s.Kind != "waiver" {
				d.Answers = append(d.Answers, register.Answer{Statement: s.N, Text: "Heard."})
			}
		}
		return []rt.Taken{rt.Of(d.Step())}
	case step == "service":
		var both []rt.Taken
		for _, of := range []string{"decision", "removal"} {
			both = append(both, rt.Of(register.Service{Of: of, Method: "post", ServedAt: w.Now, Receipt: &rt.Document}.Step()))
		}
		return both
	case strings.HasPrefix(step, "requests:"):
		return []rt.Taken{rt.Of(ask(strings.TrimPrefix(step, "requests:")).Step())}
	case strings.HasPrefix(step, "requests/"):
		var n int
		_, err := fmt.Sscanf(step, "requests/%d/outcome", &n)
		w.Must(err)
		return []rt.Taken{rt.Of(register.Outcome{Outcome: "refused", Reasons: "No."}.Step(n))}
	}
	return []rt.Taken{bodies(w)[step]}
}

// In every state and for every persona, exactly the steps that "allowed" names succeed.
func TestAllowedIsWhatSucceeds(t *testing.T) {
	people := map[string]access.Principal{
		"officer": rt.Officer, "officer as decider": rt.OfficerAsDecider, "decider": rt.Decider, "second decider": rt.SecondDecider,
		"province decider": rt.ProvinceDecider, "city officer": rt.CityOfficer, "city decider": rt.CityDecider,
		"other officer": rt.OtherOfficer, "other decider": rt.OtherDecider, "auditor": rt.Auditor, "operator": rt.Operator,
		"procurator": rt.Procurator, "subject": rt.Enterprise(1), "another enterprise": rt.Enterprise(2), "nobody": rt.Nobody,
	}
	for state, reach := range reached {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			w := rt.New(t)
			people := people
			id := reach(w)
			reply, err := w.Show(w.Ctx(), rt.Auditor, w.Now, id)
			w.Must(err)
			all := w.View(reply)
			if all.Subject.Kind == "person" {
				people = map[string]access.Principal{"subject": w.Person(1), "officer": rt.Officer, "decider": rt.Decider, "second decider": rt.SecondDecider, "another": w.Person(2)}
			}
			var steps []string
			for step := range bodies(w) {
				if !strings.HasPrefix(step, "requests/") {
					steps = append(steps, step)
				}
			}
			for n := range len(all.Requests) + 1 {
				steps = append(steps, fmt.Sprintf("requests/%d/outcome", n+1))
			}
			for name, who := range people {
				var allowed []string
				if reply, err := w.Show(w.Ctx(), who, w.Now, id); err == nil {
					allowed = w.View(reply).Allowed
				}
				for _, step := range allowed {
					if !slices.Contains(steps, step) {
						t.Errorf("%s may take the unknown step %s", name, step)
					}
				}
				for _, step := range steps {
					succeeded, last := false, error(nil)
					for _, a := range attempts(w, step, all) {
						if _, last = w.Try(who, id, a); last == nil {
							succeeded = true
							break
						}
						if k := fault.Of(last); k != fault.NotFound && k != fault.Forbidden && k != fault.Conflict && !(step == "service" && k == fault.Invalid) {
							t.Errorf("%s, %s: %v", name, step, last)
						}
					}
					if succeeded != slices.Contains(allowed, step) {
						t.Errorf("%s, %s: allowed %t, succeeded %t: %v", name, step, !succeeded, succeeded, last)
					}
					if succeeded { // the record is another now
						w = rt.New(t)
						id = reach(w)
					}
				}
			}
		})
	}
}

// A refusal says nothing of a listing that its caller may not see.
func TestRefusalsOfTheUnseen(t *testing.T) {
	w := rt.New(t)
	id := w.Listed(rt.Organization(1))
	for name, step := range bodies(w) {
		_, seen := w.Try(rt.Enterprise(2), id, step)
		_, absent := w.Try(rt.Enterprise(2), "nothing", step)
		if !errors.Is(seen, fault.NotFound) || seen.Error() != absent.Error() {
			t.Errorf("%s: %v, and of what is not there: %v", name, seen, absent)
		}
	}
}
