package register_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
)

// noise is a text of n characters that does not compress.
func noise(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(rune(0x4e00 + r.IntN(0x5000)))
	}
	return b.String()
}

// until repeats a call until it is refused, which must be for want of room, and returns how often it succeeded.
func until(t *testing.T, most int, call func(i int) error) int {
	t.Helper()
	for i := range most {
		switch err := call(i); {
		case err == nil:
		case errors.Is(err, fault.Conflict):
			return i
		default:
			t.Fatalf("after %d: %v", i, err)
		}
	}
	return most
}

// A subject that says as much as it can keeps nobody from deciding, nor itself from a remedy, nor others from taking it off.
func TestSubjectCannotBlock(t *testing.T) {
	for name, text := range map[string]func(r *rand.Rand, i int) string{
		"long":       func(r *rand.Rand, _ int) string { return noise(r, 10_000) },
		"short":      func(_ *rand.Rand, i int) string { return fmt.Sprint(i) },
		"repetitive": func(*rand.Rand, int) string { return strings.Repeat("测", 10_000) },
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			w := rt.New(t)
			id := w.Propose(rt.Officer, rt.Organization(1))
			w.Do(rt.Officer, id, rt.Of(w.Notice().Step()))
			said := until(t, 1500, func(i int) error {
				_, err := w.Try(rt.Enterprise(1), id, rt.Of(register.Statement{Kind: "statement", Text: text(r, i)}.Step()))
				return err
			})
			if said < 3 || said > 100 {
				t.Errorf("%d statements", said)
			}
			w.Do(rt.Officer, id, rt.Of(register.Statement{Kind: "statement", Text: "On paper: " + noise(r, 5_000)}.Step()))
			w.Later(30)
			d := rt.Listing()
			d.Reasons = noise(r, 5_000)
			for i := range said + 1 {
				d.Answers = append(d.Answers, register.Answer{Statement: i + 1, Text: fmt.Sprint("Answer to ", i)})
			}
			w.Do(rt.Decider, id, rt.Of(d.Step()))
			asked := until(t, 12, func(i int) error {
				n := 0
				step, err := register.Request{Kind: "appeal", Grounds: text(r, i)}.Step()
				reply, err := w.Try(rt.Enterprise(1), id, rt.Of(step, err))
				if err != nil {
					return err
				}
				_, err = fmt.Sscanf(string(reply.Body), `{"n":%d}`, &n)
				w.Must(err)
				_, err = w.Try(rt.SecondDecider, id, rt.Of(register.Outcome{Outcome: "refused", Reasons: "No."}.Step(n)))
				return err
			})
			if asked < 1 {
				t.Error("what the subject stated leaves it no appeal")
			}
			n := w.Asked(rt.Officer, id, register.Request{Kind: "revocation", Grounds: noise(r, 2_000)})
			if v := w.View(w.Granted(rt.SecondDecider, id, n)); v.State != "removed" {
				t.Errorf("it is %s", v.State)
			}
		})
	}
}

// An officer who proposes as much as possible, and amends it again and again, leaves room for the subject and the decision.
func TestOfficerCannotBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	w := rt.New(t)
	p := rt.Human(1)
	p.Facts = noise(r, 10_000)
	for range 19 {
		p.LegalBasis = append(p.LegalBasis, noise(r, 1000))
	}
	id := w.Propose(rt.Officer, p)
	amended := until(t, 100, func(int) error {
		facts := noise(r, 10_000)
		_, err := w.Try(rt.Officer, id, rt.Of(register.Amendment{Facts: &facts}.Step()))
		return err
	})
	if amended < 1 || amended == 100 {
		t.Errorf("%d amendments", amended)
	}
	w.Do(rt.Officer, id, rt.Of(w.Notice().Step()))
	w.Do(w.Person(1), id, rt.Of(register.Statement{Kind: "statement", Text: noise(r, 10_000)}.Step()))
	w.Later(30)
	w.Do(rt.Decider, id, rt.Of(register.Decision{Outcome: "list", Reasons: noise(r, 10_000), Answers: []register.Answer{{Statement: 1, Text: noise(r, 10_000)}}}.Step()))
	n := w.Asked(w.Person(1), id, register.Request{Kind: "appeal", Grounds: noise(r, 10_000)})
	w.Granted(rt.SecondDecider, id, n)
}

// A decider who writes long reasons again and again does not use up the room of those who come after.
func TestDeciderCannotBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	w := rt.New(t)
	id := w.Listed(rt.Organization(1))
	refused := until(t, 60, func(int) error {
		n := w.Asked(rt.Enterprise(1), id, register.Request{Kind: "appeal", Grounds: "It was not us."})
		_, err := w.Try(rt.SecondDecider, id, rt.Of(register.Outcome{Outcome: "refused", Reasons: noise(r, 10_000)}.Step(n)))
		return err
	})
	if refused < 2 || refused == 60 {
		t.Errorf("%d", refused)
	}
	w.Granted(rt.SecondDecider, id, refused+1)
}

// What a proposal may hold at the most is taken, or refused cleanly, alone and in a list.
func TestLargeProposals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	large := func(n int, text func(n int) string, kind string) register.Proposal {
		p := rt.Organization(n)
		if kind == "person" {
			p = rt.Human(n)
		}
		p.Facts = text(10_000)
		p.LegalBasis, p.Evidence, p.Subject.Names = nil, nil, nil
		for range 20 {
			p.LegalBasis = append(p.LegalBasis, text(1000))
		}
		for range 200 {
			p.Subject.Names = append(p.Subject.Names, register.Name{Text: text(300)})
		}
		for range 100 {
			p.Evidence = append(p.Evidence, register.Evidence{Title: text(300), SHA256: rt.Document.SHA256})
		}
		return p
	}
	plain := func(n int) string { return strings.Repeat("测", n) }
	random := func(n int) string { return noise(r, n) }
	ascii := func(n int) string { return strings.Repeat(`<"&`, n/3) }
	w := rt.New(t)
	for i, c := range []struct {
		text func(int) string
		kind string
		fits bool
	}{{plain, "organization", true}, {plain, "person", true}, {random, "organization", true}, {random, "person", false}, {ascii, "organization", false}, {ascii, "person", true}} {
		_, err := w.Register.Propose(w.Ctx(), w.Call(rt.Officer), large(i, c.text, c.kind))
		if (err == nil) != c.fits || err != nil && !errors.Is(err, fault.Conflict) {
			t.Errorf("%d: %v", i, err)
		}
		rows := []register.ImportRow{{Line: 1, Row: register.Row{Proposal: large(100+i, c.text, c.kind)}}, {Line: 2, Row: rt.Mirrored(i)}}
		reply, err := w.Register.Import(w.Ctx(), w.Call(rt.Officer), rows)
		w.Must(err)
		if strings.Contains(string(reply.Body), `"line":1`) == c.fits {
			t.Errorf("%d: %s", i, reply.Body)
		}
		for _, m := range w.Queue.Take() {
			var id string
			_, _ = fmt.Sscanf(m.Body, `{"import":%q`, &id)
			w.Must(w.Work(w.Ctx(), id, w.Now))
		}
	}
}

// Stays that follow each other do not fill what the list says until nothing can be taken off.
func TestStaysCannotBlock(t *testing.T) {
	w := rt.New(t)
	id := w.Listed(rt.Market(1))
	granted := until(t, 150, func(i int) error {
		q := register.Request{Kind: "stay", Grounds: "A court asks.", Until: "2026-04-01", Change: &register.Change{What: []string{"measures"}}}
		_, err := w.Try(rt.SecondDecider, id, rt.Of(register.Outcome{Outcome: "granted", Reasons: "Yes."}.Step(w.Asked(rt.Officer, id, q))))
		return err
	})
	if granted < 20 || granted == 150 {
		t.Errorf("%d stays", granted)
	}
	w.Granted(rt.SecondDecider, id, w.Asked(rt.Officer, id, register.Request{Kind: "revocation", Grounds: "It was wrong."}))
}

// An identifier that very many share is refused to further listings, and those that have it go as they should.
func TestSharedIdentifier(t *testing.T) {
	w := rt.New(t)
	var rows []register.Row
	const n = 220
	for i := range n {
		row := register.Row{Proposal: rt.Human(i), Decided: &register.Decided{Document: "1", On: "2026-01-05", Until: "2026-04-05"}}
		row.Subject.Identifiers[1].Value = rt.MSISDN(7)
		rows = append(rows, row)
	}
	id := w.ImportRows(rt.Officer, rows)
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), id, w.Now))
	v := w.ShownImport(rt.Decider, id)
	if v.State != "adopted" || v.Listed+v.Failures != n || v.Failures == 0 || v.Listed < 50 {
		t.Fatalf("%s: %d listed, %d failed", v.State, v.Listed, v.Failures)
	}
	w.Later(60)
	w.Must(w.Tick(w.Ctx(), w.Now))
	head, err := w.Store.Head(w.Ctx(), w.Now)
	w.Must(err)
	if head.N != int64(2*v.Listed) {
		t.Errorf("the journal has %d entries after %d listings have expired", head.N, v.Listed)
	}
}

// The names of other lists stand in the journal's head, so there are not any number of them.
func TestManyLists(t *testing.T) {
	w := rt.New(t)
	var rows []register.Row
	for i := range 230 {
		row := rt.Mirrored(i)
		row.Subject.Identifiers[0].Value = fmt.Sprintf("list-%d:1", i)
		rows = append(rows, row)
	}
	id := w.ImportRows(rt.Officer, rows)
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), id)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), id, w.Now))
	if v := w.ShownImport(rt.Decider, id); v.State != "adopted" || v.Listed != 200 || v.Failures != 30 {
		t.Errorf("%s: %d listed, %d failed", v.State, v.Listed, v.Failures)
	}
}

// Proposals that one officer makes and withdraws leave no trace with the subject, however many they are.
func TestWithdrawnProposals(t *testing.T) {
	w := rt.New(t)
	items := w.Watched()
	for range 50 {
		id := w.Propose(rt.Officer, rt.Organization(1))
		w.Do(rt.Officer, id, rt.Of(register.Withdrawal{}.Step()))
	}
	for key, item := range items.Items {
		if strings.HasPrefix(key.Partition, "subject#") && len(item.Doc) > 100 {
			t.Errorf("the claim has %d bytes", len(item.Doc))
		}
	}
}
