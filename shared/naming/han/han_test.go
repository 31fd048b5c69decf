package han

import (
	"slices"
	"strings"
	"testing"
)

func TestSimplify(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"廣東電子商務", "广东电子商务"}, {"韓鳳博", "韩凤博"}, {"國", "国"}, {"後", "后"}, {"雲", "云"}, {"乾", "干"}, {"云", "云"}, {"臺", "台"}, {"沢", "泽"}, {"峯", "峰"}, {"", ""}, {"abc", "abc"},
	} {
		got, changed := Simplify(c.from)
		if got != c.to || changed != (c.from != c.to) {
			t.Errorf("%s is %s (%v), want %s", c.from, got, changed, c.to)
		}
		if again, changed := Simplify(got); changed {
			t.Errorf("%s is simplified twice, to %s", c.from, again)
		}
	}
}

// Every variant leads to a character that is its own simplified form.
func TestVariantsEnd(t *testing.T) {
	m := simplified()
	if len(m) < 4000 {
		t.Errorf("only %d variants", len(m))
	}
	for from, to := range m {
		if next, ok := m[to]; ok {
			t.Errorf("%c leads to %c, and that to %c", from, to, next)
		}
	}
}

func TestReadings(t *testing.T) {
	for _, c := range []struct {
		r        rune
		syllable string
	}{{'王', "wang"}, {'长', "chang"}, {'长', "zhang"}, {'重', "chong"}, {'单', "shan"}, {'曾', "zeng"}, {'仇', "qiu"}, {'吕', "lv"}, {'解', "xie"}, {'区', "ou"}} {
		if !slices.ContainsFunc(readings(c.r), func(s string) bool { return s == c.syllable }) {
			t.Errorf("%c is read %v, want %s too", c.r, readings(c.r), c.syllable)
		}
	}
	if r := Readings('A'); r != [3]Syllable{} {
		t.Errorf("A is read %v", r)
	}
	if !Homophones('宇', '雨') || Homophones('宇', '勇') {
		t.Error("宇 sounds as 雨, and not as 勇")
	}
}

func readings(r rune) (all []string) {
	for _, s := range Readings(r) {
		if s != 0 {
			all = append(all, s.String())
		}
	}
	return all
}

func TestSegment(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"yuyong", "yu yong"}, {"xiaohui", "xiao hui"}, {"xiana", "xia na"}, {"zhuang", "zhuang"}, {"lvliang", "lv liang"}, {"ouyang", "ou yang"}, {"haige", "hai ge"}, {"mingan", "min gan"},
		{"smith", ""}, {"", ""}, {"ng", ""}, {"a", "a"}, {strings.Repeat("xian", 9), ""}, {strings.Repeat("a", 1000), ""}, {"vladimir", ""},
	} {
		var got []string
		syllables, ok := Segment(c.word, nil)
		for _, s := range syllables {
			got = append(got, s.String())
		}
		if strings.Join(got, " ") != c.want || ok != (c.want != "") {
			t.Errorf("%q is %q (%v), want %q", c.word, got, ok, c.want)
		}
	}
}

func TestLoose(t *testing.T) {
	for _, c := range []struct{ a, b string }{{"zhang", "zan"}, {"shi", "si"}, {"jing", "jin"}, {"li", "li"}} {
		a, _ := Segment(c.a, nil)
		b, _ := Segment(c.b, nil)
		if Loose(a[0]) != Loose(b[0]) {
			t.Errorf("%s and %s sound nearly the same", c.a, c.b)
		}
	}
}

func FuzzSegment(f *testing.F) {
	for _, word := range []string{"yuyong", "xian", "smith", "nvnv"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		syllables, ok := Segment(word, nil)
		whole := ""
		for _, s := range syllables {
			whole += s.String()
		}
		if ok && whole != word || !ok && len(syllables) > 0 || len(syllables) > MaxSyllables {
			t.Fatalf("%q is %q (%v)", word, whole, ok)
		}
	})
}
