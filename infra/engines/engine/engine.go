// Package engine provides the servers and tools of other makers that the full check runs, each at a pinned version.
//
// They are installed by `go run ./infra/engines` into one folder, outside of the repository, and run from there.
// Nothing else looks for them, so that what happens to be on a machine's path changes no outcome.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Engine is one program at one version.
type Engine struct {
	Name    string
	Version string
	For     string // what the check runs it for
	program string // its file, in the engine's folder
	install func(e Engine, folder string) [][]string
}

// All lists the engines. A new version is taken by changing it here and installing again.
var All = []Engine{
	{"dynoxide", "3.2.0", "the DynamoDB API for table/dynamo", "bin/dynoxide", cargo("dynoxide-rs", "native-sqlite,http-server,cli")},
	{"moto", "5.2.5", "the APIs of S3, SQS and KMS for their adapters", "bin/moto_server", venv("moto[server]")},
	{"sam", "1.170.0", "building and validating template.yaml", "bin/sam", venv("aws-sam-cli")},
	{"cfn-lint", "1.58.0", "validating template.yaml per region", "bin/cfn-lint", venv("cfn-lint")},
}

// ErrMissing is wrapped by Program when the engine is not installed at its pinned version.
var ErrMissing = errors.New("not installed")

// installed marks a folder whose installation came to its end.
const installed = "installed"

// cargo builds a crate from its registry. The features keep the build short, and so does not optimising across crates, which the
// crate's own profile asks for and tests do not need.
func cargo(crate, features string) func(Engine, string) [][]string {
	return func(e Engine, folder string) [][]string {
		return [][]string{{
			"cargo", "--config", "profile.release.lto=\"off\"", "--config", "profile.release.codegen-units=16", "install", crate, "--version", e.Version, "--locked", "--root", folder,
			"--no-default-features", "--features", features,
		}}
	}
}

// venv gives a Python program a virtual environment of its own: their requirements exclude each other.
func venv(requirement string) func(Engine, string) [][]string {
	return func(e Engine, folder string) [][]string {
		return [][]string{
			{"python3", "-m", "venv", folder},
			{filepath.Join(folder, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", requirement + "==" + e.Version},
		}
	}
}

// Folder is where engines are kept: $SHIXIN_ENGINES, else shixin/engines in the user's cache folder.
func Folder() (string, error) {
	if f := os.Getenv("SHIXIN_ENGINES"); f != "" {
		return filepath.Abs(f) // virtual environments hold their path
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder; set SHIXIN_ENGINES to a folder: %w", err)
	}
	return filepath.Join(cache, "shixin", "engines"), nil
}

// Named returns the engine of a name.
func Named(name string) (Engine, error) {
	i := slices.IndexFunc(All, func(e Engine) bool { return e.Name == name })
	if i < 0 {
		var names []string
		for _, e := range All {
			names = append(names, e.Name)
		}
		return Engine{}, fmt.Errorf("no engine %q; there are %s", name, strings.Join(names, ", "))
	}
	return All[i], nil
}

func (e Engine) folder() (string, error) {
	all, err := Folder()
	return filepath.Join(all, e.Name+"-"+e.Version), err
}

// Program returns the path of an engine's program, or an error that wraps ErrMissing and says how to install it.
func Program(name string) (string, error) {
	e, err := Named(name)
	if err != nil {
		return "", err
	}
	folder, err := e.folder()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(folder, installed)); err != nil {
		return "", fmt.Errorf("%s %s is %w: run go run ./infra/engines -want %s", e.Name, e.Version, ErrMissing, e.Name)
	}
	return filepath.Join(folder, filepath.FromSlash(e.program)), nil
}

// Install installs an engine unless its pinned version is there, and reports what it does to log.
func Install(ctx context.Context, name string, log io.Writer) error {
	e, err := Named(name)
	if err != nil {
		return err
	}
	if path, err := Program(name); err == nil {
		fmt.Fprintf(log, "%s %s is there: %s\n", e.Name, e.Version, path)
		return nil
	}
	folder, err := e.folder()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil { // what a broken installation left
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	for _, command := range e.install(e, folder) {
		fmt.Fprintf(log, "%s %s: %s\n", e.Name, e.Version, strings.Join(command, " "))
		run := exec.CommandContext(ctx, command[0], command[1:]...)
		run.Stdout, run.Stderr = log, log
		if err := run.Run(); err != nil {
			return fmt.Errorf("install %s: %s: %w", e.Name, command[0], err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(e.program))); err != nil {
		return fmt.Errorf("install %s: it brought no %s", e.Name, e.program)
	}
	return os.WriteFile(filepath.Join(folder, installed), []byte(e.Version+"\n"), 0o644)
}
