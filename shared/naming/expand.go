package naming

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/likeness"
	"shixin/shared/naming/parts"
)

// none is the number of a word that the list does not have.
const none = ^uint32(0)

// Bounds of what one word of a query leads to.
const (
	mostInBucket   = 192 // words that are looked at for one spelling
	mostExpansions = 12  // words that it may stand for
	leastLike      = 0.5
)

// expansion is a word of the list that a word of the query may stand for.
type expansion struct {
	id   uint32
	of   int // word of the query
	like float32
	df   int // names that are found by it
}

// token is a word of a name as it was packed.
func (x *Index) token(p uint64) token {
	id := uint32(p >> packed)
	t := token{ident: id}
	t.Text = x.slice(wordOffsets, int(id))
	t.Class, t.Phrase = lexicon.Class(p>>2&7), int(p>>5&3)
	t.Joined, t.Variant = p&2 != 0, p&1 != 0
	t.Han = len(t.Text) > 0 && t.Text[0] >= utf8.RuneSelf
	t.mean(at32(x.part[wordMeanings], int(id)))
	return t
}

// mean fills in what a word means in the place where it stands.
func (t *token) mean(m uint32) {
	switch t.Class {
	case lexicon.Region:
		if m&meansRegion != 0 {
			t.Region = regionOf(m)
		}
	case lexicon.Core:
	default:
		if m&meansRegion == 0 {
			t.Concept = lexicon.Concept(m & meaningBits)
		}
	}
	t.common = m&meansCommon != 0
	t.spelled = uint16(m & (meansRegion - 1) >> meansSpelled)
}

// names is how many names are found by a word.
func (x *Index) df(id uint32) int {
	d := decoder{text: x.slice(postingOffsets, int(id))}
	return int(d.number())
}

// eachWord calls do with the words that have a spelling, until it returns false.
func (x *Index) eachWord(h hash, do func(id uint32) bool) {
	if x.words == 0 {
		return
	}
	d := decoder{text: x.slice(spellingOffsets, bucket(h, x.spellingBits))}
	id := uint32(0)
	for n := 0; d.at < len(d.text) && n < mostInBucket; n++ {
		id += uint32(d.number())
		if id >= uint32(x.words) || !do(id) {
			return
		}
	}
}

// ident finds the number of a word, or none.
func (x *Index) ident(t *token) uint32 {
	found := none
	match := func(id uint32) bool {
		if x.slice(wordOffsets, int(id)) == t.Text {
			found = id
			return false
		}
		return true
	}
	if t.Han {
		x.eachWord(begin(familyHan).text(t.Text).end(), match)
		return found
	}
	var room [likeness.MaxLetters]byte
	x.eachWord(begin(familySpelling).bytes(likeness.Key(t.Text, room[:0])).end(), match)
	return found
}

// expand finds the words of the list that word n of the query may stand for, the likest first.
func (x *Index) expand(s *scratch, into []expansion, q *side, n int, known meetings, alike *expansions) []expansion {
	t := &q.tokens[n]
	from := len(into)
	if again := s.expanded(t.Text); again != nil { // the word was asked already, as one of a name of the other kind
		for _, e := range again {
			e.of = n
			into = append(into, e)
			alike.add(e.id, e.like, n)
		}
		return into
	}
	if t.ident != none {
		into = append(into, expansion{t.ident, n, 1, x.df(t.ident)})
		alike.add(t.ident, 1, n)
	}
	if t.Han || len(t.Text) < 2 {
		return into
	}
	spellings(t.Text, func(h hash) {
		x.eachWord(h, func(id uint32) bool {
			if id == t.ident {
				return true
			}
			for i := from; i < len(into); i++ {
				if into[i].id == id {
					return true
				}
			}
			l := token{Token: parts.Token{Text: x.slice(wordOffsets, int(id))}, ident: id}
			if len(l.Text) == 0 || l.Text[0] >= utf8.RuneSelf {
				return true
			}
			m := at32(x.part[wordMeanings], int(id))
			l.common, l.spelled = m&meansCommon != 0, uint16(m&(meansRegion-1)>>meansSpelled)
			if like, _ := known.find(n, &l); like >= leastLike {
				into = append(into, expansion{id, n, like, x.df(id)})
			}
			return true
		})
	})
	slices.SortFunc(into[from:], func(a, b expansion) int { return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.id, b.id)) })
	into = into[:min(len(into), from+mostExpansions)]
	s.remember(t.Text, into[from:])
	for _, e := range into[from:] {
		alike.add(e.id, e.like, n)
	}
	return into
}

// expanded is what a word was found to stand for earlier in the same search; nil is not asked yet.
func (s *scratch) expanded(text string) []expansion {
	for i := range s.earlier {
		if s.earlier[i].text == text {
			return s.earlier[i].found
		}
	}
	return nil
}

// earlier is a word of the query with what it may stand for.
type earlier struct {
	text  string
	found []expansion
}

func (s *scratch) remember(text string, found []expansion) {
	if len(s.asked) < 2 {
		return
	}
	n := len(s.room)
	if n+len(found) > cap(s.room) {
		return
	}
	s.room = append(s.room, found...)
	s.earlier = append(s.earlier, earlier{text, s.room[n : n+len(found) : n+len(found)]})
}
