package records

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// LAYOUT.md has every kind of item, and none that is gone: a row for each family and for each function that makes a key.
func TestLayoutIsComplete(t *testing.T) {
	text, err := os.ReadFile("LAYOUT.md")
	if err != nil {
		t.Fatal(err)
	}
	families, makers := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 9 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		name, _, _ := strings.Cut(strings.Trim(cells[1], " `"), "#")
		families[name] = true
		for maker := range strings.SplitSeq(cells[3], ",") {
			makers[strings.TrimSpace(maker)] = true
		}
		for i, what := range map[int]string{4: "document", 5: "when it is written", 6: "who reads it", 7: "cost"} {
			if strings.TrimSpace(cells[i]) == "" {
				t.Errorf("%s: the layout does not say its %s", strings.TrimSpace(cells[3]), what)
			}
		}
	}
	spelled, made := spelledKeys(t)
	for name := range spelled {
		if !families[name] {
			t.Errorf("the layout has no row for the family %s", name)
		}
	}
	for name := range families {
		if !spelled[name] {
			t.Errorf("the layout has the family %s, which no key is of", name)
		}
	}
	for name := range made {
		if !makers[name] {
			t.Errorf("the layout has no row for the items of %s", name)
		}
	}
	for name := range makers {
		if !made[name] {
			t.Errorf("the layout has items of %s, which makes no key", name)
		}
	}
}

// spelledKeys finds the families (constants fam…) and the functions that make a key.
func spelledKeys(t *testing.T) (families, makers map[string]bool) {
	t.Helper()
	families, makers = map[string]bool{}, map[string]bool{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if lit, ok := value(n, i).(*ast.BasicLit); ok && strings.HasPrefix(name.Name, "fam") && lit.Kind == token.STRING {
						family, _ := strconv.Unquote(lit.Value)
						families[family] = true
					}
				}
			case *ast.FuncDecl:
				if returnsKey(n) {
					makers[n.Name.Name] = true
				}
			}
			return true
		})
	}
	if len(families) < 10 || len(makers) < 10 {
		t.Fatalf("found only %d families and %d makers of keys", len(families), len(makers))
	}
	return families, makers
}

func value(s *ast.ValueSpec, i int) ast.Expr {
	if i < len(s.Values) {
		return s.Values[i]
	}
	return nil
}

func returnsKey(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	s, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Key"
}
