package hygiene_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"shixin/infra/check/hygiene"
)

func TestCheck(t *testing.T) {
	body := strings.Repeat("\tn++\n", 11)
	for _, c := range []struct {
		name string
		file string
		text string
		want []string // each "line: a part of what it says"; empty for none
	}{
		{"nothing", "a/a.go", "// Package a provides nothing.\npackage a\n\n// B is one.\nconst B = 1\n", nil},
		{"leftover", "a.yaml", "a: 1\n# TO" + "DO: later\n", []string{"2: leftover"}},
		{"a word that only holds one", "a.md", "MASTO" + "DONS\n", nil},
		{"conflict", "a.md", strings.Repeat("<", 7) + " HEAD\n", []string{"1: conflict"}},
		{"heading", "a.md", "a\n=======\n", nil},
		{"registry", "a.sh", "curl https://" + "mirr" + "or.example/simple/x\n", []string{"1: host of a package registry"}},
		{"registry setting", "a.sh", "export GO" + "PROXY=off\n", []string{"1: setting of a package registry"}},
		{"somebody's folder", "a.sh", "cd /ho" + "me/li/shixin\n", []string{"1: path of somebody's machine"}},
		{"a route that begins alike", "a.md", "GET /homepage\n", nil},
		{"credential", "a.txt", "AKI" + "AABCDEFGHIJKLMNOP\n", []string{"1: credential"}},
		{"identity number in a golden file", "a/testdata/x.log", "{}\n{\"v\":\"11010519491231002X\"}\n", []string{"2: personal identifier"}},
		{"one that fails its check", "a/testdata/x.log", "110105194912310021\n", nil},
		{"mobile number in a golden file", "a/testdata/x.log", "+86 13800138000\n", []string{"1: personal identifier"}},
		{"masked", "a/testdata/x.log", "138******00 and 1380013800012\n", nil},
		{"an input is not a stored item", "a/testdata/inputs/x.json", "13800138000\n", nil},
		{"a binary file", "a.png", "\x00\xffTO" + "DO\n", nil},
		{"long", "a.go", "package main\n" + strings.Repeat("\n", hygiene.MaxLines), []string{"0: two concepts"}},
		{"comments missing", "a.go", "package a\n\nconst A = 1\n\nvar B, c int\n\ntype D struct{}\n\nfunc (D) E() {}\n\nfunc (*D) String() string { return \"\" }\n\nfunc F() {}\n\ntype g[T any] struct{}\n\nfunc (g[T]) H() {}\n",
			[]string{"3: exported A", "5: exported B", "7: exported D", "9: exported E", "13: exported F"}},
		{"an interface says it", "a.go", "package a\n\n// B is one.\ntype B interface{ C() }\n\n// D is one.\ntype D int\n\nfunc (D) C() {}\n", nil},
		{"comments shared", "a.go", "package a\n\n// Two.\nconst (\n\tA = 1\n\tB = 2\n)\n\nconst (\n\tC = 1 // one\n)\n", nil},
		{"tests need none", "a_test.go", "package a\n\nfunc TestA() {}\n", nil},
		{"copies", "a.go", "package a\n\nfunc b(n int) {\n" + body + "}\n\nfunc c(n int) {\n" + body + "}\n", []string{"17: c is a copy"}},
		{"short copies", "a.go", "package a\n\nfunc b(n int) {\n\tn++\n}\n\nfunc c(n int) {\n\tn++\n}\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := hygiene.Check(fstest.MapFS{c.file: {Data: []byte(c.text)}}, []string{c.file})
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != len(c.want) {
				t.Fatalf("found %v, want %v", found, c.want)
			}
			for i, f := range found {
				line, part, _ := strings.Cut(c.want[i], ": ")
				if want := c.file + ":" + line + ": "; line != "0" && !strings.HasPrefix(f.String(), want) || !strings.Contains(f.Says, part) {
					t.Errorf("found %q, want %q", f, c.want[i])
				}
			}
		})
	}
}

func TestOrder(t *testing.T) {
	root := fstest.MapFS{"b.go": {Data: []byte("package b\n\nvar C int\n\nvar A int\n")}, "a.go": {Data: []byte("package a\n\nvar B int\n")}}
	found, err := hygiene.Check(root, []string{"b.go", "a.go"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.String()[:6])
	}
	if want := []string{"a.go:3", "b.go:3", "b.go:5"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}
