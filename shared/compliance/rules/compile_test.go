package rules

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/regime"
)

func mistakesOf(t *testing.T, p Pack) Mistakes {
	t.Helper()
	_, err := Compile(p, library(t))
	m, ok := errors.AsType[Mistakes](err)
	if !ok {
		t.Fatalf("the pack compiles: %v", err)
	}
	return m
}

func TestMistakesInExpressions(t *testing.T) {
	twelve := "[1,2,3,4,5,6,7,8,9,10,11,12]"
	for _, c := range []struct {
		name, fails  string
		line, column int
		want         string
	}{
		{"does not parse", "now.abnormal_cards >", 1, 21, "Syntax error"},
		{"does not parse on its third line", "now.abnormal_cards > 5 &&\n\n  && now.reverified_share < 1.0", 3, 3, "Syntax error"},
		{"does not type-check", "now.abnormal_cards > 'many'", 1, 20, "类型不匹配"},
		{"a whole number in a product", "now.abnormal_cards * 2 > 5", 1, 20, "2.0"},
		{"is no condition", "now.abnormal_cards + 1.0", 1, 1, "double"},
		{"an indicator that is misspelt", "now.abnormal_card > 5", 1, 5, "abnormal_cards"},
		{"an indicator that nobody knows", "now.weather > 5", 1, 5, "undefined field"},
		{"a parameter that is not there", "now.abnormal_cards > params.limits", 1, 29, "limit"},
		{"a percentile that is not there", "now.abnormal_cards > peers.abnormal_cards.p98", 1, 43, "undefined field"},
		{"a variable that is not there", "later.abnormal_cards > 5", 1, 1, "undeclared reference"},
		{"has", "has(now.abnormal_cards)", 1, 4, "has and dyn"},
		{"dyn", "dyn(now.abnormal_cards) > 5", 1, 4, "has and dyn"},
		{"a clock", "timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')", 1, 10, "undeclared"},
		{"a pattern", "'a'.matches('(a+)+$') || now.abnormal_cards > 5", 1, 12, "undeclared"},
		{"a map", "{'a': now.abnormal_cards}['a'] > 5.0", 1, 1, "maps are not allowed"},
		{"a struct", "Party{role: 'x'}.role == 'x'", 1, 6, "maps are not allowed"},
		{"a variable without a part", "now == previous", 1, 1, "ask for a part"},
		{"a loop that hides a variable", "parties.exists(now, now.role == 'x')", 1, 15, "loop's name"},
		{"divides by zero", "now.abnormal_cards / 0.0 > 1.0", 1, 22, "divides by zero"},
		{"reads nothing", "1 == 1", 1, 1, "reads nothing"},
		{"reads its own parameters alone", "params.limit > 5", 1, 1, "reads nothing"},
		{"a median of nothing", "history.abnormal_cards.median(0) > 1.0", 1, 30, "1 to 12"},
		{"a median of 13 months", "history.abnormal_cards.median(13) > 1.0", 1, 30, "1 to 12"},
		{"a median of as many as there are cards", "history.abnormal_cards.median(int(now.abnormal_cards)) > 1.0", 1, 30, "1 to 12"},
		{"a loop over a million", "history.abnormal_cards.exists(a, history.reverified_share.exists(b, history.block_hours.exists(c, history.spoofed_calls_rate.exists(d, a * b * c * d > 1.0))))", 1, 1, "worst case"},
		{"a loop over a million of its own making", fmt.Sprintf("now.abnormal_cards > 1 && %[1]s.all(a, %[1]s.all(b, %[1]s.all(c, %[1]s.all(d, %[1]s.all(e, %[1]s.all(f, a+b+c+d+e+f > 0))))))", twelve), 1, 1, "worst case"},
		{"each party beside each", "parties.exists(p, parties.exists(q, p.role == q.role))", 1, 1, "worst case"},
		{"a list that doubles", "now.abnormal_cards > 1 && " + twelve + ".map(a, " + twelve + ".map(b, " + twelve + ")).map(x, x.map(y, y.map(z, z+1))).size() > 0", 1, 1, "worst case"},
		{"too long", "now.abnormal_cards > 5 || " + strings.Repeat("now.abnormal_cards > 6 || ", 80) + "false", 0, 0, "the most is 2000"},
		{"too deep", strings.Repeat("(", 100) + "now.abnormal_cards > 5" + strings.Repeat(")", 100), 1, 1, "recursion"},
		{"not UTF-8", "now.abnormal_cards > 5 || '\xff' == 'a'", 0, 0, "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mistakesOf(t, of("", c.fails))
			first := m[0]
			if first.Rule != "one" || first.Pointer != "/rules/0/fails" || !strings.Contains(first.Detail, c.want) {
				t.Fatalf("%v, want %q", m, c.want)
			}
			if c.name != "too deep" && (first.Line != c.line || first.Column != c.column) {
				t.Errorf("at %d:%d, want %d:%d: %v", first.Line, first.Column, c.line, c.column, m)
			}
		})
	}
}

// All mistakes of a pack are shown at once, each where it is.
func TestAllMistakesAtOnce(t *testing.T) {
	p := of("later", "now.abnormal_card > 5 || now.reverifed_share < 1.0")
	p.Name, p.Sectors = "Bad Name", []string{"mining"}
	p.Parameters[0].SetBy, p.Parameters[0].Regions = "me", map[string]float64{"32": 1}
	p.Rules = append(p.Rules, p.Rules[0], Rule{ID: "three", Title: regime.Text{Zh: "规则"}, Builtin: "magic"})
	var at []string
	for _, m := range mistakesOf(t, p) {
		at = append(at, m.Pointer)
	}
	want := []string{"/name", "/sectors/0", "/parameters/0/set_by", "/parameters/0/regions/32", "/rules/1/id", "/rules/2/title", "/rules/2/cure", "/rules/2/source/cite",
		"/rules/2/source/confidence", "/rules/2/severity", "/rules/2/builtin", "/rules/0/when", "/rules/0/fails", "/rules/0/fails", "/rules/1/when", "/rules/1/fails", "/rules/1/fails"}
	if strings.Join(at, " ") != strings.Join(want, " ") {
		t.Errorf("got  %v\nwant %v", at, want)
	}
}

func TestMistakesOfAPack(t *testing.T) {
	for _, c := range []struct {
		name    string
		spoil   func(*Pack)
		pointer string
	}{
		{"no rules", func(p *Pack) { p.Rules = nil }, "/rules"},
		{"too many rules", func(p *Pack) { p.Rules = make([]Rule, MaxRules+1) }, "/rules"},
		{"a deadline of no days", func(p *Pack) { p.Rules[0].Deadline = &Deadline{SetBy: ByAuthority} }, "/rules/0/deadline/working_days"},
		{"a deadline of nobody", func(p *Pack) { p.Rules[0].Deadline = &Deadline{WorkingDays: 5} }, "/rules/0/deadline/set_by"},
		{"no condition", func(p *Pack) { p.Rules[0].Fails = "" }, "/rules/0/fails"},
		{"a condition beside a built-in rule", func(p *Pack) { p.Rules[0].Builtin = Listed }, "/rules/0/builtin"},
		{"no English", func(p *Pack) { p.Rules[0].Title.En = "" }, "/rules/0/title"},
		{"a text without end", func(p *Pack) { p.Rules[0].Cure.Zh = strings.Repeat("长", 501) }, "/rules/0/cure"},
		{"a parameter named as a word of CEL", func(p *Pack) { p.Parameters[1].Name = "in" }, "/parameters/1/name"},
		{"a parameter named twice", func(p *Pack) { p.Parameters[1].Name = "limit" }, "/parameters/1/name"},
		{"a number out of all bounds", func(p *Pack) { v := 1e300; p.Parameters[1].Value = &v }, "/parameters/1/value"},
		{"a law that was not found", func(p *Pack) { p.Parameters[1].SetBy = ByLaw; p.Parameters[1].Source.Confidence = regime.NotFound }, "/parameters/1/set_by"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := of("", "now.abnormal_cards > params.limit")
			c.spoil(&p)
			m := mistakesOf(t, p)
			if m[0].Pointer != c.pointer {
				t.Errorf("%v, want the pointer %s", m, c.pointer)
			}
		})
	}
}

// What cannot be run and what cannot be checked are both shown.
func TestAllMistakesOfAnExpression(t *testing.T) {
	m := mistakesOf(t, of("", "now.abnormal_card / 0.0 > 1.0 ||\n  now.block_hour > 1.0 && now == previous"))
	want := []string{"1:5", "1:21", "2:7", "2:27", "2:34"}
	var got []string
	for _, one := range m {
		got = append(got, fmt.Sprintf("%d:%d", one.Line, one.Column))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%v, want %v:\n%v", got, want, m)
	}
}

func TestMistakesAreAFault(t *testing.T) {
	f := mistakesOf(t, of("", "now.abnormal_cards > 5 &&\n now.abnormal_card > 5")).Fault()
	if f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != "/rules/0/fails" || f.Fields[0].Line != 2 || f.Fields[0].Column != 6 || !strings.HasPrefix(f.Fields[0].Detail, "line 2, column 6: ") {
		t.Errorf("%v", f)
	}
}

func TestDearPacksAreRefused(t *testing.T) {
	p := of("", "parties.exists(p, p.role == 'a' || p.role == 'b' || p.role == 'c' || p.role == 'd')")
	for i := range MaxRules - 1 {
		r := p.Rules[0]
		r.ID = fmt.Sprintf("rule-%d", i)
		p.Rules = append(p.Rules, r)
	}
	if m := mistakesOf(t, p); len(m) != 1 || m[0].Pointer != "/rules" || !strings.Contains(m[0].Detail, "together") {
		t.Errorf("%v", m)
	}
}

func TestListedPackCompiles(t *testing.T) {
	if p := compiled(t, ListedPack()).Pack; p.Name != "listed" || p.Version != "1" || len(p.Rules) != 1 {
		t.Errorf("%+v", p)
	}
}

// Whatever an officer sends is compiled or refused, in bounded time.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"now.abnormal_cards > params.limit", "history.abnormal_cards.exists(v, v > 3.0)", "peers.abnormal_cards.p99 < now.abnormal_cards ? true : false",
		"parties.filter(p, p.listed).size() > 1", "findings.all(f, f.days < 3) && enterprise.size in ['small']", "[1,2].map(x, x*2)[0] == 3 || now.block_hours > 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		program, err := Compile(of("", s), library(t))
		if err != nil {
			m, ok := errors.AsType[Mistakes](err)
			if !ok || len(m) == 0 {
				t.Fatal(err)
			}
			for _, one := range m {
				if one.Line < 0 || one.Line > strings.Count(s, "\n")+2 || one.Column > len(s)+2 || one.Detail == "" {
					t.Fatalf("%q: %v", s, one)
				}
			}
			return
		}
		facts := Facts{Enterprise: enterprise(), Figures: packed(t, map[string]map[string]float64{"abnormal_cards": {"2026-10": 3, "2026-09": 4}})}
		first := judge(t, Inputs{Programs: []*Program{program}}, facts)
		again := judge(t, Inputs{Programs: []*Program{program}}, facts)
		if shown(first[0]) != shown(again[0]) {
			t.Fatalf("%q: %s and then %s", s, shown(first[0]), shown(again[0]))
		}
	})
}
