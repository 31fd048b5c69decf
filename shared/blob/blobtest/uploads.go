package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"shixin/shared/blob"
)

// RunUploads checks an adapter of blob.Uploads. Each call of open makes an empty one whose addresses answer.
func RunUploads(t *testing.T, open func(t *testing.T) blob.Uploads) {
	t.Helper()
	body := make([]byte, 2<<20+12345)
	for i := range body {
		body[i] = byte(i * i >> 7)
	}

	t.Run("a body is sent once and read in parts", func(t *testing.T) {
		u, ctx := open(t), t.Context()
		a, err := u.Address(ctx, "uploads/one", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Size(ctx, "uploads/one"); !errors.Is(err, blob.ErrNotFound) {
			t.Fatalf("before the upload: %v", err)
		}
		if status := Send(t, a, bytes.NewReader(body)); status != http.StatusOK {
			t.Fatalf("the upload: status %d", status)
		}
		if size, err := u.Size(ctx, "uploads/one"); err != nil || size != int64(len(body)) {
			t.Fatalf("size %d, %v", size, err)
		}
		for _, c := range []struct {
			from int64
			n    int
		}{{0, 10}, {0, len(body)}, {0, len(body) + 5}, {1<<20 - 3, 6}, {1 << 20, 1 << 20}, {int64(len(body)) - 4, 100}, {int64(len(body)), 10}, {int64(len(body)) + 99, 10}} {
			want := body[min(c.from, int64(len(body))):min(c.from+int64(c.n), int64(len(body)))]
			got, err := u.Read(ctx, "uploads/one", c.from, c.n)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("Read(%d, %d) = %d bytes, %v; want %d", c.from, c.n, len(got), err, len(want))
			}
		}
		if status := Send(t, a, bytes.NewReader(body[:10])); status != http.StatusPreconditionFailed {
			t.Errorf("a second body: status %d", status)
		}
		if size, err := u.Size(ctx, "uploads/one"); err != nil || size != int64(len(body)) {
			t.Errorf("after a second body: size %d, %v", size, err)
		}
		for range 2 {
			if err := u.Delete(ctx, "uploads/one"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := u.Size(ctx, "uploads/one"); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("after Delete: %v", err)
		}
		if _, err := u.Read(ctx, "uploads/one", 0, 10); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("Read after Delete: %v", err)
		}
	})

	t.Run("a closed name takes no other body", func(t *testing.T) {
		u, ctx := open(t), t.Context()
		for _, sent := range []bool{true, false} {
			name := fmt.Sprintf("uploads/closed-%v", sent)
			a, err := u.Address(ctx, name, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if sent {
				if status := Send(t, a, bytes.NewReader(body)); status != http.StatusOK {
					t.Fatalf("the upload: status %d", status)
				}
			}
			for range 2 {
				if err := u.Close(ctx, name); err != nil {
					t.Fatal(err)
				}
			}
			if size, err := u.Size(ctx, name); err != nil || size != 0 {
				t.Errorf("after Close: size %d, %v", size, err)
			}
			if got, err := u.Read(ctx, name, 0, 10); err != nil || len(got) != 0 {
				t.Errorf("Read after Close: %q, %v", got, err)
			}
			if status := Send(t, a, bytes.NewReader(body)); status != http.StatusPreconditionFailed {
				t.Errorf("a body after Close: status %d", status)
			}
			if err := u.Delete(ctx, name); err != nil {
				t.Fatal(err)
			}
			if _, err := u.Size(ctx, name); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("after Delete: %v", err)
			}
		}
	})

	t.Run("an empty body", func(t *testing.T) {
		u := open(t)
		a, err := u.Address(t.Context(), "uploads/empty", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if status := Send(t, a, bytes.NewReader(nil)); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		if size, err := u.Size(t.Context(), "uploads/empty"); err != nil || size != 0 {
			t.Errorf("size %d, %v", size, err)
		}
	})

	t.Run("wrong names", func(t *testing.T) {
		u, ctx := open(t), t.Context()
		for _, name := range WrongNames {
			_, addressErr := u.Address(ctx, name, time.Minute)
			_, sizeErr := u.Size(ctx, name)
			_, readErr := u.Read(ctx, name, 0, 1)
			for call, err := range map[string]error{"Address": addressErr, "Size": sizeErr, "Read": readErr, "Close": u.Close(ctx, name), "Delete": u.Delete(ctx, name)} {
				if !errors.Is(err, blob.ErrName) {
					t.Errorf("%s(%q): %v", call, name, err)
				}
			}
		}
	})
}

// Send sends a body to an address and returns the status of the answer.
func Send(t testing.TB, a blob.Address, body io.Reader) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), a.Method, a.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range a.Headers {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}
