package arch

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var opening = regexp.MustCompile(`^Package ([a-z0-9]+) provides .+\.(\s|$)`)

// vague are names that say what a package is made of and not what it is for.
var vague = []string{"util", "utils", "common", "types", "models", "model", "helpers", "helper", "misc", "base", "core", "lib", "shared", "internal", "pkg"}

func TestPackagesSayWhatTheyProvide(t *testing.T) {
	all := packages(t)
	for _, p := range own(t) {
		if slices.Contains(vague, p.Name) || slices.Contains(vague, path.Base(p.ImportPath)) {
			t.Errorf("%s: a package is named for what it provides", p.short())
		}
		if p.Name == "main" {
			if !strings.HasPrefix(p.Doc, "Command "+path.Base(p.ImportPath)+" ") {
				t.Errorf("%s opens with %q, want \"Command %s …\"", p.short(), p.Doc, path.Base(p.ImportPath))
			}
			continue
		}
		if path.Base(p.ImportPath) != p.Name {
			t.Errorf("%s is called %s", p.short(), p.Name)
		}
		if m := opening.FindStringSubmatch(p.Doc + "\n"); m == nil || m[1] != p.Name {
			t.Errorf("%s opens with %q, want \"Package %s provides …\"", p.short(), p.Doc, p.Name)
		}
		if s := all[p.Name]; s.Standard {
			t.Errorf("%s has the name of a package of the standard library", p.short())
		}
	}
}

// Only the records room knows how the table is laid out. Others name listings, enterprises and runs.
func TestOnlyRecordsSpellsKeys(t *testing.T) {
	spells := []string{"shared/records", "shared/table", "infra/local", "infra/check", "tests"}
	for _, p := range own(t) {
		if under(p.short(), spells...) || !slices.Contains(p.Imports, module+"shared/table") {
			continue
		}
		set, files := p.files(t)
		for _, file := range files {
			table := called(file, module+"shared/table")
			ast.Inspect(file, func(n ast.Node) bool {
				c, ok := n.(*ast.CompositeLit)
				if !ok || len(c.Elts) == 0 {
					return true
				}
				if s, ok := c.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Key" {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == table {
						t.Errorf("%s: a key is spelled outside of shared/records", set.Position(n.Pos()))
					}
				}
				return true
			})
		}
	}
}

// Only the application calls records, besides the wiring that proves the keys of a store. Functions say whose answer is
// kept for an idempotency key, and ask records nothing.
func TestOnlyTheApplicationCallsRecords(t *testing.T) {
	const records = module + "shared/records"
	for _, p := range own(t) {
		if under(p.short(), "shared/records", "shared/register", "shared/supervision", "shared/screening", "shared/querylog", "shared/watching", "shared/repeat", "infra/check", "infra/local", "tests") || !slices.Contains(p.Imports, records) {
			continue
		}
		switch rooms[room(p.short())].name {
		case "wiring":
			continue
		case "function", "HTTP of repeated calls":
		default:
			t.Errorf("%s imports records", p.short())
			continue
		}
		set, files := p.files(t)
		for _, file := range files {
			name := called(file, records)
			if name == "" {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := s.X.(*ast.Ident); ok && x.Name == name && s.Sel.Name != "Store" && s.Sel.Name != "Once" {
					t.Errorf("%s: records.%s is the application's to call", set.Position(n.Pos()), s.Sel.Name)
				}
				return true
			})
		}
	}
}
