package parts

import (
	"slices"
	"strings"

	"shixin/shared/naming/han"
	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
	"shixin/shared/naming/script"
)

// spoken reads the name of a Chinese company that is all in pinyin, as Beijing Junmei Wangluokeji Youxiangongsi, or with a space
// after each syllable: the trades and the legal form at its end are taken for the words in characters that they are the sound of.
// It returns false where less than a legal form or two trades are found so: the brands of many others sound like one.
func spoken(words []script.Word) ([]Token, bool) {
	first := len(words) // of those that are pinyin to the end
	for first > 0 && syllabic(words[first-1]) {
		first--
	}
	var b strings.Builder
	ends := make([]int, 0, script.MaxWords) // where each word ends
	for _, w := range words[first:] {
		b.WriteString(w.Text)
		ends = append(ends, b.Len())
	}
	text := b.String()
	var known []Token // from the last word to the first
	form := false
	for text != "" {
		e, n := lexicon.SpokenSuffix(text)
		if n == 0 || n == len(text) && first == 0 {
			break
		}
		known = append(known, Token{Text: text[len(text)-n:], Class: e.Class, Concept: e.Concept})
		form = form || e.Class == lexicon.Form
		text = text[:len(text)-n]
	}
	if !form && len(known) < 2 {
		return nil, false
	}
	var tokens []Token
	for i := 0; i < first; {
		n := 0
		tokens, n = latin(tokens, words[i:])
		i += n
	}
	start := 0
	for {
		code, n := spokenRegion(text[start:], start, ends)
		if n == 0 {
			break
		}
		tokens = append(tokens, Token{Text: text[start : start+n], Class: lexicon.Region, Region: code})
		start += n
	}
	branded := start < len(text)
	for _, end := range ends {
		if end = min(end, len(text)); end > start {
			tokens = append(tokens, Token{Text: text[start:end]})
			start = end
		}
	}
	if last := len(known) - 1; !branded && !Branded(tokens) && last > 0 && known[last].Class == lexicon.Trade { // 海云 sounds like 海运
		known[last] = Token{Text: known[last].Text}
	}
	for i := len(known) - 1; i >= 0; i-- {
		tokens = append(tokens, known[i])
	}
	return tokens, true
}

// syllabic says whether a word is pinyin, and nothing that names have in other languages.
func syllabic(w script.Word) bool {
	if w.Han {
		return false
	}
	if _, other := lexicon.Latin(w.Text); other && len(w.Text) > 3 {
		return false
	}
	return han.Divides(w.Text)
}

// longestSpoken is the most letters of the name of a region in pinyin.
const longestSpoken = 40

// spokenRegion finds the region that a text in pinyin begins with: the longest that ends where a word does, and otherwise the longest.
// The text begins at a place of the name whose words end at others.
func spokenRegion(text string, at int, ends []int) (found region.Code, length int) {
	for n := min(len(text), longestSpoken); n >= len("xian"); n-- {
		code := region.Latin(text[:n])
		if code < 110000 || !han.Divides(text[n:]) {
			continue
		}
		if slices.Contains(ends, at+n) {
			return code, n
		}
		if length == 0 {
			found, length = code, n
		}
	}
	return found, length
}
