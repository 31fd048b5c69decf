package naming

import (
	"cmp"
	"math"
	"slices"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/script"
	"shixin/shared/subject"
)

// Compare scores two names of one kind, from 0 to 1, and says why. It is what a search scores with, so that a hit can be
// looked into later without the list. Names without a single letter score 0.
func Compare(query, listed string, kind subject.Kind) (float64, []Reason) {
	q, l := read(query, kind), read(listed, kind)
	var c comparison
	c.compare(&q, &l, meetings{})
	return grade(c.score), c.reasons()
}

// grade is a score as it is told: in ten thousandths, which all processors agree in.
func grade(score float32) float64 { return math.Round(float64(score)*1e4) / 1e4 }

// pair is two words that were found to be the same. A word that is two in the other name is in a pair with each.
type pair struct {
	q, l   int8
	like   float32
	how    How
	order  float32 // what the pairs are taken in order of
	of     float32 // how many words of the other name the longer one is; 0 is one
	mended bool    // a known word and one of the characters that it was mistyped as
}

// comparison is the work of comparing two names, kept to be used again.
type comparison struct {
	query, listed *side
	pairs, tries  []pair
	metQ, metL    [script.MaxWords]bool
	score         float32
	disorder      float32
	weak          float32
	spoken, plain [2]side
	short         *token // a name that is the initials of the other one
	long          *side  // the other one
}

// meetings remembers what words were found alike, across the names of one search. The zero value remembers nothing.
type meetings struct {
	find func(q int, l *token) (float32, How)
}

// compare compares two names. A person whose name is written in both scripts, one after the other, is compared by each.
func (c *comparison) compare(q, l *side, known meetings) {
	if !q.mixed() && !l.mixed() {
		c.once(q, l, known)
		return
	}
	best := &comparison{}
	best.once(q, l, meetings{})
	for _, a := range q.scripts() {
		for _, b := range l.scripts() {
			one := &comparison{}
			if one.once(a, b, meetings{}); one.score > best.score {
				best = one
			}
		}
	}
	*c = *best
}

func (c *comparison) once(q, l *side, known meetings) {
	if q.han != l.han && (q.han && l.latin || q.latin && l.han) {
		if q.han {
			c.spoken[1] = l.spoken(q)
			l = &c.spoken[1]
		} else {
			c.spoken[0] = q.spoken(l)
			q = &c.spoken[0]
		}
		known = meetings{}
	}
	c.query, c.listed = q, l
	c.pairs, c.tries = c.pairs[:0], c.tries[:0]
	c.metQ, c.metL = [script.MaxWords]bool{}, [script.MaxWords]bool{}
	c.score, c.disorder, c.weak = 0, 0, 0
	for i := range q.tokens {
		for j := range l.tokens {
			var like float32
			var how How
			if known.find != nil {
				like, how = known.find(i, &l.tokens[j])
			} else {
				like, how = meet(&q.tokens[i], &l.tokens[j], q.kind)
			}
			if like > 0 {
				c.tries = append(c.tries, pair{q: int8(i), l: int8(j), like: like, how: how, order: like * min(q.tokens[i].weight, l.tokens[j].weight)})
			}
		}
	}
	slices.SortFunc(c.tries, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.order, a.order), cmp.Compare(abs(a.q-a.l), abs(b.q-b.l)), cmp.Compare(a.q, b.q))
	})
	for _, p := range c.tries {
		if !c.metQ[p.q] && !c.metL[p.l] {
			c.metQ[p.q], c.metL[p.l] = true, true
			c.pairs = append(c.pairs, p)
		}
	}
	c.join(false)
	c.join(true)
	c.mend(false)
	c.mend(true)
	c.judge()
	c.short = nil
	if score, short, long := abbreviates(q, l); score > c.score {
		c.score, c.short, c.long = score, short, long
	}
}

func abs(n int8) int8 { return max(n, -n) }

// Shares of a word's weight that it costs when the other name lacks it.
const (
	missingQuery  = 1.0
	missingListed = 0.85 // names are often given in part
	missingPlain  = 1.15 // but not those that are made of words that others have too
)

// littleTold is what two common names tell together: with a third word missing it is less than a hit.
const littleTold = 1.6

// judge turns pairs into a score. Its numbers are part of [Algorithm].
func (c *comparison) judge() {
	q, l := c.query, c.listed
	// Where one name has no words of its own, and those of the other met nothing, the trades and regions of both are what
	// there is to compare: a mistyped OF or INC. makes no brand.
	lost := float32(1)
	plain := q.kind != subject.Person && !q.branded && !l.branded
	if q.kind != subject.Person && q.branded != l.branded {
		if q.branded && !c.branded(true) {
			c.plain[0].without(q)
			q, lost = &c.plain[0], brandLost
		} else if l.branded && !c.branded(false) {
			c.plain[1].without(l)
			l, lost = &c.plain[1], brandLost
		}
	}
	var agreed, all, own float32
	for _, p := range c.pairs {
		a, b := &q.tokens[p.q], &l.tokens[p.l]
		w := min(a.weight, b.weight)
		if p.of > 0 {
			agreed += p.like * p.joint(a, b)
			all += p.joint(a, b)
			if !p.mended && (telling(q, a) || telling(l, b)) {
				own += p.like * w
			}
			continue
		}
		agreed += 2 * w * p.like
		all += 2 * w
		if p.how == Initial { // an initial leaves most of the word open
			all += 0.5 * (max(a.weight, b.weight) - w)
		}
		if telling(q, a) && telling(l, b) {
			own += w * p.like
		}
	}
	apart := c.apart(q, l)
	for i := range q.tokens {
		if t := &q.tokens[i]; !c.metQ[i] {
			all += missingQuery * apart[t.Class] * lostWeight(t, lost)
		}
	}
	missing := float32(missingListed)
	if plain {
		missing = missingPlain
	}
	for j := range l.tokens {
		if t := &l.tokens[j]; !c.metL[j] {
			all += missing * apart[t.Class] * lostWeight(t, lost)
		}
	}
	if all == 0 {
		return
	}
	c.score = agreed / all
	if q.kind == subject.Person && q.han && l.han {
		c.score = characterName(c.score, len(q.tokens), len(l.tokens), c.metQ[0] && c.metL[0])
	}
	c.disorder = c.order(q, l)
	if q.kind == subject.Person && !q.han && !l.han && own < littleTold && len(c.pairs) < max(len(q.tokens), len(l.tokens)) {
		c.weak = 0.08
	}
	if own == 0 {
		c.weak = max(0, c.score-c.disorder-mostShared)
	}
	c.score = max(0, c.score-c.disorder-c.weak)
}

// What a region or a trade costs more that the other name does not lack but has another of: the same brand elsewhere, for something
// else, is as a rule another company.
const (
	otherPlace = 1.8
	otherTrade = 1.5
)

// apart is by how much more a word of each class counts that met none, for two companies whose names are in characters.
func (c *comparison) apart(q, l *side) [lexicon.Classes]float32 {
	by := [lexicon.Classes]float32{1, 1, 1, 1, 1}
	if q.kind == subject.Person || !q.han || !l.han || !q.branded || !l.branded {
		return by
	}
	var met, onlyQ, onlyL [lexicon.Classes]bool
	for i := range q.tokens {
		t := &q.tokens[i]
		met[t.Class] = met[t.Class] || c.metQ[i]
		onlyQ[t.Class] = onlyQ[t.Class] || !c.metQ[i] && (t.Class != lexicon.Region || t.Region != 0)
	}
	for j := range l.tokens {
		t := &l.tokens[j]
		met[t.Class] = met[t.Class] || c.metL[j]
		onlyL[t.Class] = onlyL[t.Class] || !c.metL[j] && (t.Class != lexicon.Region || t.Region != 0)
	}
	if !met[lexicon.Region] && onlyQ[lexicon.Region] && onlyL[lexicon.Region] {
		by[lexicon.Region] = otherPlace
	}
	if !met[lexicon.Trade] && onlyQ[lexicon.Trade] && onlyL[lexicon.Trade] {
		by[lexicon.Trade] = otherTrade
	}
	return by
}

// mostShared is the most that names score which have only a legal form, a region or a trade in common.
const mostShared = 0.4

// order is what it costs that words stand in another order. Persons give their names in any; in characters the order tells.
// Languages differ in it, so that it costs organisations nothing between them.
func (c *comparison) order(q, l *side) float32 {
	characters := q.kind == subject.Person && q.han && l.han
	turned, moved := false, false
	for i, p := range c.pairs {
		moved = moved || p.q != p.l
		for _, o := range c.pairs[:i] {
			turned = turned || (p.q < o.q) != (p.l < o.l)
		}
	}
	switch {
	case turned && q.han && l.han:
		return 0.05
	case turned && q.han != l.han && q.kind != subject.Person:
		return 0
	case turned && q.kind != subject.Person:
		return 0.02
	case turned:
		return 0.01
	case characters && moved && len(q.tokens) == len(l.tokens):
		return 0.01 // 何晓宇 is less like 何宇磊 than 何宇勇 is
	}
	return 0
}

// brandLost is what a word costs more that looks like a brand and meets nothing.
const brandLost = 1.6

func lostWeight(t *token, factor float32) float32 {
	if t.Class == lexicon.Core {
		return t.weight * factor
	}
	return t.weight
}

// branded says whether a word of its own of the query, or of the listed name, met another that is more than a legal form: INK for INC.
// is no brand.
func (c *comparison) branded(query bool) bool {
	for i := range c.pairs {
		p := &c.pairs[i]
		one, other := &c.query.tokens[p.q], &c.listed.tokens[p.l]
		if !query {
			one, other = other, one
		}
		if one.Class == lexicon.Core && (other.Class < lexicon.Form || p.mended) {
			return true
		}
	}
	return false
}

// without copies a name as one that has no brand.
func (s *side) without(of *side) {
	s.tokens = append(s.tokens[:0], of.tokens...)
	s.kind, s.branded = of.kind, false
	s.weigh()
}

// characterName weighs a name of a person in characters, in which each is a third or a half of all there is: of two, both
// have to agree; of three and more one may be another, if the family name is not; and none may be missing.
func characterName(share float32, q, l int, family bool) float32 {
	switch {
	case q != l && min(q, l) < 4:
		return share * 0.88
	case q < 3:
		return max(0, 1-1.5*(1-share))
	case !family:
		return 1 - 0.9*(1-share)
	}
	return 1 - 0.72*(1-share)
}

// telling says whether a word may carry a hit: legal forms never do, regions and trades only where a name has nothing else.
func telling(s *side, t *token) bool {
	switch t.Class {
	case lexicon.Core:
		return true
	case lexicon.Region, lexicon.Trade:
		return s.kind != subject.Person && !s.branded
	}
	return false
}
