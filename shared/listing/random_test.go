package listing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/access"
	"shixin/shared/listing"
	"shixin/shared/workday"
)

// personas are all who act in random lives.
var personas = []listing.Actor{officer, officerDecides, colleague, colleagueRules, decider, secondDecider, superior, theSubject, theClock}

var requestKinds = []string{"appeal", "repair", "correction", "revocation", "unpublication", "stay", "identity", "reinstatement", "pardon"}

// randomly lives a random life: random persons try random steps at random times, most of them plausible ones.
func randomly(t *rapid.T, tb testing.TB, each func(*life)) *life {
	v := law()
	if rapid.Bool().Draw(t, "consent") {
		withConsent(v)
	}
	if rapid.IntRange(0, 4).Draw(t, "statement clock") == 0 {
		noStatementClock(v)
	}
	ground := rapid.SampledFrom([]string{"violation", "crime", "trading", "mirrored"}).Draw(t, "ground")
	s := begin(tb, rulesOf(tb, v, ground))
	p := s.proposal(drawContent(t, ground))
	p.Authority.Level = rapid.SampledFrom([]access.Level{access.City, access.Province}).Draw(t, "level")
	if rapid.IntRange(0, 3).Draw(t, "elsewhere") == 0 {
		p.Elsewhere = &listing.Elsewhere{Document: "ZA", On: rapid.SampledFrom([]workday.Day{"2025-03-03", "2026-03-02"}).Draw(t, "on")}
	}
	if err := s.try(officer, p); err != nil {
		t.Skip("the ground does not list this subject")
	}
	for range rapid.IntRange(5, 60).Draw(t, "steps") {
		if rapid.IntRange(0, 3).Draw(t, "wait") == 0 {
			s.now = s.now.Add(time.Duration(rapid.SampledFrom([]int{1, 24, 24 * 9, 24 * 100, 24 * 400}).Draw(t, "hours")) * time.Hour)
		}
		by := rapid.SampledFrom(personas).Draw(t, "by")
		c := drawCommand(t, s)
		if rapid.IntRange(0, 2).Draw(t, "plausible") > 0 {
			by, c = drawNext(t, s)
		}
		_ = s.try(by, c) // a refusal is as good an answer; try holds both against what is always true
		if each != nil {
			each(s)
		}
	}
	return s
}

// drawNext is a step that somebody may take now. Lives that end early are drawn seldom, and asking gives way to deciding.
func drawNext(t *rapid.T, s *life) (listing.Actor, listing.Command) {
	type next struct {
		by   listing.Actor
		step string
	}
	var all []next
	if s.l.Elsewhere != nil && s.l.State == listing.Proposed {
		return decider, listing.Adopt{}
	}
	late := rapid.IntRange(0, 9).Draw(t, "late")
	for _, by := range personas {
		for _, step := range s.allowed(by) {
			if step == "withdrawal" && late > 0 || step == "amendment" && late > 1 || step == "statements" && late > 3 {
				continue
			}
			all = append(all, next{by, step})
			if step == "decision" || step == "publication" || step == "term" || strings.HasSuffix(step, "/outcome") {
				all = append(all, next{by, step}, next{by, step}, next{by, step})
			}
		}
	}
	if len(all) == 0 {
		return theClock, listing.Expire{}
	}
	n := rapid.SampledFrom(all).Draw(t, "next")
	return n.by, rapid.SampledFrom(wellFormed(s, n.step)).Draw(t, "command")
}

func drawContent(t *rapid.T, ground string) listing.Content {
	birth := rapid.SampledFrom([]workday.Day{"1990-05-01", "2008-09-01", "2010-01-01", ""}).Draw(t, "birth")
	switch {
	case ground == "crime":
		return convicted(person(birth), "2025-06-01", rapid.SampledFrom([]int{10, 90}).Draw(t, "months"))
	case rapid.Bool().Draw(t, "person"):
		return content(person(birth))
	}
	return content(company())
}

// drawCommand is any command, well-formed or not.
func drawCommand(t *rapid.T, s *life) listing.Command {
	day := func() workday.Day { return s.today().AddDays(rapid.IntRange(-400, 400).Draw(t, "day")) }
	n := func() int { return rapid.IntRange(0, len(s.l.Requests)+1).Draw(t, "n") }
	word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
	receipt := document("receipt")
	switch rapid.IntRange(0, 12).Draw(t, "command") {
	case 0:
		return listing.Amend{Content: drawContent(t, s.rules.Ground.ID)}
	case 1:
		return listing.Withdraw{}
	case 2:
		return listing.GiveNotice{Method: word("post", "pigeon"), ServedAt: day().Start(), RespondUntil: rapid.SampledFrom([]workday.Day{"", day()}).Draw(t, "until"), Receipt: &receipt}
	case 3:
		return listing.MakeStatement{Kind: word("statement", "hearing", "waiver", "silence"), Text: "dA"}
	case 4:
		return listing.GiveConsent{Outcome: word("granted", "refused", ""), Reasons: reasons}
	case 5:
		return listing.Determine{Outcome: word("list", "drop", "return", "LIST"), Reasons: reasons}
	case 6:
		return listing.Serve{Of: word("decision", "removal", "x"), Method: "post", ServedAt: day().Start(), Receipt: &receipt}
	case 7:
		return listing.StartTerm{From: day(), Document: "ZA"}
	case 8:
		return listing.Publish{Reasons: reasons}
	case 9:
		a := ask(word(requestKinds...))
		a.Until = rapid.SampledFrom([]workday.Day{"", day()}).Draw(t, "until")
		a.Change = drawChange(t, day())
		return a
	case 10:
		return listing.Resolve{N: n(), Outcome: word("granted", "refused", "varied", "x"), Reasons: reasons, Change: drawChange(t, day())}
	case 11:
		return listing.Adopt{}
	}
	return listing.Expire{}
}

func drawChange(t *rapid.T, day workday.Day) *listing.Change {
	return rapid.SampledFrom([]*listing.Change{nil, {}, {Until: day}, {Measures: []string{}}, {Measures: measures[:1]}, {What: []string{"publication"}},
		{Identifiers: []ref{cnID("h-9")}, Adult: day}, {Identifiers: []ref{cnID("h-8")}}, {Names: []listing.Name{{Text: "New"}}}}).Draw(t, "change")
}

// wellFormed is commands of a step as "allowed" spells it that say all that the regime and the record ask for, and nothing that
// they do not have. One of them succeeds, or the step is not allowed.
func wellFormed(s *life, step string) []listing.Command {
	receipt := document("receipt")
	switch step {
	case "amendment":
		return []listing.Command{listing.Amend{Content: s.l.Content}}
	case "withdrawal":
		return []listing.Command{listing.Withdraw{}}
	case "notice":
		n := listing.GiveNotice{Method: "post", ServedAt: s.now}
		if s.rules.Version.Statement.Within == nil {
			n.RespondUntil = s.today()
		}
		return []listing.Command{n}
	case "statements":
		return []listing.Command{listing.MakeStatement{Kind: "statement", Text: "dA"}, listing.MakeStatement{Kind: "waiver", Text: "dA"}}
	case "consent":
		return []listing.Command{listing.GiveConsent{Outcome: "granted", Reasons: reasons}}
	case "decision":
		d := drop()
		for _, st := range s.l.Statements {
			d.Answers = append(d.Answers, answer(st.N))
		}
		l, back := d, d
		l.Outcome, back.Outcome = "list", "return"
		return []listing.Command{l, d, back}
	case "service":
		return []listing.Command{listing.Serve{Of: "decision", Method: "left", ServedAt: s.now, Receipt: &receipt}, listing.Serve{Of: "removal", Method: "left", ServedAt: s.now, Receipt: &receipt}}
	case "term":
		return []listing.Command{listing.StartTerm{From: s.today(), Document: "ZA"}}
	case "publication":
		return []listing.Command{listing.Publish{Reasons: reasons}}
	}
	if kind, ok := strings.CutPrefix(step, "requests:"); ok {
		a := ask(kind)
		switch kind {
		case "correction":
			if s.l.Content.Subject.Kind == "person" { // of whom it turns out later that they are young
				other := a
				other.Change = &listing.Change{Identifiers: []ref{cnID("h-7")}, Adult: "2027-05-01"}
				a.Change = &listing.Change{Names: s.l.Content.Subject.Names}
				return []listing.Command{a, other}
			}
			a.Change = &listing.Change{Names: s.l.Content.Subject.Names, Identifiers: s.l.Content.Subject.Identifiers}
		case "stay":
			a.Change, a.Until = &listing.Change{What: []string{"measures"}}, s.today()
		}
		return []listing.Command{a}
	}
	var n int
	if _, err := fmt.Sscanf(step, "requests/%d/outcome", &n); err != nil {
		panic(step)
	}
	out := []listing.Command{refuse(n), grant(n)}
	if r, ok := s.l.Request(n); ok && r.Kind == "appeal" {
		out = append(out, vary(n, listing.Change{Measures: []string{}}))
	}
	return out
}

// everyStep is all steps that a caller could name for a listing.
func everyStep(s *life) []string {
	steps := []string{"amendment", "withdrawal", "notice", "statements", "consent", "decision", "service", "term", "publication"}
	for _, kind := range requestKinds {
		steps = append(steps, "requests:"+kind)
	}
	for n := range len(s.l.Requests) + 2 {
		steps = append(steps, fmt.Sprintf("requests/%d/outcome", n))
	}
	return steps
}
