// Package ring provides the keyed hash of personal identifiers from a keyring, wherever the keyring lies.
//
// It links no sealing library, so that a function which only hashes stays small.
package ring

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"hash"
	"slices"
	"strconv"
	"sync"

	"shixin/shared/lazy"
)

// Source fetches the keyring's document in clear: from a key file, or unwrapped by a key service.
type Source interface {
	Document(ctx context.Context) ([]byte, error)
}

// Ring is a keys.Versioned over one keyring. The keyring is fetched at the first use and then kept; a failure is
// returned and tried again at the next use.
type Ring struct {
	loaded *lazy.Value[*loaded]
}

type loaded struct {
	order  []*version // the current first, then from the highest down
	keyset json.RawMessage
}

// New returns a ring that will be fetched from source.
func New(source Source) *Ring {
	return &Ring{lazy.New(func(ctx context.Context) (*loaded, error) {
		doc, err := source.Document(ctx)
		if err != nil {
			return nil, err
		}
		d, err := parse(doc)
		if err != nil {
			return nil, err
		}
		l := &loaded{keyset: d.Tink}
		for v, key := range d.HMAC {
			l.order = append(l.order, newVersion(v, key))
		}
		slices.SortFunc(l.order, func(a, b *version) int {
			switch {
			case a.number == d.Current:
				return -1
			case b.number == d.Current || a.number < b.number:
				return 1
			}
			return -1
		})
		return l, nil
	})}
}

// Hash implements keys.Hasher with the current version.
func (r *Ring) Hash(ctx context.Context, normal string) (string, error) {
	l, err := r.loaded.Get(ctx)
	if err != nil {
		return "", err
	}
	return l.order[0].hash(normal), nil
}

// HashAll implements keys.Versioned.
func (r *Ring) HashAll(ctx context.Context, normal string) ([]string, error) {
	l, err := r.loaded.Get(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]string, len(l.order))
	for i, v := range l.order {
		all[i] = v.hash(normal)
	}
	return all, nil
}

// Keyset returns Tink's keyset in clear, for the sealer that shares this ring. It MUST NOT be written anywhere.
func (r *Ring) Keyset(ctx context.Context) (json.RawMessage, error) {
	l, err := r.loaded.Get(ctx)
	if err != nil {
		return nil, err
	}
	return l.keyset, nil
}

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// version is one hash key with the keyed states that are ready for another hash: keying costs two blocks of SHA-256,
// which is as much as the hash of an identifier itself.
type version struct {
	number uint32
	states sync.Pool // of *state
}

type state struct {
	mac hash.Hash
	in  []byte // the normal form; a buffer because hash.Hash takes no string
	sum []byte
	out []byte // "VERSION." and room for the base32
	dot int    // where the base32 starts in out
}

func newVersion(number uint32, key []byte) *version {
	prefix := strconv.FormatUint(uint64(number), 10) + "."
	v := &version{number: number}
	v.states.New = func() any {
		s := &state{
			mac: hmac.New(sha256.New, key),
			sum: make([]byte, 0, sha256.Size),
			out: make([]byte, len(prefix)+base32Lower.EncodedLen(sha256.Size)),
			dot: len(prefix),
		}
		copy(s.out, prefix)
		return s
	}
	return v
}

func (v *version) hash(normal string) string {
	s := v.states.Get().(*state)
	s.mac.Reset()
	s.in = append(s.in[:0], normal...)
	s.mac.Write(s.in)
	clear(s.in) // a personal identifier does not stay in a pool
	s.sum = s.mac.Sum(s.sum[:0])
	base32Lower.Encode(s.out[s.dot:], s.sum)
	hashed := string(s.out)
	v.states.Put(s)
	return hashed
}
