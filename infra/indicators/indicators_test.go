package indicators

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"shixin/shared/compliance/indicator"
)

var update = flag.Bool("update", false, "add new codes to codes.golden")

func library(t testing.TB) *indicator.Library {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEverySectorIsMeasured(t *testing.T) {
	l := library(t)
	for _, sector := range indicator.Sectors() {
		months, days := 0, 0
		for _, d := range l.All() {
			switch {
			case !d.For([]string{sector}):
			case d.Period == indicator.Month:
				months++
			default:
				days++
			}
		}
		if months < 12 || days < 1 {
			t.Errorf("%s reports %d figures a month and %d a day", sector, months, days)
		}
	}
	if l.Version == "" || l.Due.SetBy != "authority" {
		t.Errorf("version %q, due %v", l.Version, l.Due)
	}
}

// duties are the articles of the Anti-Fraud Law that figures may measure.
var duties = []string{"9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "20", "21", "22", "23", "24", "32(3)", "34"}

func TestEveryFigureMeasuresADuty(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range library(t).All() {
		_, article, ok := strings.Cut(d.Source.Cite, " · Anti-Fraud Law, art. ")
		if !ok || !slices.Contains(duties, article) || !strings.HasPrefix(d.Source.Cite, "《反电信网络诈骗法》第") {
			t.Errorf("%s cites %q", d.Name, d.Source.Cite)
		}
		seen[article] = true
	}
	for _, a := range duties {
		if !seen[a] {
			t.Errorf("no figure measures the duties of art. %s", a)
		}
	}
}

// Stored figures name their indicators by code: a code keeps its meaning for good.
func TestCodesKeepTheirMeaning(t *testing.T) {
	const file = "testdata/codes.golden"
	all := slices.Clone(library(t).All())
	slices.SortFunc(all, func(a, b indicator.Definition) int { return a.Code - b.Code })
	stored, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(stored)), "\n")
	for _, d := range all {
		line := fmt.Sprintf("%d %s %s %s", d.Code, d.Name, d.Period, d.Unit)
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, fmt.Sprint(d.Code)+" ") })
		switch {
		case at >= 0 && lines[at] != line:
			t.Errorf("code %d was %q and is %q: take another code", d.Code, lines[at], line)
		case at < 0 && *update:
			lines = append(lines, line)
		case at < 0:
			t.Errorf("%q is not in %s: go test ./infra/indicators -update adds it", line, file)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.TrimSpace(strings.Join(lines, "\n"))+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParseRefusesWhatIsNotWhole(t *testing.T) {
	whole, err := files.ReadFile("finance.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"a key that is missing": {"    direction: higher\n", ""},
		"a key that is unknown": {"    direction: higher\n", "    direction: higher\n    weight: 3\n"},
		"a key that is doubled": {"    direction: higher\n", "    direction: higher\n    direction: lower\n"},
		"a key that is empty":   {"    direction: higher\n", "    direction:\n"},
		"a second document":     {"    direction: higher\n", "    direction: higher\n---\n"},
		"a number for a word":   {"    direction: higher\n", "    direction: [higher]\n"},
	} {
		text := strings.Replace(string(whole), c[0], c[1], 1)
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range order {
		text, err := files.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 1500)])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := Parse(text)
		if err != nil {
			return
		}
		_, _ = indicator.NewLibrary("fuzz", indicator.Due{Month: 15, Day: 2}, all) // must not panic
	})
}
