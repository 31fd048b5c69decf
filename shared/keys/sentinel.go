package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// No identifier has a normal form with a NUL in it, so nobody can be listed under the sentinel's hash.
const sentinelText = "\x00shixin sentinel"

var sentinelBound = []byte("shixin sentinel")

// ErrWrongKey says that the keys of this process are not those the stored data was made with. Hashing with a wrong key
// finds nobody, and so would answer that everybody is clear: a process that meets this error MUST NOT answer at all.
type ErrWrongKey struct {
	What string // "hash key version 2" or "sealing keyset"
}

// Error names the key and how to mend it.
func (e ErrWrongKey) Error() string {
	return fmt.Sprintf("keys: the %s is not the one this table's data was made with; configure the keyring that belongs to the table", e.What)
}

// Sentinel is the value that is stored once, when a table is new, and proves the hash keys at each later start: see
// [CheckSentinel]. It holds one hash for each version of a [Versioned] hasher, separated by spaces.
func Sentinel(ctx context.Context, h Hasher) (string, error) {
	if v, ok := h.(Versioned); ok {
		all, err := v.HashAll(ctx, sentinelText)
		return strings.Join(all, " "), err
	}
	return h.Hash(ctx, sentinelText)
}

// CheckSentinel proves that the hasher holds every version that the stored sentinel was made with, each with the same
// key, and fails with [ErrWrongKey] where it does not. The value to store from now on differs from stored when versions were added.
func CheckSentinel(ctx context.Context, h Hasher, stored string) (next string, err error) {
	next, err = Sentinel(ctx, h)
	if err != nil {
		return "", err
	}
	proofs := strings.Fields(stored)
	if len(proofs) == 0 {
		return "", errors.New("keys: the stored sentinel is empty; it proves nothing")
	}
	have := map[string]bool{}
	for _, hash := range strings.Fields(next) {
		have[hash] = true
	}
	for _, proof := range proofs {
		if !have[proof] {
			version, _, _ := strings.Cut(proof, ".")
			return "", ErrWrongKey{What: "hash key version " + version}
		}
	}
	return next, nil
}

// SealedSentinel is what a [Sealer] stores once to be proven at each later start by [CheckSealedSentinel]. Each call gives
// other bytes.
func SealedSentinel(ctx context.Context, s Sealer) ([]byte, error) {
	return s.Seal(ctx, []byte(sentinelText), sentinelBound)
}

// CheckSealedSentinel proves that the sealer opens what was sealed when the table was new and that it can seal and open now. It fails with
// [ErrWrongKey] where it cannot.
func CheckSealedSentinel(ctx context.Context, s Sealer, stored []byte) error {
	if err := opens(ctx, s, stored); err != nil {
		return err
	}
	fresh, err := SealedSentinel(ctx, s)
	if err != nil {
		return err
	}
	return opens(ctx, s, fresh)
}

func opens(ctx context.Context, s Sealer, sealed []byte) error {
	plain, err := s.Open(ctx, sealed, sentinelBound)
	if errors.Is(err, ErrNotOpened) {
		return ErrWrongKey{What: "sealing keyset"}
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(plain, []byte(sentinelText)) {
		return ErrWrongKey{What: "sealing keyset"}
	}
	return nil
}
