// Package region provides the regions of China by their codes of GB/T 2260, as names of companies write them.
package region

import (
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
	han   map[string]Code
	latin map[string]Code
	most  int // runes of the longest Han name
}

// endings are what a name of a region ends with and is often written without, the longest first.
var endings = []string{"特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"}

// ordinary are towns whose short names are words that brands are made of.
var ordinary = map[string]bool{"东方": true, "永康": true, "兴化": true, "瑞安": true, "高安": true, "同江": true, "长乐": true, "福安": true, "华阴": true, "泰兴": true, "永安": true, "天长": true, "大安": true, "万宁": true, "兴平": true}

var known = once.Made(func() *places {
	p := &places{han: make(map[string]Code, 8192), latin: make(map[string]Code, 1024)}
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
		}
		for _, f := range fields[2:] {
			counties = append(counties, county{f[2:], code + Code(f[0]-'0')*10 + Code(f[1]-'0')})
		}
	}
	// Provinces and prefectures first: a county that is called so too is the rarer meaning.
	for _, c := range counties {
		add(c.name, c.code)
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
				p.latin[strings.ReplaceAll(n, " ", "")] = code
			}
		}
	}
	return p
})

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

// Prefix finds the longest region that a simplified Han text begins with, and its length in bytes; 0 is none.
func Prefix(text string) (Code, int) {
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
		if c, ok := p.han[text[:i+size]]; ok {
			code, length = c, i+size
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

// Han looks up a whole Han text.
func Han(text string) Code { return known().han[text] }

// Latin looks up a word, or words with single spaces, in lower case without accents: regions of China in pinyin, countries,
// and towns that stand in many names.
func Latin(word string) Code { return known().latin[word] }
