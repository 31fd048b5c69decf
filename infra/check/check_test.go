package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRunAll(t *testing.T) {
	passes := gate{"passes", "nothing", time.Minute, func(_ context.Context, out io.Writer) error {
		_, err := io.WriteString(out, "all is well\n")
		return err
	}}
	fails := gate{"fails", "too much", time.Minute, func(_ context.Context, out io.Writer) error {
		_, err := io.WriteString(out, "first line\nsecond line\n")
		return errors.Join(err, errors.New("it broke"))
	}}
	hangs := gate{"hangs", "for ever", 10 * time.Millisecond, func(ctx context.Context, _ io.Writer) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	for _, c := range []struct {
		name    string
		gates   []gate
		verbose bool
		passed  int
		says    []string
		silent  string
	}{
		{"all pass", []gate{passes, passes}, false, 2, []string{"ok    passes", "2 passed, 0 failed\n"}, "all is well"},
		{"verbose", []gate{passes}, true, 1, []string{"all is well"}, "failed:"},
		{"one fails and the next runs", []gate{fails, passes}, false, 1, []string{"FAIL  fails", "      second line\n", "it broke", "-only fails", "ok    passes", "failed: fails\n1 passed, 1 failed\n"}, "all is well"},
		{"one takes too long", []gate{hangs}, false, 0, []string{"it took longer than 10ms", "0 passed, 1 failed\n"}, "ok    hangs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if got := runAll(t.Context(), c.gates, c.verbose, &out); got != c.passed {
				t.Errorf("%d passed, want %d", got, c.passed)
			}
			for _, s := range c.says {
				if !strings.Contains(out.String(), s) {
					t.Errorf("it does not say %q:\n%s", s, out.String())
				}
			}
			if strings.Contains(out.String(), c.silent) {
				t.Errorf("it says %q:\n%s", c.silent, out.String())
			}
		})
	}
}

func TestChoose(t *testing.T) {
	for only, want := range map[string]int{"": len(gates), "vet": 1, "vet, fuzz": 2} {
		if got, err := choose(gates, only); err != nil || len(got) != want {
			t.Errorf("-only %q: %d gates, %v", only, len(got), err)
		}
	}
	if _, err := choose(gates, "vet,spelling"); err == nil || !strings.Contains(err.Error(), "spelling") {
		t.Errorf("an unknown gate: %v", err)
	}
}

func TestTargets(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "a_test.go")
	text := "package a\n\nfunc FuzzRead(f *testing.F) {}\n\nfunc TestFuzzed(t *testing.T) {}\n\ntype x int\n\nfunc (x) FuzzNot() {}\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := targets([]string{name, filepath.Join(folder, "a.go")})
	if err != nil || len(found) != 1 || found[0] != (target{filepath.ToSlash(folder), "FuzzRead"}) {
		t.Errorf("targets %v, %v", found, err)
	}
}

// A run that matches no test passes in the eyes of go test; a gate that tests nothing must not.
func TestNothingToRun(t *testing.T) {
	err := tests(t.Context(), io.Discard, nil, "-run=^TestThatNobodyWrote$", "../check/hygiene")
	if err == nil || !strings.Contains(err.Error(), "no test") {
		t.Errorf("no test ran and the gate says %v", err)
	}
}
