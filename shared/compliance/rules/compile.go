package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"

	"shixin/shared/compliance/indicator"
)

// Program is a pack that can be run. It is immutable and safe for concurrent use.
type Program struct {
	Pack   Pack
	checks []check
}

// check is one rule, compiled.
type check struct {
	rule        *Rule
	when, fails cel.Program // nil where there is none
	limited     bool        // it loops, so that its cost is limited while it runs, too
	months      []int       // positions of the indicators that it reads through now
	days        []int
}

// Compile makes a program of a pack, for the indicators of a library. The error is [Mistakes] where the pack is wrong: everything
// that is wrong with it at once. It takes some milliseconds.
func Compile(p Pack, l *indicator.Library) (*Program, error) {
	n := &notes{}
	n.check(&p)
	types, err := newProvider(l, p.Parameters)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	env, err := environment(types)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	c := &compiler{notes: n, env: env, library: l, pack: &p}
	program := &Program{Pack: p}
	total := uint64(0)
	for i := range p.Rules[:min(len(p.Rules), MaxRules)] {
		k, cost := c.rule(i)
		program.checks = append(program.checks, k)
		total += cost
	}
	if total > MaxPackCost {
		n.add("/rules", fmt.Sprintf("the rules together may cost %d in the worst case, more than %d", total, MaxPackCost), fmt.Sprintf("全部规则最坏情况下的成本 %d 超过上限 %d", total, MaxPackCost))
	}
	if len(n.all) > 0 {
		return nil, n.all.sorted()
	}
	for i := range program.checks {
		program.checks[i].rule = &program.Pack.Rules[i]
	}
	return program, nil
}

type compiler struct {
	*notes
	env     *cel.Env
	library *indicator.Library
	pack    *Pack
}

func (c *compiler) rule(i int) (check, uint64) {
	r := &c.pack.Rules[i]
	k := check{}
	c.notes.rule = r.ID
	defer func() { c.notes.rule = "" }()
	if r.Builtin != "" {
		return k, 0
	}
	at := fmt.Sprintf("/rules/%d", i)
	var cost uint64
	uses := &usage{}
	if r.When != "" {
		k.when, k.limited = c.expression(at+"/when", r.When, uses, &cost)
	}
	if r.Fails != "" {
		before := len(c.all)
		reading := *uses
		*uses = usage{}
		var limited bool
		k.fails, limited = c.expression(at+"/fails", r.Fails, uses, &cost)
		k.limited = k.limited || limited
		if len(c.all) == before && !uses.any {
			c.at(at+"/fails", 1, 1, "reads nothing of the enterprise, so that all would fail or none", "未读取企业的任何数据,结果对所有企业相同")
		}
		uses.merge(reading)
	}
	for _, position := range uses.now {
		if c.library.At(position).Period == indicator.Day {
			k.days = append(k.days, position)
		} else {
			k.months = append(k.months, position)
		}
	}
	return k, cost
}

// expression compiles one expression, and reports whether it loops.
func (c *compiler) expression(pointer, text string, uses *usage, cost *uint64) (cel.Program, bool) {
	if n := utf8.RuneCountInString(text); n > MaxExpression {
		c.add(pointer, fmt.Sprintf("has %d characters; the most is %d", n, MaxExpression), fmt.Sprintf("共 %d 个字符,上限 %d", n, MaxExpression))
		return nil, false
	}
	if !utf8.ValidString(text) {
		c.add(pointer, "is not UTF-8", "不是 UTF-8 文本")
		return nil, false
	}
	parsed, issues := c.env.Parse(text)
	if issues.Err() != nil {
		c.issues(pointer, text, issues)
		return nil, false
	}
	sound := c.walk(pointer, parsed, uses)
	ast, issues := c.env.Check(parsed)
	if issues.Err() != nil {
		c.issues(pointer, text, issues)
		sound = false
	}
	if !sound {
		return nil, false
	}
	if t := ast.OutputType(); !t.IsExactType(types.BoolType) {
		c.at(pointer, 1, 1, fmt.Sprintf("is %s, and must be a condition: true or false", cel.FormatCELType(t)), "结果须为布尔值")
		return nil, false
	}
	estimate, err := c.env.EstimateCost(ast, sizes{c.library})
	if err != nil || estimate.Max > MaxCost {
		c.at(pointer, 1, 1, fmt.Sprintf("may cost %s in the worst case; the most is %d: loop over less, or not within a loop", costText(estimate.Max), MaxCost),
			fmt.Sprintf("最坏情况下的成本为 %s,上限 %d:请减少循环或嵌套", costText(estimate.Max), MaxCost))
		return nil, false
	}
	*cost += estimate.Max
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.CustomDecoratorV2(finite)}
	if uses.loops {
		options = append(options, cel.CostLimit(2*MaxCost))
	}
	program, err := c.env.Program(ast, options...)
	if err != nil {
		c.at(pointer, 1, 1, "cannot be run: "+err.Error(), "无法执行")
		return nil, false
	}
	return program, uses.loops
}

func costText(n uint64) string {
	if n > 1e15 {
		return "without bound"
	}
	return fmt.Sprint(n)
}

// issues notes what CEL has found, with what helps to mend it.
func (c *compiler) issues(pointer, text string, issues *cel.Issues) {
	seen := map[string]bool{}
	for _, e := range issues.Errors() {
		line, column := max(e.Location.Line(), 1), max(e.Location.Column(), 0)+1
		if runeAt(text, line, column) == '.' { // of a field CEL names the dot
			column++
		}
		en, zh := c.explain(e.Message)
		if key := fmt.Sprint(line, column, en); !seen[key] {
			seen[key] = true
			c.at(pointer, line, column, en, zh)
		}
	}
}

// runeAt is the character at a place of a text, 0 where there is none.
func runeAt(text string, line, column int) rune {
	lines := strings.Split(text, "\n")
	if line > len(lines) {
		return 0
	}
	if runes := []rune(lines[line-1]); column <= len(runes) {
		return runes[column-1]
	}
	return 0
}

func (c *compiler) explain(message string) (en, zh string) {
	message = strings.TrimSpace(message)
	switch {
	case strings.HasPrefix(message, "Syntax error"):
		message, _, _ = strings.Cut(message, " expecting ") // a list of all that could stand there
		return strings.ReplaceAll(message, "'<EOF>'", "the end of the text"), "语法错误"
	case strings.HasPrefix(message, "undefined field"):
		name := strings.Trim(strings.TrimPrefix(message, "undefined field "), "'")
		if near := c.near(name); near != "" {
			return message + ": do you mean " + near + "?", "未定义的名称;是否为 " + near + "?"
		}
		return message + ": it is no indicator, parameter or field of that variable", "未定义的名称:不是该变量的指标、参数或字段"
	case strings.HasPrefix(message, "undeclared reference"):
		return message + ": there are now, previous, history, peers, params, parties, findings, enterprise, and few functions; has and dyn are not among them",
			"未声明的名称;可用变量:now、previous、history、peers、params、parties、findings、enterprise"
	case strings.HasPrefix(message, "found no matching overload") && strings.Contains(message, "double") && strings.Contains(message, "int"):
		return message + ": figures are decimals, so write 2.0 for 2", "类型不匹配:指标为小数,请将 2 写作 2.0"
	case strings.HasPrefix(message, "found no matching overload"):
		return message, "类型不匹配"
	case strings.Contains(message, "size") && strings.Contains(message, "exceeds"), strings.Contains(message, "recursion"):
		return message, "表达式过长或嵌套过深"
	}
	return message, "表达式有误"
}

// near is the indicator or parameter that is spelled most like a name; empty where none is.
func (c *compiler) near(name string) string {
	best, closest := "", len(name)/3+1
	try := func(candidate string) {
		if d := distance(name, candidate); d < closest {
			best, closest = candidate, d
		}
	}
	for i := range c.library.Len() {
		try(c.library.At(i).Name)
	}
	for i := range c.pack.Parameters {
		try(c.pack.Parameters[i].Name)
	}
	return best
}

// distance is how many letters have to be put in, taken out or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// finite makes an error of what is no finite number, as where a divisor is 0: it would compare as small or large with anything.
func finite(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	call, ok := i.(interpreter.InterpretableCall)
	if !ok || !arithmetic[call.Function()] {
		return i, nil
	}
	return &finiteCall{call}, nil
}
