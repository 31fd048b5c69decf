package register_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/register/lookup"
	rt "shixin/shared/register/registertest"
	"shixin/shared/repeat"
)

const secretName = "虚构姓名甲"

// secretive makes listings of one person, one that is published among them, and answers what must not be seen.
func secretive(w *rt.World) (published, restricted string, clear []string, hashes []string) {
	p := rt.Convicted(1)
	p.Subject.Names[0].Text = secretName
	p.Facts = "SECRET FACTS"
	published = w.Listed(p)
	w.Do(rt.Decider, published, rt.Of(register.Publication{Reasons: "SECRET REASONS"}.Step()))
	p.Ground, p.Conviction = "impersonation-opening", nil
	restricted = w.Listed(p)
	clear = []string{rt.CNID(1), rt.MSISDN(1), strings.TrimPrefix(rt.MSISDN(1), "+86")}
	_, hash, _ := strings.Cut(w.Person(1).Subject, ".")
	return published, restricted, clear, []string{hash}
}

// Nothing that is stored holds a personal identifier, a person's name or a text about it in clear.
func TestNothingInClear(t *testing.T) {
	w := rt.New(t)
	items := w.Watched()
	published, _, clear, _ := secretive(w)
	call := w.Call(w.Person(1))
	call.Once = &records.Once{Caller: "p", Route: "r", Key: "k", Body: "b"}
	step, err := register.Request{Kind: "appeal", Grounds: "SECRET GROUNDS " + rt.CNID(1), Evidence: []register.Evidence{{Title: "SECRET TITLE", SHA256: rt.Document.SHA256}}}.Step()
	w.Must(err)
	_, err = w.Take(w.Ctx(), call, published, step)
	w.Must(err)
	row := register.Row{Proposal: rt.Human(2), Decided: &register.Decided{Document: "SECRET DOCUMENT", On: "2026-01-05"}}
	row.Subject.Names[0].Text = secretName
	imported := w.ImportRows(rt.Officer, []register.Row{row})
	look := func(when string) {
		for key, item := range items.Items {
			for _, secret := range append(clear, rt.CNID(2), rt.MSISDN(2), secretName, "SECRET") {
				if strings.Contains(string(item.Doc), secret) || strings.Contains(key.Partition+key.Sort, secret) {
					t.Errorf("%s: an item of %s/%s holds %q", when, strings.Split(key.Partition, "#")[0], key.Sort, secret)
				}
			}
		}
	}
	look("received")
	_, err = w.Adopt(w.Ctx(), w.Call(rt.Decider), imported)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), imported, w.Now))
	look("adopted")
	for key := range items.Items {
		if strings.HasPrefix(key.Sort, "chunk#") {
			t.Error("the rows of an adopted import are still there")
		}
	}
	for _, m := range w.Queue.Take() {
		for _, secret := range append(clear, secretName) {
			if strings.Contains(m.Body, secret) {
				t.Error("a message holds a secret")
			}
		}
	}
}

// What nobody but those who work on a listing may see is in no answer to anybody else.
func TestNoLeaks(t *testing.T) {
	w := rt.New(t)
	published, restricted, clear, hashes := secretive(w)
	for name, c := range map[string]struct {
		who  access.Principal
		full bool // works on the listing, or is its subject
		sees bool // the listing that is not published, too
	}{
		"officer":          {rt.Officer, true, true},
		"decider":          {rt.Decider, true, true},
		"subject":          {w.Person(1), true, true},
		"auditor":          {rt.Auditor, false, true},
		"city officer":     {rt.CityOfficer, false, false},
		"other decider":    {rt.OtherDecider, false, false},
		"province decider": {rt.ProvinceDecider, false, false},
		"other person":     {w.Person(2), false, false},
		"enterprise":       {rt.Enterprise(1), false, false},
		"operator":         {rt.Operator, false, false},
		"procurator":       {rt.Procurator, false, false},
		"nobody":           {rt.Nobody, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			note := func(x any, err error) {
				b, _ := json.Marshal(x)
				all.Write(b)
				if err != nil {
					all.WriteString(err.Error())
				}
			}
			var seen []string
			for _, id := range []string{published, restricted} {
				reply, err := w.Show(w.Ctx(), c.who, w.Now, id)
				if err == nil {
					seen = append(seen, id)
					all.Write(reply.Body)
				}
				note(nil, err)
				events, _, err := w.Events(w.Ctx(), c.who, w.Now, id, 0, 100)
				if (err == nil) != c.sees {
					t.Errorf("events: %v", err)
				}
				note(events, err)
			}
			want := 1
			if c.sees {
				want = 2
			}
			if len(seen) != want {
				t.Errorf("sees %d listings, want %d", len(seen), want)
			}
			if c.who.Role != access.Anonymous {
				list, _, err := w.List(w.Ctx(), c.who, w.Now, register.Filter{}, register.Place{}, 100)
				note(list, err)
				if c.sees != (len(list) == 2) {
					t.Errorf("its list has %d listings", len(list))
				}
			}
			many, err := w.Lookup.Many(w.Ctx(), c.who, w.Now, lookup.Query{Purpose: "p", Reference: "r", Identifiers: []lookup.Identifier{
				{Scheme: "cn-id", Value: rt.CNID(1)}, {Scheme: "msisdn", Value: rt.MSISDN(1)}, {Scheme: "msisdn", Value: rt.CNID(1)}, {Scheme: "list-ref", Value: rt.CNID(1)}}})
			note(many, err)
			for i, item := range many.Items[:2] {
				self := i == 0 && name == "subject"
				may := c.who.Role == access.Officer || c.who.Role == access.Decider || c.who.Role == access.Operator || self
				if got := item.Verdict != "unknown"; got != may {
					t.Errorf("status %d: %s", i, item.Verdict)
				}
			}
			_, err = w.Lookup.One(w.Ctx(), c.who, w.Now, "cn-id", rt.CNID(1))
			note(nil, err)
			changes, err := w.Lookup.Changes(w.Ctx(), c.who, w.Now, 0, 100)
			note(changes, err)
			for _, secret := range hashes {
				if strings.Contains(all.String(), secret) {
					t.Error("an answer holds a keyed hash")
				}
			}
			for _, secret := range clear {
				if !c.full && strings.Contains(all.String(), secret) {
					t.Error("an answer holds an identifier in clear")
				}
			}
			if !c.sees && strings.Contains(all.String(), "SECRET") {
				t.Error("an answer holds what is not published")
			}
		})
	}
}

// Whoever is not of a listing's authority, nor above it, can do nothing with it, whatever the step.
func TestOtherRegion(t *testing.T) {
	w := rt.New(t)
	p := rt.Market(1)
	reply, err := w.Register.Propose(w.Ctx(), w.Call(rt.CityOfficer), p)
	w.Must(err)
	id := w.View(reply).ID
	w.Waive(rt.CityOfficer, id)
	for _, who := range []access.Principal{rt.OtherOfficer, rt.OtherDecider, rt.Operator, rt.Procurator, w.Person(1), rt.Enterprise(2), rt.Nobody} {
		for name, step := range bodies(w) {
			if _, err := w.Try(who, id, step); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s, %s: %v", who.Account, name, err)
			}
		}
	}
	w.Do(rt.ProvinceDecider, id, rt.Of(register.Consent{Outcome: "granted", Reasons: "Yes."}.Step()))
	w.Do(rt.CityDecider, id, rt.Of(rt.Listing().Step()))
	w.Do(rt.CityDecider, id, rt.Of(register.Publication{Reasons: "It is published."}.Step()))
	for _, who := range []access.Principal{rt.OtherOfficer, rt.OtherDecider} {
		for name, step := range bodies(w) {
			if _, err := w.Try(who, id, step); !errors.Is(err, fault.Forbidden) {
				t.Errorf("published: %s, %s: %v", who.Account, name, err)
			}
		}
	}
}

// bodies is every step with well-formed arguments; of requests, number 1.
func bodies(w *rt.World) map[string]rt.Taken {
	facts := "Other facts."
	steps := map[string]rt.Taken{
		"amendment":          rt.Of(register.Amendment{Facts: &facts}.Step()),
		"withdrawal":         rt.Of(register.Withdrawal{}.Step()),
		"notice":             rt.Of(w.Notice().Step()),
		"statements":         rt.Of(register.Statement{Kind: "statement", Text: "It was not us."}.Step()),
		"consent":            rt.Of(register.Consent{Outcome: "granted", Reasons: "Yes."}.Step()),
		"decision":           rt.Of(rt.Listing().Step()),
		"service":            rt.Of(register.Service{Of: "decision", Method: "in_person", ServedAt: w.Now}.Step()),
		"term":               rt.Of(register.TermStart{From: "2026-03-02", Document: "release"}.Step()),
		"publication":        rt.Of(register.Publication{Reasons: "It is published."}.Step()),
		"requests/1/outcome": rt.Of(register.Outcome{Outcome: "granted", Reasons: "Yes."}.Step(1)),
	}
	for _, kind := range []string{"appeal", "repair", "correction", "revocation", "unpublication", "stay", "identity", "reinstatement"} {
		q := register.Request{Kind: kind, Grounds: "Because."}
		switch kind {
		case "correction":
			q.Change = &register.Change{Names: []register.Name{{Text: "另一名称"}}}
		case "stay":
			q.Change, q.Until = &register.Change{What: []string{"measures"}}, "2027-01-01"
		}
		steps["requests:"+kind] = rt.Of(q.Step())
	}
	return steps
}

// A correction does not take over the identifier of another subject that is listed on the same ground.
func TestCorrectionCannotSteal(t *testing.T) {
	w := rt.New(t)
	w.Listed(rt.Organization(1))
	mine := w.Listed(rt.Organization(2))
	n := w.Asked(rt.Enterprise(2), mine, register.Request{Kind: "correction", Grounds: "We are another.",
		Change: &register.Change{Identifiers: rt.Organization(1).Subject.Identifiers}})
	if _, err := w.Try(rt.SecondDecider, mine, rt.Of(register.Outcome{Outcome: "granted", Reasons: "Yes."}.Step(n))); !errors.Is(err, fault.Conflict) {
		t.Errorf("the identifier of another open listing: %v", err)
	}
	n = w.Asked(rt.Officer, mine, register.Request{Kind: "correction", Grounds: "It is another.",
		Change: &register.Change{Identifiers: rt.Organization(3).Subject.Identifiers}})
	w.Granted(rt.SecondDecider, mine, n)
	for i, want := range map[int]string{1: "listed", 2: "clear", 3: "listed"} {
		one, err := w.Lookup.One(w.Ctx(), rt.Operator, w.Now, "uscc", rt.USCC(i))
		w.Must(err)
		if string(one.Verdict) != want {
			t.Errorf("%d is %s, want %s", i, one.Verdict, want)
		}
	}
	if _, err := w.Show(w.Ctx(), rt.Enterprise(2), w.Now, mine); !errors.Is(err, fault.NotFound) {
		t.Errorf("who it is not about any more still sees it: %v", err)
	}
	if list, _, err := w.List(w.Ctx(), rt.Enterprise(2), w.Now, register.Filter{}, register.Place{}, 10); err != nil || len(list) != 0 {
		t.Errorf("it still has it in its list: %v", err)
	}
	w.Propose(rt.Officer, rt.Organization(2)) // whose identifier is free again
}

// A key is one caller's and one route's, and its answer is not given to another.
func TestKeysOfOthers(t *testing.T) {
	w := rt.New(t)
	once := func(o records.Once) register.Call {
		c := w.Call(rt.Officer)
		c.Once = &o
		return c
	}
	kept := repeat.Keeper{Store: w.Store, Seal: w.Seal}
	first, err := w.Register.Propose(w.Ctx(), once(records.Once{Caller: "officer", Route: "POST /v1/listings", Key: "k", Body: "b"}), rt.Human(1))
	w.Must(err)
	for name, o := range map[string]records.Once{
		"caller": {Caller: "city-officer", Route: "POST /v1/listings", Key: "k", Body: "b"},
		"route":  {Caller: "officer", Route: "POST /v1/imports", Key: "k", Body: "b"},
		"split":  {Caller: "officer\x00POST /v1/listings", Route: "k", Key: "", Body: "b"},
	} {
		if again, err := kept.Again(w.Ctx(), once(o)); again != nil || err != nil {
			t.Errorf("another %s got the answer: %v", name, err)
		}
	}
	if _, err := kept.Again(w.Ctx(), once(records.Once{Caller: "officer", Route: "POST /v1/listings", Key: "k", Body: "other"})); !errors.Is(err, fault.Invalid) {
		t.Errorf("another body: %v", err)
	}
	w.Later(6)
	again, err := w.Register.Propose(w.Ctx(), once(records.Once{Caller: "officer", Route: "POST /v1/listings", Key: "k", Body: "b"}), rt.Human(1))
	w.Must(err)
	if string(again.Body) != string(first.Body) || again.Version != first.Version {
		t.Error("another answer to the same call")
	}
	w.Later(1)
	if _, err := w.Register.Propose(w.Ctx(), once(records.Once{Caller: "officer", Route: "POST /v1/listings", Key: "k", Body: "b"}), rt.Human(1)); !errors.Is(err, fault.Conflict) {
		t.Errorf("after seven days it is a new call: %v", err)
	}
}

// A text that is spelled like something else is a text.
func TestTextsAreTexts(t *testing.T) {
	w := rt.New(t)
	p := rt.Organization(1)
	p.Subject.Names[0].Text = `{"sealed":"x","shown":"y"}`
	id := w.Listed(p)
	entries, _, err := w.Store.Events(w.Ctx(), w.Now, id, 0, 1)
	w.Must(err)
	raw, err := json.Marshal(entries[0].Data)
	w.Must(err)
	var data struct{ Content struct{ Facts string } }
	w.Must(json.Unmarshal(raw, &data))
	// The commitment to the facts, sent as an organisation's public name, is not read back as the facts.
	n := w.Asked(rt.Enterprise(1), id, register.Request{Kind: "correction", Grounds: "{{.Facts}} %s", Change: &register.Change{Names: []register.Name{{Text: data.Content.Facts}}}})
	w.Granted(rt.SecondDecider, id, n)
	reply, err := w.Show(w.Ctx(), rt.Enterprise(1), w.Now, id)
	w.Must(err)
	v := w.View(reply)
	if v.Subject.Names[0].Text != data.Content.Facts || v.Requests[0].Grounds != "{{.Facts}} %s" {
		t.Errorf("%v", v.Subject.Names)
	}
	events, _, err := w.Events(w.Ctx(), rt.Enterprise(1), w.Now, id, 0, 100)
	w.Must(err)
	if strings.Contains(string(events[len(events)-1]), p.Facts) {
		t.Error("a name in the timeline was read as the facts")
	}
}

// Of a request of another listing, and of one that is not there, nothing is found.
func TestOtherNumbers(t *testing.T) {
	w := rt.New(t)
	a, b := w.Listed(rt.Organization(1)), w.Listed(rt.Organization(2))
	w.Asked(rt.Officer, a, register.Request{Kind: "appeal", Grounds: "Because."})
	for _, n := range []int{-1, 0, 1, 2, 1 << 30} {
		if _, err := w.Try(rt.SecondDecider, b, rt.Of(register.Outcome{Outcome: "granted", Reasons: "Yes."}.Step(n))); !errors.Is(err, fault.NotFound) {
			t.Errorf("%d: %v", n, err)
		}
	}
	for _, match := range []int{-1, 1, 99} {
		call := w.Call(rt.SecondDecider)
		call.IfMatch = &match
		step, _ := register.Outcome{Outcome: "granted", Reasons: "Yes."}.Step(1)
		if _, err := w.Take(w.Ctx(), call, a, step); !errors.Is(err, fault.Stale) {
			t.Errorf("If-Match %d: %v", match, err)
		}
	}
}
