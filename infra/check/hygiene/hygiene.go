// Package hygiene provides the checks of the repository's own habits, which no public tool makes.
package hygiene

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Finding is one place that goes against a habit.
type Finding struct {
	File string
	Line int // from 1; 0 where it is the whole file
	Says string
}

func (f Finding) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Says
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Says)
}

// MaxLines is the length beyond which a Go file is two concepts.
const MaxLines = 500

// Check reads the named files and returns what it finds, by file and line.
func Check(root fs.FS, names []string) ([]Finding, error) {
	var found []Finding
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
			continue // a picture or an archive
		}
		found = append(found, lines(name, text)...)
		if path.Ext(name) != ".go" {
			continue
		}
		file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if n := bytes.Count(text, []byte("\n")); n > MaxLines {
			found = append(found, Finding{File: name, Says: fmt.Sprintf("%d lines; more than %d are two concepts", n, MaxLines)})
		}
		if !strings.HasSuffix(name, "_test.go") {
			parsed = append(parsed, file)
			if file.Name.Name != "main" {
				found = append(found, undocumented(set, file)...)
			}
		}
	}
	found = append(found, copies(set, parsed)...)
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Says, b.Says))
	})
	return found, nil
}

// The patterns are spelled so that they do not match themselves.
var habits = []struct {
	applies func(name string) bool
	pattern *regexp.Regexp
	says    string
}{
	{anywhere, regexp.MustCompile(`\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b`), "a leftover: do it, or write it down where it is kept"},
	{anywhere, regexp.MustCompile(`^(<{7}|>{7})( |$)`), "a conflict left unresolved"},
	{anywhere, regexp.MustCompile(`(?i)(https?|sparse|registry)[:+]+/{2}[^\s/"']*(pro[x]y|py[p]i|crate[s]|artifact[o]ry|n[e]xus|mirr[o]r)[^\s/"']*`), "the host of a package registry: the machine's settings name it"},
	{anywhere, regexp.MustCompile(`(?i)(GO[P]ROXY|PIP_INDEX[_]URL|--inde[x]-url|replace-wit[h])\b`), "a setting of a package registry: the machine's settings make it"},
	{anywhere, regexp.MustCompile(`(^|[\s"'(=])/(hom[e]|roo[t]|User[s])/[A-Za-z0-9._-]+`), "a path of somebody's machine"},
	{anywhere, regexp.MustCompile(`AKI[A][0-9A-Z]{16}|-----BEGI[N] [A-Z ]*PRIVATE KEY-----`), "a credential"},
}

func anywhere(name string) bool { return name != "go.sum" }

func lines(name string, text []byte) (found []Finding) {
	golden := strings.Contains(name, "testdata/") && !strings.Contains(name, "testdata/fuzz/") && !strings.Contains(name, "/inputs/")
	n := 0
	for line := range bytes.Lines(text) {
		n++
		for _, h := range habits {
			if h.applies(name) && h.pattern.Match(line) {
				found = append(found, Finding{name, n, h.says})
			}
		}
		if golden && personal(line) {
			found = append(found, Finding{name, n, "a personal identifier in clear, in what a test stores or logs"})
		}
	}
	return found
}

var digits = regexp.MustCompile(`[0-9]+[Xx]?`)

// personal reports whether a line holds a resident identity number of GB 11643 (18 characters that pass its check, with
// a date in it) or a mobile number of mainland China.
func personal(line []byte) bool {
	for _, d := range digits.FindAll(line, -1) {
		switch s := strings.ToUpper(string(d)); {
		case len(s) == 18 && (s[6:8] == "19" || s[6:8] == "20") && s[10:12] <= "12" && s[12:14] <= "31" && checkDigit(s):
			return true
		case len(s) == 11 && s[0] == '1' && s[1] >= '3' && s[10] != 'X':
			return true
		}
	}
	return false
}

// checkDigit is the check of ISO 7064 MOD 11-2 over the whole number.
func checkDigit(s string) bool {
	rest := 0
	for _, c := range s[:17] {
		rest = (rest + int(c-'0')) * 2 % 11
	}
	return "10X98765432"[rest] == s[17]
}
