// Package file provides the keyring of one machine from a key file that only its owner can read.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A keyring of a thousand versions is far below this; a larger file is not a keyring.
const maxBytes = 1 << 20

// Source is a ring.Source over a key file.
type Source struct{ path string }

// New returns a source that reads the key file at its first use.
func New(path string) *Source { return &Source{path} }

// Document reads the key file. It refuses a file that others may read: a keyring that anybody could have copied is no
// secret, and nothing else would tell.
func (s *Source) Document(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("key file %s: not a regular file", s.path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("key file %s: mode %04o lets others at it; run chmod 600 on it, and replace the keys if somebody may have read them", s.path, info.Mode().Perm())
	case info.Size() > maxBytes:
		return nil, fmt.Errorf("key file %s: %d bytes are no keyring", s.path, info.Size())
	}
	doc, err := io.ReadAll(io.LimitReader(f, maxBytes))
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return doc, nil
}

// Create writes a document to a new key file of mode 0600. It never replaces a file that is there (the error wraps
// fs.ErrExist), and after a crash the file is there whole or not at all.
func Create(path string, document []byte) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // CreateTemp makes it 0600
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	defer func() {
		err = errors.Join(err, os.Remove(temp.Name()))
	}()
	_, err = temp.Write(document)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	// A rename would replace a keyring that another process made in the meantime; a link does not.
	if err = os.Link(temp.Name(), path); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	return syncDir(dir)
}

// Ensure creates the key file with what generate makes, unless it is there. Of several processes at once one creates
// it and all go on with that one.
func Ensure(path string, generate func() ([]byte, error)) error {
	_, err := os.Lstat(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	document, err := generate()
	if err != nil {
		return err
	}
	if err := Create(path, document); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	return nil
}
