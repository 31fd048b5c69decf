// Package han provides what is known of single Han characters: which are written for another, and how they are read.
package han

import (
	"strings"
	"unicode/utf8"

	"shixin/shared/naming/once"
)

var simplified = once.Made(func() map[rune]rune {
	m := make(map[rune]rune, 8192)
	for group := range strings.FieldsSeq(variantTable) {
		to, n := utf8.DecodeRuneInString(group)
		for _, from := range group[n:] {
			m[from] = to
		}
	}
	return m
})

// Simplify writes traditional characters and other variants as the simplified ones, and says whether there were any.
func Simplify(text string) (simple string, changed bool) {
	m := simplified()
	for _, r := range text {
		if _, ok := m[r]; ok {
			changed = true
			break
		}
	}
	if !changed {
		return text, false
	}
	return strings.Map(func(r rune) rune {
		if to, ok := m[r]; ok {
			return to
		}
		return r
	}, text), true
}

// Syllable is one syllable of Mandarin without its tone; 0 is none.
type Syllable uint16

// String is the syllable in pinyin; ü is v.
func (s Syllable) String() string {
	if t := tables(); int(s) < len(t.syllables) {
		return t.syllables[s]
	}
	return ""
}

// What the table of readings covers: the ideographs of Unicode's first plane.
const (
	firstRead = 0x3400
	lastRead  = 0xa000
)

type spoken struct {
	syllables []string // by Syllable; the first is empty
	by        map[string]Syllable
	of        [lastRead - firstRead][3]Syllable // readings of a simplified character, the usual one first
}

var tables = once.Made(func() *spoken {
	t := &spoken{syllables: []string{""}, by: make(map[string]Syllable, 512)}
	for line := range strings.Lines(readingTable) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		s := Syllable(len(t.syllables))
		t.syllables = append(t.syllables, parts[0])
		t.by[parts[0]] = s
		for i, chars := range parts[1:] {
			for _, r := range chars {
				v := &t.of[r-firstRead]
				switch {
				case i == 0: // mostly read so
					v[0] = s
				case v[1] == 0:
					v[1] = s
				default:
					v[2] = s
				}
			}
		}
	}
	// Read so only where they are names.
	for name, syllable := range surnames {
		v := &t.of[name-firstRead]
		if s := t.by[syllable]; s != v[0] && s != v[1] {
			v[1], v[2] = s, v[1]
		}
	}
	return t
})

// surnames are read in a way of their own.
var surnames = map[rune]string{
	'曾': "zeng", '单': "shan", '解': "xie", '仇': "qiu", '查': "zha", '区': "ou", '盖': "ge", '朴': "piao", '翟': "zhai",
	'任': "ren", '华': "hua", '尉': "yu", '万': "mo", '缪': "miao", '乐': "yue", '员': "yun", '黑': "he", '折': "she", '种': "chong",
	'重': "chong", '秘': "bi", '冼': "xian", '覃': "qin", '洗': "xian", '繁': "po", '哈': "ha", '么': "yao", '召': "shao", '谌': "chen",
}

// Readings are the ways in which a simplified character is read, the usual one first; unused places are 0.
func Readings(r rune) [3]Syllable {
	if r < firstRead || r >= lastRead {
		return [3]Syllable{}
	}
	return tables().of[r-firstRead]
}

// Homophones says whether two characters have a reading in common.
func Homophones(a, b rune) bool {
	x, y := Readings(a), Readings(b)
	for _, s := range x {
		for _, t := range y {
			if s != 0 && s == t {
				return true
			}
		}
	}
	return false
}
