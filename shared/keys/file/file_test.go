package file_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"shixin/shared/keys/file"
	"shixin/shared/keys/keystest"
	"shixin/shared/keys/ring"
)

func TestContract(t *testing.T) {
	keystest.Run(t, func(t *testing.T, document []byte) ring.Source {
		path := filepath.Join(t.TempDir(), "keyring.json")
		if err := file.Create(path, document); err != nil {
			t.Fatal(err)
		}
		return file.New(path)
	})
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keyring.json")
	if err := file.Create(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := file.Create(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Create: %v", err)
	}
	if got, err := file.New(path).Document(t.Context()); err != nil || string(got) != "one" {
		t.Errorf("after a second Create the file holds %q, %v", got, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left, want 1", len(entries))
	}
}

func TestRefusedFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keyring.json")
	if _, err := file.New(path).Document(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
	if err := file.Create(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := file.New(path).Document(t.Context()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	if _, err := file.New(dir).Document(t.Context()); err == nil {
		t.Error("a folder was read as a key file")
	}
}

func TestEnsureByMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyring.json")
	var made atomic.Int32
	generate := func() ([]byte, error) { return []byte{'a' + byte(made.Add(1))}, nil }
	seen := make([]string, 8)
	var wg sync.WaitGroup
	for i := range seen {
		wg.Go(func() {
			if err := file.Ensure(path, generate); err != nil {
				t.Error(err)
				return
			}
			doc, err := file.New(path).Document(t.Context())
			if err != nil {
				t.Error(err)
			}
			seen[i] = string(doc)
		})
	}
	wg.Wait()
	for _, s := range seen {
		if s != seen[0] || s == "" {
			t.Fatalf("processes go on with different keyrings: %q", seen)
		}
	}
	before := made.Load()
	if err := file.Ensure(path, generate); err != nil || made.Load() != before {
		t.Errorf("a keyring was made where one is: %v", err)
	}
}
