package han

import (
	"strings"

	"shixin/shared/naming/once"
)

// maxSyllable is the length of the longest syllable, zhuang.
const maxSyllable = 6

// MaxSyllables is the most that Segment reads in one word.
const MaxSyllables = 8

// Segment reads a Latin word of lower case as syllables of pinyin without tones, as in "xiaohui" or "lvliang". It prefers
// few long syllables, as readers do, and reports false for a word that is not made of syllables alone. The result is
// appended to into.
func Segment(word string, into []Syllable) ([]Syllable, bool) {
	if len(word) == 0 || len(word) > MaxSyllables*maxSyllable {
		return into, false
	}
	by := tables().by
	// best[i] is the least number of syllables that word[i:] is read as; 0 is none at all.
	var best, step [MaxSyllables*maxSyllable + 1]uint8
	best[len(word)] = 1
	for i := len(word) - 1; i >= 0; i-- {
		for n := min(maxSyllable, len(word)-i); n > 0; n-- {
			rest := best[i+n]
			if rest == 0 || best[i] != 0 && best[i] <= rest+1 {
				continue
			}
			// The sounds m, n, ng and hm are in dictionaries, and in no name.
			if s := word[i : i+n]; by[s] != 0 && (n > 1 || s == "a" || s == "e" || s == "o") && s != "ng" && s != "hm" && s != "hng" {
				best[i], step[i] = rest+1, uint8(n)
			}
		}
	}
	if best[0] == 0 || int(best[0])-1 > MaxSyllables {
		return into, false
	}
	for i := 0; i < len(word); i += int(step[i]) {
		into = append(into, by[word[i:i+int(step[i])]])
	}
	return into, true
}

// loose holds the looser syllable by syllable.
var loose = once.Made(func() []Syllable {
	t := tables()
	l := make([]Syllable, len(t.syllables))
	for i, s := range t.syllables {
		for _, sound := range []string{"zh", "ch", "sh"} {
			if strings.HasPrefix(s, sound) {
				s = sound[:1] + s[2:]
			}
		}
		s = strings.TrimSuffix(s, "g")
		if l[i] = t.by[s]; l[i] == 0 {
			l[i] = Syllable(i)
		}
	}
	return l
})

// Loose is the syllable that stands for all that sound nearly so: zh, ch, sh count as z, c, s, and a last ng as n.
func Loose(s Syllable) Syllable {
	if t := loose(); int(s) < len(t) {
		return t[s]
	}
	return 0
}
