package naming

import (
	"cmp"
	"slices"

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
	var hits []Hit
	var stats Stats
	for i := range x.entities {
		if e := &x.entities[i]; tail == nil || !tail.gone[e.ID] {
			hits = q.try(hits, e, &stats)
		}
	}
	if tail != nil {
		for _, e := range tail.added {
			hits = q.try(hits, e, &stats)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entity.ID, b.Entity.ID))
	})
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	return hits[:min(len(hits), limit, MaxLimit)], stats
}

func (q *Query) try(hits []Hit, e *Entity, stats *Stats) []Hit {
	if q.Kind != "" && e.Kind != q.Kind || q.Published && !e.Published {
		return hits
	}
	best := Hit{}
	for _, n := range e.Names {
		stats.Compared++
		score, why := Compare(q.Name, n.Text, e.Kind)
		if score > best.Score {
			best = Hit{Entity: *e, Name: n, Score: score, Why: why}
		}
	}
	best.narrow(q)
	if best.Score == 0 || best.Score < q.least() || q.Keep != nil && !q.Keep(*e) {
		return hits
	}
	return append(hits, best)
}

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
