package rules

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/decls"
	"github.com/google/cel-go/common/env"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/overloads"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"shixin/shared/compliance/indicator"
)

// The variables of an expression.
const (
	varNow        = "now"        // now.INDICATOR: its figure of the period that is judged
	varPrevious   = "previous"   // previous.INDICATOR: of the period before
	varHistory    = "history"    // history.INDICATOR: those of the periods before, the newest first
	varPeers      = "peers"      // peers.INDICATOR.p99: a percentile of comparable enterprises
	varParams     = "params"     // params.NAME: a parameter of the pack
	varParties    = "parties"    // the enterprise's parties: role, listed
	varFindings   = "findings"   // its findings before the run: rule, state, days
	varEnterprise = "enterprise" // size, region, sectors
)

// The types of those variables, as messages of the type check show them.
const (
	typeFigures    = "Figures"
	typeHistory    = "History"
	typePeers      = "Peers"
	typePeer       = "Peer"
	typeParams     = "Parameters"
	typeParty      = "Party"
	typeFinding    = "Finding"
	typeEnterprise = "Enterprise"
)

// How far history goes back.
const (
	HistoryMonths = 12
	HistoryDays   = 30
)

// What a rule may look through at most.
const (
	maxFindings = 200
	maxSectors  = 3
	maxWord     = 64
)

// allowed are the functions of CEL's standard library that rules may use. There is no dyn, as it would hide names from the type check, no
// has, as what is missing must not become a pass, and nothing that reads a clock or a pattern.
var allowed = []string{
	operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse, operators.Conditional,
	operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
	operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate,
	operators.In, operators.Index, overloads.Size, overloads.StartsWith, overloads.EndsWith, overloads.TypeConvertDouble, overloads.TypeConvertInt,
}

var allowedMacros = []string{operators.All, operators.Exists, operators.ExistsOne, operators.Map, operators.Filter}

// aggregates are the functions over a history, each of its n newest figures: history.x.median(6).
var aggregates = []string{"median", "mean", "max", "min", "sum"}

// environment makes what expressions of a pack are checked in. It takes a few milliseconds, so that it is made when a pack is compiled and
// never at start.
func environment(p *provider) (*cel.Env, error) {
	subset := &env.LibrarySubset{IncludeMacros: allowedMacros}
	for _, f := range allowed {
		subset.IncludeFunctions = append(subset.IncludeFunctions, env.NewFunction(f))
	}
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(subset)),
		cel.CustomTypeProvider(p),
		cel.CustomTypeAdapter(p),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(MaxExpression),
		cel.ParserRecursionLimit(MaxNesting),
		cel.ParserErrorRecoveryLimit(20),
		cel.Variable(varNow, cel.ObjectType(typeFigures)),
		cel.Variable(varPrevious, cel.ObjectType(typeFigures)),
		cel.Variable(varHistory, cel.ObjectType(typeHistory)),
		cel.Variable(varPeers, cel.ObjectType(typePeers)),
		cel.Variable(varParams, cel.ObjectType(typeParams)),
		cel.Variable(varParties, cel.ListType(cel.ObjectType(typeParty))),
		cel.Variable(varFindings, cel.ListType(cel.ObjectType(typeFinding))),
		cel.Variable(varEnterprise, cel.ObjectType(typeEnterprise)),
	}
	for _, name := range aggregates {
		// Without guards: they would look at every figure of a list, and an input would seem to be read that was not.
		options = append(options, cel.Function(name, decls.DisableTypeGuards(true),
			cel.MemberOverload("list_"+name+"_int", []*cel.Type{cel.ListType(cel.DoubleType), cel.IntType}, cel.DoubleType,
				cel.BinaryBinding(func(list, n ref.Val) ref.Val { return aggregate(name, list, n) }))))
	}
	return cel.NewCustomEnv(options...)
}

// provider knows the types of the variables: a field for each indicator and each parameter.
type provider struct {
	types.Adapter
	*types.Registry
	library *indicator.Library
	params  map[string]int
	fields  map[string]map[string]*types.FieldType // of the types that are the same for all packs
}

func newProvider(l *indicator.Library, params []Parameter) (*provider, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	p := &provider{Registry: registry, Adapter: registry, library: l, params: map[string]int{}, fields: map[string]map[string]*types.FieldType{
		typePeer: peerFields(), typeParty: partyFields(), typeFinding: findingFields(), typeEnterprise: enterpriseFields(),
	}}
	for i := range params {
		p.params[params[i].Name] = i
	}
	return p, nil
}

// FindStructType knows the types of the variables.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	switch name {
	case typeFigures, typeHistory, typePeers, typePeer, typeParams, typeParty, typeFinding, typeEnterprise:
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return nil, false
}

// FindStructFieldNames is not asked for by any check that is used here.
func (p *provider) FindStructFieldNames(name string) ([]string, bool) { return nil, false }

// FindStructFieldType knows the fields of the variables.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	switch name {
	case typeFigures, typeHistory, typePeers:
		i, ok := p.library.Find(field)
		if !ok {
			return nil, false
		}
		return indicatorField(name, i), true
	case typeParams:
		i, ok := p.params[field]
		if !ok {
			return nil, false
		}
		return parameterField(i), true
	}
	f, ok := p.fields[name][field]
	return f, ok
}

// NativeToValue passes values through: all that fields give are CEL's already.
func (p *provider) NativeToValue(v any) ref.Val {
	if v, ok := v.(ref.Val); ok {
		return v
	}
	return p.Adapter.NativeToValue(v)
}

// sizes tells the cost estimate how large the variables are at most. A judge never gives larger ones.
type sizes struct{ library *indicator.Library }

// EstimateSize is the size of what the check does not know.
func (s sizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	path := node.Path()
	switch {
	case len(path) == 2 && path[0] == varHistory:
		return &checker.SizeEstimate{Max: HistoryDays}
	case len(path) == 1 && path[0] == varParties:
		return &checker.SizeEstimate{Max: maxParties}
	case len(path) == 1 && path[0] == varFindings:
		return &checker.SizeEstimate{Max: maxFindings}
	case len(path) == 2 && path[0] == varEnterprise && path[1] == "sectors":
		return &checker.SizeEstimate{Max: maxSectors}
	case node.Type() != nil && node.Type().Kind() == types.StringKind:
		return &checker.SizeEstimate{Max: maxWord}
	}
	return nil
}

// EstimateCallCost is that of the functions over a history.
func (s sizes) EstimateCallCost(function, _ string, _ *checker.AstNode, _ []checker.AstNode) *checker.CallEstimate {
	for _, a := range aggregates {
		if a == function {
			return &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: 1, Max: 2 * HistoryDays}}
		}
	}
	return nil
}
