// Package file provides blobs as files in a folder.
package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"shixin/shared/blob"
	"shixin/shared/lazy"
)

// Unfinished files start with a character that no name has, and are removed when they are older than any write takes.
const (
	unfinished = "+"
	forgotten  = time.Hour
)

// Store is a blob.Store over one folder. All files lie in it side by side, with "=" for the slashes of their names: so
// "a" and "a/b" do not meet, and no name leads out of the folder. Several processes may share a folder.
type Store struct {
	dir   string
	ready *lazy.Value[struct{}]
}

// New returns a store over the folder dir, which is made at the first Put.
func New(dir string) *Store {
	return &Store{dir, lazy.New(func(context.Context) (struct{}, error) { return struct{}{}, prepare(dir) })}
}

// prepare makes the folder durable and removes what a process that was killed left.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > forgotten {
			_ = os.Remove(filepath.Join(dir, e.Name())) // another process may have been faster
		}
	}
	return nil
}

func (s *Store) path(ctx context.Context, name string) (string, error) {
	if err := blob.CheckName(name); err != nil {
		return "", err
	}
	return filepath.Join(s.dir, strings.ReplaceAll(name, "/", "=")), ctx.Err()
}

// Put implements blob.Store: the file is written aside, synced, and renamed to its place.
func (s *Store) Put(ctx context.Context, name string, body []byte) (err error) {
	path, err := s.path(ctx, name)
	if err != nil {
		return err
	}
	if _, err := s.ready.Get(ctx); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	f, err := os.CreateTemp(s.dir, unfinished+"*")
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("blob: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return syncDir(s.dir)
}

// Get implements blob.Store.
func (s *Store) Get(ctx context.Context, name string) ([]byte, error) {
	path, err := s.path(ctx, name)
	if err != nil {
		return nil, err
	}
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", blob.ErrNotFound, name)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return body, nil
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, name string) error {
	path, err := s.path(ctx, name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("blob: %w", err)
	}
	return syncDir(s.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}
