package parts

import (
	"unicode/utf8"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
	"shixin/shared/naming/script"
)

// company reads a run of Han characters of a company's name, which has no spaces: region, brand, trade, legal form, and
// what follows the form, as in 北京俊梅网络科技有限公司上海分公司.
func company(into []Token, run script.Word) []Token {
	c := reader{tokens: into, variant: run.Folded, joined: run.Joined}
	text := run.Text
	// What follows a first legal form is a branch of the company, and not another company.
	head, tail := text, ""
	if e, start, end, ok := lexicon.Find(text); ok && start > 0 && end < len(text) && !group(e.Concept) {
		head, tail = text[:end], text[end:]
	}
	c.head(head)
	if tail != "" {
		n := len(c.tokens)
		c.head(tail)
		aside(c.tokens[n:])
	}
	return c.tokens
}

// closed says whether a name in characters that has a brand ended with its legal form: what follows, as in 俊梅有限公司(上海)
// or 俊梅有限公司 上海分公司, is a note or a branch.
func closed(tokens []Token) bool {
	if len(tokens) == 0 {
		return false
	}
	last := &tokens[len(tokens)-1]
	return last.Han && last.Class == lexicon.Form && !group(last.Concept) && Branded(tokens)
}

// aside makes words count as little as a legal form does.
func aside(tokens []Token) {
	for i := range tokens {
		tokens[i].Class, tokens[i].Region = lexicon.Form, 0
	}
}

// group says whether a form is no end of a name: 集团 and 控股 stand before the form.
func group(form lexicon.Concept) bool {
	group, _ := lexicon.Latin("group")
	holding, _ := lexicon.Latin("holding")
	return form == group.Concept || form == holding.Concept
}

type reader struct {
	tokens          []Token
	variant, joined bool
}

func (c *reader) add(t Token) {
	t.Han, t.Variant, t.Joined = true, c.variant, c.joined
	c.joined = true
	c.tokens = append(c.tokens, t)
}

func (c *reader) head(text string) {
	for within := region.Code(0); text != ""; {
		code, n := region.Prefix(text)
		if n == 0 || within != 0 && !within.Holds(code) {
			break // none, or a brand that is called like one: 武汉青海信息服务有限公司
		}
		c.add(Token{Text: text[:n], Class: lexicon.Region, Region: code})
		text, within = text[n:], code
	}
	var ends []Token // from the last word to the first
	for text != "" {
		e, n := lexicon.Suffix(text)
		if n == 0 || n < len("汉字") && !lone(text, n) {
			break
		}
		ends = append(ends, Token{Text: text[len(text)-n:], Class: e.Class, Concept: e.Concept})
		text = text[:len(text)-n]
	}
	for i, r := range text {
		c.add(Token{Text: text[i : i+utf8.RuneLen(r)]})
	}
	for i := len(ends) - 1; i >= 0; i-- {
		c.add(ends[i])
	}
}

// nameless makes a brand of the region of a company's name that has no other word of its own: 青海有限公司. Where the region
// is meant, it meets no hit by itself.
func nameless(tokens []Token) []Token {
	last := -1
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.Class == lexicon.Core, t.Class == lexicon.Trade:
			return tokens
		case t.Class == lexicon.Region && t.Han && region.Short(t.Text):
			last = i
		}
	}
	if last < 0 {
		return tokens
	}
	whole := tokens[last]
	out := append([]Token(nil), tokens[:last]...)
	for i, r := range whole.Text {
		out = append(out, Token{Text: whole.Text[i : i+utf8.RuneLen(r)], Han: true, Variant: whole.Variant, Joined: i > 0 || whole.Joined})
	}
	return append(out, tokens[last+1:]...)
}

// lone says whether a single character at the end, such as 厂, may be a word: only after two others.
func lone(text string, n int) bool { return utf8.RuneCountInString(text[:len(text)-n]) >= 2 }
