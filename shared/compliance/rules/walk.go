package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/overloads"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// usage is what an expression reads.
type usage struct {
	any   bool  // anything at all besides parameters
	loops bool  // it goes over a list
	now   []int // positions of the indicators that are read through now
}

func (u *usage) merge(other usage) {
	u.any, u.loops = u.any || other.any, u.loops || other.loops
	for _, p := range other.now {
		if !slices.Contains(u.now, p) {
			u.now = append(u.now, p)
		}
	}
}

// opaque are the variables that can only be asked for a field.
var opaque = map[string]bool{varNow: true, varPrevious: true, varHistory: true, varPeers: true, varParams: true, varEnterprise: true}

var variables = map[string]bool{varNow: true, varPrevious: true, varHistory: true, varPeers: true, varParams: true, varEnterprise: true, varParties: true, varFindings: true}

// walk looks at what the type check cannot refuse: what would make a verdict depend on chance, or could only fail when it is run.
func (c *compiler) walk(pointer string, parsed *cel.Ast, uses *usage) bool {
	native := parsed.NativeRep()
	asked := map[int64]bool{} // variables that are asked for a field
	good := true
	wrong := func(id int64, en, zh string) {
		at := native.SourceInfo().GetStartLocation(id)
		c.at(pointer, max(at.Line(), 1), max(at.Column(), 0)+1, en, zh)
		good = false
	}
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.SelectKind:
			c.selected(e.AsSelect(), asked, uses)
		case ast.IdentKind:
			name := e.AsIdent()
			uses.any = uses.any || variables[name] && name != varParams
			if opaque[name] && !asked[e.ID()] {
				wrong(e.ID(), name+" is no value: ask for a part of it, such as "+name+".NAME", name+" 不是值:须写作 "+name+".名称")
			}
		case ast.MapKind, ast.StructKind:
			wrong(e.ID(), "maps are not allowed: their order is left to chance", "不允许使用映射:其顺序不确定")
		case ast.ComprehensionKind:
			uses.loops = true
			for _, v := range []string{e.AsComprehension().IterVar(), e.AsComprehension().IterVar2()} {
				if variables[v] {
					wrong(e.ID(), "a loop's name must not be that of a variable: "+v, "循环变量不得与已有变量同名:"+v)
				}
			}
		case ast.CallKind:
			c.called(e, wrong)
		}
	}))
	return good
}

func (c *compiler) selected(s ast.SelectExpr, asked map[int64]bool, uses *usage) {
	operand := s.Operand()
	if operand.Kind() != ast.IdentKind {
		return
	}
	asked[operand.ID()] = true
	if operand.AsIdent() != varNow {
		return
	}
	if i, ok := c.library.Find(s.FieldName()); ok && !slices.Contains(uses.now, i) {
		uses.now = append(uses.now, i)
	}
}

func (c *compiler) called(e ast.Expr, wrong func(id int64, en, zh string)) {
	call := e.AsCall()
	switch name := call.FunctionName(); {
	case name == operators.Divide || name == operators.Modulo:
		if len(call.Args()) == 2 && isZero(call.Args()[1]) {
			wrong(call.Args()[1].ID(), "divides by zero", "除数为零")
		}
	case call.IsMemberFunction() && slices.Contains(aggregates, name):
		n, ok := literalInt(call.Args())
		most := HistoryDays
		if s := call.Target(); s.Kind() == ast.SelectKind {
			if i, found := c.library.Find(s.AsSelect().FieldName()); found {
				most = historyOf(c.library.At(i).Period)
			}
		}
		if !ok || n < 1 || n > int64(most) {
			wrong(e.ID(), fmt.Sprintf("%s takes how many periods it looks at, a number from 1 to %d", name, most), fmt.Sprintf("%s 的参数为期数,须为 1 至 %d 的数", name, most))
		}
	}
}

func isZero(e ast.Expr) bool {
	if e.Kind() != ast.LiteralKind {
		return false
	}
	switch v := e.AsLiteral().(type) {
	case types.Int:
		return v == 0
	case types.Uint:
		return v == 0
	case types.Double:
		return v == 0
	}
	return false
}

func literalInt(args []ast.Expr) (int64, bool) {
	if len(args) != 1 || args[0].Kind() != ast.LiteralKind {
		return 0, false
	}
	n, ok := args[0].AsLiteral().(types.Int)
	return int64(n), ok
}

var arithmetic = map[string]bool{operators.Add: true, operators.Subtract: true, operators.Multiply: true, operators.Divide: true,
	overloads.TypeConvertDouble: true, "sum": true, "mean": true, "median": true}

// finiteCall is a call whose result is a finite number, or an error.
type finiteCall struct {
	interpreter.InterpretableCall
}

// Exec runs the call.
func (c *finiteCall) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return whole(c.InterpretableCall.Exec(frame))
}

// Eval runs the call.
func (c *finiteCall) Eval(vars interpreter.Activation) ref.Val {
	return whole(c.InterpretableCall.Eval(vars))
}

func whole(v ref.Val) ref.Val {
	if d, ok := v.(types.Double); ok && (math.IsInf(float64(d), 0) || math.IsNaN(float64(d))) {
		return types.NewErr("a division by zero, or a number beyond all bounds")
	}
	return v
}
