package naming

import (
	"unicode/utf8"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/likeness"
	"shixin/shared/naming/script"
	"shixin/shared/subject"
)

// mend pairs a region, a trade or a legal form of one company's name with the characters that it was mistyped as in the other,
// where it could not be known for what it is: 网洛 for 网络. It stands on the side of the brand where such a word stands, and a
// brand that met something is left as it is.
func (c *comparison) mend(turned bool) {
	one, many, metOne, metMany := c.query, c.listed, &c.metQ, &c.metL
	if turned {
		one, many, metOne, metMany = many, one, metMany, metOne
	}
	if one.kind == subject.Person || !one.han || !many.han {
		return
	}
	first, last := len(many.tokens), -1 // words of the brand that met others
	for j := range many.tokens {
		if metMany[j] && many.tokens[j].Class == lexicon.Core {
			first, last = min(first, j), j
		}
	}
	if last < 0 {
		return
	}
	for i := range one.tokens {
		t := &one.tokens[i]
		if metOne[i] || !t.Han || t.Rune() != 0 || t.Class == lexicon.Core || t.Class == lexicon.Particle {
			continue
		}
		from, to := last+1, len(many.tokens)
		if t.Class == lexicon.Region {
			from, to = 0, first
		}
		if j, n := mistyped(t, many, metMany, from, to); n > 0 {
			metOne[i] = true
			like := 1 - mistake/float32(utf8.RuneCountInString(t.Text))
			for k := j; k < j+n; k++ {
				metMany[k] = true
				p := pair{q: int8(i), l: int8(k), like: like, how: Typo, of: float32(n), mended: true}
				if turned {
					p.q, p.l = p.l, p.q
				}
				c.pairs = append(c.pairs, p)
			}
		}
	}
}

// mistake is what one wrong character takes from a word, in characters.
const mistake = 0.8

// longestMended is the most characters of a word that is looked for mistyped.
const longestMended = 16

// mistyped finds the characters between two places that a word was mistyped as, and how many they are; 0 is none.
func mistyped(word *token, in *side, met *[script.MaxWords]bool, from, to int) (at, n int) {
	var room [longestMended + 1]rune
	want := make([]rune, 0, longestMended)
	for _, r := range word.Text {
		if len(want) == longestMended {
			return 0, 0
		}
		want = append(want, r)
	}
	for at := from; at < to; at++ {
		is := room[:0]
		for k := at; k < to && len(is) <= len(want); k++ {
			r := in.tokens[k].Rune()
			if met[k] || r == 0 || in.tokens[k].Class != lexicon.Core {
				break
			}
			is = append(is, r)
		}
		for n := min(len(is), len(want)+1); n > 0 && n >= len(want)-1; n-- {
			if likeness.Mistyped(is[:n], want) {
				return at, n
			}
		}
	}
	return 0, 0
}
