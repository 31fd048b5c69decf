package subject

import (
	"errors"
	"strings"
	"testing"

	"shixin/shared/fault"
)

func TestCheckName(t *testing.T) {
	for text, ok := range map[string]bool{
		"厦门某某科技有限公司":                        true,
		"AERO-CARIBBEAN (a.k.a. \"X\")":     true,
		"محمد\u200cرضا":                     true, // a joiner that Persian needs
		strings.Repeat("名", MaxNameChars):   true,
		strings.Repeat("名", MaxNameChars+1): false,
		"":                                  false,
		" \u3000\u200b":                     false,
		"a\x00b":                            false,
		"a\nb":                              false,
		"a\tb":                              false,
		"a\u0085b":                          false,
		"a\u2028b":                          false,
		"a\u202eb":                          false,
		"a\xffb":                            false,
	} {
		err := CheckName(text)
		var m *Malformed
		if (err == nil) != ok || err != nil && (!errors.As(err, &m) || !errors.Is(err, fault.Invalid) || m.ZH == "") {
			t.Errorf("CheckName(%q): %v", text, err)
		}
	}
}

func TestCheckText(t *testing.T) {
	for text, ok := range map[string]bool{
		"事实如下:\n\t一、…\r\n二、…":                true,
		strings.Repeat("事", MaxFactsChars):   true,
		strings.Repeat("事", MaxFactsChars+1): false,
		"\n\t ":                              false,
		"a\rb":                               false,
		"a\r":                                false,
		"a\x1bb":                             false,
		"a\x00":                              false,
		"a\x7fb":                             false,
		"\xc3\x28":                           false,
	} {
		if err := CheckText(text, MaxFactsChars); (err == nil) != ok {
			t.Errorf("CheckText(%.20q…): %v", text, err)
		}
	}
	if err := CheckText("abc", 2); err == nil || !strings.Contains(err.Error(), "2 characters") {
		t.Error(err)
	}
}

func TestCheckLang(t *testing.T) {
	for tag, ok := range map[string]bool{
		"": true, "zh": true, "zh-Hant-HK": true, "en-GB": true, "mn-Mong-CN": true, "de-1996": true,
		"z": false, "zh_CN": false, "12": false, "zh-": false, "-zh": false, "中文": false, "ıı": false, "abcdefghi": false,
		"aa-" + strings.Repeat("abcdefgh-", 4) + "a": false, "z[": false, "a\x00": false,
	} {
		if err := CheckLang(tag); (err == nil) != ok {
			t.Errorf("CheckLang(%q): %v", tag, err)
		}
	}
}
