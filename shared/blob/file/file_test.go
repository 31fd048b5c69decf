package file_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"shixin/shared/blob"
	"shixin/shared/blob/blobtest"
	"shixin/shared/blob/file"
)

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) func() blob.Store {
		dir := filepath.Join(t.TempDir(), "new", "blobs")
		return func() blob.Store { return file.New(dir) }
	})
}

func TestNothingBeforeTheFirstPut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	_, _ = file.New(dir).Get(t.Context(), "a")
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made for a Get: %v", err)
	}
}

// A kill leaves unfinished files: no name reads them, and the old ones go.
func TestUnfinishedFilesGo(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, "+old"), filepath.Join(dir, "+young")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	s := file.New(dir)
	for _, name := range []string{"a", "b/c"} {
		if err := s.Put(t.Context(), name, []byte("whole")); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) != 3 || names[0] != "+young" || names[1] != "a" || names[2] != "b=c" {
		t.Errorf("the folder holds %q, want +young, a and b=c", names)
	}
}

func FuzzNamesStayInside(f *testing.F) {
	for _, name := range append(blobtest.WrongNames, "a", "a/b") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if blob.CheckName(name) != nil {
			return
		}
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := file.New(dir).Put(t.Context(), name, nil); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		around, _ := os.ReadDir(outer)
		inside, _ := os.ReadDir(dir)
		if len(around) != 1 || len(inside) != 1 || !inside[0].Type().IsRegular() {
			t.Errorf("%q became %v beside and %v inside", name, around, inside)
		}
	})
}
