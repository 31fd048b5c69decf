package naming

import "shixin/shared/subject"

// scratch is the room that one search works in. It is kept and used again, for clearing it costs less than making it.
type scratch struct {
	keys     keyMaker
	queries  [2]side // as the name of an organisation, and of a person
	asked    []*side
	listed   side
	compared comparison
	found    candidates
	alike    [2]expansions
	memo     memory
	finds    [2]meetings
	ranked   []ranked
	results  []ranked
	room     []expansion
	earlier  []earlier
	budget   int
	stats    Stats
}

// ranked is a name with how much it is, or may be, like the query.
type ranked struct {
	name  uint32
	score float32
}

func newScratch() *scratch {
	s := &scratch{room: make([]expansion, 0, 256)}
	for i := range s.finds {
		q := &s.queries[i]
		s.finds[i].find = func(n int, l *token) (float32, How) { return s.memo.meet(i, n, &q.tokens[n], l, q.kind) }
	}
	return s
}

func (x *Index) take() *scratch {
	for i := range x.free {
		if s := x.free[i].Swap(nil); s != nil {
			return s
		}
	}
	return newScratch()
}

func (x *Index) give(s *scratch) {
	for i := range x.free {
		if x.free[i].CompareAndSwap(nil, s) {
			return
		}
	}
}

func slot(kind subject.Kind) int {
	if kind == subject.Person {
		return 1
	}
	return 0
}

// memory remembers how alike words of the query and of the list are.
type memory struct {
	keys  [memorySize]uint64
	likes [memorySize]float32
	hows  [memorySize]How
	used  []uint16
}

const memorySize = 1024

func (m *memory) clear() {
	for _, i := range m.used {
		m.keys[i] = 0
	}
	m.used = m.used[:0]
}

func (m *memory) meet(kind, n int, q, l *token, of subject.Kind) (float32, How) {
	if q.ident != none && q.ident == l.ident && q.Variant == l.Variant {
		return 1, Exact
	}
	if q.Han && l.Han {
		return meet(q, l, of)
	}
	key := (pack(l)<<5|uint64(n))<<2 | uint64(kind)<<1 | 1
	i := uint16((key * 0x9e3779b97f4a7c15) >> 54)
	for range 8 {
		if m.keys[i] == key {
			return m.likes[i], m.hows[i]
		}
		if m.keys[i] == 0 {
			like, how := meet(q, l, of)
			if len(m.used) < memorySize*3/4 {
				m.keys[i], m.likes[i], m.hows[i] = key, like, how
				m.used = append(m.used, i)
			}
			return like, how
		}
		i = (i + 1) % memorySize
	}
	return meet(q, l, of)
}

// candidates counts what names have in common with the query.
type candidates struct {
	names [candidateSlots]uint32 // and 1 more, so that 0 is none
	worth [candidateSlots]float32
	sure  [candidateSlots]bool // shares a key of all its own words
	used  []uint16
}

const (
	candidateSlots = 1 << 13
	mostCandidates = candidateSlots / 2
)

func (c *candidates) clear() {
	for _, i := range c.used {
		c.names[i], c.worth[i], c.sure[i] = 0, 0, false
	}
	c.used = c.used[:0]
}

// add notes that a name has something in common, and reports false when there is no room for another one.
func (c *candidates) add(name uint32, worth float32, sure bool) bool {
	i := uint16((uint64(name) * 0x9e3779b97f4a7c15) >> 51)
	for c.names[i] != name+1 {
		if c.names[i] == 0 {
			if len(c.used) >= mostCandidates {
				return false
			}
			c.names[i] = name + 1
			c.used = append(c.used, i)
			break
		}
		i = (i + 1) % candidateSlots
	}
	c.worth[i] += worth
	c.sure[i] = c.sure[i] || sure
	return true
}

// best is the most that a name has in common with the query so far.
func (c *candidates) best() (worth float32) {
	for _, i := range c.used {
		worth = max(worth, c.worth[i])
	}
	return worth
}

// expansions are the words of the list that may be meant by those of the query.
type expansions struct {
	ids  [expansionSlots]uint32 // and 1 more
	like [expansionSlots]float32
	of   [expansionSlots]uint8 // which word of the query
	used []uint16
}

const expansionSlots = 1 << 10

func (e *expansions) clear() {
	for _, i := range e.used {
		e.ids[i], e.like[i], e.of[i] = 0, 0, 0
	}
	e.used = e.used[:0]
}

func (e *expansions) place(id uint32) uint16 {
	i := uint16((uint64(id) * 0x9e3779b97f4a7c15) >> 54)
	for e.ids[i] != id+1 && e.ids[i] != 0 {
		i = (i + 1) % expansionSlots
	}
	return i
}

func (e *expansions) add(id uint32, like float32, of int) {
	i := e.place(id)
	if e.ids[i] == 0 {
		if len(e.used) >= expansionSlots/2 {
			return
		}
		e.ids[i] = id + 1
		e.used = append(e.used, i)
	}
	if like > e.like[i] {
		e.like[i], e.of[i] = like, uint8(of)
	}
}

func (e *expansions) find(id uint32) (float32, bool) {
	i := e.place(id)
	return e.like[i], e.ids[i] != 0
}
