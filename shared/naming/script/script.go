// Package script provides names as plain words: one form for each letter, whatever script, case, width or accent it was
// written in.
package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"shixin/shared/naming/han"
)

// MaxRunes is how much of a name is read. What follows is ignored, so that the work of a query is bounded.
const MaxRunes = 400

// MaxWords is how many words of a name are read.
const MaxWords = 32

// Word is a run of letters of one kind.
type Word struct {
	Text   string // lower case, without accents; Latin letters and digits, or simplified Han characters
	Han    bool   // Text is Han characters
	Joined bool   // only a hyphen or a dot stood between this word and the one before it
	Folded bool   // Text was written in traditional or variant characters
	Dotted bool   // Text is letters that dots divide, as in S.A. or J.R.
}

// Words takes a name apart. Invalid UTF-8, invisible characters, marks of direction, punctuation and pictures divide or
// vanish; letters of Cyrillic, Greek, Kana, Hangul, Arabic and Hebrew are written in Latin. The result may be empty.
func Words(name string) []Word {
	if plain, ok := ascii(name); ok {
		return split(plain)
	}
	name = cut(strings.ToValidUTF8(name, " "))
	return split(fold(norm.NFKC.String(name)))
}

func cut(name string) string {
	n := 0
	for i := range name {
		if n == MaxRunes {
			return name[:i]
		}
		n++
	}
	return name
}

// ascii is the short way for most names of most lists.
func ascii(name string) (string, bool) {
	if len(name) > MaxRunes {
		return "", false
	}
	lower := false
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return "", false
		}
		lower = lower || 'A' <= name[i] && name[i] <= 'Z'
	}
	if lower {
		name = strings.ToLower(name)
	}
	return name, true
}

// fold writes every letter in lower case and, where it has no letters of Han, in Latin. Accents go.
func fold(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	var before rune
	for _, r := range norm.NFD.String(name) {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), r == '\ufffd':
			// Accents and what is not seen. The long mark of Kana and the vowels of Arabic are Mn or Lm.
		case unicode.Is(unicode.Han, r):
			b.WriteRune(r)
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
			b.WriteString(latin(r, before))
		case unicode.IsDigit(r):
			b.WriteByte(digit(r))
		case r == '’' || r == '‘' || r == 'ʼ' || r == '＇' || r == '′':
			b.WriteByte('\'')
		case r == '‐' || r == '‑' || r == '–' || r == '—' || r == '·' || r == '•' || r == '・' || r == '‧':
			b.WriteByte('-')
		default:
			b.WriteByte(' ')
		}
		before = r
	}
	return b.String()
}

// digit is the value of a decimal digit of any script: they stand in runs of ten that begin with zero.
func digit(r rune) byte {
	zero := r
	for zero > 0 && unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return byte('0' + (r-zero)%10)
}

func isWord(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

func split(text string) []Word {
	var words []Word
	joined := false
	for i := 0; i < len(text) && len(words) < MaxWords; {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			end := i
			for end < len(text) && text[end] >= utf8.RuneSelf {
				end++
			}
			simple, folded := han.Simplify(text[i:end])
			words = append(words, Word{Text: simple, Han: true, Joined: joined, Folded: folded})
			i, joined = end, true
		case isWord(c):
			end := i
			quoted := false
			for end < len(text) && (isWord(text[end]) || text[end] == '\'' && end+1 < len(text) && isWord(text[end+1])) {
				quoted = quoted || text[end] == '\''
				end++
			}
			word := text[i:end]
			if quoted {
				word = strings.ReplaceAll(word, "'", "")
			}
			letters, n := initials(text[i:])
			if n > 0 {
				word, end = letters, i+n
			}
			words = append(words, Word{Text: word, Joined: joined, Dotted: n > 0})
			i, joined = end, true
		case c == '&':
			words = append(words, Word{Text: "and"})
			i, joined = i+1, false
		default:
			joined = joined && (c == '-' || c == '.' || c == '/')
			i++
		}
	}
	return words
}

// initials reads letters that are divided by dots alone, as in S.A. or L.L.C, as one word.
func initials(text string) (string, int) {
	var b []byte
	i := 0
	for i+1 < len(text) && isWord(text[i]) && text[i+1] == '.' {
		b = append(b, text[i])
		i += 2
	}
	if i < len(text) && isWord(text[i]) && (i+1 == len(text) || !isWord(text[i+1])) && len(b) > 0 {
		b = append(b, text[i])
		i++
	}
	if len(b) < 2 {
		return "", 0
	}
	return string(b), i
}
