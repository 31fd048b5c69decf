package region

import (
	"strings"
	"testing"
)

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		text, want string
		code       Code
	}{
		{"北京俊梅", "北京", 110000}, {"北京市海淀区", "北京市", 110000}, {"广东省深圳市", "广东省", 440000}, {"深圳市前海", "深圳市", 440300}, {"昆山鼎砺", "昆山", 320583}, {"海淀区", "海淀区", 110108},
		{"内蒙古自治区", "内蒙古自治区", 150000}, {"恩施", "恩施", 422800}, {"香港华润", "香港", 810000}, {"俊梅", "", 0}, {"东方集团", "", 0}, {"", "", 0}, {"北", "", 0},
	} {
		code, n := Prefix(c.text, 0)
		if c.text[:n] != c.want || code != c.code {
			t.Errorf("%s begins with %q (%d), want %q (%d)", c.text, c.text[:n], code, c.want, c.code)
		}
	}
}

func TestPlacesWithinOthers(t *testing.T) {
	for _, c := range []struct {
		text   string
		within Code
		want   string
		code   Code
	}{
		{"通州区远硕", 320600, "通州区", 0}, {"通州区远硕", 440100, "", 0}, {"海淀区", 110000, "海淀区", 110108}, {"青海信息", 420100, "", 0},
	} {
		code, n := Prefix(c.text, c.within)
		if c.text[:n] != c.want || code != c.code {
			t.Errorf("%s within %d begins with %q (%d), want %q (%d)", c.text, c.within, c.text[:n], code, c.want, c.code)
		}
	}
	if code, n := County("会昌魅丹", 360000); code != 360733 || n != len("会昌") {
		t.Errorf("会昌 is %d, %d bytes", code, n)
	}
	if code, n := County("会昌魅丹", 110000); code != 0 || n != 0 {
		t.Errorf("会昌 lies in Beijing: %d, %d bytes", code, n)
	}
	if code, n := Suffix("俊梅科技上海"); code != 310000 || n != len("上海") {
		t.Errorf("the name ends with %d, %d bytes", code, n)
	}
}

func TestLatin(t *testing.T) {
	for _, c := range []struct {
		word string
		code Code
	}{{"guangzhou", 440100}, {"beijing", 110000}, {"peking", 110000}, {"shaanxi", 610000}, {"shanxi", 140000}, {"xiamen", 350200}, {"chongqing", 500000}, {"changsha", 430100}, {"hongkong", 810000}, {"hong kong", 810000}, {"abudhabi", Latin("dubai")}, {"smith", 0}, {"", 0}} {
		if got := Latin(c.word); got != c.code {
			t.Errorf("%q is %d, want %d", c.word, got, c.code)
		}
	}
	if Latin("russia") == Latin("iran") || Latin("russia") == 0 || Latin("russia") != Han("俄罗斯") {
		t.Error("countries are told apart, and are the same in Chinese")
	}
}

func TestMeets(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"110000", "110108", true}, {"440000", "440300", true}, {"440300", "440305", true}, {"440300", "440100", false}, {"11", "110108", true}, {"4403", "440305", true}, {"110000", "310000", false}, {"", "110000", false}, {"x", "110000", false}} {
		if got := Parse(c.a).Meets(Parse(c.b)); got != c.want || Parse(c.b).Meets(Parse(c.a)) != c.want {
			t.Errorf("%s and %s meet: %v", c.a, c.b, got)
		}
	}
	for _, bad := range []string{"1", "123", "12345", "1234567", "11000x", "北京"} {
		if Parse(bad) != 0 {
			t.Errorf("%q is a region", bad)
		}
	}
}

func TestTableIsWhole(t *testing.T) {
	if n := len(known().han); n < 3300 {
		t.Errorf("only %d names", n)
	}
	for line := range strings.Lines(table) {
		if code := Parse(strings.Fields(line)[0]); code == 0 {
			t.Errorf("no code: %s", line)
		}
	}
}
