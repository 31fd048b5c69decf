package regime

import (
	"fmt"
	"slices"

	"shixin/shared/workday"
)

func (c *checker) measures(v *Version) {
	seen := map[string]bool{}
	for _, m := range v.Measures {
		c.in("measures/"+m.Code, func() {
			c.id("code", m.Code)
			c.must(!seen[m.Code], "code", "is used twice")
			seen[m.Code] = true
			c.oneOf("field", m.Field, "financial", "telecom", "credit", "administrative")
			c.text("name", m.Name)
			for _, e := range m.Exceptions {
				c.text("exceptions", e)
			}
			c.number(m.Source)
			used := slices.ContainsFunc(v.Grounds, func(g Ground) bool { return slices.Contains(g.Measures, m.Code) })
			c.must(used, "code", "follows from no ground")
		})
	}
}

func (c *checker) grounds(v *Version) {
	c.must(len(v.Grounds) > 0, "grounds", "is empty: a version has at least one ground")
	seen, capped := map[string]bool{}, false
	for i := range v.Grounds {
		g := &v.Grounds[i]
		capped = capped || g.Capped
		c.in("grounds/"+g.ID, func() {
			c.must(!seen[g.ID], "id", "is used twice")
			seen[g.ID] = true
			c.ground(v, g)
		})
	}
	c.must(capped == (v.Cap != nil), "cap", "a cap and grounds that are capped come together")
}

func (c *checker) ground(v *Version, g *Ground) {
	c.id("id", g.ID)
	c.text("name", g.Name)
	c.must(len(g.Subjects) > 0, "subjects", "is empty")
	c.someOf("subjects", g.Subjects, "organization", "person")
	c.span(g.From, g.To)
	c.must((v.To == "" || g.From <= v.To) && (g.To == "" || v.From <= g.To), "from", "the ground is never in effect while the version is")
	c.must(g.Level.Rank() > 0, "level", fmt.Sprintf("%q is not one of county, city, province, national", g.Level))
	c.must(!g.Conviction || slices.Contains(g.Subjects, "person"), "conviction", "rests on a conviction, but is not for persons")
	c.number(g.Source)
	if g.Term != nil {
		c.in("term", func() {
			c.term("length", g.Term.Length)
			c.oneOf("starts", g.Term.Starts, "decision", "event")
			c.number(g.Term.Source)
		})
	}
	c.must(!g.Capped || g.Term != nil, "capped", "has no term that could be capped")
	if g.Term != nil && v.Cap != nil && g.Capped {
		const day = workday.Day("2000-01-01")
		term, _ := g.Term.Length.After(day, workday.Calendar{})
		most, _ := v.Cap.Length.After(day, workday.Calendar{})
		c.must(term <= most, "term/length", "is longer than the cap")
	}
	for i, code := range g.Measures {
		known := slices.ContainsFunc(v.Measures, func(m Measure) bool { return m.Code == code })
		c.must(known, "measures", fmt.Sprintf("%q is not a measure of this version", code))
		c.must(!slices.Contains(g.Measures[:i], code), "measures", fmt.Sprintf("%q stands twice", code))
	}
	c.in("publication", func() { c.publication(v, g) })
	c.must(!v.Mirror || g.Term == nil && !g.Conviction, "term", "a mirror's ground has no term and rests on no conviction")
}

func (c *checker) publication(v *Version, g *Ground) {
	p := g.Publication
	c.someOf("fields", p.Fields, "name", "identifiers", "facts", "legal_basis", "authority", "term", "measures")
	if !p.Allowed {
		c.must(!p.Persons && !p.AgeUnknown && len(p.Fields) == 0, "allowed", "is false, so nobody and no field is published")
		return
	}
	c.must(p.Source.Confidence != NotFound, "allowed", "no rule was found that allows it")
	c.must(len(p.Fields) > 0, "fields", "is empty: name what is published")
	c.must(!p.Persons || slices.Contains(g.Subjects, "person"), "persons", "the ground is not for persons")
	c.must(p.Persons || slices.Contains(g.Subjects, "organization"), "allowed", "nobody is left who could be published")
	c.must(!p.AgeUnknown || p.Persons && v.Mirror, "age_unknown", "only a mirror shows persons whose age is not known: minors are never published")
}

func (c *checker) requests(v *Version) {
	var kinds []string
	for i := range v.Requests {
		kinds = append(kinds, v.Requests[i].Kind)
		c.in("requests/"+v.Requests[i].Kind, func() { c.request(v, &v.Requests[i]) })
	}
	c.someOf("requests", kinds, RequestKinds()...)
	for _, kind := range RequestKinds() {
		c.must(slices.Contains(kinds, kind), "requests", "has no rule of "+kind+": say at least that it is not open")
	}
}

func (c *checker) request(v *Version, r *Request) {
	c.must(!r.Open || r.Source.Confidence != NotFound, "open", "no rule was found that grants it")
	c.someOf("ask", r.Ask, "subject", "officer")
	c.must(slices.Contains(r.Ask, "officer"), "ask", "an officer may file every request")
	if slices.Contains([]string{"revocation", "unpublication", "reinstatement"}, r.Kind) {
		c.must(!slices.Contains(r.Ask, "subject"), "ask", "only an officer asks for this")
	}
	c.must(len(r.When) > 0, "when", "is empty")
	c.someOf("when", r.When, "listed", "removed")
	c.someOf("outcomes", r.Outcomes, "granted", "refused", "varied")
	c.must(slices.Contains(r.Outcomes, "granted") && slices.Contains(r.Outcomes, "refused"), "outcomes", "a request can be granted and refused")
	c.effect(r)
	if r.Earliest != nil {
		c.in("earliest", func() {
			c.oneOf("after", r.Earliest.After, "term", "decision")
			c.term("length", r.Earliest.Length)
			c.number(r.Earliest.Source)
			endless := slices.ContainsFunc(v.Grounds, func(g Ground) bool { return g.Term == nil })
			c.must(r.Earliest.After != "term" || !endless, "after", "a ground of this version has no term")
		})
	}
	c.clocks(r.Clocks, []string{"acceptance", "outcome", "unpublication"}, []string{"request", "outcome"})
}

// effect checks what a granted request does against the states it is made in and the decision it is made against.
func (c *checker) effect(r *Request) {
	effects := map[string]string{"correction": "correct", "unpublication": "unpublish", "stay": "stay", "reinstatement": "reinstate"}
	want, ok := effects[r.Kind]
	if !ok {
		want = "remove"
	}
	c.must(r.Effect == want, "effect", fmt.Sprintf("%q is not what this kind does: %s", r.Effect, want))
	cause := ""
	if want == "remove" {
		cause = r.Kind
	}
	c.must(r.Cause == cause, "cause", fmt.Sprintf("is %q and must be %q", r.Cause, cause))
	c.must(!slices.Contains(r.Outcomes, "varied") || want == "remove", "outcomes", "only what removes a listing can be varied to something less")
	removed := slices.Contains(r.When, "removed")
	c.must(!removed || want == "reinstate" || r.Kind == "revocation", "when", "what is removed can only be revoked or reinstated")
	against := map[string]string{"unpublish": "publication", "reinstate": "removal"}[want]
	if against == "" {
		against = "decision"
	}
	c.must(r.Against == against, "against", fmt.Sprintf("is %q and must be %q: whose maker may not decide it", r.Against, against))
	if want != "reinstate" {
		c.must(len(r.Causes) == 0, "causes", "only a reinstatement looks at why the listing was removed")
		return
	}
	c.must(slices.Equal(r.When, []string{"removed"}), "when", "only what is removed can be reinstated")
	c.must(len(r.Causes) > 0, "causes", "is empty: name the removals that can be undone")
	c.someOf("causes", r.Causes, "expiry", "appeal", "repair", "revocation", "identity")
}
