package screening

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// results is what a view says to one query.
type results struct {
	items    []Item // the best first
	narrowed int    // names that met and were left out, because what else is known of them says that it is another
	nothing  string // why the name could not be compared, or not with all; empty when it was
	missing  string // that there are listings whose names cannot be read; empty when there are none whom the query could mean
}

// missing says that there are listings whose names cannot be read, and that may be whom a query looks for.
func (v *view) missing(w wanted, all bool, today workday.Day) string {
	n := 0
	for _, c := range v.damaged {
		if c.visible(all, today) && (w.kind == "" || w.kind == c.Kind) && !weigh(c, w, today).out {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fault.Both(fmt.Sprintf("the names of %d listings are damaged and were not compared", n), fmt.Sprintf("有 %d 条名单的名称受损,未能比对", n))
}

// find looks a subject up among those that are visible on a day. What it does is bounded, whatever is asked.
func (v *view) find(w wanted, all bool, today workday.Day) (results, error) {
	r := results{items: []Item{}}
	met := map[string]*Item{}
	if w.ref != nil {
		cards, err := v.holders(*w.ref, all)
		if err != nil {
			return r, err
		}
		for _, c := range cards {
			if e := weigh(c, w, today); e.settles && c.visible(all, today) {
				met[c.Listing] = c.item(e).named(c, w.name)
			}
		}
	}
	if w.name != "" {
		if err := v.byName(w, all, today, met, &r); err != nil {
			return r, err
		}
		r.missing = v.missing(w, all, today)
	}
	if len(met) == 0 && !all && w.kind == subject.Person && w.ref == nil && r.nothing == "" { // not looked at is not clear
		r.nothing = fault.Both("persons are looked up for operators, authorities and the auditor only", "仅经营机构、主管部门和审计人员可查询个人")
	}
	for _, i := range met {
		i.Score = math.Round(i.Score*1e4) / 1e4
		r.items = append(r.items, *i)
	}
	slices.SortFunc(r.items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(strength(b.Verdict), strength(a.Verdict)), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Listing, b.Listing))
	})
	r.items = r.items[:min(len(r.items), w.limit)]
	return r, nil
}

func strength(v Verdict) int { return slices.Index([]Verdict{Clear, Unchecked, Possible, Match}, v) }

// holders is the cards that have an identifier.
func (v *view) holders(ref subject.Ref, all bool) ([]*Card, error) {
	sections := []section{v.base.public}
	if all {
		sections = append(sections, v.base.rest)
	}
	out := slices.Clone(v.refs()[ref.ID()])
	for _, s := range sections {
		cards, err := s.holders(ref)
		if err != nil {
			return nil, err
		}
		for _, c := range cards {
			if _, newer := v.tail[c.Listing]; !newer {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// byName adds the listings whose names are like the one that is looked for.
func (v *view) byName(w wanted, all bool, today workday.Day, met map[string]*Item, r *results) error {
	type part struct {
		section
		tail *naming.Tail
	}
	parts := []part{{v.base.public, v.public}}
	if all {
		parts = append(parts, part{v.base.rest, v.rest})
	}
	q := naming.Query{Name: w.name, Kind: w.kind, BirthYear: w.birthYear, Region: w.region, Limit: w.limit, Threshold: w.threshold}
	if q.Threshold == 0 {
		q.Threshold = -1 // there 0 is the usual one
	}
	hits, cut := 0, false
	for _, p := range parts {
		var damaged error
		cards := map[string]*Card{}
		q.Keep = func(e naming.Entity) bool {
			c, newer := v.tail[e.ID]
			if !newer {
				var err error
				if c, err = p.of(e); err != nil {
					damaged = err
					return false
				}
			}
			if c == nil || !c.visible(all, today) {
				return false
			}
			if weigh(c, w, today).out {
				r.narrowed++
				return false
			}
			cards[e.ID] = c
			return true
		}
		found, stats := p.names.Search(q, p.tail)
		if damaged != nil {
			return damaged
		}
		cut = cut || stats.Cut
		hits += len(found)
		for _, h := range found {
			c := cards[h.Entity.ID]
			e := weigh(c, w, today)
			item := c.item(e)
			item.Name, item.Why = h.Name.Text, append(reasons(h.Why), e.why...)
			if !e.settles {
				if item.Score = h.Score * e.factor; item.Score < w.threshold {
					r.narrowed++
					continue
				}
			}
			met[c.Listing] = item
		}
	}
	switch {
	case hits > 0 || r.narrowed > 0:
	case !telling(w):
		r.nothing = fault.Both("the name has nothing that tells one subject from another: no letters, or a legal form, a region or a trade alone", "名称中没有可供识别的部分(无文字,或者仅为组织形式、地名、行业)")
	case cut:
		r.nothing = fault.Both("the name is made of words so common that it was not compared with all that have them", "名称用词过于常见,未能与全部相关名称比对")
	}
	return nil
}

// item is a card as an answer shows it.
func (c *Card) item(e evidence) *Item {
	i := &Item{Listing: c.Listing, Regime: c.Regime, Kind: c.Kind, Identifiers: c.shown(), Region: c.region(), BirthYear: c.BirthYear, Verdict: Possible, Why: e.why}
	if len(c.Names) > 0 {
		i.Name = c.Names[0].Text
	}
	if e.settles {
		i.Verdict, i.Score = Match, 1
	}
	return i
}

// named says how the name that was looked for compares with the names of one that the identifier led to.
func (i *Item) named(c *Card, name string) *Item {
	if name == "" {
		return i
	}
	best, identifier := 0.0, i.Why
	for _, n := range c.Names {
		if score, why := naming.Compare(name, n.Text, c.Kind); score > best || best == 0 {
			best, i.Name, i.Why = score, n.Text, append(reasons(why), identifier...)
		}
	}
	return i
}

// evidence is what a query says besides the name, held against a card.
type evidence struct {
	out     bool    // it is another
	settles bool    // it is the one
	factor  float64 // of the score
	why     []Reason
}

// otherIdentifier is what is left of a score when the identifier is another's. No law gives it; it is set by whoever runs the register.
const otherIdentifier = 0.5

// weigh lets an identifier settle or contradict, and leaves out those whose birth year or province is known to be another. What differs less
// the comparison of names has taken into the score.
func weigh(c *Card, w wanted, today workday.Day) evidence {
	e := evidence{factor: 1}
	if w.ref != nil {
		e.identifier(c, *w.ref, today)
	}
	if e.settles {
		return e
	}
	if d := w.birthYear - c.BirthYear; w.birthYear != 0 && c.BirthYear != 0 && (d < -1 || d > 1) {
		e.out = true
	}
	if region := c.region(); w.region != "" && w.region[:2] != "00" && region != "" && region[:2] != w.region[:2] {
		e.out = true
	}
	return e
}

func (e *evidence) identifier(c *Card, ref subject.Ref, today workday.Day) {
	other := false
	for _, r := range c.Refs {
		switch {
		case r.ID() == ref.ID():
			if (r.From == "" || r.From <= today) && (r.To == "" || today <= r.To) {
				e.settles = true
				e.why = append(e.why, Reason{How: "identifier", Part: string(r.Scheme)})
				return
			}
		case r.Scheme == ref.Scheme && single(r.Scheme):
			other = true
		}
	}
	if other {
		e.factor = otherIdentifier
		e.why = append(e.why, Reason{How: "other-identifier", Part: string(ref.Scheme), Cost: 1 - otherIdentifier})
	}
}

// single reports whether a subject has only one identifier of a scheme.
func single(s subject.Scheme) bool {
	return s == subject.USCC || s == subject.CNID || s == subject.LEI
}

// Reason is one part of why a name was found: how a word of the query met a word of the listed name, or what counts less.
type Reason struct {
	How    naming.How `json:"how"`
	Query  string     `json:"query,omitempty"`
	Listed string     `json:"listed,omitempty"`
	Part   string     `json:"part,omitempty"`
	Cost   float64    `json:"cost,omitempty"`
}

func reasons(why []naming.Reason) []Reason {
	out := make([]Reason, len(why))
	for i, r := range why {
		out[i] = Reason{How: r.How, Query: r.Query, Listed: r.Listed, Part: r.Part, Cost: math.Round(r.Cost*1e4) / 1e4}
	}
	return out
}

// holders is the cards of a section that have an identifier.
func (s section) holders(ref subject.Ref) (out []*Card, err error) {
	refs, err := s.refs()
	if err != nil {
		return nil, err
	}
	for _, at := range refs.of(ref.ID()) {
		c, err := s.card(at)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(c.Refs, func(r subject.Ref) bool { return r.ID() == ref.ID() }) {
			out = append(out, c)
		}
	}
	return out, nil
}

// telling reports whether a name has a part by which it could be found at all: whether it would find itself. A name of no known kind is read as
// an organisation's, in which more is told apart.
func telling(w wanted) bool {
	kind := w.kind
	if kind == "" {
		kind = subject.Organization
	}
	score, why := naming.Compare(w.name, w.name, kind)
	return score > 0 && !slices.ContainsFunc(why, func(r naming.Reason) bool { return r.How == naming.Weak })
}
