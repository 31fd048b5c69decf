package datafile

import (
	"strings"
	"testing"
)

type sample struct {
	Name  string   `json:"name" yaml:"name"`
	Note  string   `json:"note,omitempty" yaml:"note"`
	Value *float64 `json:"value" yaml:"value"`
	Parts []struct {
		ID string `json:"id" yaml:"id"`
	} `json:"parts" yaml:"parts"`
}

func TestReadRefusesWhatIsNotWhole(t *testing.T) {
	const whole = "name: a\nvalue: null\nparts:\n  - id: b\n"
	var s sample
	if err := Read([]byte(whole), &s); err != nil || s.Name != "a" || s.Value != nil || s.Parts[0].ID != "b" {
		t.Fatalf("%+v, %v", s, err)
	}
	for name, c := range map[string][2]string{
		"missing":         {strings.Replace(whole, "value: null\n", "", 1), "value"},
		"empty":           {strings.Replace(whole, "name: a", "name:", 1), "line 1"},
		"missing below":   {strings.Replace(whole, "id: b", "{}", 1), "line 4"},
		"unknown":         {whole + "more: 1\n", "line 5"},
		"doubled":         {whole + "name: c\n", "line 5"},
		"another kind":    {strings.Replace(whole, "parts:\n  - id: b", "parts: b", 1), "line 3"},
		"two documents":   {whole + "---\n" + whole, "one document"},
		"none":            {"", "YAML"},
		"not YAML":        {"a: [", "YAML"},
		"a null for text": {strings.Replace(whole, "name: a", "name: null", 1), "line 1"},
	} {
		if err := Read([]byte(c[0]), new(sample)); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want something of %q", name, err, c[1])
		}
	}
}

func TestFind(t *testing.T) {
	const file = "name: a\nparts:\n  - id: b\n    text: |-\n      first\n      second\n  - id: 'c'\n    a/b: d\n"
	for pointer, want := range map[string]Place{
		"": {1, 1}, "/name": {1, 7}, "/parts/0/id": {3, 9}, "/parts/0/text": {5, 7}, "/parts/1/id": {7, 10}, "/parts/1/a~1b": {8, 10},
	} {
		if p, ok := Find([]byte(file), pointer); !ok || p != want {
			t.Errorf("%q: %v, %v, want %v", pointer, p, ok, want)
		}
	}
	for _, pointer := range []string{"/parts/2", "/parts/x", "/nothing", "/name/a"} {
		if p, ok := Find([]byte(file), pointer); ok {
			t.Errorf("%q is at %v", pointer, p)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("a:\n  - b: |-\n      c\n"), "/a/0/b")
	f.Add([]byte("a: &x [1]\nb: *x\n"), "/b/0")
	f.Fuzz(func(t *testing.T, text []byte, pointer string) {
		if p, ok := Find(text, pointer); ok && (p.Line < 1 || p.Column < 1) {
			t.Errorf("%q is at %v", pointer, p)
		}
		_ = Read(text, new(sample)) // must not panic
	})
}
