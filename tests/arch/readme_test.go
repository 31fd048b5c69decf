package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)#:\s]+)\)`)
	command = regexp.MustCompile(`go (?:run|test) (?:-\S+ (?:'[^']*' |\. )?)*\./([a-z0-9/]+)`)
	address = regexp.MustCompile(`http://127\.0\.0\.1:8080(/[A-Za-z0-9/$_-]+)`)
)

// What the README leads to is there: its links, its commands, and the calls of its tour.
func TestReadmeLeadsSomewhere(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range append(link.FindAllStringSubmatch(string(text), -1), command.FindAllStringSubmatch(string(text), -1)...) {
		found++
		if _, err := os.Stat(filepath.Join("../..", filepath.FromSlash(m[1]))); err != nil {
			t.Errorf("%s: %v", m[0], err)
		}
	}
	var paths []*regexp.Regexp
	for _, o := range operations(t, contract(t)) {
		paths = append(paths, regexp.MustCompile("^"+inPath.ReplaceAllString(o.path, `[^/]+`)+"$"))
	}
next:
	for _, m := range address.FindAllStringSubmatch(string(text), -1) {
		found++
		if strings.HasPrefix(m[1], "/dev/") {
			continue
		}
		for _, p := range paths {
			if p.MatchString(m[1]) {
				continue next
			}
		}
		t.Errorf("%s is no call of the contract", m[1])
	}
	if found < 15 {
		t.Errorf("only %d links, commands and calls found", found)
	}
}
