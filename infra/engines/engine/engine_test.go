package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shixin/infra/engines/engine"
)

func TestProgram(t *testing.T) {
	t.Setenv("SHIXIN_ENGINES", t.TempDir())
	for _, e := range engine.All {
		if _, err := engine.Program(e.Name); !errors.Is(err, engine.ErrMissing) || !strings.Contains(err.Error(), "-want "+e.Name) {
			t.Errorf("%s in an empty folder: %v", e.Name, err)
		}
	}
	if _, err := engine.Program("postgres"); err == nil || !strings.Contains(err.Error(), "dynoxide") {
		t.Errorf("an unknown engine: %v", err)
	}
}

// An installation that was broken off does not count, and a folder of another version is not this one.
func TestHalfInstalled(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("SHIXIN_ENGINES", folder)
	e := engine.All[0]
	for _, name := range []string{e.Name + "-" + e.Version, e.Name + "-0.0.1"} {
		program := filepath.Join(folder, name, "bin", e.Name)
		if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(program, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, e.Name+"-0.0.1", "installed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Program(e.Name); !errors.Is(err, engine.ErrMissing) {
		t.Errorf("half installed: %v", err)
	}
}
