package script

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func text(words []Word) string {
	var all []string
	for _, w := range words {
		all = append(all, w.Text)
	}
	return strings.Join(all, " ")
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"José María GARCÍA-LÓPEZ", "jose maria garcia lopez"},
		{"Mas'ud O’Brien", "masud obrien"},
		{"S.A. de C.V.", "sa de cv"},
		{"A.B. Smith & Co., Ltd.", "ab smith and co ltd"},
		{"J. Smith", "j smith"},
		{"ＡＢＣ　Ｔｒａｄｉｎｇ", "abc trading"},
		{"Łukasz Øster Straße Ægir", "lukasz oster strasse aegir"},
		{"Щербаков Юрий", "shcherbakov yurii"},
		{"Ελλάς", "ellas"},
		{"김정은", "gimjeongeun"},
		{"トヨタ", "toyota"},
		{"محمد", "mhmd"},
		{"北京俊梅(上海)网络", "北京俊梅 上海 网络"},
		{"買買提·吐爾遜", "买买提 吐尔逊"},
		{"上海ABC科技", "上海 abc 科技"},
		{"٣٤ 3", "34 3"},
		{"a\u200bb", "ab"},
		{"\u202eabc\u202c", "abc"},
		{"a\xffb", "a b"},
		{"😀", ""},
		{"", ""},
		{"-- ' . '", ""},
	} {
		if got := text(Words(c.name)); got != c.want {
			t.Errorf("%q is %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWordsAreBounded(t *testing.T) {
	for _, name := range []string{strings.Repeat("a", 100000), strings.Repeat("a ", 50000), strings.Repeat("王", 50000), strings.Repeat("王 ", 50000), strings.Repeat("é", 50000)} {
		words := Words(name)
		letters := 0
		for _, w := range words {
			letters += utf8.RuneCountInString(w.Text)
		}
		if len(words) > MaxWords || letters > MaxRunes {
			t.Errorf("%d words of %d letters from %d bytes", len(words), letters, len(name))
		}
	}
}

// Words are what they say, and taking them apart again changes nothing.
func FuzzWords(f *testing.F) {
	for _, name := range []string{"José María", "北京ABC(上海)", "김정은 トヨタ", "S.A. de C.V.", "a\xff\u202e", "ﷺ İ ǅ ㍿ ﬃ"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		words := Words(name)
		for _, w := range words {
			if w.Text == "" || !utf8.ValidString(w.Text) {
				t.Fatalf("%q has the word %q", name, w.Text)
			}
			for _, r := range w.Text {
				if w.Han != unicode.Is(unicode.Han, r) || !w.Han && !('a' <= r && r <= 'z' || '0' <= r && r <= '9') {
					t.Fatalf("%q has the word %q, Han %v", name, w.Text, w.Han)
				}
			}
		}
		plain := text(words)
		if utf8.RuneCountInString(plain) > MaxRunes {
			return // an & at the limit becomes a word, and the limit then cuts what it did not before
		}
		if again := text(Words(plain)); again != plain {
			t.Fatalf("%q is %q and then %q", name, plain, again)
		}
	})
}
