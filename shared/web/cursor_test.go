package web

import (
	"testing"

	"shixin/shared/fault"
)

func FuzzCursor(f *testing.F) {
	key := []byte("0123456789abcdef")
	good, err := encodeCursor(key, "scope", []string{"a"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("AAAA")
	f.Add(good[:8] + "\n" + good[8:])
	f.Fuzz(func(t *testing.T, cursor string) {
		payload, err := verifyCursor(key, "scope", cursor)
		if (err == nil) != (cursor == good) {
			t.Fatalf("%q: %v", cursor, err)
		}
		var v []string
		if err == nil && (openCursor(payload, &v) != nil || len(v) != 1 || v[0] != "a") {
			t.Fatalf("it holds %v", v)
		}
		if _, err := verifyCursor(key, "scop", cursor); err == nil {
			t.Fatal("accepted under another scope")
		}
		if _, err := verifyCursor([]byte("0123456789abcdeF"), "scope", cursor); err == nil {
			t.Fatal("accepted under another key")
		}
	})
}

func TestShortCursorKey(t *testing.T) {
	if _, err := encodeCursor(nil, "scope", 1); err == nil {
		t.Error("a cursor without a key")
	}
	if _, err := verifyCursor(nil, "scope", "x"); err == nil || fault.Of(err) != "" {
		t.Errorf("got %v", err)
	}
}
