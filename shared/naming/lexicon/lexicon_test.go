package lexicon

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLatin(t *testing.T) {
	same := func(a, b string) {
		t.Helper()
		x, ok := Latin(a)
		y, also := Latin(b)
		if !ok || !also || x.Class != y.Class || x.Concept != y.Concept {
			t.Errorf("%s (%v) and %s (%v) mean the same", a, x, b, y)
		}
	}
	same("ltd", "limited liability company")
	same("ooo", "gmbh")
	same("grp", "group")
	same("comm", "communications")
	same("insaat", "construction")
	if _, ok := Latin("haige"); ok {
		t.Error("haige is a brand")
	}
}

func TestSuffix(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"俊梅网络科技有限公司", "有限公司"}, {"阿里巴巴集团控股", "控股"}, {"鼎砺精密机械", "机械"}, {"俊梅", ""}, {"", ""}, {"网络", "网络"}, {strings.Repeat("厂", 1000), "厂"},
	} {
		if _, n := Suffix(c.text); c.text[len(c.text)-n:] != c.want {
			t.Errorf("%.30s ends with %q, want %q", c.text, c.text[len(c.text)-n:], c.want)
		}
	}
	ltd, _ := Latin("ltd")
	if e, _ := Suffix("有限责任公司"); e.Concept != ltd.Concept {
		t.Error("有限责任公司 is LTD")
	}
}

func TestFind(t *testing.T) {
	if _, start, end, ok := Find("俊梅网络科技有限公司上海分公司"); !ok || start != len("俊梅网络科技") || end != len("俊梅网络科技有限公司") {
		t.Errorf("a form from %d to %d (%v)", start, end, ok)
	}
	if _, _, _, ok := Find("俊梅"); ok {
		t.Error("no form in 俊梅")
	}
}

func TestNearly(t *testing.T) {
	for word, want := range map[string]bool{"kompany": true, "copany": true, "comapny": true, "limitet": true, "liabilty": true, "companion": false, "haige": false, "": false, "ltd": false} {
		if _, ok := Nearly(word); ok != want {
			t.Errorf("%q is nearly a legal form: %v", word, ok)
		}
	}
}

// Each word stands on one line, in lower case without accents, so that what a word means does not depend on luck.
func TestWordsStandOnce(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{forms, groups, trades, officeWords, particles} {
		for line := range strings.Lines(text) {
			for word := range strings.SplitSeq(strings.TrimSpace(line), ",") {
				if word == "" {
					continue
				}
				if before, ok := seen[word]; ok {
					t.Errorf("%s stands twice: %.40s, %.40s", word, before, line)
				}
				seen[word] = line
				if r, _ := utf8.DecodeRuneInString(word); r < utf8.RuneSelf && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789 ") != "" {
					t.Errorf("%q is not as names are compared", word)
				}
			}
		}
	}
	if len(seen) < 1500 {
		t.Errorf("only %d words", len(seen))
	}
}
