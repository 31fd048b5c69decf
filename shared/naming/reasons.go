package naming

import (
	"cmp"
	"slices"
	"strings"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
)

// reasons say what each word of the two names gave and took. Their costs and the score make 1, unless the score is 0.
func (c *comparison) reasons() []Reason {
	if c.short != nil {
		return c.abbreviated()
	}
	var all []Reason
	slices.SortFunc(c.pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.q, b.q), cmp.Compare(a.l, b.l)) })
	var last *pair
	for i := range c.pairs {
		p := &c.pairs[i]
		a, b := &c.query.tokens[p.q], &c.listed.tokens[p.l]
		weight := 2 * min(a.weight, b.weight)
		if p.of > 0 {
			weight = p.joint(a, b)
		}
		if before := last; p.mended && before != nil && before.mended && (before.q == p.q || before.l == p.l) {
			r := &all[len(all)-1] // the next character of the same mistyped word
			if before.q == p.q {
				r.Listed += b.Text
			} else {
				r.Query += a.Text
			}
			r.Cost += float64(weight * (1 - p.like))
			continue
		}
		last = p
		all = append(all, Reason{How: p.how, Query: a.Text, Listed: b.Text, Part: max(a.Class, b.Class).String(), Cost: float64(weight * (1 - p.like))})
	}
	for i := range c.query.tokens {
		if t := &c.query.tokens[i]; !c.metQ[i] {
			all = append(all, Reason{How: OnlyQuery, Query: t.Text, Part: t.Class.String(), Cost: float64(missingQuery * t.weight)})
		}
	}
	for j := range c.listed.tokens {
		if t := &c.listed.tokens[j]; !c.metL[j] {
			all = append(all, Reason{How: OnlyListed, Listed: t.Text, Part: t.Class.String(), Cost: float64(missingListed * t.weight)})
		}
	}
	c.share(all)
	if c.disorder > 0 {
		all = append(all, Reason{How: Order, Cost: float64(c.disorder)})
	}
	if c.weak > 0 {
		all = append(all, Reason{How: Weak, Cost: float64(c.weak)})
	}
	return all
}

// abbreviated is the reason of two names of which one is the initials of the other.
func (c *comparison) abbreviated() []Reason {
	words := make([]string, 0, len(c.long.tokens))
	for i := range c.long.tokens {
		words = append(words, region.Spaced(c.long.tokens[i].Text))
	}
	r := Reason{How: Abbreviation, Query: c.short.Text, Listed: strings.Join(words, " "), Part: lexicon.Core.String(), Cost: 1 - grade(c.score)}
	if c.long == c.query {
		r.Query, r.Listed = r.Listed, r.Query
	}
	return []Reason{r}
}

// share gives to each word its part of what the words cost together.
func (c *comparison) share(all []Reason) {
	var sum float64
	for _, r := range all {
		sum += r.Cost
	}
	lost := max(0, 1-grade(c.score)-float64(c.disorder)-float64(c.weak))
	for i := range all {
		if sum > 0 {
			all[i].Cost *= lost / sum
		}
	}
}
