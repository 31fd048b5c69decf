package subject

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a subject and of what is written about it. Characters are Unicode code points.
const (
	MaxNames       = 200
	MaxIdentifiers = 20
	MaxNameChars   = 300
	MaxFactsChars  = 10000
)

// Name is one name of a subject as its source writes it.
type Name struct {
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"` // BCP 47, for example "zh" or "en"; empty is not known
}

// CheckName refuses a name that is blank, longer than [MaxNameChars] characters, not valid UTF-8, or
// holds control characters, line separators, or characters that turn the direction of writing
// and so make a name look like another. The error is a [*Malformed] without a scheme.
func CheckName(text string) error {
	if err := checkText(text, MaxNameChars); err != nil {
		return err
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Bidi_Control, r) && r != '\u061c' && r != '\u200e' && r != '\u200f' {
			return bad("a name has no control characters: remove line breaks, tabs and direction marks", "名称不能含控制字符:请删除换行、制表符和方向控制符")
		}
	}
	return nil
}

// CheckText refuses free text that is blank, longer than most characters, not valid UTF-8, or holds control
// characters other than tabs and line ends (LF or CR LF). The error is a [*Malformed] without a scheme.
func CheckText(text string, most int) error {
	if err := checkText(text, most); err != nil {
		return err
	}
	return nil
}

// CheckLang refuses a language tag that is not of the form of BCP 47: ASCII letters and digits in parts of 1
// to 8 joined by hyphens, at most 35 in all, the first part of 2 or more letters. The empty tag is allowed.
func CheckLang(tag string) error {
	if tag == "" {
		return nil
	}
	ok := len(tag) <= 35
	for i, part := range strings.Split(tag, "-") {
		ok = ok && len(part) >= 1 && len(part) <= 8
		for j := range len(part) {
			c := part[j] | 0x20 // lower case of a letter
			ok = ok && ('a' <= c && c <= 'z' || i > 0 && isDigit(part[j]))
		}
		ok = ok && (i > 0 || len(part) >= 2)
	}
	if !ok {
		return bad("a language is a BCP 47 tag such as zh, zh-Hant or en", "语言应为 BCP 47 标签,例如 zh、zh-Hant 或 en")
	}
	return nil
}

func checkText(text string, most int) *Malformed {
	if !utf8.ValidString(text) {
		return bad("the text is not valid UTF-8: send it as UTF-8", "文本不是有效的 UTF-8 编码:请用 UTF-8 编码")
	}
	if strings.TrimFunc(text, blank) == "" {
		return bad("the text is blank: fill it in", "文本为空:请填写")
	}
	if len(text) > most && utf8.RuneCountInString(text) > most {
		n := strconv.Itoa(most)
		return bad("the text has more than "+n+" characters: shorten it", "文本超过 "+n+" 个字符:请缩短")
	}
	for i, r := range text {
		if !unicode.IsControl(r) || r == '\n' || r == '\t' || r == '\r' && strings.HasPrefix(text[i:], "\r\n") {
			continue
		}
		return bad("the text has control characters: remove all but tabs and line ends", "文本含有控制字符:除制表符和换行外请删除")
	}
	return nil
}

// blank is what shows nothing: spaces and invisible formatting characters.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }
