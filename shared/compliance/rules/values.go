package rules

import (
	"errors"
	"reflect"
	"slices"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
)

const maxParties = compliance.MaxParties

// object is what all values of this package are to CEL: things with fields and nothing else.
type object struct{ kind *types.Type }

// ConvertToNative is asked for by nothing that is allowed here.
func (object) ConvertToNative(reflect.Type) (any, error) { return nil, errNoNative }

// ConvertToType finds no other type.
func (o object) ConvertToType(ref.Type) ref.Val {
	return types.NewErr("%s has no other type", o.kind.TypeName())
}

// Type is the value's type.
func (o object) Type() ref.Type { return o.kind }

// Equal is refused by the check before it can be asked.
func (o object) Equal(ref.Val) ref.Val {
	return types.NewErr("%s cannot be compared", o.kind.TypeName())
}

var errNoNative = errors.New("rules: a value has no native form")

// figures are the variables now and previous.
type figures struct {
	object
	f    *frame
	back int // periods behind the one that is judged
}

// Value is the object itself.
func (v *figures) Value() any { return v }

// histories is the variable history.
type histories struct {
	object
	f      *frame
	series []series
}

// Value is the object itself.
func (v *histories) Value() any { return v }

// comparisons is the variable peers.
type comparisons struct {
	object
	f    *frame
	each []comparison
}

// Value is the object itself.
func (v *comparisons) Value() any { return v }

// comparison is one indicator of peers.
type comparison struct {
	object
	f        *frame
	position int
}

// Value is the object itself.
func (v *comparison) Value() any { return v }

// thresholds is the variable params.
type thresholds struct {
	object
	f *frame
}

// Value is the object itself.
func (v *thresholds) Value() any { return v }

// traitsOf is the variable enterprise.
type traitsOf struct {
	object
	f *frame
}

// Value is the object itself.
func (v *traitsOf) Value() any { return v }

// party is one of parties.
type party struct {
	object
	f     *frame
	index int
}

// Value is the object itself.
func (v *party) Value() any { return v }

// past is one of findings.
type past struct {
	object
	f     *frame
	index int
}

// Value is the object itself.
func (v *past) Value() any { return v }

var (
	kindFigures    = types.NewObjectType(typeFigures)
	kindHistory    = types.NewObjectType(typeHistory)
	kindPeers      = types.NewObjectType(typePeers)
	kindPeer       = types.NewObjectType(typePeer)
	kindParams     = types.NewObjectType(typeParams)
	kindParty      = types.NewObjectType(typeParty)
	kindFinding    = types.NewObjectType(typeFinding)
	kindEnterprise = types.NewObjectType(typeEnterprise)
	kindSeries     = types.NewListType(types.DoubleType)
)

func set(any) bool { return true }

func field(t *types.Type, get func(v any) (any, error)) *types.FieldType {
	return &types.FieldType{Type: t, IsSet: set, GetFrom: get}
}

// indicatorField is the field of the indicator at a position, in now, previous, history or peers.
func indicatorField(of string, position int) *types.FieldType {
	switch of {
	case typeHistory:
		return field(kindSeries, func(v any) (any, error) { return &v.(*histories).series[position], nil })
	case typePeers:
		return field(kindPeer, func(v any) (any, error) { return &v.(*comparisons).each[position], nil })
	}
	return field(types.DoubleType, func(v any) (any, error) {
		now := v.(*figures)
		return now.f.figure(position, now.back), nil
	})
}

func parameterField(index int) *types.FieldType {
	return field(types.DoubleType, func(v any) (any, error) { return v.(*thresholds).f.parameter(index), nil })
}

func peerFields() map[string]*types.FieldType {
	fields := map[string]*types.FieldType{
		"members": field(types.IntType, func(v any) (any, error) { p := v.(*comparison); return p.f.members(p.position), nil }),
	}
	for i, p := range peers.Percentiles() {
		get := field(types.DoubleType, func(v any) (any, error) { c := v.(*comparison); return c.f.percentile(c.position, i), nil })
		fields[percentileName(i)] = get
		if p == 50 {
			fields["p50"] = get
		}
	}
	return fields
}

// percentileName is how rules and inputs call a percentile.
func percentileName(index int) string {
	return [...]string{"p10", "p25", "median", "p75", "p90", "p95", "p99"}[index]
}

func partyFields() map[string]*types.FieldType {
	return map[string]*types.FieldType{
		"role": field(types.StringType, func(v any) (any, error) {
			p := v.(*party)
			return types.String(p.f.enterprise.Parties[p.index].Role), nil
		}),
		"listed": field(types.BoolType, func(v any) (any, error) { p := v.(*party); return p.f.listed(p.index), nil }),
	}
}

func findingFields() map[string]*types.FieldType {
	return map[string]*types.FieldType{
		"rule":  field(types.StringType, func(v any) (any, error) { p := v.(*past); return types.String(p.f.findings[p.index].Rule), nil }),
		"state": field(types.StringType, func(v any) (any, error) { p := v.(*past); return types.String(p.f.findings[p.index].State), nil }),
		"days":  field(types.IntType, func(v any) (any, error) { p := v.(*past); return types.Int(p.f.findings[p.index].Days), nil }),
		"times": field(types.IntType, func(v any) (any, error) { p := v.(*past); return types.Int(p.f.findings[p.index].Times), nil }),
	}
}

func enterpriseFields() map[string]*types.FieldType {
	return map[string]*types.FieldType{
		"size":    field(types.StringType, func(v any) (any, error) { return v.(*traitsOf).f.trait(traitSize), nil }),
		"region":  field(types.StringType, func(v any) (any, error) { return v.(*traitsOf).f.trait(traitRegion), nil }),
		"sectors": field(types.NewListType(types.StringType), func(v any) (any, error) { return v.(*traitsOf).f.trait(traitSectors), nil }),
	}
}

// series is the history of one indicator as a list: the figures before the period that is judged, the newest first. What was not
// reported is unknown in it.
type series struct {
	f        *frame
	position int
	length   int
}

// ConvertToNative is asked for by nothing that is allowed here.
func (s *series) ConvertToNative(reflect.Type) (any, error) { return nil, errNoNative }

// ConvertToType finds no other type.
func (s *series) ConvertToType(ref.Type) ref.Val { return types.NewErr("a history has no other type") }

// Type is a list of doubles.
func (s *series) Type() ref.Type { return types.ListType }

// Value is the list itself.
func (s *series) Value() any { return s }

// list is the history as one of CEL's own lists.
func (s *series) list() traits.Lister {
	all := make([]ref.Val, s.length)
	for i := range all {
		all[i] = s.f.figure(s.position, i+1)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, all)
}

// Equal compares with another list.
func (s *series) Equal(other ref.Val) ref.Val { return s.list().Equal(other) }

// Add is the list with others behind it.
func (s *series) Add(other ref.Val) ref.Val { return s.list().Add(other) }

// Contains reports whether a value is among the figures; unknown where it is not among those that are known.
func (s *series) Contains(value ref.Val) ref.Val {
	var unknown *types.Unknown
	for i := range s.length {
		v := s.f.figure(s.position, i+1)
		if u, merged := types.MaybeMergeUnknowns(v, unknown); merged {
			unknown = u
			continue
		}
		if types.Equal(v, value) == types.True {
			return types.True
		}
	}
	if unknown != nil {
		return unknown
	}
	return types.False
}

// Get is the figure of a period, 0 the one before that which is judged.
func (s *series) Get(index ref.Val) ref.Val {
	i, ok := index.(types.Int)
	if !ok || i < 0 || int(i) >= s.length {
		return types.NewErr("history has no place %v", index)
	}
	return s.f.figure(s.position, int(i)+1)
}

// Iterator goes over the figures.
func (s *series) Iterator() traits.Iterator { return s.list().Iterator() }

// Size is how many periods are looked at, reported or not.
func (s *series) Size() ref.Val { return types.Int(s.length) }

// aggregate is the median, mean, max, min or sum of the n newest figures of a list. All of them are needed: of a month that was left out
// nothing is assumed.
func aggregate(name string, list, count ref.Val) ref.Val {
	n, ok := count.(types.Int)
	lister, isList := list.(traits.Lister)
	if !ok || !isList {
		return types.MaybeNoSuchOverloadErr(list)
	}
	if size, _ := lister.Size().(types.Int); n < 1 || n > size {
		return types.NewErr("%s of %d, of %d figures", name, n, size)
	}
	var buffer [HistoryDays]float64
	values := buffer[:0]
	s, own := list.(*series)
	var unknown *types.Unknown
	for i := range int(n) {
		if own { // the usual case, without making a value of each figure
			v, a, ok := s.f.lookup(s.position, i+1)
			if ok {
				values = append(values, v)
			} else {
				unknown, _ = types.MaybeMergeUnknowns(missing(a), unknown)
			}
			continue
		}
		v := lister.Get(types.Int(i))
		if u, merged := types.MaybeMergeUnknowns(v, unknown); merged {
			unknown = u
			continue
		}
		d, ok := v.(types.Double)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		values = append(values, float64(d))
	}
	if unknown != nil {
		return unknown
	}
	result := reckon(name, values)
	if own {
		s.f.noteAggregate(name, s.position, int(n), result)
	}
	return types.Double(result)
}

func reckon(name string, values []float64) float64 {
	switch name {
	case "max":
		return slices.Max(values)
	case "min":
		return slices.Min(values)
	case "median":
		slices.Sort(values)
		if n := len(values); n%2 == 0 {
			return float64(values[n/2-1]+values[n/2]) / 2
		}
		return values[len(values)/2]
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	if name == "mean" {
		return sum / float64(len(values))
	}
	return sum
}

// historyOf is how many periods of an indicator a history has.
func historyOf(u indicator.Unit) int {
	if u == indicator.Day {
		return HistoryDays
	}
	return HistoryMonths
}
