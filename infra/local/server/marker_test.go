package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shixin/infra/engines/enginestest"
	"shixin/shared/records"
)

func TestATableOfSomebodyElse(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string, r *Running) error
		want  string
	}{
		"another maker": {func(_ string, r *Running) error {
			store := records.Store{Table: r.Ports.Table}
			return store.PutMeta(t.Context(), r.Now(), "deployment", 1, deployment{By: "template"})
		}, "belongs to a deployment"},
		"another key": {func(dir string, _ *Running) error { return os.Remove(filepath.Join(dir, "keys.json")) }, "put back"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			r := start(t, settings(dir, &fakes{}))
			if err := c.spoil(dir, r); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			again, err := Start(t.Context(), settings(dir, &fakes{}))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if err == nil {
				_ = again.Close(t.Context())
			}
		})
	}
}

func TestOnAnEngine(t *testing.T) {
	c := settings(t.TempDir(), &fakes{})
	c.Endpoint = enginestest.Dynoxide(t)
	for range 2 { // the table is made, and known again
		if err := start(t, c).Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.Data = t.TempDir()
	if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "put back") {
		t.Errorf("another folder's keys: %v", err)
	}
	c.Lambda = t.TempDir()
	if _, err := Start(t.Context(), c); err == nil {
		t.Error("a folder without binaries was taken")
	}
}
