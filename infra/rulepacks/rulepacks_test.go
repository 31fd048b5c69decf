package rulepacks

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"shixin/infra/indicators"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/rules"
	"shixin/shared/regime"
)

func library(t testing.TB) *indicator.Library {
	t.Helper()
	l, err := indicators.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func packs(t testing.TB) []rules.Pack {
	t.Helper()
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestShippedPacksCompile(t *testing.T) {
	packs(t)
	for _, name := range order {
		text, err := files.ReadFile(name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Compile(text, library(t)); err != nil {
			t.Errorf("%s.yaml:\n%v", name, err)
		}
	}
}

// Who writes a rule begins with that of README.md.
func TestReadmeShowsARule(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	rule, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("README.md shows no rule")
	}
	text, err := files.ReadFile("telecom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "\nrules:\n")
	if _, err := Compile([]byte(head+"\nrules:\n"+rule), library(t)); err != nil {
		t.Error(err)
	}
}

func TestEverySectorIsJudged(t *testing.T) {
	for _, sector := range indicator.Sectors() {
		n := 0
		for _, p := range packs(t) {
			if slices.Equal(p.Sectors, []string{sector}) {
				n += len(p.Rules)
			}
		}
		if n < 10 {
			t.Errorf("%s has %d rules", sector, n)
		}
	}
	if n := len(packs(t)[0].Rules); n < 20 {
		t.Errorf("the benchmarks judge by the first 20 rules of telecom; there are %d", n)
	}
}

// duties are the articles of the Anti-Fraud Law that rules rest on.
var duties = []string{"9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "20", "21", "22", "23", "24", "32(3)", "34"}

func TestEveryRuleNamesItsLaw(t *testing.T) {
	for _, p := range packs(t) {
		for _, r := range p.Rules {
			_, article, law := strings.Cut(r.Source.Cite, " · Anti-Fraud Law, art. ")
			if r.Builtin == rules.ReportLate {
				if r.Source.Confidence != regime.Technical {
					t.Errorf("%s/%s: no law says when figures are due", p.Name, r.ID)
				}
				continue
			}
			if !law || !slices.Contains(duties, article) || r.Source.Confidence != regime.Official {
				t.Errorf("%s/%s cites %q", p.Name, r.ID, r.Source.Cite)
			}
			if r.Deadline != nil && r.Deadline.SetBy != rules.ByAuthority {
				t.Errorf("%s/%s: no law gives the deadline", p.Name, r.ID)
			}
		}
		for _, q := range p.Parameters {
			if q.SetBy != rules.ByAuthority || q.Source.Confidence == regime.Official {
				t.Errorf("%s/%s: no law gives the number", p.Name, q.Name)
			}
		}
	}
}

// Every number that decides is a parameter or stands in the law: 0 and 1 do, and how many peers a percentile needs.
func TestNumbersAreParameters(t *testing.T) {
	allowed := []string{"0", "1", "0.0", "1.0", "30", "60", "300", "6", "7", "10", "90", "95", "99"}
	for _, p := range packs(t) {
		for _, r := range p.Rules {
			for _, word := range strings.FieldsFunc(r.When+" "+r.Fails, func(c rune) bool { return !strings.ContainsRune("0123456789.abcdefghijklmnopqrstuvwxyz_", c) }) {
				if strings.Trim(word, "0123456789.") == "" && word != "" && !slices.Contains(allowed, word) {
					t.Errorf("%s/%s has the number %s", p.Name, r.ID, word)
				}
			}
		}
	}
}

func TestMistakesHaveTheLineOfTheFile(t *testing.T) {
	text, err := files.ReadFile("telecom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string
		within         string // the line where the mistake is
		column         int
		want           string
	}{
		{"a name in a line", "now.banned_devices_connected > 0", "now.banned_devices_conected > 0", "now.banned_devices_conected", 16, "banned_devices_connected"},
		{"the second line of a block", "now.abnormal_cards > params.times_own_median *", "now.abnormal_cards > params.times_own_medan *", "params.times_own_medan ", 35, "times_own_median"},
		{"a severity", "severity: medium", "severity: grave", "severity: grave", 15, "low, medium or high"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spoiled := strings.Replace(string(text), c.old, c.new, 1)
			_, err := Compile([]byte(spoiled), library(t))
			mistakes, ok := errors.AsType[rules.Mistakes](err)
			if !ok || len(mistakes) != 1 || !strings.Contains(mistakes[0].Detail, c.want) {
				t.Fatalf("%v", err)
			}
			lines := strings.Split(spoiled, "\n")
			line := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, c.within) }) + 1
			if m := mistakes[0]; m.Line != line || m.Column != c.column {
				t.Errorf("%d:%d, want %d:%d: %q", m.Line, m.Column, line, c.column, lines[line-1])
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range order {
		text, err := files.ReadFile(name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 3000)])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		if len(p.Rules) > 5 {
			p.Rules = p.Rules[:5]
		}
		_, _ = rules.Compile(p, library(t)) // must not panic
	})
}
