package naming

import (
	"slices"
	"unicode/utf8"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/likeness"
	"shixin/shared/naming/script"
)

// Bounds of words that are one in a name and several in the other.
const (
	mostJoined = 4    // words that one is
	sureJoin   = 0.85 // pairs that are as good are left as they are
)

// join pairs words that are one in the listed name and several in the query, or where turned the other way round: those
// that met nothing so far, or nothing that is as good.
func (c *comparison) join(turned bool) {
	one, many := c.query.tokens, c.listed.tokens
	if turned {
		one, many = many, one
	}
	for i := range one {
		if t := &one[i]; len(t.Text) < 4 || c.surely(int8(i), !turned) {
			continue
		}
		for j := 0; j+1 < len(many); j++ {
			if n, like := c.run(&one[i], many, j, turned); n > 0 {
				c.unpair(int8(i), !turned)
				for k := j; k < j+n; k++ {
					c.unpair(int8(k), turned)
					p := pair{q: int8(i), l: int8(k), like: like, how: Joined, of: float32(n)}
					if turned {
						p.q, p.l = p.l, p.q
					}
					c.metQ[p.q], c.metL[p.l] = true, true
					c.pairs = append(c.pairs, p)
				}
				break
			}
		}
	}
}

// run finds how many words from j on are one word, and how well.
func (c *comparison) run(t *token, many []token, j int, turned bool) (int, float32) {
	var room [script.MaxWords * 2]byte
	text := room[:0]
	for k := j; k < len(many) && k < j+mostJoined; k++ {
		next := &many[k]
		if next.Han != t.Han || len(text)+len(next.Text) > min(len(room), len(t.Text)+1) || c.surely(int8(k), turned) {
			return 0, 0
		}
		text = append(text, next.Text...)
		if k == j || len(text)+1 < len(t.Text) {
			continue
		}
		if string(text) == t.Text {
			return k - j + 1, 0.97
		}
		if t.Han || !utf8.Valid(text) {
			continue
		}
		if like := likeness.Words(t.Text, string(text)); like >= sureJoin {
			return k - j + 1, like * 0.97
		}
	}
	return 0, 0
}

// surely says whether a word of the query, or of the listed name, has a pair that is good enough to keep.
func (c *comparison) surely(n int8, query bool) bool {
	for _, p := range c.pairs {
		if (query && p.q == n || !query && p.l == n) && p.like >= sureJoin {
			return true
		}
	}
	return false
}

func (c *comparison) unpair(n int8, query bool) {
	c.pairs = slices.DeleteFunc(c.pairs, func(p pair) bool {
		if query && p.q != n || !query && p.l != n || p.how == Joined {
			return false
		}
		c.metQ[p.q], c.metL[p.l] = false, false
		return true
	})
}

// joint is what both words of a joined pair weigh, the longer one shared among all that it is joined of. The characters of a mistyped
// word weigh as the word does.
func (p *pair) joint(q, l *token) float32 {
	if p.mended {
		if q.Class == lexicon.Core {
			q = l
		}
		return 2 * q.weight / p.of
	}
	if len(q.Text) > len(l.Text) {
		return q.weight/p.of + l.weight
	}
	return q.weight + l.weight/p.of
}
