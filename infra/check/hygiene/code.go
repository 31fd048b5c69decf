package hygiene

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
)

// undocumented finds exported names without a comment. A group of constants or variables may share one; a method needs
// none of its own where an interface of its file or of the standard library says what it means.
func undocumented(set *token.FileSet, file *ast.File) (found []Finding) {
	miss := func(at token.Pos, name string) {
		p := set.Position(at)
		found = append(found, Finding{p.Filename, p.Line, "exported " + name + " has no comment"})
	}
	promised := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if i, ok := n.(*ast.InterfaceType); ok {
			for _, m := range i.Methods.List {
				for _, name := range m.Names {
					promised[name.Name] = true
				}
			}
		}
		return true
	})
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || receiver(d).IsExported() && !known[name] && !promised[name]) {
				miss(d.Pos(), d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						miss(s.Pos(), s.Name.Name)
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
							miss(name.Pos(), name.Name)
						}
					}
				}
			}
		}
	}
	return found
}

// known are methods whose meaning an interface of the standard library fixes.
var known = map[string]bool{
	"Error": true, "Unwrap": true, "Is": true, "As": true, "String": true, "Format": true, "LogValue": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "MarshalYAML": true, "UnmarshalYAML": true,
	"Len": true, "Less": true, "Swap": true, "Read": true, "Write": true, "Close": true, "ServeHTTP": true, "RoundTrip": true,
}

func receiver(f *ast.FuncDecl) *ast.Ident {
	t := f.Recv.List[0].Type
	for {
		switch v := t.(type) {
		case *ast.StarExpr:
			t = v.X
		case *ast.IndexExpr:
			t = v.X
		case *ast.IndexListExpr:
			t = v.X
		case *ast.Ident:
			return v
		default:
			return ast.NewIdent("_")
		}
	}
}

// copyLines is the length from which on a body that stands twice is a copy. Three copied lines beat a helper.
const copyLines = 10

// copies finds functions whose bodies are the same to the letter.
func copies(set *token.FileSet, files []*ast.File) (found []Finding) {
	first := map[string]token.Position{}
	for _, file := range files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			at := set.Position(f.Pos())
			if set.Position(f.Body.End()).Line-set.Position(f.Body.Pos()).Line < copyLines {
				continue
			}
			var body bytes.Buffer
			if err := (&printer.Config{}).Fprint(&body, token.NewFileSet(), f.Body); err != nil {
				continue // what does not print is no copy
			}
			if earlier, ok := first[body.String()]; ok {
				found = append(found, Finding{at.Filename, at.Line, fmt.Sprintf("%s is a copy of what stands at %s:%d", f.Name.Name, earlier.Filename, earlier.Line)})
				continue
			}
			first[body.String()] = at
		}
	}
	return found
}
