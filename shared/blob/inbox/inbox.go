// Package inbox provides uploads on one machine: the local gateway takes a body, and it lies sealed among the blobs.
package inbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"shixin/shared/blob"
)

// Path is where an inbox is served.
const Path = "/upload/"

// chunk is how many bytes lie under one seal.
const chunk = 1 << 20

// Inbox is a blob.Uploads over a store. It is an http.Handler for the addresses it makes. All fields are needed.
type Inbox struct {
	Store blob.Store
	Seal  func(ctx context.Context, plain, bound []byte) ([]byte, error)
	Open  func(ctx context.Context, sealed, bound []byte) ([]byte, error)
	Base  string           // URL before Path
	Now   func() time.Time // the time by which addresses run out
	Most  int64            // bytes of one body

	mu    sync.Mutex
	taken map[string]bool // names that a request is sending to
}

// address is what the last part of an address holds, sealed, so that nobody else makes one.
type address struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"`
}

// arrived says that a whole body is there. It is stored after the body's chunks.
type arrived struct {
	Size int64 `json:"size"`
}

var (
	addressBound = []byte("upload address")
	encoding     = base64.RawURLEncoding
)

// Address implements blob.Uploads.
func (i *Inbox) Address(ctx context.Context, name string, within time.Duration) (blob.Address, error) {
	if err := blob.CheckName(name); err != nil {
		return blob.Address{}, err
	}
	plain, err := json.Marshal(address{name, i.Now().Add(within)})
	if err != nil {
		return blob.Address{}, err
	}
	sealed, err := i.Seal(ctx, plain, addressBound)
	if err != nil {
		return blob.Address{}, err
	}
	return blob.Address{Method: http.MethodPut, URL: i.Base + Path + encoding.EncodeToString(sealed), Headers: map[string]string{"Content-Type": "application/octet-stream", "If-None-Match": "*"}}, nil
}

// ServeHTTP takes a body at an address.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		w.Header().Set("Allow", http.MethodPut)
		refuse(w, http.StatusMethodNotAllowed, "send the body with PUT")
		return
	}
	var a address
	sealed, err := encoding.DecodeString(strings.TrimPrefix(r.URL.Path, Path))
	if err == nil {
		sealed, err = i.Open(r.Context(), sealed, addressBound)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &a)
	}
	if err != nil || !i.Now().Before(a.Until) {
		refuse(w, http.StatusForbidden, "this is no upload address, or it has run out; ask for a new one")
		return
	}
	switch err := i.take(r.Context(), a.Name, http.MaxBytesReader(w, r.Body, i.Most)); {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, blob.ErrUploaded):
		refuse(w, http.StatusPreconditionFailed, "a file was sent to this address before; it takes one")
	default:
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the file is larger than %d bytes; send it in parts", i.Most))
			return
		}
		refuse(w, http.StatusBadRequest, "the file did not come whole; nothing was kept, send it again")
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message}) // an error here is the caller's broken connection
}

// take stores a body. What stops half-way was never there.
func (i *Inbox) take(ctx context.Context, name string, body io.Reader) error {
	if !i.begin(name) {
		return blob.ErrUploaded
	}
	defer i.end(name)
	if _, err := i.Size(ctx, name); !errors.Is(err, blob.ErrNotFound) {
		return errors.Join(err, blob.ErrUploaded)
	}
	var size int64
	buf := make([]byte, chunk)
	for n := 0; ; n++ {
		read, end, err := fill(body, buf)
		if err != nil {
			return err
		}
		if read > 0 {
			sealed, err := i.Seal(ctx, buf[:read], partBound(name, n))
			if err != nil {
				return err
			}
			if err := i.Store.Put(ctx, part(name, n), sealed); err != nil {
				return err
			}
			size += int64(read)
		}
		if end {
			break
		}
	}
	return i.mark(ctx, name, size)
}

// mark says that a whole body of so many bytes is there.
func (i *Inbox) mark(ctx context.Context, name string, size int64) error {
	whole, err := json.Marshal(arrived{size})
	if err != nil {
		return err
	}
	return i.Store.Put(ctx, name, whole)
}

// fill reads until buf is full or the body ends. A body that ends before the length that was told for it is an error, which
// io.ReadFull would not tell from an end.
func fill(body io.Reader, buf []byte) (n int, end bool, err error) {
	for n < len(buf) {
		read, err := body.Read(buf[n:])
		n += read
		if errors.Is(err, io.EOF) {
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

func (i *Inbox) begin(name string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.taken == nil {
		i.taken = map[string]bool{}
	}
	if i.taken[name] {
		return false
	}
	i.taken[name] = true
	return true
}

func (i *Inbox) end(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.taken, name)
}

func part(name string, n int) string      { return fmt.Sprintf("%s/%06d", name, n) }
func partBound(name string, n int) []byte { return []byte("upload " + part(name, n)) }

// Size implements blob.Uploads.
func (i *Inbox) Size(ctx context.Context, name string) (int64, error) {
	doc, err := i.Store.Get(ctx, name)
	if err != nil {
		return 0, err
	}
	var a arrived
	if err := json.Unmarshal(doc, &a); err != nil {
		return 0, fmt.Errorf("blob: upload %s: %w", name, err)
	}
	return a.Size, nil
}

// Read implements blob.Uploads.
func (i *Inbox) Read(ctx context.Context, name string, from int64, n int) ([]byte, error) {
	size, err := i.Size(ctx, name)
	if err != nil {
		return nil, err
	}
	until := min(size, from+int64(n))
	out := make([]byte, 0, max(0, until-from))
	for at := from; at < until; {
		number := int(at / chunk)
		sealed, err := i.Store.Get(ctx, part(name, number))
		if err != nil {
			return nil, err
		}
		plain, err := i.Open(ctx, sealed, partBound(name, number))
		if err != nil {
			return nil, fmt.Errorf("blob: upload %s: %w", name, err)
		}
		plain = plain[min(int64(len(plain)), at%chunk):min(int64(len(plain)), until-int64(number)*chunk)]
		if len(plain) == 0 {
			return nil, fmt.Errorf("blob: upload %s: part %d is short", name, number)
		}
		out = append(out, plain...)
		at += int64(len(plain))
	}
	return out, nil
}

// Close implements blob.Uploads.
func (i *Inbox) Close(ctx context.Context, name string) error {
	if err := i.drop(ctx, name); err != nil {
		return err
	}
	return i.mark(ctx, name, 0)
}

// Delete implements blob.Uploads.
func (i *Inbox) Delete(ctx context.Context, name string) error {
	if err := i.drop(ctx, name); err != nil {
		return err
	}
	return i.Store.Delete(ctx, name)
}

// drop removes the parts of a body. Its mark goes later, so that what a kill left is found again.
func (i *Inbox) drop(ctx context.Context, name string) error {
	size, err := i.Size(ctx, name)
	if errors.Is(err, blob.ErrNotFound) {
		size, err = 0, nil
	}
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if int64(n)*chunk >= size { // an upload that stopped half-way has parts and no mark
			if _, err := i.Store.Get(ctx, part(name, n)); errors.Is(err, blob.ErrNotFound) {
				return nil
			} else if err != nil {
				return err
			}
		}
		if err := i.Store.Delete(ctx, part(name, n)); err != nil {
			return err
		}
	}
}
