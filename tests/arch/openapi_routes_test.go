package arch

import (
	"maps"
	"slices"
	"testing"

	"shixin/functions/compliance"
	"shixin/functions/registry"
	"shixin/functions/search"
	"shixin/functions/status"
	"shixin/functions/watch"
	"shixin/infra/policies"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/web"
)

// tables are the route tables of the functions that answer over HTTP, by the function's name.
func tables() map[string][]web.Route {
	return map[string][]web.Route{
		"registry":   registry.Routes(registry.Deps{}),
		"search":     search.Routes(search.Deps{}),
		"status":     status.Routes(status.Deps{}),
		"compliance": compliance.Routes(compliance.Deps{}),
		"watch":      watch.Routes(watch.Deps{}),
	}
}

func routes() []web.Route { return slices.Concat(slices.Collect(maps.Values(tables()))...) }

// What the contract says of a route's callers, token and query parameters is what the route table and the policies hold.
func TestOpenAPIRoutes(t *testing.T) {
	engine := policy.New(policies.Files, nil)
	byName := map[string]operation{}
	for _, o := range operations(t, contract(t)) {
		byName[o.name] = o
	}
	for _, r := range routes() {
		name := r.Method + " " + r.Path
		t.Run(name, func(t *testing.T) {
			o, ok := byName[name]
			if !ok {
				t.Fatal("infra/openapi.yaml does not have it")
			}
			if o.optional() != (r.Token == web.Optional) {
				t.Error("the token is optional in one and required in the other")
			}
			described := o.roles(t)
			for _, role := range []access.Role{access.Anonymous, access.Officer, access.Decider, access.Auditor, access.Operator, access.Procurator, access.Enterprise, access.Person} {
				if role == access.Anonymous && r.Token == web.Required {
					continue // never comes so far
				}
				permitted := engine.Role(access.Principal{Role: role}, r.Action) == nil
				if permitted != slices.Contains(described, role) {
					t.Errorf("role %q: policies permit %v, the contract says %v", role, permitted, !permitted)
				}
			}
			var query []string
			for _, p := range o.Parameters {
				if p.Value.In == "query" {
					query = append(query, p.Value.Name)
				}
			}
			var taken []string
			for q := range r.Query {
				taken = append(taken, q)
			}
			slices.Sort(query)
			slices.Sort(taken)
			if !slices.Equal(query, taken) {
				t.Errorf("query parameters: the route takes %v, the contract says %v", taken, query)
			}
		})
	}
}
