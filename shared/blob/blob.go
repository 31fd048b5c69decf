// Package blob provides the port for whole files: snapshots of the list, uploads, results.
package blob

import (
	"context"
	"errors"
)

// ErrNotFound is wrapped by Get when there is no blob of that name.
var ErrNotFound = errors.New("blob: not found")

// Store is the port. A name is 1..200 characters of [a-z0-9/._-], without empty, "." or ".." parts. Blobs are
// written once under a name made for them; a second Put of the same name replaces the first, and a reader sees one or the other, whole.
type Store interface {
	// Put stores body; when it returns nil the blob is durable.
	Put(ctx context.Context, name string, body []byte) error
	// Get returns the body, or an error wrapping ErrNotFound.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes the blob; removing what is absent succeeds.
	Delete(ctx context.Context, name string) error
}
