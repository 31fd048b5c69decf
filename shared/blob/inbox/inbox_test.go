package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"shixin/shared/blob"
	"shixin/shared/blob/blobtest"
	"shixin/shared/blob/file"
	"shixin/shared/blob/inbox"
)

// shift is a seal that hides nothing from a determined reader, but everything from a search for the text, and that is bound.
func seal(_ context.Context, plain, bound []byte) ([]byte, error) {
	out := append([]byte{byte(len(bound))}, bound...)
	for _, b := range plain {
		out = append(out, b^0xaa)
	}
	return out, nil
}

func open(_ context.Context, sealed, bound []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(sealed, append([]byte{byte(len(bound))}, bound...))
	if !ok {
		return nil, errors.New("not sealed here")
	}
	var out []byte
	for _, b := range rest {
		out = append(out, b^0xaa)
	}
	return out, nil
}

func serve(t *testing.T) (*inbox.Inbox, *time.Time, string) {
	t.Helper()
	now, dir := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), t.TempDir()
	i := &inbox.Inbox{Store: file.New(dir), Seal: seal, Open: open, Now: func() time.Time { return now }, Most: 16 << 20}
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.Base = server.URL
	return i, &now, dir
}

func TestContract(t *testing.T) {
	blobtest.RunUploads(t, func(t *testing.T) blob.Uploads {
		i, _, _ := serve(t)
		return i
	})
}

func TestAddressesRunOutAndCannotBeMade(t *testing.T) {
	i, now, _ := serve(t)
	a, err := i.Address(t.Context(), "uploads/late", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	if status := blobtest.Send(t, a, strings.NewReader("x")); status != http.StatusForbidden {
		t.Errorf("an address that ran out: status %d", status)
	}
	for _, url := range []string{i.Base + inbox.Path, i.Base + inbox.Path + "uploads/late", a.URL[:len(a.URL)-4], a.URL + "AAAA"} {
		if status := blobtest.Send(t, blob.Address{Method: "PUT", URL: url}, strings.NewReader("x")); status != http.StatusForbidden {
			t.Errorf("%s: status %d", url, status)
		}
	}
	a.Method = http.MethodGet
	if status := blobtest.Send(t, a, nil); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", status)
	}
	if _, err := i.Size(t.Context(), "uploads/late"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
}

func TestTooLargeKeepsNothing(t *testing.T) {
	i, _, _ := serve(t)
	i.Most = 3 << 20
	a, err := i.Address(t.Context(), "uploads/large", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if status := blobtest.Send(t, a, bytes.NewReader(make([]byte, i.Most+1))); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
	if _, err := i.Size(t.Context(), "uploads/large"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
	if status := blobtest.Send(t, a, bytes.NewReader(make([]byte, i.Most))); status != http.StatusOK {
		t.Errorf("the largest body that is taken: status %d", status)
	}
}

// A sender that stops half-way has sent nothing, may send again, and leaves nothing behind for ever.
func TestHalfABodyIsNone(t *testing.T) {
	i, _, dir := serve(t)
	a, err := i.Address(t.Context(), "uploads/half", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(a.URL, "http://"), "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "PUT /"+path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n"+strings.Repeat("half", 500_000))
	if err == nil {
		err = conn.(*net.TCPConn).CloseWrite()
	}
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
		t.Errorf("half a body was answered %.40q", answer)
	}
	_ = conn.Close()
	if _, err := i.Size(t.Context(), "uploads/half"); !errors.Is(err, blob.ErrNotFound) {
		t.Fatalf("half a body is there: %v", err)
	}
	if err := i.Delete(t.Context(), "uploads/half"); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if status := blobtest.Send(t, a, strings.NewReader("whole")); status != http.StatusOK {
		t.Errorf("sent again: status %d", status)
	}
}

func TestBodiesLieSealed(t *testing.T) {
	i, _, dir := serve(t)
	a, err := i.Address(t.Context(), "uploads/names", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if status := blobtest.Send(t, a, strings.NewReader("name\n张三丰\n")); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if body, err := os.ReadFile(dir + "/" + f.Name()); err != nil || bytes.Contains(body, []byte("张三丰")) {
			t.Errorf("%s holds the name in clear (%v)", f.Name(), err)
		}
	}
}
