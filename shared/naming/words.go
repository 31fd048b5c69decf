package naming

import (
	"slices"
	"strings"

	"shixin/shared/naming/han"
	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/likeness"
	"shixin/shared/subject"
)

// meet is how alike two words are, from 0 to 1, and in which way.
func meet(q, l *token, kind subject.Kind) (float32, How) {
	if q.Text == l.Text {
		if q.Variant != l.Variant {
			return 0.995, Variant
		}
		return 1, Exact
	}
	if q.Region != 0 && l.Region != 0 {
		switch {
		case q.Region == l.Region:
			return 0.99, calls(q, l)
		case q.Region.Meets(l.Region):
			return 0.9, Within
		}
		return 0, ""
	}
	if q.Concept != 0 && q.Concept == l.Concept {
		if q.Han == l.Han && (strings.HasPrefix(l.Text, q.Text) || strings.HasPrefix(q.Text, l.Text)) {
			return 0.98, Abbreviation
		}
		if q.Han != l.Han && (spokenAs(q, l) || spokenAs(l, q)) {
			return 0.97, Pinyin
		}
		if q.Han && l.Han && likeness.Mistyped([]rune(q.Text), []rune(l.Text)) {
			return 0.95, Typo
		}
		return 0.95, Translation
	}
	switch {
	case q.Han && l.Han:
		return characters(q, l)
	case q.Han:
		return sounds(q, l, kind)
	case l.Han:
		return sounds(l, q, kind)
	}
	return latinWords(q, l, kind)
}

// calls is in which way two names of one region are the same: 南通市 is 南通, and Nantong.
func calls(q, l *token) How {
	switch {
	case q.Han != l.Han && (spokenAs(q, l) || spokenAs(l, q)):
		return Pinyin
	case q.Han == l.Han && (strings.HasPrefix(q.Text, l.Text) || strings.HasPrefix(l.Text, q.Text)):
		return Abbreviation
	}
	return Translation
}

// spokenAs says whether a Latin word is the pinyin of one in characters that has the same meaning.
func spokenAs(sound, word *token) bool {
	if sound.Han || !word.Han {
		return false
	}
	rest := sound.Text
	for i, r := range word.Text {
		if rest == "" && i > 0 { // nantong for 南通市
			break
		}
		said := han.Readings(r)[0].String()
		if said == "" || !strings.HasPrefix(rest, said) {
			return false
		}
		rest = rest[len(said):]
	}
	return rest == ""
}

// characters compares two single characters.
func characters(q, l *token) (float32, How) {
	a, b := q.Rune(), l.Rune()
	if a == 0 || b == 0 {
		return 0, ""
	}
	if han.Homophones(a, b) {
		return 0.8, Homophone
	}
	return 0, ""
}

// sounds compares a character with a syllable.
func sounds(character, syllable *token, kind subject.Kind) (float32, How) {
	for i, s := range character.Syllables() {
		if s != 0 && s.String() == syllable.Text {
			if i > 0 {
				return 0.88, Pinyin // a rarer reading
			}
			return 0.92, Pinyin
		}
	}
	if kind == subject.Person {
		if len(syllable.Text) == 1 && character.Syllables()[0] != 0 && character.Syllables()[0].String()[0] == syllable.Text[0] {
			return 0.8, Initial
		}
		if slices.Contains(character.sounds(kind), syllable.Text) {
			return 0.86, Spelling
		}
	}
	for _, s := range character.Syllables() {
		var room [1]han.Syllable
		if said, ok := han.Segment(syllable.Text, room[:0]); ok && s != 0 && len(said) == 1 && han.Loose(s) == han.Loose(said[0]) {
			return 0.7, Pinyin
		}
	}
	return 0, ""
}

// sameName is how alike two usual spellings of a name are: Mohammed and Muhammad.
const sameName = 0.96

// otherRoman is how alike two words are of which one is in pinyin and the other the same in Wade-Giles.
const otherRoman = 0.85

// romanized says whether a word of pinyin is another one in Wade-Giles.
func romanized(pinyin, wade string) bool {
	if len(pinyin) > 12 || len(wade) > 14 || !mayBegin(pinyin[0], wade[0]) || !mayEnd(pinyin[len(pinyin)-1], wade[len(wade)-1]) {
		return false
	}
	var room [han.MaxSyllables]han.Syllable
	said, ok := han.Segment(pinyin, room[:0])
	if !ok || len(said) > 2 {
		return false
	}
	for _, s := range said {
		if wade, ok = strings.CutPrefix(wade, han.WadeGiles(s)); !ok {
			return false
		}
	}
	return wade == ""
}

// mayBegin and mayEnd tell most pairs of words apart by one letter of each.
func mayBegin(pinyin, wade byte) bool {
	switch pinyin {
	case 'b':
		return wade == 'p'
	case 'd':
		return wade == 't'
	case 'g':
		return wade == 'k'
	case 'j', 'q':
		return wade == 'c'
	case 'r':
		return wade == 'j'
	case 'x':
		return wade == 'h'
	case 'c', 'z':
		return wade == 'c' || wade == 't'
	case 'e':
		return wade == 'e' || wade == 'o'
	case 'y':
		return wade == 'y' || wade == 'i'
	}
	return pinyin == wade
}

func mayEnd(pinyin, wade byte) bool {
	return pinyin == wade || wade == 'h' || wade == 'u' || wade == 'o'
}

func latinWords(q, l *token, kind subject.Kind) (float32, How) {
	a, b := q.Text, l.Text
	if len(a) == 1 || len(b) == 1 {
		if kind == subject.Person && a[0] == b[0] {
			return 0.8, Initial
		}
		return 0, ""
	}
	if kind == subject.Person && q.spelled != 0 && q.spelled == l.spelled {
		return sameName, Spelling
	}
	like := likeness.Words(a, b)
	if like > 0 && (q.common || l.common) {
		// A well known name that is spelled well is seldom another one mistyped: what is missing counts twice, and thrice
		// where the other is well known too.
		factor := float32(1.2)
		switch {
		case q.common && l.common:
			factor = 3
		case q.common:
			factor = 2.2
		}
		like = max(0, 1-factor*(1-like))
	}
	if kind == subject.Person && like < otherRoman && (romanized(a, b) || romanized(b, a)) {
		return otherRoman, Spelling
	}
	if like >= 0.4 {
		var x, y [likeness.MaxLetters]byte
		if string(likeness.Key(a, x[:0])) == string(likeness.Key(b, y[:0])) {
			return like, Spelling
		}
		return like, Typo
	}
	if kind != subject.Person && q.Class != lexicon.Region && l.Class != lexicon.Region {
		short, long := a, b
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) >= 3 && len(long) >= len(short)+2 && strings.HasPrefix(long, short) {
			return 0.6, Abbreviation
		}
	}
	return 0, ""
}
