package naming

import (
	"slices"

	"shixin/shared/naming/han"
)

// mostNamed is the most syllables of a Chinese name of a person.
const mostNamed = 4

// romanized are the keys of the name of a person as it is written in Latin letters other than those of pinyin: in Wade-Giles, as in
// Taiwan, and by its sound in Cantonese, as in Hong Kong.
func (k *keyMaker) romanized(do func(hash, float32)) {
	var wade, canton, said [mostNamed + 1]uint64
	w, c, p := 0, 0, 0
	k.initials(do)
	skipped := 0
	for _, t := range k.own {
		if r := t.Rune(); r != 0 {
			w, c = put(&wade, w, uint64(begin(0).text(han.WadeGiles(han.Readings(r)[0])))), put(&canton, c, uint64(han.CantoneseGroup(t.Text)))
			p = -1
			continue
		}
		if t.Han {
			return
		}
		var room [han.MaxSyllables]han.Syllable
		syllables, ok := han.Segment(t.Text, room[:0])
		if !ok {
			var parts [mostNamed + 1]string
			_, inWade := han.DivideWadeGiles(t.Text, parts[:0])
			_, inCanton := han.DivideCantonese(t.Text, parts[:0])
			if !inWade && !inCanton && t.common && len(k.own) > 2 && skipped == 0 { // Peter in Peter TSANG Wai Ming
				skipped++
				continue
			}
			p = -1
		}
		for _, s := range syllables {
			p = put(&said, p, uint64(begin(0).text(han.WadeGiles(s))))
		}
		if w < 0 && c < 0 && p < 0 {
			return
		}
		w = k.divided(&wade, w, t.Text, han.DivideWadeGiles, func(s string) uint64 { return uint64(begin(0).text(s)) })
		c = k.divided(&canton, c, t.Text, han.DivideCantonese, func(s string) uint64 { return uint64(han.CantoneseGroup(s)) })
	}
	give(familyWade, wade[:max(w, 0)], do)
	if p != w || p > 0 && !slices.Equal(said[:p], wade[:w]) {
		give(familyWade, said[:max(p, 0)], do)
	}
	give(familyCanton, canton[:max(c, 0)], do)
}

// initials is the key of the family name of a Chinese person with the first letters of the given name: of 王小明 and of WANG X.M.
func (k *keyMaker) initials(do func(hash, float32)) {
	var letters [mostNamed]byte
	var family hash
	n := 0
	if k.own[0].Rune() != 0 {
		names := 1 // characters of the family name
		if len(k.own) == mostNamed {
			names = 2
		}
		if len(k.own) > mostNamed || len(k.own) <= names {
			return
		}
		family = begin(familyInitials)
		for i, t := range k.own {
			said := han.Readings(t.Rune())[0].String()
			switch {
			case said == "":
				return
			case i < names:
				family = family.text(said)
			default:
				letters[n] = said[0]
				n++
			}
		}
	} else {
		for _, t := range k.own {
			var room [han.MaxSyllables]han.Syllable
			switch said, ok := han.Segment(t.Text, room[:0]); {
			case !t.Han && len(t.Text) == 1 && n < len(letters):
				letters[n] = t.Text[0]
				n++
			case ok && family == 0 && len(said) <= 2:
				family = begin(familyInitials).text(t.Text)
			default:
				return
			}
		}
	}
	if n == 0 || family == 0 {
		return
	}
	slices.Sort(letters[:n])
	do(family.bytes(letters[:n]).end(), 2)
}

// divided puts the syllables of a word to those before; -1 is that there are none, or too many.
func (k *keyMaker) divided(into *[mostNamed + 1]uint64, n int, word string, divide func(string, []string) ([]string, bool), key func(string) uint64) int {
	var room [mostNamed + 1]string
	if n < 0 {
		return n
	}
	parts, ok := divide(word, room[:0])
	if !ok {
		return -1
	}
	for _, part := range parts {
		n = put(into, n, key(part))
	}
	return n
}

// put adds one of the syllables of a name, and is -1 where one is not known or they are too many.
func put(into *[mostNamed + 1]uint64, n int, syllable uint64) int {
	if n < 0 || n >= mostNamed || syllable == 0 {
		return -1
	}
	into[n] = syllable
	return n + 1
}

// give calls do with the key of some syllables in any order.
func give(family byte, syllables []uint64, do func(hash, float32)) {
	if len(syllables) < 2 {
		return
	}
	slices.Sort(syllables)
	h := begin(family)
	for _, s := range syllables {
		h = h.number(s)
	}
	do(h.end(), 2.5)
}
