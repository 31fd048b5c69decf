package naming

import (
	"cmp"
	"slices"

	"shixin/shared/naming/parts"
	"shixin/shared/naming/region"
	"shixin/shared/subject"
)

// Bounds of a query. Greater wishes are cut to them.
const (
	DefaultLimit = 10
	MaxLimit     = 100
)

// Query is what is looked for.
type Query struct {
	Name      string
	Kind      subject.Kind      // empty is both
	BirthYear int               // 0 is not known; an entity of another year scores less
	Region    string            // GB/T 2260, two, four or six digits; an entity of another region scores less
	Limit     int               // 0 is [DefaultLimit]
	Threshold float64           // 0 is [DefaultThreshold]; a negative one is none at all
	Published bool              // only what anyone may find
	Keep      func(Entity) bool // where set, hits that it refuses are left out; it is asked for few
}

// Hit is an entity whose name is like the query's.
type Hit struct {
	Entity Entity
	Name   Name    // the name of it that is most alike
	Score  float64 // 0 to 1
	Why    []Reason
}

// Stats says what an answer took.
type Stats struct {
	Candidates int  // names that have something in common with the query
	Compared   int  // names that were compared in full
	Cut        bool // more had something in common than the bound of a query allows to look at
}

// Search returns the entities whose names are like the query's from its threshold on, the likest first, each once. The
// work is bounded whatever is asked. A query without a single letter or digit finds nothing.
func (x *Index) Search(q Query, tail *Tail) ([]Hit, Stats) {
	s := x.take()
	defer x.give(s)
	limit := q.limit()
	hits := x.search(s, &q, tail, limit)
	stats := s.stats
	if tail != nil {
		more, spent := tail.search(&q, limit)
		hits = append(hits, more...)
		stats.Candidates += spent.Candidates
		stats.Compared += spent.Compared
		stats.Cut = stats.Cut || spent.Cut
	}
	rank(hits)
	return hits[:min(len(hits), limit)], stats
}

func (q *Query) limit() int {
	if q.Limit <= 0 {
		return DefaultLimit
	}
	return min(q.Limit, MaxLimit)
}

func rank(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entity.ID, b.Entity.ID))
	})
}

// prepare reads the query as each kind of name that it may be.
func (s *scratch) prepare(q *Query, ident func(*token) uint32) {
	s.found.clear()
	s.memo.clear()
	s.stats, s.budget = Stats{}, budget
	s.asked, s.room, s.earlier = s.asked[:0], s.room[:0], s.earlier[:0]
	for i, kind := range []subject.Kind{subject.Organization, subject.Person} {
		s.alike[i].clear()
		if q.Kind != "" && q.Kind != kind {
			s.queries[i] = side{kind: kind}
			continue
		}
		s.queries[i] = read(q.Name, kind)
		for n := range s.queries[i].tokens {
			t := &s.queries[i].tokens[n]
			t.ident = ident(t)
		}
		s.asked = append(s.asked, &s.queries[i])
	}
}

func (x *Index) search(s *scratch, q *Query, tail *Tail, limit int) []Hit {
	s.prepare(q, x.ident)
	for _, a := range s.asked {
		x.gather(s, a)
	}
	s.stats.Candidates = len(s.found.used)
	x.estimate(s, q, min(max(leastCompare, 3*limit), mostCompare))
	least := q.least()
	s.results = s.results[:0]
	for _, r := range s.ranked {
		if float64(r.score) < least-mostGain {
			break
		}
		x.side(r.name, &s.listed)
		at := slot(s.listed.kind)
		s.stats.Compared++
		s.compared.compare(&s.queries[at], &s.listed, s.finds[at])
		if score := s.compared.score; grade(score) > 0 && grade(score) >= least {
			s.results = append(s.results, ranked{r.name, score})
		}
	}
	slices.SortFunc(s.results, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.name, b.name)) })
	var hits []Hit
	var seen [mostCompare]int
	for _, r := range s.results {
		if len(hits) >= limit && hits[limit-1].Score >= grade(r.score) {
			break // what is left can only be lower
		}
		e, n := x.owner(r.name)
		if slices.Contains(seen[:len(hits)], e+1) {
			continue
		}
		h := Hit{Entity: x.entity(e), Score: grade(r.score)}
		if tail != nil && tail.gone[h.Entity.ID] {
			continue
		}
		if n >= len(h.Entity.Names) {
			continue // a segment that no Builder made
		}
		h.Name = h.Entity.Names[n]
		if h.narrow(q); h.Score < least || q.Keep != nil && !q.Keep(h.Entity) {
			continue
		}
		at := slot(h.Entity.Kind)
		x.side(r.name, &s.listed)
		s.compared.compare(&s.queries[at], &s.listed, s.finds[at])
		h.Why = append(s.compared.reasons(), h.Why...)
		seen[len(hits)] = e + 1
		hits = append(hits, h)
	}
	return hits
}

// mostGain is what a full comparison may add to an estimate, which knows no words that are two errors apart.
const mostGain = 0.45

func (q *Query) least() float64 {
	if q.Threshold == 0 {
		return DefaultThreshold
	}
	return q.Threshold
}

// What an attribute takes from a score that contradicts it.
const (
	otherYear   = 0.15
	otherRegion = 0.08
)

// narrow lowers a score by what contradicts it.
func (h *Hit) narrow(q *Query) {
	if q.BirthYear != 0 && h.Entity.BirthYear != 0 {
		if q.BirthYear != h.Entity.BirthYear {
			h.Score = max(0, h.Score-otherYear)
			h.Why = append(h.Why, Reason{How: Conflict, Part: "birth-year", Cost: otherYear})
		} else {
			h.Why = append(h.Why, Reason{How: Agrees, Part: "birth-year"})
		}
	}
	if a, b := region.Parse(q.Region), region.Parse(h.Entity.Region); a != 0 && b != 0 {
		if !a.Meets(b) {
			h.Score = max(0, h.Score-otherRegion)
			h.Why = append(h.Why, Reason{How: Conflict, Part: "region", Cost: otherRegion})
		} else {
			h.Why = append(h.Why, Reason{How: Agrees, Part: "region"})
		}
	}
}

// tokenOf is a Latin word alone.
func tokenOf(text string) parts.Token { return parts.Token{Text: text} }
