package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	for reading, want := range map[string]string{"zhòng": "zhong", "lǜ": "lv", "ń": "n", "Ān": "an", "nǚ": "nv", "": ""} {
		if got := plain(reading); got != want {
			t.Errorf("%q is %q, want %q", reading, got, want)
		}
	}
}

func TestFoldingGoesOneWay(t *testing.T) {
	f := folding{}
	f.add('臺', '台')
	f.add('台', '臺') // back again: refused
	f.add('臺', '颱') // known already
	f.add('a', 'b') // no character of Han
	if len(f) != 1 || f['臺'] != '台' {
		t.Errorf("%q", f)
	}
	if got := f.lines(); got != "台臺" {
		t.Errorf("%q", got)
	}
}

func TestReadingsComeUsualFirst(t *testing.T) {
	s := &said{}
	for _, syllable := range []string{"zhong", "chong", "zhong", "", "chong", "tong"} {
		s.add(syllable)
	}
	if s.first != "zhong" || strings.Join(s.more, " ") != "chong tong" {
		t.Errorf("%+v", s)
	}
}

func TestCantoneseBySyllable(t *testing.T) {
	standard := map[rune]bool{'曾': true, '陈': true, '谢': true}
	said := map[rune]string{'曾': "zang", '陳': "can", '謝': "ze", '曽': "zang"}
	if got, want := sung(standard, said, folding{'陳': '陈', '謝': '谢'}), "can:陈 zang:曾 ze:谢"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRegions(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"provinces.csv": "code,name\n11,\"北京市\"\n13,\"河北省\"\n",
		"cities.csv":    "code,name,provinceCode\n1101,\"市辖区\",11\n1301,\"石家庄市\",13\n",
		"areas.csv":     "code,name,cityCode,provinceCode\n110101,\"东城区\",1101,11\n130102,\"长安区\",1301,13\n130101,\"市辖区\",1301,13\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := regions(dir)
	want := "110000 北京市\n110100 - 01东城区\n130000 河北省\n130100 石家庄市 02长安区\n" + strings.TrimSuffix(special, "\n")
	if err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := regions(t.TempDir()); err == nil {
		t.Error("no files, and no error")
	}
}
