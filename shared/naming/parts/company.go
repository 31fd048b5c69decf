package parts

import (
	"strings"
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
	text, within := c.where(text)
	var ends []Token // from the last word to the first
	for text != "" {
		t, n := last(text, ends)
		if n == 0 {
			break
		}
		ends = append(ends, t)
		text = text[:len(text)-n]
	}
	if code, n := region.County(text, within); n > 0 && runes(text[n:]) >= leastBrand {
		c.add(Token{Text: text[:n], Class: lexicon.Region, Region: code})
		text = text[n:]
	}
	for i, r := range text {
		c.add(Token{Text: text[i : i+utf8.RuneLen(r)]})
	}
	for i := len(ends) - 1; i >= 0; i-- {
		c.add(ends[i])
	}
}

// leastBrand is how many characters a brand has at least where something else is taken off that may belong to it.
const leastBrand = 2

// where reads the regions that a name begins with, and returns what follows and the last of them.
func (c *reader) where(text string) (string, region.Code) {
	within := region.Code(0)
	for text != "" {
		code, n := region.Prefix(text, within)
		if n == 0 {
			break // none, or a brand that is called like one: 武汉青海信息服务有限公司
		}
		c.add(Token{Text: text[:n], Class: lexicon.Region, Region: code})
		if text = text[n:]; code != 0 {
			within = code
		}
	}
	if within == 0 {
		return text, 0
	}
	if n := peoples(text); n > 0 && runes(text[n:]) >= leastBrand {
		c.add(Token{Text: text[:n], Class: lexicon.Region})
		text = text[n:]
	}
	if n := quarter(text); n > 0 && runes(text[n:]) >= leastBrand {
		c.add(Token{Text: text[:n], Class: lexicon.Region})
		text = text[n:]
	}
	return text, within
}

// zones are parts of a town for industry, which its name is followed by.
var zones = []string{
	"高新技术产业开发区", "经济技术开发区", "高新技术开发区", "经济开发区", "综合保税区", "自由贸易试验区", "自贸试验区", "保税区", "自贸区", "高新区", "经开区",
	"开发区", "示范区", "工业园区", "工业园", "产业园区", "新区", "矿区", "郊区", "城区", "市区",
}

// peoples is the length of what a text begins with that is left of the full name of an autonomous region after its short one, where
// that has an error: 族自州, 土家苗族自治州.
func peoples(text string) int {
	const most = 12
	n, seen := 0, -1
	for i, r := range text {
		if n++; n > most {
			break
		}
		switch r {
		case '族':
			seen = n
		case '州', '县', '旗', '区':
			if seen > 0 && n-seen <= len("自治州")/3 {
				return i + utf8.RuneLen(r)
			}
		}
	}
	return 0
}

// longestZone is the most characters before 开发区.
const longestZone = 8

// longestTown is the most characters before 镇 or 乡.
const longestTown = 4

// quarter is the length of the part of a town or county that a text begins with: a zone, a town or a village.
func quarter(text string) int {
	for _, zone := range zones {
		if strings.HasPrefix(text, zone) {
			return len(zone)
		}
	}
	if i := strings.Index(text, "开发区"); i >= 0 && runes(text[:i]) <= longestZone { // 高新产业开发区, and with errors
		return i + len("开发区")
	}
	n := 0
	for i, r := range text {
		if n++; n > longestTown {
			break
		}
		if n > 2 && (r == '镇' || r == '乡') {
			return i + utf8.RuneLen(r)
		}
		if strings.HasPrefix(text[i:], "街道") && n > 2 {
			return i + len("街道")
		}
	}
	return 0
}

// last is the word that a text ends with, other than a brand, and its length in bytes. After it come ends.
func last(text string, ends []Token) (Token, int) {
	e, n := lexicon.Suffix(text)
	if near, m := lexicon.NearForm(text); m > n && !preceded(text, n) {
		return Token{Text: text[len(text)-m:], Class: near.Class, Concept: near.Concept}, m
	}
	if n > 0 && (n >= len("汉字") || lone(text, n)) {
		return Token{Text: text[len(text)-n:], Class: e.Class, Concept: e.Concept}, n
	}
	// 俊梅网络科技上海有限公司 is as well put as 俊梅网络科技(上海)有限公司.
	if len(ends) > 0 && ends[len(ends)-1].Class == lexicon.Form {
		if code, n := region.Suffix(text); n > 0 && runes(text[:len(text)-n]) >= leastBrand {
			return Token{Text: text[len(text)-n:], Class: lexicon.Region, Region: code}, n
		}
	}
	return Token{}, 0
}

// preceded says whether the last word of a text stands after another known one: 控股 and 有限公司 are no 股份有限公司 with an error.
func preceded(text string, n int) bool {
	if n == 0 {
		return false
	}
	_, before := lexicon.Suffix(text[:len(text)-n])
	return before >= len("汉字")
}

func runes(text string) int { return utf8.RuneCountInString(text) }

// nameless makes a brand of what a company's name that has no other word of its own is told by: the region of 青海有限公司, and
// 东方 in 天津东方贸易有限公司. Where the region is meant, it meets no hit by itself.
func nameless(tokens []Token) []Token {
	place, trade := -1, -1
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.Class == lexicon.Core:
			return tokens
		case t.Class == lexicon.Trade:
			if trade < 0 {
				trade = i
			}
		case t.Class == lexicon.Region && t.Han && region.Short(t.Text):
			place = i
		}
	}
	own := place
	if trade >= 0 {
		own = -1
		if t := &tokens[trade]; t.Han && lexicon.Brandlike(t.Text) && trade+1 < len(tokens) && tokens[trade+1].Class == lexicon.Trade {
			own = trade
		}
	}
	if own < 0 {
		return tokens
	}
	whole := tokens[own]
	out := append([]Token(nil), tokens[:own]...)
	for i, r := range whole.Text {
		out = append(out, Token{Text: whole.Text[i : i+utf8.RuneLen(r)], Han: true, Variant: whole.Variant, Joined: i > 0 || whole.Joined})
	}
	return append(out, tokens[own+1:]...)
}

// lone says whether a single character at the end, such as 厂, may be a word: only after two others.
func lone(text string, n int) bool { return runes(text[:len(text)-n]) >= 2 }
