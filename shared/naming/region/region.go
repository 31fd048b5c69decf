// Package region provides the regions of China by their codes of GB/T 2260, as names of companies write them.
package region

import (
	"slices"
	"strings"
	"unicode/utf8"

	"shixin/shared/naming/han"
	"shixin/shared/naming/once"
)

// Code is a region: 110000 is Beijing, 440100 is Guangzhou. 0 is none. Codes below 1000 are countries and seas.
type Code uint32

// Holds says whether b is c or lies in it.
func (c Code) Holds(b Code) bool {
	switch {
	case c == 0 || b == 0:
		return false
	case c == b, c == china && b >= 110000:
		return true
	case c%10000 == 0 && c >= 110000:
		return c/10000 == b/10000
	case c%100 == 0 && c >= 110000:
		return c/100 == b/100
	}
	return false
}

// Meets says whether one of two regions lies in the other, so that both may be said of one company.
func (c Code) Meets(b Code) bool { return c.Holds(b) || b.Holds(c) }

// Parse reads a code of two, four or six digits; 0 is no code.
func Parse(text string) Code {
	var c Code
	if len(text) != 2 && len(text) != 4 && len(text) != 6 {
		return 0
	}
	for _, d := range []byte(text + "0000"[:6-len(text)]) {
		if d < '0' || d > '9' {
			return 0
		}
		c = c*10 + Code(d-'0')
	}
	return c
}

// china comes first in the list of countries.
const china Code = 1

type places struct {
	han    map[string]Code   // 0 is a name that several counties have
	same   map[string][]Code // the codes of such a name
	short  map[string]Code   // counties without what kind of region they are, 会昌 for 会昌县: a brand may be called so too
	latin  map[string]Code
	spaced map[string]string // Latin names of several words, by what they are without spaces
	most   int               // runes of the longest Han name
}

// endings are what a name of a region ends with and is often written without, the longest first.
var endings = []string{"特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"}

// ordinary are towns whose short names are words that brands are made of.
var ordinary = map[string]bool{"东方": true, "永康": true, "兴化": true, "瑞安": true, "高安": true, "同江": true, "长乐": true, "福安": true, "华阴": true, "泰兴": true, "永安": true, "天长": true, "大安": true, "万宁": true, "兴平": true}

var known = once.Made(func() *places {
	p := &places{han: make(map[string]Code, 8192), same: map[string][]Code{}, short: make(map[string]Code, 2048), latin: make(map[string]Code, 8192), spaced: map[string]string{}}
	add := func(name string, code Code) {
		n := utf8.RuneCountInString(name)
		if n < 2 {
			return
		}
		if _, taken := p.han[name]; !taken {
			p.han[name] = code
			p.most = max(p.most, n)
		}
	}
	type county struct {
		name string
		code Code
	}
	var counties []county
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		code := Parse(fields[0])
		if name := fields[1]; name != "-" {
			add(name, code)
			short := shorten(name)
			add(short, code)
			p.addLatin(short, code)
			if short != name {
				p.addLatin(name, code)
			}
		}
		for _, f := range fields[2:] {
			counties = append(counties, county{f[2:], code + Code(f[0]-'0')*10 + Code(f[1]-'0')})
		}
	}
	// Provinces and prefectures first: a county that is called so too is the rarer meaning.
	for _, c := range counties {
		if p.county(c.name, c.code) {
			continue
		}
		add(c.name, c.code)
		p.addLatin(c.name, c.code)
		if short := shortenCounty(c.name); p.han[short] == 0 && p.short[short] == 0 {
			p.short[short] = c.code
		}
		if short, ok := strings.CutSuffix(c.name, "市"); ok && !ordinary[short] { // 昆山, 义乌: towns that companies call by their short names
			add(short, c.code)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(countries), "\n") {
		names := strings.Split(line, ",")
		code := p.han[names[0]]
		if code == 0 {
			code = china + Code(i)
		}
		for _, n := range names {
			if n[0] >= utf8.RuneSelf {
				add(n, code)
			} else {
				p.latin[n] = code
				if joined := strings.ReplaceAll(n, " ", ""); joined != n {
					p.latin[joined], p.spaced[joined] = code, n
				}
			}
		}
	}
	return p
})

// county notes a county that is called as another one is, and reports whether there is one.
func (p *places) county(name string, code Code) bool {
	before, taken := p.han[name]
	if !taken {
		return false
	}
	if before != 0 && before%100 == 0 { // the prefecture is meant
		return true
	}
	if before != 0 {
		p.same[name] = append(p.same[name], before)
	}
	p.same[name] = append(p.same[name], code)
	p.han[name] = 0
	return true
}

// shortenCounty is the name of a county without what kind of region it is: 会昌, 番禺, 元氏, 伊金霍洛.
func shortenCounty(name string) string {
	for _, e := range []string{"县", "区", "旗"} {
		if short, ok := strings.CutSuffix(name, e); ok && utf8.RuneCountInString(short) >= 2 && !strings.HasSuffix(short, "自治") {
			return short
		}
	}
	return name
}

func shorten(name string) string {
	for _, e := range endings {
		if short, ok := strings.CutSuffix(name, e); ok && utf8.RuneCountInString(short) >= 2 {
			return short
		}
	}
	// 恩施土家族苗族自治州: the peoples are left out too.
	if short, ok := strings.CutSuffix(name, "自治州"); ok {
		for _, people := range []string{"土家族苗族", "藏族羌族", "布依族苗族", "苗族侗族", "哈尼族彝族", "壮族苗族", "傣族景颇族", "蒙古族藏族", "傈僳族", "朝鲜族", "藏族", "彝族", "白族", "傣族", "回族", "蒙古", "柯尔克孜", "哈萨克"} {
			if s, ok := strings.CutSuffix(short, people); ok && utf8.RuneCountInString(s) >= 2 {
				return s
			}
		}
		return short
	}
	return name
}

// addLatin adds a name as it is spelled in pinyin.
func (p *places) addLatin(name string, code Code) {
	var b strings.Builder
	for _, r := range name {
		b.WriteString(han.Readings(r)[0].String())
	}
	if s := b.String(); s != "" {
		if _, taken := p.latin[s]; !taken {
			p.latin[s] = code
		}
	}
}

// Prefix finds the longest region that a simplified Han text begins with and that lies in another one, where one is given. It
// returns its code, which is 0 where several counties are called so, and its length in bytes; 0 is none.
func Prefix(text string, within Code) (Code, int) {
	p := known()
	var code Code
	length, n := 0, 0
	for i := range text {
		if n >= p.most {
			break
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		n++
		if n < 2 {
			continue
		}
		name := text[:i+size]
		if c, ok := p.han[name]; ok && (within == 0 || within.Holds(c) || slices.ContainsFunc(p.same[name], within.Holds)) {
			code, length = c, i+size
		}
	}
	return code, length
}

// County finds the longest county that a text begins with without what kind of region it is, as 会昌 for 会昌县, and that lies in
// another region, where one is given. A brand may be called so too.
func County(text string, within Code) (Code, int) {
	p := known()
	var code Code
	length, n := 0, 0
	for i, r := range text {
		if n++; n > longestCounty {
			break
		}
		end := i + utf8.RuneLen(r)
		if c, ok := p.short[text[:end]]; ok && (within == 0 || within.Holds(c)) {
			code, length = c, end
		}
	}
	return code, length
}

// longestCounty is the most characters that a county has without what kind of region it is.
const longestCounty = 4

// Suffix finds the longest region that a simplified Han text ends with, and its length in bytes; 0 is none.
func Suffix(text string) (Code, int) {
	p := known()
	var code Code
	length, n := 0, 0
	for at := len(text); at > 0 && n < p.most; {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
		if n++; n < 2 {
			continue
		}
		if c := p.han[text[at:]]; c != 0 {
			code, length = c, len(text)-at
		}
	}
	return code, length
}

// Short says whether the name of a region stands without what kind of region it is, as 北京 for 北京市.
func Short(name string) bool {
	for _, e := range []string{"区", "省", "市", "县", "州", "盟", "旗"} {
		if strings.HasSuffix(name, e) {
			return false
		}
	}
	return true
}

// Spaced writes the name of a place that is several words, and was joined to one, as those again; other words are left as they are.
func Spaced(word string) string {
	if spaced, ok := known().spaced[word]; ok {
		return spaced
	}
	return word
}

// Han looks up a whole Han text; 0 is no region, or one that is called as others are.
func Han(text string) Code {
	p := known()
	if c, ok := p.han[text]; ok {
		return c
	}
	return p.short[text]
}

// Latin looks up a word, or words with single spaces, in lower case without accents: regions of China in pinyin, countries,
// and towns that stand in many names.
func Latin(word string) Code { return known().latin[word] }
