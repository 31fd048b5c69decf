package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shixin/infra/check/hygiene"
)

// gate is one question that a change has to answer with yes.
type gate struct {
	name  string
	asks  string        // in a few words
	limit time.Duration // after which it counts as failed
	run   func(ctx context.Context, out io.Writer) error
}

const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2" // run by version: it stays out of go.mod

// gates are run in this order: what answers fastest comes first.
var gates = []gate{
	{"gofmt", "every Go file is formatted", time.Minute, formatted},
	{"hygiene", "file sizes, comments, leftovers, copies, personal identifiers in golden files", time.Minute, clean},
	{"modules", "go.mod is tidy and modules are what go.sum says", 3 * time.Minute, modules},
	{"vet", "go vet", 8 * time.Minute, command("go", "vet", "./...")},
	{"staticcheck", "staticcheck, as staticcheck.conf sets it", 8 * time.Minute, command("go", "run", staticcheck, "./...")},
	{"architecture", "directions of imports; template, OpenAPI, route tables and policies agree", 4 * time.Minute, command("go", "test", "-count=1", "./tests/arch/...")},
	{"race", "all tests with the race detector, shuffled, on both storage engines", 12 * time.Minute, race},
	{"fuzz", "20,000 made-up inputs for every parser and for the table's model", 8 * time.Minute, fuzz},
	{"kills", "20 kills at random moments lose and double nothing", 5 * time.Minute, kills},
	{"lint", "cfn-lint and sam validate for Beijing and Frankfurt", 4 * time.Minute, lint},
	{"build", "sam build for this machine's processor", 8 * time.Minute, build},
	{"smoke", "ten steps with the binaries that sam build wrote", 4 * time.Minute, smoke},
}

// environment makes a missing engine a failure, keeps sam from calling home, and fixes a region that nothing is asked of.
var environment = []string{"SHIXIN_REQUIRE_ENGINES=1", "SAM_CLI_TELEMETRY=0", "AWS_DEFAULT_REGION=cn-north-1"}

func command(name string, args ...string) func(context.Context, io.Writer) error {
	return func(ctx context.Context, out io.Writer) error { return execute(ctx, out, nil, name, args...) }
}

func execute(ctx context.Context, out io.Writer, env []string, name string, args ...string) error {
	fmt.Fprintln(out, "$", name, strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = slices.Concat(os.Environ(), environment, env)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go then ends what it started
	cmd.WaitDelay = 10 * time.Second
	return cmd.Run()
}

// sources are the files of the repository, whether committed yet or not, without what .gitignore names.
func sources(ctx context.Context) ([]string, error) {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() { // one that was removed is still listed
			names = append(names, name)
		}
	}
	return names, nil
}

func formatted(ctx context.Context, out io.Writer) error {
	names, err := sources(ctx)
	if err != nil {
		return err
	}
	bad := 0
	for _, name := range names {
		if filepath.Ext(name) != ".go" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		want, err := format.Source(text)
		if err == nil && bytes.Equal(want, text) {
			continue
		}
		bad++
		fmt.Fprintln(out, name, err)
	}
	if bad > 0 {
		return fmt.Errorf("%d files are not formatted: run gofmt -w on them", bad)
	}
	return nil
}

func clean(ctx context.Context, out io.Writer) error {
	names, err := sources(ctx)
	if err != nil {
		return err
	}
	found, err := hygiene.Check(os.DirFS("."), names)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintln(out, f)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d findings", len(found))
	}
	return nil
}

func modules(ctx context.Context, out io.Writer) error {
	return errors.Join(
		execute(ctx, out, nil, "go", "mod", "verify"),
		execute(ctx, out, nil, "go", "mod", "tidy", "-diff"),
	)
}
