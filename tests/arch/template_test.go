package arch

import (
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"shixin/infra/samfile"
	"shixin/shared/web"
)

func template(t testing.TB) *samfile.Template {
	t.Helper()
	read, err := samfile.Load("../../template.yaml", samfile.Values{Parameters: map[string]string{"Issuer": "http://127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// The gateway sends each call of the contract to the function whose route table has it, and nothing else.
func TestRoutesAreOneSet(t *testing.T) {
	deployed := map[string]string{} // function by route
	for _, r := range template(t).Routes {
		if other, twice := deployed[r.Key()]; twice {
			t.Errorf("%s goes to %s and to %s", r.Key(), other, r.Function)
		}
		deployed[r.Key()] = r.Function
	}
	contracted := map[string]bool{}
	for _, o := range operations(t, contract(t)) {
		contracted[o.name] = true
	}
	handled := map[string]string{}
	for function, routes := range tables() {
		for _, r := range routes {
			handled[r.Method+" "+r.Path] = function
		}
	}
	every := slices.Sorted(maps.Keys(handled))
	every = slices.AppendSeq(every, maps.Keys(deployed))
	every = slices.AppendSeq(every, maps.Keys(contracted))
	slices.Sort(every)
	for _, route := range slices.Compact(every) {
		if !contracted[route] {
			t.Errorf("%s is not in infra/openapi.yaml", route)
		}
		if deployed[route] == "" {
			t.Errorf("%s is not in template.yaml", route)
		}
		if handled[route] == "" {
			t.Errorf("%s is in no function's route table", route)
		} else if deployed[route] != handled[route] {
			t.Errorf("%s: the template sends it to %q, %s handles it", route, deployed[route], handled[route])
		}
	}
}

// The gateway asks for a token where the route table asks for one: where it is optional the handler looks at it.
func TestAuthorizersFitTheRouteTables(t *testing.T) {
	authorized := map[string]bool{}
	for _, r := range template(t).Routes {
		authorized[r.Key()] = r.Authorizer
	}
	for _, routes := range tables() {
		for _, r := range routes {
			if key := r.Method + " " + r.Path; authorized[key] != (r.Token == web.Required) {
				t.Errorf("%s: authorizer %v, the route table asks for a token: %v", key, authorized[key], r.Token == web.Required)
			}
		}
	}
}

func TestFunctionsHaveTheirFolders(t *testing.T) {
	var deployed []string
	for _, f := range template(t).Functions {
		deployed = append(deployed, f.Name)
	}
	mains, err := filepath.Glob("../../functions/*/lambda/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, m := range mains {
		folders = append(folders, filepath.Base(filepath.Dir(filepath.Dir(m))))
	}
	slices.Sort(deployed)
	if !slices.Equal(folders, deployed) {
		t.Errorf("functions/*/lambda: %v, template.yaml: %v", folders, deployed)
	}
}

// keyForms reads shared/records and returns the forms that partition keys take there: "head", "listing#*".
func keyForms(t testing.TB) []string {
	t.Helper()
	_, files := packages(t)[module+"shared/records"].files(t)
	constants := map[string]string{} // famHead: head
	var forms []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for i, name := range v.Names {
					if i < len(v.Values) && strings.HasPrefix(name.Name, "fam") {
						if text, ok := v.Values[i].(*ast.BasicLit); ok {
							constants[name.Name] = strings.Trim(text.Value, `"`)
						}
					}
				}
			}
			return true
		})
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			kv, ok := n.(*ast.KeyValueExpr)
			if !ok || name(kv.Key) != "Partition" {
				return true
			}
			if whole := constants[name(kv.Value)]; whole != "" {
				forms = append(forms, whole)
				return true
			}
			ast.Inspect(kv.Value, func(n ast.Node) bool { // famListing + "#" + id, or Sprintf with it
				if e, ok := n.(ast.Expr); ok {
					if family := constants[name(e)]; family != "" {
						forms = append(forms, family+"#*")
					}
				}
				return true
			})
			return true
		})
	}
	slices.Sort(forms)
	forms = slices.Compact(forms)
	for constant, family := range constants {
		if !slices.ContainsFunc(forms, func(f string) bool { return strings.TrimSuffix(f, "#*") == family }) {
			t.Errorf("%s (%q) begins no key that this test can read", constant, family)
		}
	}
	return forms
}

func name(e ast.Expr) string {
	if i, ok := e.(*ast.Ident); ok {
		return i.Name
	}
	return ""
}

// What roles may reach is what shared/records writes: every family is read by somebody, and none is misspelt.
func TestKeysOfRolesAreThoseOfRecords(t *testing.T) {
	forms := keyForms(t)
	keys := template(t).Keys
	granted := map[string]bool{}
	for _, function := range slices.Sorted(maps.Keys(keys)) {
		for may, families := range keys[function] {
			for _, f := range families {
				granted[f] = true
				if !slices.Contains(forms, f) {
					t.Errorf("%s may %s %q: shared/records has no such key", function, may, f)
				}
				if may != "read" && !slices.Contains(keys[function]["read"], f) {
					t.Errorf("%s may %s %q and not read it", function, may, f)
				}
				if may == "delete" && !slices.Contains(keys[function]["put"], f) {
					t.Errorf("%s may delete %q and not put it", function, f)
				}
			}
		}
	}
	for _, f := range forms {
		if !granted[f] {
			t.Errorf("no function may read %q", f)
		}
	}
}

// What was ever said of an identifier stays, and status only reads.
func TestHistoryIsNotDeleted(t *testing.T) {
	for function, may := range template(t).Keys {
		for _, f := range may["delete"] {
			if slices.Contains([]string{"listing#*", "status#*", "journal#*", "head", "meta", "once#*", "query", "query#*", "asked#*"}, f) {
				t.Errorf("%s may delete %q", function, f)
			}
		}
		if function == "status" && len(may["put"])+len(may["delete"]) > 0 {
			t.Error("status may write")
		}
	}
}

// Each role takes its families from the mapping, under its function's own name.
func TestRolesAreConfined(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range template(t).Functions {
		_, role, ok := strings.Cut(string(text), "\n  "+f.ID+"Role:\n")
		if !ok {
			t.Errorf("%s has no role of its own", f.ID)
			continue
		}
		if end := strings.Index(role, "\n\n"); end > 0 {
			role = role[:end]
		}
		tables := strings.Count(role, "Resource: !GetAtt Table.Arn")
		confined := strings.Count(role, "Condition: {'ForAllValues:StringLike': {'dynamodb:LeadingKeys': !FindInMap [Keys, "+f.Name+", ")
		if tables == 0 || tables != confined {
			t.Errorf("%s: %d statements on the table, %d confined to its keys", f.ID, tables, confined)
		}
		for _, wide := range []string{"'dynamodb:*'", "dynamodb:Scan", "dynamodb:UpdateItem", "Resource: '*'", "Action: '*'"} {
			if strings.Contains(role, wide) {
				t.Errorf("%s: the role has %s", f.ID, wide)
			}
		}
	}
}

// What a function's ports read from its environment is what the template sets for it, neither less nor more.
func TestEnvironmentIsWhatIsRead(t *testing.T) {
	all := packages(t)
	for _, f := range template(t).Functions {
		read := map[string]bool{}
		for _, linked := range append(all[module+"functions/"+f.Name+"/lambda"].Deps, module+"functions/"+f.Name) {
			if p := all[linked]; p.own() {
				_, files := p.files(t)
				for _, file := range files {
					ast.Inspect(file, func(n ast.Node) bool {
						if l, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(l.Value, `"SHIXIN_`) {
							read[strings.Trim(l.Value, `"`)] = true
						}
						return true
					})
				}
			}
		}
		for name := range f.Environment {
			if strings.HasPrefix(name, "SHIXIN_") && !read[name] {
				t.Errorf("%s: the template sets %s and nothing reads it", f.Name, name)
			}
		}
		for name := range read {
			// A function may send to one queue only, and one that hashes nothing needs no keyring.
			if _, set := f.Environment[name]; !set && !strings.HasPrefix(name, "SHIXIN_QUEUE_") && name != "SHIXIN_WRAPPED_KEYS" {
				t.Errorf("%s reads %s and the template does not set it", f.Name, name)
			}
		}
	}
}
