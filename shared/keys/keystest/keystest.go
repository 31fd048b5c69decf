// Package keystest provides the contract of shared/keys as a test suite for every place a keyring can lie in.
package keystest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"shixin/shared/keys"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
)

// Run checks a hasher and a sealer over the sources that place returns. Each call of place puts a document where the
// adapter under test keeps it and returns a new source that reads it from there.
func Run(t *testing.T, place func(t *testing.T, document []byte) ring.Source) {
	t.Helper()
	first, second := generate(t), generate(t)
	rotated, err := ring.Rotate(first)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("hashes stay the same", func(t *testing.T) {
		a, b, other := ring.New(place(t, first)), ring.New(place(t, first)), ring.New(place(t, second))
		for _, normal := range []string{"", "a", "cn-id:11010519491231002X", strings.Repeat("長", 500)} {
			x, y, z := hash(t, a, normal), hash(t, b, normal), hash(t, other, normal)
			if x != y {
				t.Errorf("two processes with one keyring hash %d bytes to %s and %s", len(normal), x, y)
			}
			if x == z {
				t.Errorf("two keyrings hash %d bytes to the same", len(normal))
			}
			if version, rest, ok := strings.Cut(x, "."); !ok || version != "1" || len(rest) != 52 || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz234567") != "" {
				t.Errorf("%q is not VERSION.base32", x)
			}
		}
		if hash(t, a, "a") == hash(t, a, "b") {
			t.Error("two normal forms have one hash")
		}
	})

	t.Run("one ring, many callers", func(t *testing.T) {
		r := ring.New(place(t, first))
		want := hash(t, ring.New(place(t, first)), "many")
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 50 {
					if got, err := r.Hash(t.Context(), "many"); err != nil || got != want {
						t.Errorf("Hash = %q, %v; want %q", got, err, want)
						return
					}
				}
			})
		}
		wg.Wait()
	})

	t.Run("rotation keeps what was stored", func(t *testing.T) {
		before, after := ring.New(place(t, first)), ring.New(place(t, rotated))
		all, err := after.HashAll(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{hash(t, after, "a"), hash(t, before, "a")}; !slices.Equal(all, want) {
			t.Errorf("HashAll = %v, want %v", all, want)
		}
		if !strings.HasPrefix(all[0], "2.") {
			t.Errorf("the current hash is %q, want version 2", all[0])
		}
		sealed := seal(t, tinkseal.New(before), "text")
		if got, err := tinkseal.New(after).Open(t.Context(), sealed, []byte("here")); err != nil || string(got) != "text" {
			t.Errorf("sealed before rotation opens to %q, %v", got, err)
		}
	})

	t.Run("sealing", func(t *testing.T) { sealing(t, place(t, first), place(t, first), place(t, second)) })

	t.Run("sentinel", func(t *testing.T) {
		ctx := t.Context()
		r := ring.New(place(t, first))
		stored, err := keys.Sentinel(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if next, err := keys.CheckSentinel(ctx, ring.New(place(t, first)), stored); err != nil || next != stored {
			t.Errorf("the right keyring: %q, %v", next, err)
		}
		next, err := keys.CheckSentinel(ctx, ring.New(place(t, rotated)), stored)
		if err != nil || next == stored || !strings.Contains(next, stored) {
			t.Errorf("the rotated keyring: %q, %v", next, err)
		}
		if _, err := keys.CheckSentinel(ctx, ring.New(place(t, first)), next); !isWrong(err) {
			t.Errorf("a keyring without version 2: %v", err)
		}
		if _, err := keys.CheckSentinel(ctx, ring.New(place(t, second)), stored); !isWrong(err) {
			t.Errorf("a wrong keyring: %v", err)
		}
		if _, err := keys.CheckSentinel(ctx, r, ""); err == nil {
			t.Error("an empty sentinel proved a key")
		}
		sealed, err := keys.SealedSentinel(ctx, tinkseal.New(r))
		if err != nil {
			t.Fatal(err)
		}
		if err := keys.CheckSealedSentinel(ctx, tinkseal.New(ring.New(place(t, rotated))), sealed); err != nil {
			t.Errorf("the right keyset: %v", err)
		}
		if err := keys.CheckSealedSentinel(ctx, tinkseal.New(ring.New(place(t, second))), sealed); !isWrong(err) {
			t.Errorf("a wrong keyset: %v", err)
		}
	})

	t.Run("a bad keyring says so and shows nothing", func(t *testing.T) {
		secret := []byte("c2VjcmV0LWtleS1tYXRlcmlhbA==")
		r := ring.New(place(t, []byte(`{"version":1,"hmac":{"1":"`+string(secret)+`"},"current":1,"tink":{}}`)))
		_, err := r.Hash(t.Context(), "a")
		if err == nil || strings.Contains(err.Error(), string(secret)) {
			t.Errorf("Hash with a short key: %v", err)
		}
	})
}

func sealing(t *testing.T, one, same, other ring.Source) {
	ctx := t.Context()
	s := tinkseal.New(ring.New(one))
	sealed := seal(t, s, "张三")
	if bytes.Contains(sealed, []byte("张三")) {
		t.Fatal("the text shows in what was sealed")
	}
	if bytes.Equal(sealed, seal(t, s, "张三")) {
		t.Error("sealing twice gives the same bytes")
	}
	if got, err := tinkseal.New(ring.New(same)).Open(ctx, sealed, []byte("here")); err != nil || string(got) != "张三" {
		t.Errorf("another process opens it to %q, %v", got, err)
	}
	if got, err := s.Open(ctx, seal(t, s, ""), []byte("here")); err != nil || len(got) != 0 {
		t.Errorf("an empty text opens to %q, %v", got, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"altered":     func() ([]byte, error) { return s.Open(ctx, altered, []byte("here")) },
		"moved":       func() ([]byte, error) { return s.Open(ctx, sealed, []byte("there")) },
		"cut":         func() ([]byte, error) { return s.Open(ctx, sealed[:4], []byte("here")) },
		"empty":       func() ([]byte, error) { return s.Open(ctx, nil, []byte("here")) },
		"other keys":  func() ([]byte, error) { return tinkseal.New(ring.New(other)).Open(ctx, sealed, []byte("here")) },
		"never bound": func() ([]byte, error) { return s.Open(ctx, sealed, nil) },
	} {
		if got, err := try(); !errors.Is(err, keys.ErrNotOpened) {
			t.Errorf("%s: opened to %q, %v", name, got, err)
		}
	}
}

func generate(t *testing.T) []byte {
	t.Helper()
	doc, err := tinkseal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func hash(t *testing.T, h keys.Hasher, normal string) string {
	t.Helper()
	got, err := h.Hash(context.Background(), normal)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func seal(t *testing.T, s keys.Sealer, plain string) []byte {
	t.Helper()
	sealed, err := s.Seal(context.Background(), []byte(plain), []byte("here"))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func isWrong(err error) bool {
	_, ok := errors.AsType[keys.ErrWrongKey](err)
	return ok
}
