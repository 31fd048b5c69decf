// Package lexicon provides the words of names that many share: legal forms, trades, particles and common names of persons.
package lexicon

import (
	"strings"
	"unicode/utf8"

	"shixin/shared/naming/han"
	"shixin/shared/naming/likeness"
	"shixin/shared/naming/once"
)

// Class is what a word is for in a name. The smaller, the more it tells who is meant.
type Class uint8

// The classes of words. The order is stored in segments and never changes.
const (
	Core     Class = iota // the brand of an organisation, a name of a person
	Region                // where it is
	Trade                 // what it does
	Form                  // its legal form, its place in a group
	Particle              // "of", "bin", "de": what joins other words
)

// Classes is how many classes there are.
const Classes = int(Particle) + 1

// String names the class as explanations do.
func (c Class) String() string {
	return [...]string{"core", "region", "trade", "form", "particle"}[min(c, Particle)]
}

// Concept is what a word means: words of several languages and their abbreviations share one. 0 is none.
type Concept uint16

// Entry is what the lexicon says of a word.
type Entry struct {
	Class   Class
	Concept Concept
	Words   int // how many words of a Latin name it is, from 1
}

type words struct {
	latin map[string]Entry
	han   map[string]Entry
	lead  map[string]int // first words of Latin phrases, with the length of the longest
	most  int            // runes of the longest Han word
}

var all = once.Made(func() *words {
	w := &words{latin: map[string]Entry{}, han: map[string]Entry{}, lead: map[string]int{}}
	concept := Concept(0)
	for _, part := range []struct {
		class Class
		text  string
	}{{Form, forms}, {Form, groups}, {Trade, trades}, {Trade, officeWords}, {Particle, particles}} {
		for line := range strings.Lines(part.text) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			concept++
			for word := range strings.SplitSeq(line, ",") {
				word = strings.TrimSpace(word)
				e := Entry{Class: part.class, Concept: concept, Words: 1 + strings.Count(word, " ")}
				if r, _ := utf8.DecodeRuneInString(word); r >= utf8.RuneSelf {
					if _, known := w.han[word]; !known {
						w.han[word] = e
						w.most = max(w.most, utf8.RuneCountInString(word))
					}
					continue
				}
				if _, known := w.latin[word]; !known {
					w.latin[word] = e
				}
				if e.Words > 1 {
					first, _, _ := strings.Cut(word, " ")
					w.lead[first] = max(w.lead[first], e.Words)
				}
			}
		}
	}
	for word := range strings.FieldsSeq(industries) {
		concept++
		if _, known := w.han[word]; !known {
			w.han[word] = Entry{Class: Trade, Concept: concept, Words: 1}
			w.most = max(w.most, utf8.RuneCountInString(word))
		}
	}
	return w
})

// Latin looks up a word, or a phrase with single spaces, in lower case without accents.
func Latin(word string) (Entry, bool) {
	e, ok := all().latin[word]
	return e, ok
}

// Phrase is the greatest number of words of a phrase that begins with the word; 0 is no phrase at all.
func Phrase(first string) int { return all().lead[first] }

// leastNearly is how long a word is at least that is known with an error in it.
const leastNearly = 6

// nearly holds the long words of legal forms by their sound, whole and without one letter.
var nearly = once.Made(func() map[string][]string {
	m := map[string][]string{}
	for phrase, e := range all().latin {
		if e.Class != Form {
			continue
		}
		for word := range strings.FieldsSeq(phrase) {
			if len(word) > leastNearly {
				likeness.Spellings(word, func(key []byte) { m[string(key)] = append(m[string(key)], word) })
			}
		}
	}
	return m
})

// Nearly finds a long word of a legal form that a Latin word was meant for, with a letter wrong: COPANY, LIMITET.
func Nearly(word string) (e Entry, ok bool) {
	if len(word) < leastNearly {
		return Entry{}, false
	}
	words := nearly()
	likeness.Spellings(word, func(key []byte) {
		for _, meant := range words[string(key)] {
			if !ok && likeness.Words(word, meant) >= 0.8 {
				e, ok = Entry{Class: Form, Words: 1}, true
			}
		}
	})
	return e, ok
}

// Suffix finds the longest word that a simplified Han text ends with, and its length in bytes; 0 is none.
func Suffix(text string) (Entry, int) {
	w := all()
	starts := make([]int, 0, 16)
	for i := len(text); i > 0 && len(starts) < w.most; {
		_, n := utf8.DecodeLastRuneInString(text[:i])
		i -= n
		starts = append(starts, i)
	}
	for k := len(starts) - 1; k >= 0; k-- {
		if e, ok := w.han[text[starts[k]:]]; ok {
			return e, len(text) - starts[k]
		}
	}
	return Entry{}, 0
}

// Find finds the first legal form that stands in a simplified Han text, and its place. It reports false without one.
func Find(text string) (e Entry, start, end int, ok bool) {
	w := all()
	for i := range text {
		at := i
		for n := 0; n < w.most && at < len(text); n++ {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
			if e, known := w.han[text[i:at]]; known && e.Class == Form && n >= 2 {
				return e, i, at, true
			}
		}
	}
	return Entry{}, 0, 0, false
}

// spoken holds the Han words of two characters and more as they sound, and the length of the longest.
var spoken = once.Made(func() *sounds {
	s := &sounds{words: map[string]Entry{}}
	for word, e := range all().han {
		var b strings.Builder
		n := 0
		for _, r := range word {
			b.WriteString(han.Readings(r)[0].String())
			n++
		}
		if n < 2 {
			continue
		}
		sound := b.String()
		// Of words that sound alike, the one that tells less is taken, and of those the one that was named first.
		if old, taken := s.words[sound]; !taken || e.Class > old.Class || e.Class == old.Class && e.Concept < old.Concept {
			s.words[sound] = e
			s.most = max(s.most, len(sound))
		}
	}
	return s
})

type sounds struct {
	words map[string]Entry
	most  int
}

// Spoken looks up a Han word of two characters or more by its pinyin without spaces.
func Spoken(sound string) (Entry, bool) {
	e, ok := spoken().words[sound]
	return e, ok
}

// SpokenSuffix finds the longest word in pinyin that a text of Latin letters ends with, where what is before it is pinyin too, and
// its length; 0 is none.
func SpokenSuffix(text string) (Entry, int) {
	s := spoken()
	for n := min(s.most, len(text)); n >= 4; n-- {
		e, ok := s.words[text[len(text)-n:]]
		if !ok {
			continue
		}
		if han.Divides(text[:len(text)-n]) {
			return e, n
		}
	}
	return Entry{}, 0
}

// limited are the legal forms of nearly all companies, the longest first.
var limited = []string{"有限责任公司", "股份有限公司", "有限公司"}

// NearForm finds a legal form of companies at the end of a simplified Han text that has one character of it wrong, too many or too few,
// or two in the other order, and its length in bytes; 0 is none. Where it is written well, it is [Suffix] that finds it.
func NearForm(text string) (Entry, int) {
	for _, form := range limited {
		want := []rune(form)
		for _, n := range []int{0, -1, 1} {
			if is := ending(text, len(want)+n); len(is) < len(text) && likeness.Mistyped([]rune(is), want) {
				return all().han[form], len(is)
			}
		}
	}
	return Entry{}, 0
}

// ending is the last so many characters of a text.
func ending(text string, n int) string {
	at := len(text)
	for range n {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return text[at:]
}

// Brandlike says whether a word of trade is what a company may be called that has no other brand: 东方, 环球.
func Brandlike(word string) bool { return strings.Contains(brandlike, " "+word+" ") }

const brandlike = " 东方 北方 南方 西部 环球 全球 联合 创新 创意 国际 城投 城建 建投 交投 创投 民族 风景 地铁 水利 "

var common = once.Made(func() map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(commonNames) {
		m[name] = true
	}
	return m
})

// Common says whether a word is a name that very many persons have, spelled as they spell it. Such a word is no typing
// error for another, and meeting it alone says little.
func Common(word string) bool { return common()[word] }
