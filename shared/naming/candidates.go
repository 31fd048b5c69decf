package naming

import (
	"cmp"
	"slices"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
	"shixin/shared/subject"
)

func regionOf(m uint32) region.Code { return region.Code(m & meaningBits) }

// Bounds of one search.
const (
	budget       = 6000 // places of names that are read
	mostInList   = 1024 // of one list
	mostLong     = 2    // lists of words that many names have
	mostEstimate = 600  // names whose words are looked at
	leastCompare = 32   // names that are compared in full, or three for each wanted
	mostCompare  = 320
)

// enough is the share of the query's own words that a name has to have for others to be left aside.
const enough = 0.6

// gather collects names that have something in common with the query, rare things first.
func (x *Index) gather(s *scratch, q *side) {
	at := slot(q.kind)
	known, alike := s.finds[at], &s.alike[at]
	s.keys.keys(q, func(h hash, worth float32) { x.byKey(s, h, worth) })
	var room [96]expansion
	words := room[:0]
	for n := range q.tokens {
		t := &q.tokens[n]
		if t.Rune() != 0 || t.Class == lexicon.Particle && len(q.tokens) > 1 {
			continue
		}
		words = x.expand(s, words, q, n, known, alike)
	}
	words = x.joined(words, q, alike)
	slices.SortStableFunc(words, func(a, b expansion) int { return cmp.Compare(a.df, b.df) })
	rare := 0
	for rare < len(words) && words[rare].df <= common {
		e := &words[rare]
		x.byWord(s, e.id, e.like*q.tokens[e.of].weight)
		rare++
	}
	shared := words[rare:]
	for i := range shared {
		a := &shared[i]
		for j := range i {
			if b := &shared[j]; a.of != b.of && a.id != b.id {
				x.byKey(s, commonKey(a.id, b.id), a.like*q.tokens[a.of].weight+b.like*q.tokens[b.of].weight)
			}
		}
	}
	// Words that many names have are read alone only where nothing met that is worth much, and then from the rarest on.
	var all float32
	for n := range q.tokens {
		if telling(q, &q.tokens[n]) {
			all += q.tokens[n].weight
		}
	}
	for i := 0; i < len(shared) && i < mostLong && s.found.best() < enough*all; i++ {
		x.byWord(s, shared[i].id, shared[i].like*q.tokens[shared[i].of].weight)
	}
}

// byWord reads names that have a word.
func (x *Index) byWord(s *scratch, id uint32, worth float32) {
	d := decoder{text: x.slice(postingOffsets, int(id))}
	d.number()
	x.read(s, d, worth, false)
}

// byKey reads names that have a key.
func (x *Index) byKey(s *scratch, h hash, worth float32) {
	if x.names == 0 {
		return
	}
	x.read(s, decoder{text: x.slice(keyOffsets, bucket(h, x.keyBits))}, worth, worth >= 2.5)
}

func (x *Index) read(s *scratch, d decoder, worth float32, sure bool) {
	id := uint32(0)
	for n := 0; d.at < len(d.text); n++ {
		if n == mostInList || s.budget == 0 {
			s.stats.Cut = true
			return
		}
		id += uint32(d.number())
		s.budget--
		if id >= uint32(x.names) || !s.found.add(id, worth, sure) {
			s.stats.Cut = true
			return
		}
	}
}

// joined finds words that are written as two in the query and as one in the list, and the other way round.
func (x *Index) joined(all []expansion, q *side, alike *expansions) []expansion {
	var room [64]byte
	for n := range q.tokens {
		t := &q.tokens[n]
		if t.Han {
			continue
		}
		if n+1 < len(q.tokens) && !q.tokens[n+1].Han && len(t.Text)+len(q.tokens[n+1].Text) <= len(room) {
			both := append(append(room[:0], t.Text...), q.tokens[n+1].Text...)
			if id := x.ident(&token{Token: tokenOf(string(both))}); id != none {
				all = append(all, expansion{id, n, 0.95, x.df(id)})
				alike.add(id, 0.95, n)
			}
		}
		if t.ident != none || len(t.Text) < 6 || len(t.Text) > 24 {
			continue
		}
		for i := 2; i <= len(t.Text)-2; i++ {
			left := x.ident(&token{Token: tokenOf(t.Text[:i])})
			if left == none {
				continue
			}
			right := x.ident(&token{Token: tokenOf(t.Text[i:])})
			if right == none {
				continue
			}
			// Each half may lead to the name, and a full comparison tells whether the other is beside it.
			for _, id := range []uint32{left, right} {
				if df := x.df(id); df > 0 {
					all = append(all, expansion{id, n, 0.6, df})
				}
				alike.add(id, 0.5, n)
			}
		}
	}
	return all
}

// estimate ranks the candidates by the words that they share with the query, and keeps the best.
func (x *Index) estimate(s *scratch, q *Query, most int) {
	least := s.cutoff(mostEstimate)
	s.ranked = s.ranked[:0]
	looked := 0
	for _, i := range s.found.used {
		if s.found.worth[i] < least {
			continue
		}
		name := s.found.names[i] - 1
		if looked++; looked > 2*mostEstimate {
			s.stats.Cut = true
			break
		}
		record := x.slice(nameOffsets, int(name))
		if record == "" {
			continue
		}
		h := record[0]
		if q.Published && h&isPublished == 0 || q.Kind == subject.Person && h&isPerson == 0 || q.Kind == subject.Organization && h&isPerson != 0 {
			continue
		}
		x.side(name, &s.listed)
		score := s.guess(&s.listed)
		if s.found.sure[i] {
			score = max(score, 0.8)
		}
		s.ranked = append(s.ranked, ranked{name, score})
	}
	s.ranked = best(s.ranked, most)
	slices.SortFunc(s.ranked, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.name, b.name)) })
	s.ranked = s.ranked[:min(len(s.ranked), most)]
}

// best drops what surely is not among so many best, without sorting all.
func best(all []ranked, most int) []ranked {
	const steps = 128
	if len(all) <= 2*most {
		return all
	}
	var counts [steps + 1]int
	for _, r := range all {
		counts[int(min(r.score, 1)*steps)]++
	}
	step, n := steps, counts[steps]
	for n < most {
		step--
		n += counts[step]
	}
	return slices.DeleteFunc(all, func(r ranked) bool { return int(min(r.score, 1)*steps) < step })
}

// guess is about how much a name scores, from what is known already of its words.
func (s *scratch) guess(l *side) float32 {
	at := slot(l.kind)
	q := &s.queries[at]
	var met, all float32
	for i := range q.tokens {
		all += q.tokens[i].weight
	}
	for j := range l.tokens {
		t := &l.tokens[j]
		all += t.weight
		if like, ok := s.alike[at].find(t.ident); ok {
			met += 2 * like * t.weight
			continue
		}
		if t.Rune() == 0 {
			continue
		}
		best := float32(0)
		for i := range q.tokens {
			if q.tokens[i].Rune() != 0 {
				like, _ := s.finds[at].find(i, t)
				best = max(best, like)
			}
		}
		met += 2 * best * t.weight
	}
	return met / max(all, 0.01)
}

// cutoff is the worth from which about so many candidates are as good or better.
func (s *scratch) cutoff(most int) float32 {
	if len(s.found.used) <= most {
		return 0
	}
	var counts [64]int
	best := float32(0)
	for _, i := range s.found.used {
		best = max(best, s.found.worth[i])
	}
	for _, i := range s.found.used {
		counts[int(s.found.worth[i]/best*63)]++
	}
	n := 0
	for b := 63; b >= 0; b-- {
		if n += counts[b]; n > most {
			if n-counts[b] == 0 {
				return best * float32(b) / 63 // all are alike
			}
			return best * float32(b+1) / 63
		}
	}
	return 0
}
