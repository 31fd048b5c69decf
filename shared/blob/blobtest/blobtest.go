// Package blobtest provides the contract of shared/blob as a test suite for its adapters.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"shixin/shared/blob"
)

// Run checks an adapter. Each call of open makes an empty storage and returns what opens stores over it.
func Run(t *testing.T, open func(t *testing.T) func() blob.Store) {
	t.Helper()

	t.Run("put, get, replace, delete", func(t *testing.T) {
		again := open(t)
		s, other, ctx := again(), again(), t.Context()
		absent(t, s, "runs/7/list")
		for _, body := range [][]byte{[]byte("one"), {}, []byte("a longer one\x00\xff"), nil} {
			put(t, s, "runs/7/list", body)
			same(t, other, "runs/7/list", body)
		}
		if err := other.Delete(ctx, "runs/7/list"); err != nil {
			t.Fatal(err)
		}
		absent(t, s, "runs/7/list")
		if err := s.Delete(ctx, "runs/7/list"); err != nil {
			t.Errorf("deleting what is absent: %v", err)
		}
	})

	t.Run("names are independent", func(t *testing.T) {
		s := open(t)()
		names := []string{"a", "a/b", "a/b/c", "a.b", "a/b.c", "a-b", "a_b", ".a", "a..b", "0", strings.Repeat("n", blob.MaxName), strings.Repeat("a/", blob.MaxName/2-1) + "a"}
		for _, name := range names {
			put(t, s, name, []byte(name))
		}
		for _, name := range names {
			same(t, s, name, []byte(name))
		}
		if err := s.Delete(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		absent(t, s, "a")
		same(t, s, "a/b", []byte("a/b"))
	})

	t.Run("wrong names", func(t *testing.T) {
		s, ctx := open(t)(), t.Context()
		for _, name := range WrongNames {
			err := s.Put(ctx, name, []byte("x"))
			_, getErr := s.Get(ctx, name)
			for call, err := range map[string]error{"Put": err, "Get": getErr, "Delete": s.Delete(ctx, name)} {
				if !errors.Is(err, blob.ErrName) {
					t.Errorf("%s(%q): %v", call, name, err)
				}
			}
		}
	})

	t.Run("large", func(t *testing.T) {
		s := open(t)()
		body := make([]byte, 3<<20)
		for i := range body {
			body[i] = byte(rand.Uint32())
		}
		put(t, s, "large", body)
		same(t, s, "large", body)
	})

	t.Run("a reader sees one or the other, whole", func(t *testing.T) {
		again := open(t)
		s, reader := again(), again()
		bodies := [2][]byte{bytes.Repeat([]byte("a"), 200_000), bytes.Repeat([]byte("b"), 100_000)}
		put(t, s, "raced", bodies[0])
		var wg sync.WaitGroup
		for _, body := range bodies {
			wg.Go(func() {
				for range 10 {
					if err := s.Put(context.WithoutCancel(t.Context()), "raced", body); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 30 {
			got, err := reader.Get(t.Context(), "raced")
			if err != nil || !bytes.Equal(got, bodies[0]) && !bytes.Equal(got, bodies[1]) {
				t.Fatalf("read %d bytes that nobody wrote, %v", len(got), err)
			}
		}
		wg.Wait()
	})

	t.Run("an ended context", func(t *testing.T) {
		s := open(t)()
		put(t, s, "there", []byte("x"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, getErr := s.Get(ctx, "there")
		for call, err := range map[string]error{"Put": s.Put(ctx, "there", []byte("y")), "Get": getErr, "Delete": s.Delete(ctx, "there")} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", call, err)
			}
		}
		same(t, s, "there", []byte("x"))
	})
}

// WrongNames are names that every adapter refuses.
var WrongNames = []string{
	"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "A", "a b", "a\\b", "a\x00", "a=b", "a+b", "~", "名", "a%2fb", "a\n",
	strings.Repeat("n", blob.MaxName+1),
}

func put(t *testing.T, s blob.Store, name string, body []byte) {
	t.Helper()
	if err := s.Put(t.Context(), name, body); err != nil {
		t.Fatal(fmt.Errorf("Put(%q): %w", name, err))
	}
}

func same(t *testing.T, s blob.Store, name string, want []byte) {
	t.Helper()
	got, err := s.Get(t.Context(), name)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("Get(%q) = %d bytes, %v; want %d bytes", name, len(got), err, len(want))
	}
}

func absent(t *testing.T, s blob.Store, name string) {
	t.Helper()
	if _, err := s.Get(t.Context(), name); !errors.Is(err, blob.ErrNotFound) {
		t.Fatalf("Get(%q) of what is absent: %v", name, err)
	}
}
