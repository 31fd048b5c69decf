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
// few syllables, and none that begins with a vowel within the word, for those are written with an apostrophe. It reports
// false for a word that is not made of syllables alone. The result is appended to into.
func Segment(word string, into []Syllable) ([]Syllable, bool) {
	if len(word) == 0 || len(word) > MaxSyllables*maxSyllable {
		return into, false
	}
	by := tables().by
	// best[i] is the least cost that word[i:] is read at, step[i] how long its first syllable then is; 0 is not at all.
	var best, step [MaxSyllables*maxSyllable + 1]uint8
	for i := len(word) - 1; i >= 0; i-- {
		cost := uint8(2)
		if i > 0 && (word[i] == 'a' || word[i] == 'e' || word[i] == 'o') {
			cost++
		}
		for n := min(maxSyllable, len(word)-i); n > 0; n-- {
			if i+n < len(word) && step[i+n] == 0 || step[i] != 0 && best[i] <= best[i+n]+cost {
				continue
			}
			if s := word[i : i+n]; by[s] != 0 && named(s) {
				best[i], step[i] = best[i+n]+cost, uint8(n)
			}
		}
	}
	if step[0] == 0 {
		return into, false
	}
	from := len(into)
	for i := 0; i < len(word); i += int(step[i]) {
		if len(into)-from == MaxSyllables {
			return into[:from], false
		}
		into = append(into, by[word[i:i+int(step[i])]])
	}
	return into, true
}

// longestDivided is the longest text that Divides looks at, in letters.
const longestDivided = 240

// Divides says whether a Latin text of lower case is made of syllables of pinyin alone, however many. An empty one is.
func Divides(text string) bool {
	if len(text) > longestDivided {
		return false
	}
	by := tables().by
	var ends [longestDivided + 1]bool // where a syllable may end
	ends[0] = true
	for i := range len(text) {
		for n := 1; ends[i] && n <= min(maxSyllable, len(text)-i); n++ {
			if s := text[i : i+n]; by[s] != 0 && named(s) {
				ends[i+n] = true
			}
		}
	}
	return ends[len(text)]
}

// named says whether a syllable stands in names: the sounds m, n, ng and hm are in dictionaries alone.
func named(s string) bool {
	return (len(s) > 1 || s == "a" || s == "e" || s == "o") && s != "ng" && s != "hm" && s != "hng"
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
