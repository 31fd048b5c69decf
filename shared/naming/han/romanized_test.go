package han

import (
	"slices"
	"strings"
	"testing"
)

func TestWadeGiles(t *testing.T) {
	for pinyin, want := range map[string]string{
		"xie": "hsieh", "zhang": "chang", "chang": "chang", "jiang": "chiang", "qian": "chien", "cai": "tsai", "guo": "kuo", "xu": "hsu", "zeng": "tseng", "song": "sung",
		"zhi": "chih", "shi": "shih", "rong": "jung", "xiong": "hsiung", "deng": "teng", "bo": "po", "ye": "yeh", "yan": "yen", "lin": "lin", "wang": "wang", "hui": "hui", "si": "ssu",
	} {
		var room [MaxSyllables]Syllable
		said, ok := Segment(pinyin, room[:0])
		if got := WadeGiles(said[0]); !ok || got != want {
			t.Errorf("%s is %q, want %q", pinyin, got, want)
		}
	}
	for word, want := range map[string]string{"chihming": "chih ming", "hsiaohui": "hsiao hui", "kuo": "kuo", "smith": "", "": ""} {
		if got, _ := DivideWadeGiles(word, nil); strings.Join(got, " ") != want {
			t.Errorf("%s is %q, want %q", word, got, want)
		}
	}
}

func TestCantonese(t *testing.T) {
	for _, c := range []struct {
		char rune
		want string
	}{
		{'曾', "tsang"}, {'陈', "chan"}, {'谢', "tse"}, {'黄', "wong"}, {'王', "wong"}, {'张', "cheung"}, {'李', "lee"}, {'梁', "leung"}, {'吴', "ng"}, {'刘', "lau"}, {'郑', "cheng"}, {'何', "ho"},
		{'罗', "law"}, {'叶', "yip"}, {'叶', "ip"}, {'周', "chow"}, {'周', "chau"}, {'杨', "yeung"}, {'徐', "tsui"}, {'蔡', "choi"}, {'许', "hui"}, {'郭', "kwok"}, {'赵', "chiu"}, {'马', "ma"}, {'关', "kwan"},
		{'伟', "wai"}, {'明', "ming"}, {'嘉', "ka"}, {'子', "tsz"}, {'思', "sze"}, {'国', "kwok"}, {'强', "keung"}, {'慧', "wai"}, {'玉', "yuk"}, {'雪', "suet"}, {'全', "chuen"},
	} {
		if got := Cantonese(c.char); !slices.Contains(got, c.want) {
			t.Errorf("%c is %q, and not %q", c.char, got, c.want)
		}
		if CantoneseGroup(c.want) == 0 || CantoneseGroup(c.want) != CantoneseGroup(string(c.char)) {
			t.Errorf("%c and %s are in other groups", c.char, c.want)
		}
	}
	for word, want := range map[string]string{"waiming": "wai ming", "tsang": "tsang", "smith": "", "": ""} {
		if got, _ := DivideCantonese(word, nil); strings.Join(got, " ") != want {
			t.Errorf("%s is %q, want %q", word, got, want)
		}
	}
	if Cantonese('a') != nil || CantoneseGroup("smith") != 0 {
		t.Error("what is no syllable has no spelling")
	}
	groups := map[uint16]int{}
	for _, g := range cantonese().group {
		groups[g]++
	}
	if len(groups) < 100 {
		t.Errorf("only %d groups: spellings tell nothing any more", len(groups))
	}
}
