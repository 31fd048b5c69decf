package subject

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRaw bounds an identifier as it comes in, in bytes, before any work is done on it.
const maxRaw = 512

func bad(en, zh string) *Malformed { return &Malformed{EN: en, ZH: zh} }

// clean makes a text of one spelling: compatibility forms (full-width digits, for example) become
// the plain ones by NFKC, and invisible formatting characters, which come along when a value
// is copied from a page or a sheet, are dropped. Space around it goes too.
func clean(raw string) (string, *Malformed) {
	if len(raw) > maxRaw {
		return "", bad("the value is too long: give the identifier alone", "内容过长:请只填写标识本身")
	}
	raw = strings.TrimSpace(raw)
	plain := true
	for i := range len(raw) {
		if c := raw[i]; c < ' ' || c > '~' {
			plain = false
			break
		}
	}
	if plain {
		return raw, nil
	}
	if !utf8.ValidString(raw) {
		return "", bad("the value is not valid UTF-8: send it as UTF-8", "内容不是有效的 UTF-8 编码:请用 UTF-8 编码")
	}
	// Formatting characters go first: what they kept apart may compose.
	s := norm.NFKC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, raw))
	for _, r := range s {
		if unicode.IsControl(r) {
			return "", bad("the value has control characters: remove them", "内容含有控制字符:请删除")
		}
	}
	return s, nil
}

// compact is clean for codes of letters and digits: spaces and dashes, by which people group them, go,
// and ASCII letters become capitals.
func compact(raw string) (string, *Malformed) {
	if len(raw) <= maxRaw && alnum(raw) {
		return raw, nil // the usual case
	}
	s, err := clean(raw)
	if err != nil {
		return "", err
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '\u2212':
			return -1
		}
		return r
	}, s), nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// alnum reports whether s is of digits and capital ASCII letters only.
func alnum(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
