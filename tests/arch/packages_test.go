package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the path that every package of the repository begins with.
const module = "shixin/"

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Name, Doc, Dir string
	Standard                   bool
	GoFiles                    []string
	Imports                    []string
	Deps                       []string
	Module                     *struct{ Path string }
}

// short is the path within the repository, or the import path of what is not of it.
func (p pkg) short() string { return strings.TrimPrefix(p.ImportPath, module) }

func (p pkg) own() bool { return strings.HasPrefix(p.ImportPath, module) }

var listed = sync.OnceValues(func() (map[string]pkg, error) {
	var said bytes.Buffer
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Name,Doc,Dir,Standard,GoFiles,Imports,Deps,Module", "./...")
	cmd.Dir, cmd.Stderr = "../..", &said
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(said.String()))
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

// packages returns every package of the repository and everything they link, by import path.
func packages(t testing.TB) map[string]pkg {
	t.Helper()
	all, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// own returns the packages of the repository that have code besides tests, by path.
func own(t testing.TB) []pkg {
	t.Helper()
	var found []pkg
	for _, p := range packages(t) {
		if p.own() && len(p.GoFiles) > 0 {
			found = append(found, p)
		}
	}
	if len(found) < 50 {
		t.Fatalf("only %d packages", len(found))
	}
	slices.SortFunc(found, func(a, b pkg) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return found
}

// files parses the code of a package, without its tests.
func (p pkg) files(t testing.TB) (*token.FileSet, []*ast.File) {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return set, files
}

// called returns the name by which a file calls an import, or "" where it has not got it.
func called(file *ast.File, path string) string {
	for _, i := range file.Imports {
		if strings.Trim(i.Path.Value, `"`) != path {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path[strings.LastIndex(path, "/")+1:]
	}
	return ""
}

// under reports whether a path is one of some folders or below one.
func under(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") })
}
