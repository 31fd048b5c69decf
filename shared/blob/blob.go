// Package blob provides the port for whole files: snapshots of the list, uploads, results.
package blob

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// MaxName is the most characters a name has.
const MaxName = 200

var (
	// ErrNotFound is wrapped by Get when there is no blob of that name.
	ErrNotFound = errors.New("blob: not found")
	// ErrName is wrapped by every call with a name that is none; see [CheckName].
	ErrName = errors.New("blob: not a name")
)

// Store is the port. A name is what [CheckName] accepts. Blobs are
// written once under a name made for them; a second Put of the same name replaces the first, and a reader sees one or the other, whole.
// A store is safe for concurrent use and does nothing before its first call. The contract is checked by blobtest.Run for every adapter.
//
// The port moves whole bodies through the process. Uploads that go past it, by an address the store signs for a while, are
// a port of their own, [Uploads], because a folder has no such addresses.
type Store interface {
	// Put stores body, which may be empty; when it returns nil the blob is durable. The caller MUST NOT change body before Put returns.
	Put(ctx context.Context, name string, body []byte) error
	// Get returns the body, or an error wrapping ErrNotFound.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes the blob; removing what is absent succeeds.
	Delete(ctx context.Context, name string) error
}

// CheckName accepts 1..[MaxName] characters of [a-z0-9/._-] without empty, "." or ".." parts between the slashes.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName {
		return fmt.Errorf("%w: %d characters instead of 1 to %d", ErrName, len(name), MaxName)
	}
	for i, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '/' || c == '.' || c == '_' || c == '-') {
			return fmt.Errorf("%w: character %d is not one of a-z 0-9 / . _ -", ErrName, i+1)
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%w: it has an empty, \".\" or \"..\" part", ErrName)
		}
	}
	return nil
}
