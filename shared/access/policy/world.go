package policy

import (
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"shixin/shared/access"
)

// actions are those that a policy's scope names. A policy for every action names none.
func actions(p *cedar.Policy) []string {
	switch scope := p.AST().Action.(type) {
	case ast.ScopeTypeEq:
		return []string{string(scope.Entity.ID)}
	case ast.ScopeTypeInSet:
		names := make([]string, 0, len(scope.Entities))
		for _, e := range scope.Entities {
			names = append(names, string(e.ID))
		}
		return names
	}
	return nil
}

// world is what one question is about. Its roles and regions are made when a policy asks for them.
type world struct {
	caller types.Entity
	record types.Entity
}

func newWorld(p access.Principal, r Resource) *world {
	w := &world{
		caller: types.Entity{UID: cedar.NewEntityUID("Caller", types.String(p.Account)), Parents: roles()[p.Role]},
		record: record(r),
	}
	if p.Role == access.Officer || p.Role == access.Decider {
		w.caller.Attributes = powers(p)
	} else {
		w.caller.Attributes = powerless()
	}
	return w
}

// powers are the attributes of a caller.
func powers(p access.Principal) types.Record {
	return cedar.NewRecord(cedar.RecordMap{
		"authority": types.String(p.Authority),
		"level":     types.Long(p.Level.Rank()),
		"region":    region(p.Region),
		"sectors":   texts(p.Sectors),
	})
}

// powerless are those of everybody who is no authority, whatever the token says. They are made once, for they are
// most of what a question costs.
var powerless = sync.OnceValue(func() types.Record { return powers(access.Principal{}) })

// record is the entity of a resource, with the attributes of its kind. A call has none.
func record(r Resource) types.Entity {
	var a cedar.RecordMap
	switch r.Kind {
	case Listing:
		a = cedar.RecordMap{
			"authority": types.String(r.Authority),
			"level":     types.Long(r.Level.Rank()),
			"region":    region(r.Region),
			"sectors":   texts(r.Sectors),
			"needs":     types.Long(r.Rank),
			"own":       types.Boolean(r.Own),
			"noticed":   types.Boolean(r.Noticed),
			"published": types.Boolean(r.Published),
		}
	case Action:
		a = cedar.RecordMap{
			"authority": types.String(r.Authority),
			"level":     types.Long(r.Level.Rank()),
			"region":    region(r.Region),
			"sectors":   texts(r.Sectors),
			"own":       types.Boolean(r.Own),
			"noticed":   types.Boolean(r.Noticed),
			"published": types.Boolean(r.Published),
		}
	case Import:
		a = cedar.RecordMap{
			"authority": types.String(r.Authority),
			"level":     types.Long(r.Level.Rank()),
			"region":    region(r.Region),
			"sectors":   texts(r.Sectors),
			"needs":     types.Long(r.Rank),
		}
	case Enterprise:
		a = cedar.RecordMap{
			"authority": types.String(r.Authority),
			"region":    region(r.Region),
			"sectors":   texts(r.Sectors),
			"own":       types.Boolean(r.Own),
		}
	case Audit:
		a = cedar.RecordMap{
			"authority": types.String(r.Authority),
			"region":    region(r.Region),
		}
	case RulePack:
		a = cedar.RecordMap{"sectors": texts(r.Sectors)}
	case Status:
		a = cedar.RecordMap{
			"own":       types.Boolean(r.Own),
			"purpose":   types.Boolean(r.Purpose),
			"reference": types.Boolean(r.Reference),
		}
	}
	return types.Entity{UID: cedar.NewEntityUID(types.EntityType(r.Kind), "any"), Attributes: cedar.NewRecord(a)}
}

// Get makes a world a cedar.EntityGetter.
func (w *world) Get(uid types.EntityUID) (types.Entity, bool) {
	switch {
	case uid == w.caller.UID:
		return w.caller, true
	case uid == w.record.UID:
		return w.record, true
	case uid.Type == regionType:
		if outer := around(string(uid.ID)); outer != "" {
			return types.Entity{UID: uid, Parents: types.NewEntityUIDSet(region(outer))}, true
		}
	}
	return types.Entity{}, false
}

// roles are the parents of a caller by its role.
var roles = sync.OnceValue(func() map[access.Role]types.EntityUIDSet {
	return map[access.Role]types.EntityUIDSet{
		access.Anonymous:  group("anonymous"),
		access.Officer:    group("signed-in", "authority", "officer"),
		access.Decider:    group("signed-in", "authority", "decider"),
		access.Auditor:    group("signed-in", "auditor"),
		access.Operator:   group("signed-in", "operator"),
		access.Procurator: group("signed-in", "procurator"),
		access.Enterprise: group("signed-in", "subject", "enterprise"),
		access.Person:     group("signed-in", "subject", "person"),
	}
})

func group(names ...types.String) types.EntityUIDSet {
	ids := make([]types.EntityUID, 0, len(names))
	for _, n := range names {
		ids = append(ids, cedar.NewEntityUID("Role", n))
	}
	return types.NewEntityUIDSet(ids...)
}

const regionType types.EntityType = "Region"

func region(code string) types.EntityUID { return cedar.NewEntityUID(regionType, types.String(code)) }

// around is the next larger region of GB/T 2260: the city of a county, the province of a city, the nation of a
// province. The nation, and what is no region, has none.
func around(code string) string {
	if len(code) != 6 || code == "000000" {
		return ""
	}
	for _, n := range []int{4, 2} {
		if code[n:] != "000000"[n:] && code[n:n+2] != "00" {
			return code[:n] + "000000"[n:]
		}
	}
	return "000000"
}

func texts(list []string) types.Set {
	values := make([]types.Value, 0, len(list))
	for _, s := range list {
		values = append(values, types.String(s))
	}
	return types.NewSet(values...)
}
