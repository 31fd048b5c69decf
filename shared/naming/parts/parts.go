// Package parts provides names taken apart: which word is the brand, which the region, the trade and the legal form.
package parts

import (
	"strings"
	"unicode/utf8"

	"shixin/shared/naming/han"
	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
	"shixin/shared/naming/script"
)

// Token is one word of a name. A brand and a personal name in Han are a token for each character.
type Token struct {
	Text    string // lower case Latin without accents, or simplified Han
	Class   lexicon.Class
	Han     bool
	Joined  bool // only a hyphen or a dot, or nothing at all, stands between this and the token before
	Variant bool // was written in traditional or variant characters
	Concept lexicon.Concept
	Region  region.Code
	Phrase  int // how many words a phrase has of which this is one, such as JOINT STOCK COMPANY; 0 is none
}

// MostPhrase is the greatest number of words that a phrase counts as.
const MostPhrase = 3

// Rune is the character of a token that is a single one in Han, and 0 otherwise.
func (t *Token) Rune() rune {
	if !t.Han {
		return 0
	}
	r, n := utf8.DecodeRuneInString(t.Text)
	if n != len(t.Text) {
		return 0
	}
	return r
}

// Syllables are the ways in which a single Han character is read.
func (t *Token) Syllables() [3]han.Syllable { return han.Readings(t.Rune()) }

// Person takes the name of a person apart.
func Person(name string) []Token {
	var tokens []Token
	for _, w := range script.Words(name) {
		if w.Han {
			for i, r := range w.Text {
				tokens = append(tokens, Token{Text: w.Text[i : i+utf8.RuneLen(r)], Han: true, Joined: i > 0 || w.Joined, Variant: w.Folded})
			}
		} else if w.Dotted { // J.R. are two names
			for i := range w.Text {
				tokens = append(tokens, Token{Text: w.Text[i : i+1], Joined: i > 0 || w.Joined})
			}
		} else {
			t := Token{Text: w.Text, Joined: w.Joined}
			if personal[w.Text] {
				t.Class = lexicon.Particle
				e, _ := lexicon.Latin(w.Text)
				t.Concept = e.Concept
			}
			tokens = append(tokens, t)
		}
		if len(tokens) >= script.MaxWords {
			return tokens[:script.MaxWords]
		}
	}
	chinese(tokens)
	return tokens
}

// mostSpoken is how many syllables a Chinese name has at most.
const mostSpoken = 4

// chinese takes words for names that are particles elsewhere, Bin or La, where all of a name is pinyin.
func chinese(tokens []Token) {
	particles, syllables := false, 0
	var room [han.MaxSyllables]han.Syllable
	for i := range tokens {
		said, ok := han.Segment(tokens[i].Text, room[:0])
		if syllables += len(said); !ok || syllables > mostSpoken {
			return
		}
		particles = particles || tokens[i].Class == lexicon.Particle
	}
	if particles && len(tokens) > 1 {
		for i := range tokens {
			tokens[i].Class, tokens[i].Concept = lexicon.Core, 0
		}
	}
}

// personal are the particles of names of persons.
var personal = map[string]bool{
	"al": true, "el": true, "ul": true, "ur": true, "bin": true, "ben": true, "ibn": true, "bint": true, "binti": true, "de": true, "del": true,
	"la": true, "las": true, "los": true, "da": true, "dos": true, "das": true, "do": true, "y": true, "e": true, "van": true, "von": true, "der": true, "den": true,
	"af": true, "of": true, "the": true, "ud": true, "oglu": true, "ogly": true, "kyzy": true, "and": true, "jr": true, "sr": true, "ii": true, "iii": true,
	"mr": true, "mrs": true, "ms": true, "dr": true, "haji": true, "hajji": true, "mullah": true, "maulawi": true, "mawlawi": true, "sheikh": true, "shaykh": true, "sayyid": true, "sayed": true,
}

// Organization takes the name of an organisation apart. Where nothing is left for a brand, the trades and regions are what
// distinguishes it; see [Branded].
func Organization(name string) []Token {
	var tokens []Token
	words := script.Words(name)
	words = lettered(words)
	if tokens, ok := spoken(words); ok {
		return tokens[:min(len(tokens), script.MaxWords)]
	}
	for i := 0; i < len(words) && len(tokens) < script.MaxWords; {
		if words[i].Han {
			n, ended := len(tokens), closed(tokens)
			tokens = company(tokens, words[i])
			if ended {
				aside(tokens[n:])
			}
			i++
			continue
		}
		n := 0
		tokens, n = latin(tokens, words[i:])
		i += n
	}
	tokens = nameless(tokens)
	return tokens[:min(len(tokens), script.MaxWords)]
}

// lettered joins single Latin letters that stand side by side, for initials are written with dots, with spaces and without: L L C, T.D.G.
func lettered(words []script.Word) []script.Word {
	single := func(i int) bool {
		return i < len(words) && !words[i].Han && len(words[i].Text) == 1 && words[i].Text[0] >= 'a'
	}
	for i := range words {
		if !single(i) || !single(i+1) {
			continue
		}
		out := append([]script.Word(nil), words[:i]...)
		for ; i < len(words); i++ {
			if i > 0 && single(i) && single(i-1) {
				out[len(out)-1].Text += words[i].Text
			} else {
				out = append(out, words[i])
			}
		}
		return out
	}
	return words
}

// Branded says whether a name has any word of its own.
func Branded(tokens []Token) bool {
	for i := range tokens {
		if tokens[i].Class == lexicon.Core {
			return true
		}
	}
	return false
}

// latin reads one word, or a phrase as its words, and says how many they are. A phrase stays in words, for some have typing
// errors or stand elsewhere.
func latin(into []Token, words []script.Word) ([]Token, int) {
	var meant Token
	phrase, taken := "", 1
	for n := 1; n <= min(max(lexicon.Phrase(words[0].Text), 2), len(words)) && !words[n-1].Han; n++ {
		if n > 1 {
			phrase += " "
		}
		phrase += words[n-1].Text
		t := Token{Text: phrase}
		if Known(&t) {
			meant, taken = t, n
		}
	}
	if meant.Text == "" {
		if e, ok := lexicon.Nearly(words[0].Text); ok {
			meant.Class = e.Class
		}
	}
	if taken > 1 && meant.Class == lexicon.Region {
		meant.Text = strings.ReplaceAll(meant.Text, " ", "") // a place is one word: HONG KONG, HONGKONG
		meant.Joined = words[0].Joined
		return append(into, meant), taken
	}
	for _, w := range words[:taken] {
		t := Token{Text: w.Text, Joined: w.Joined, Class: meant.Class, Region: meant.Region}
		if e, ok := lexicon.Latin(w.Text); ok {
			t.Concept = e.Concept
		}
		if taken > 1 {
			t.Phrase = min(taken, MostPhrase)
		}
		into = append(into, t)
	}
	return into, taken
}

// Known fills in class, concept and region of a Latin word or phrase of an organisation, and reports whether it has any.
func Known(t *Token) bool {
	if e, ok := lexicon.Latin(t.Text); ok {
		t.Class, t.Concept = e.Class, e.Concept
		return true
	}
	if code := region.Latin(t.Text); code != 0 {
		t.Class, t.Region = lexicon.Region, code
		return true
	}
	return false
}
