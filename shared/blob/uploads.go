package blob

import (
	"context"
	"errors"
	"time"
)

// ErrUploaded is wrapped where a body is sent to an address that has had one.
var ErrUploaded = errors.New("blob: the upload is there already")

// Address is where a body is sent, by whoever has it: a request of this method to this URL with these headers.
type Address struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// Uploads is the port for bodies that come past the process: to an address that the store signs for a while. A name is what [CheckName]
// accepts. What has come is read in parts, because it may be larger than a process is. The store keeps it encrypted. It is safe for
// concurrent use and does nothing before its first call.
type Uploads interface {
	// Address makes the address for one body of a name. It takes a body once and for no longer than the given time, counted from now.
	Address(ctx context.Context, name string, within time.Duration) (Address, error)
	// Size is how many bytes have come. Before the whole body is there, and once it is deleted, the error wraps ErrNotFound.
	Size(ctx context.Context, name string) (int64, error)
	// Read returns n bytes from an offset, fewer only at the end, none behind it.
	Read(ctx context.Context, name string, from int64, n int) ([]byte, error)
	// Close removes what has come and leaves the name taken, so that its address takes no other body: then its size is 0. Closing what is
	// absent, or closed, succeeds.
	Close(ctx context.Context, name string) error
	// Delete removes what has come, and frees the name; removing what is absent succeeds.
	Delete(ctx context.Context, name string) error
}
