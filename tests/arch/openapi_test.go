package arch

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"shixin/infra/regimes"
	"shixin/shared/access"
	"shixin/shared/regime"
	"shixin/shared/subject"
)

// contract loads infra/openapi.yaml and checks it against OpenAPI 3.0.3, examples and patterns included.
func contract(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../infra/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaFormatValidation(), openapi3.EnableSchemaPatternValidation()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// operation is one call of the contract.
type operation struct {
	name, method, path string // name is "POST /v1/listings"
	item               *openapi3.PathItem
	*openapi3.Operation
}

func operations(t testing.TB, doc *openapi3.T) []operation {
	t.Helper()
	var all []operation
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			all = append(all, operation{method + " " + path, method, path, item, o})
		}
	}
	if len(all) < 30 {
		t.Fatalf("only %d operations", len(all))
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.name, b.name) })
	return all
}

func (o operation) roles(t testing.TB) []access.Role {
	t.Helper()
	raw, _ := o.Extensions["x-roles"].([]any)
	var roles []access.Role
	for _, r := range raw {
		s, _ := r.(string)
		if s == "anonymous" {
			s = ""
		}
		roles = append(roles, access.Role(s))
	}
	return roles
}

// optional reports whether the call may be made without a token.
func (o operation) optional() bool {
	return o.Security != nil && slices.ContainsFunc(*o.Security, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
}

func (o operation) header(name string) bool {
	return slices.ContainsFunc(o.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.In == "header" && p.Value.Name == name })
}

var (
	idForm = regexp.MustCompile(`^[a-z]+[A-Za-z]+$`)
	inPath = regexp.MustCompile(`\{([a-z]+)\}`)
)

func TestOpenAPIOperations(t *testing.T) {
	known := []access.Role{access.Anonymous, access.Officer, access.Decider, access.Auditor, access.Operator, access.Procurator, access.Enterprise, access.Person}
	ids := map[string]bool{}
	for _, o := range operations(t, contract(t)) {
		t.Run(o.name, func(t *testing.T) {
			if !idForm.MatchString(o.OperationID) || ids[o.OperationID] {
				t.Errorf("operationId %q is missing, malformed or used twice", o.OperationID)
			}
			ids[o.OperationID] = true
			if !bilingual(o.Summary) {
				t.Errorf("summary %q is not in both languages", o.Summary)
			}
			roles := o.roles(t)
			for i, r := range roles {
				if !slices.Contains(known, r) || slices.Contains(roles[:i], r) {
					t.Errorf("x-roles: %q is unknown or stands twice", r)
				}
			}
			if len(roles) == 0 || slices.Contains(roles, access.Anonymous) != o.optional() {
				t.Errorf("x-roles %v do not fit the security", roles)
			}
			if o.Security == nil || !slices.ContainsFunc(*o.Security, func(r openapi3.SecurityRequirement) bool { _, ok := r["bearer"]; return ok }) {
				t.Error("a token is never taken")
			}
			var declared []string
			for _, p := range o.item.Parameters {
				declared = append(declared, p.Value.Name)
			}
			var named []string
			for _, m := range inPath.FindAllStringSubmatch(o.path, -1) {
				named = append(named, m[1])
			}
			if !slices.Equal(declared, named) {
				t.Errorf("path names %v, parameters are %v", named, declared)
			}
		})
	}
}

// The habits of the API hold for every call alike.
func TestOpenAPIHabits(t *testing.T) {
	readsOnly := []string{"POST /v1/status", "POST /v1/search"}
	for _, o := range operations(t, contract(t)) {
		t.Run(o.name, func(t *testing.T) {
			changes := o.method != "GET" && !slices.Contains(readsOnly, o.name)
			if o.header("Idempotency-Key") != (changes && o.method == "POST") {
				t.Error("a POST that changes something, and nothing else, takes an Idempotency-Key")
			}
			if changes && len(inPath.FindAllString(o.path, -1)) > 0 && !o.header("If-Match") {
				t.Error("what changes a record takes If-Match")
			}
			want := []string{"400", "401", "429", "500", "503"}
			if !o.optional() {
				want = append(want, "403")
			}
			if strings.Contains(o.path, "{id}") {
				want = append(want, "404")
			}
			if o.RequestBody != nil {
				want = append(want, "413", "415", "422")
			}
			if o.header("If-Match") {
				want = append(want, "409", "412")
			}
			if o.header("Idempotency-Key") {
				want = append(want, "409", "422")
			}
			for _, status := range want {
				if o.Responses.Value(status) == nil {
					t.Errorf("no answer %s", status)
				}
			}
			for status, r := range o.Responses.Map() {
				problem := r.Value.Content["application/problem+json"]
				if failure := status[0] >= '4'; failure != (problem != nil) {
					t.Errorf("answer %s: problem documents are for failures, and failures are problem documents", status)
				}
			}
			if o.RequestBody != nil && o.method == "GET" {
				t.Error("a GET has no body")
			}
		})
	}
}

// Unknown JSON fields are refused, and so the contract allows none in what callers send.
func TestOpenAPIRequestsAreClosed(t *testing.T) {
	doc := contract(t)
	closed := func(name string, s *openapi3.SchemaRef) {
		walk(s, map[*openapi3.Schema]bool{}, name, func(at string, s *openapi3.Schema) {
			named := s.AdditionalProperties.Schema != nil && s.MaxProps != nil // by names of the register's own
			if s.Type.Is("object") && !named && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has) {
				t.Errorf("%s: additionalProperties is not false", at)
			}
			if s.Type.Is("object") {
				for _, r := range s.Required {
					if s.Properties[r] == nil {
						t.Errorf("%s: %s is required and not described", at, r)
					}
				}
			}
			if s.Type.Is("string") && s.Enum == nil && s.Pattern == "" && s.MaxLength == nil && !strings.HasPrefix(at, "StatusQuery/identifiers") {
				t.Errorf("%s: a text without a limit", at)
			}
		})
	}
	for _, o := range operations(t, doc) {
		if o.RequestBody == nil {
			continue
		}
		if media := o.RequestBody.Value.Content["application/json"]; media != nil {
			closed(strings.TrimPrefix(media.Schema.Ref, "#/components/schemas/"), media.Schema)
		}
	}
	for _, row := range []string{"ImportRow", "EnterpriseRow", "ReportRow"} {
		closed(row, doc.Components.Schemas[row])
	}
	// Nothing about a person slips into what the public is answered.
	for _, name := range []string{"PublishedListing", "Status", "StatusListing"} {
		if s := doc.Components.Schemas[name].Value; s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("%s: additionalProperties is not false", name)
		}
	}
}

func walk(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool, at string, visit func(string, *openapi3.Schema)) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	s := ref.Value
	seen[s] = true
	visit(at, s)
	walk(s.Items, seen, at+"/items", visit)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		walk(s.Properties[name], seen, at+"/"+name, visit)
	}
	for _, parts := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, p := range parts {
			walk(p, seen, at, visit)
		}
	}
}

// The words of the contract are those of the domain.
func TestOpenAPIWords(t *testing.T) {
	doc := contract(t)
	library, err := regimes.Load()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range library.Regimes {
		ids = append(ids, r.ID)
	}
	var schemes, public []string
	for _, s := range subject.Schemes() {
		schemes = append(schemes, string(s))
		if s.Public() {
			public = append(public, string(s))
		}
	}
	for _, c := range []struct {
		name   string
		schema *openapi3.SchemaRef
		want   []string
	}{
		{"RegimeID", doc.Components.Schemas["RegimeID"], ids},
		{"RequestKind", doc.Components.Schemas["RequestKind"], regime.RequestKinds()},
		{"Scheme", doc.Components.Schemas["Scheme"], schemes},
		{"PublicScheme", doc.Components.Parameters["PublicScheme"].Value.Schema, public},
		{"SubjectKind", doc.Components.Schemas["SubjectKind"], []string{string(subject.Organization), string(subject.Person)}},
	} {
		var got []string
		for _, e := range c.schema.Value.Enum {
			got = append(got, e.(string))
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: contract %v, domain %v", c.name, got, c.want)
		}
	}
}

// What GET /v1/regimes answers is what the contract says of it.
func TestOpenAPIDescribesTheRegimes(t *testing.T) {
	schema := contract(t).Components.Schemas["Regime"].Value
	library, err := regimes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range library.Regimes {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var answer any
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
		if err := schema.VisitJSON(answer, openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		undescribed(t, r.ID, answer, schema)
	}
}

// undescribed reports what an answer has and the contract is silent about.
func undescribed(t *testing.T, at string, answer any, s *openapi3.Schema) {
	t.Helper()
	if len(s.AllOf) == 1 {
		s = s.AllOf[0].Value
	}
	switch v := answer.(type) {
	case map[string]any:
		for name, value := range v {
			p := s.Properties[name]
			if p == nil {
				t.Errorf("%s/%s is not described", at, name)
				continue
			}
			undescribed(t, at+"/"+name, value, p.Value)
		}
	case []any:
		for _, e := range v {
			undescribed(t, at, e, s.Items.Value)
		}
	}
}

func bilingual(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) &&
		strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}
