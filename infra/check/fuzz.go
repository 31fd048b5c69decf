package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path"
	"strings"
)

// fuzzRuns is how many inputs each target gets: some seconds of the slowest. They are counted and not timed, because go test fails a target
// that found nothing with "context deadline exceeded" where its time ends at the wrong moment (https://go.dev/issue/75804).
const fuzzRuns = 20_000

type target struct{ folder, name string }

// targets finds the fuzz tests by reading the tests, which is quicker than linking all of them for `go test -list`.
func targets(names []string) ([]target, error) {
	var found []target
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				found = append(found, target{path.Dir(name), f.Name.Name})
			}
		}
	}
	return found, nil
}

func fuzz(ctx context.Context, out io.Writer) error {
	names, err := sources(ctx)
	if err != nil {
		return err
	}
	all, err := targets(names)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("there is no fuzz test at all")
	}
	for _, t := range all {
		// Making a failing input small is for whoever looks into it: here it would eat the time of the others.
		e := execute(ctx, out, nil, "go", "test", "-run=^$", "-fuzz=^"+t.name+"$", fmt.Sprintf("-fuzztime=%dx", fuzzRuns), "-fuzzminimizetime=1x", "-timeout=5m", "./"+t.folder)
		if e != nil {
			err = errors.Join(err, fmt.Errorf("%s in %s: %w", t.name, t.folder, e))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return err
}
