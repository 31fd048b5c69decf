package regimes

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the table of README.md")

// The list of what the law's owner has to check is made from the files, so that it cannot forget a rule.
func TestReadmeListsWhatIsUnverified(t *testing.T) {
	const file, begin, end = "README.md", "<!-- unverified -->\n", "<!-- /unverified -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("README.md has lost the marks around its table")
	}
	want := unverified(t)
	if *update {
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(got, "\n"), strings.Split(want, "\n")); diff != "" {
		t.Errorf("go test ./infra/regimes -update renews the table (-README +files):\n%s", diff)
	}
}

func unverified(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| regime | rule | confidence | source |\n|---|---|---|---|\n")
	for _, r := range library(t).Regimes {
		seen := map[string]bool{}
		for i := range r.Versions {
			v := &r.Versions[i]
			for _, s := range v.Sources() {
				line := fmt.Sprintf("%s | %s | %s |\n", s.Where, s.Confidence, strings.ReplaceAll(s.Cite, "|", "/"))
				if s.Verified || seen[line] {
					continue // said of an earlier version
				}
				seen[line] = true
				fmt.Fprintf(&b, "| %s %s | %s", r.ID, v.Version, line)
			}
		}
	}
	return b.String()
}
