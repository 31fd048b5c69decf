package main

import (
	"slices"
	"strings"
	"time"

	"shixin/shared/naming"
	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/parts"
	"shixin/shared/subject"
)

type found struct {
	id    string
	score float64
}

// class is what came out for the queries of one kind.
type class struct {
	name       string
	queries    int
	first, ten int
	hit        int // found at the default threshold
	scores     []float64
}

type miss struct {
	query query
	rank  int
	got   []found
}

// system is one way of finding names, measured.
type system struct {
	name    string
	classes []*class
	wrong   []float64 // the best score of each query that has to find nothing
	misses  []miss
	each    []time.Duration
}

type result struct {
	systems []*system
	pairs   int // of different companies that share region, trade and form
	alarms  int // of those that are hits at the default threshold
	ready   time.Duration
	bytes   int
	names   int
}

func measure(s *dataset, withFloor bool) (*result, error) {
	var b naming.Builder
	for _, e := range s.entities {
		b.Add(e)
	}
	data, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	x, err := naming.Open(data)
	if err != nil {
		return nil, err
	}
	r := &result{ready: time.Since(start), bytes: len(data), names: x.Names()}
	r.systems = append(r.systems, run("Shixin", s, func(name string) []found {
		hits, _ := x.Search(naming.Query{Name: name, Threshold: -1, Limit: 10}, nil)
		var all []found
		for _, h := range hits {
			all = append(all, found{h.Entity.ID, h.Score})
		}
		return all
	}))
	if withFloor {
		r.systems = append(r.systems, run("Jaro-Winkler", s, newFloor(s).search))
	}
	r.companies(s)
	return r, nil
}

func run(name string, s *dataset, search func(string) []found) *system {
	sys := &system{name: name}
	by := map[string]*class{}
	for _, q := range s.queries {
		start := time.Now()
		got := search(q.name)
		sys.each = append(sys.each, time.Since(start))
		if len(q.expected) == 0 {
			best := 0.0
			if len(got) > 0 {
				best = got[0].score
			}
			sys.wrong = append(sys.wrong, best)
			if best >= naming.DefaultThreshold {
				sys.misses = append(sys.misses, miss{q, -1, got})
			}
			continue
		}
		c := by[q.class]
		if c == nil {
			c = &class{name: q.class}
			by[q.class] = c
			sys.classes = append(sys.classes, c)
		}
		c.add(q, got)
		rank := slices.IndexFunc(got, func(f found) bool { return slices.Contains(q.expected, f.id) })
		if rank != 0 || got[0].score < naming.DefaultThreshold {
			sys.misses = append(sys.misses, miss{q, rank, got})
		}
	}
	slices.SortFunc(sys.classes, func(a, b *class) int { return strings.Compare(a.name, b.name) })
	return sys
}

func (c *class) add(q query, got []found) {
	c.queries++
	score := 0.0
	for i, f := range got[:min(len(got), 10)] {
		if slices.Contains(q.expected, f.id) {
			if i == 0 {
				c.first++
			}
			c.ten++
			score = f.score
			break
		}
	}
	if score >= naming.DefaultThreshold {
		c.hit++
	}
	c.scores = append(c.scores, score)
}

// at is the share of queries that are found at a threshold, and that of names that are found wrongly.
func (s *system) at(threshold float64) (recall, alarms float64) {
	hit, all := 0, 0
	for _, c := range s.classes {
		for _, score := range c.scores {
			all++
			if score >= threshold {
				hit++
			}
		}
	}
	return share(hit, all), share(above(s.wrong, threshold), len(s.wrong))
}

func above(scores []float64, threshold float64) (n int) {
	for _, s := range scores {
		if s >= threshold {
			n++
		}
	}
	return n
}

// strict is the lowest threshold at which no more than the share of wrong names is found.
func (s *system) strict(share float64) float64 {
	w := slices.Clone(s.wrong)
	slices.Sort(w)
	slices.Reverse(w)
	if len(w) == 0 {
		return naming.DefaultThreshold
	}
	i := int(share * float64(len(w)))
	return w[min(i, len(w)-1)] + 1e-9
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// companies compares all Chinese companies of the list that share region, trade and form and have another brand.
func (r *result) companies(s *dataset) {
	type company struct{ name, rest, brand string }
	by := map[string][]company{}
	for _, e := range s.entities {
		if e.Kind == subject.Person {
			continue
		}
		c := company{name: e.Names[0].Text}
		han := false
		for _, t := range parts.Organization(c.name) {
			han = han || t.Han
			if t.Class == lexicon.Core {
				c.brand += t.Text
			} else {
				c.rest += t.Text
			}
		}
		if han && c.brand != "" && c.rest != "" {
			by[c.rest] = append(by[c.rest], c)
		}
	}
	for _, group := range by {
		for i, a := range group {
			for _, b := range group[:i] {
				if a.brand == b.brand {
					continue
				}
				r.pairs++
				if score, _ := naming.Compare(a.name, b.name, subject.Organization); score >= naming.DefaultThreshold {
					r.alarms++
				}
			}
		}
	}
}
