package arch

import (
	"fmt"
	"go/ast"
	"slices"
	"testing"
)

// The domain decides from what it is told. It has no clock, no chance, no files, no network and no log.
var impure = []string{
	"os", "io/fs", "io/ioutil", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "syscall", "unsafe",
	"runtime", "plugin", "database/sql", "embed", "path/filepath", "os/exec", "flag", "sync", "context", "testing",
}

// tells are the functions of package time that look at the machine's clock or wait for it.
var tells = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Local", "LoadLocation"}

func TestDomainIsPure(t *testing.T) {
	seen := 0
	for _, p := range own(t) {
		if rooms[room(p.short())].name != "domain" {
			continue
		}
		seen++
		for _, i := range p.Imports {
			if slices.Contains(impure, i) {
				t.Errorf("%s imports %s", p.short(), i)
			}
		}
		for _, at := range clocks(t, p) {
			t.Errorf("%s: %s: the time is an argument", p.short(), at)
		}
	}
	if seen < 7 {
		t.Errorf("only %d packages of the domain", seen)
	}
}

// What writes to the table is told the time too, so that a test can set it and no two parts of one Write differ.
func TestRecordsAreToldTheTime(t *testing.T) {
	for _, at := range clocks(t, packages(t)[module+"shared/records"]) {
		t.Error(at)
	}
}

// clocks finds where a package asks the machine for the time.
func clocks(t testing.TB, p pkg) (found []string) {
	set, files := p.files(t)
	for _, file := range files {
		name := called(file, "time")
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && name != "" && x.Name == name && slices.Contains(tells, s.Sel.Name) {
					found = append(found, fmt.Sprintf("%s: %s.%s", set.Position(n.Pos()), name, s.Sel.Name))
				}
			}
			return true
		})
	}
	return found
}

// Data files are read when they are first needed: what stands at the top of a package that parses YAML must not parse.
func TestYAMLIsReadOnFirstUse(t *testing.T) {
	harmless := []string{"sync.OnceValue", "sync.OnceValues", "errors.New", "regexp.MustCompile", "time.FixedZone"}
	for _, p := range own(t) {
		if !slices.Contains(p.Imports, "go.yaml.in/yaml/v3") {
			continue
		}
		set, files := p.files(t)
		for _, file := range files {
			for _, d := range file.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.Name == "init" {
						t.Errorf("%s: an init function", set.Position(d.Pos()))
					}
				case *ast.GenDecl:
					ast.Inspect(d, func(n ast.Node) bool {
						if _, ok := n.(*ast.FuncLit); ok {
							return false // runs later
						}
						c, ok := n.(*ast.CallExpr)
						if !ok {
							return true
						}
						if s, ok := c.Fun.(*ast.SelectorExpr); !ok || !slices.Contains(harmless, fmt.Sprint(s.X)+"."+s.Sel.Name) {
							t.Errorf("%s: a call when the program starts", set.Position(c.Pos()))
						}
						return true
					})
				}
			}
		}
	}
}
