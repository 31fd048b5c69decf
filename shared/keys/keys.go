// Package keys provides the ports for what must not be read: keyed hashes and sealed texts.
//
// Implementations are safe for concurrent use and do nothing before their first call: no key is fetched, unwrapped or
// parsed by a process that never needs one. The contract is checked by keystest.Run for every place a keyring can lie in.
package keys

import (
	"context"
	"errors"
)

// ErrNotOpened is wrapped by [Sealer].Open when the sealed bytes do not open with this keyset and this context: they were
// altered, moved to another place, or sealed under keys that are not here. Trying again cannot help.
var ErrNotOpened = errors.New("keys: the sealed bytes do not open with this keyset and context")

// Hasher makes the keyed hash under which a personal identifier is stored.
type Hasher interface {
	// Hash is HMAC-SHA-256 (RFC 2104, FIPS 198-1) over the normal form, as lower-case base32 (RFC 4648) without padding, behind
	// the key's version and a dot: "1.abc…". A trouble in reaching the key is a fault of kind fault.Unavailable.
	Hash(ctx context.Context, normal string) (string, error)
}

// Versioned is a Hasher that may hold the keys of several versions, as it does while one replaces another: what was
// stored under an older version is found only by its hash.
type Versioned interface {
	Hasher
	// HashAll is what Hash would make with each version that is still held: the current first, then the others from the
	// highest down.
	HashAll(ctx context.Context, normal string) ([]string, error)
}

// Sealer encrypts texts under the register's keyset (AES-256-GCM).
type Sealer interface {
	// Seal encrypts plain bound to a context, for example the key of the item it will lie in.
	Seal(ctx context.Context, plain, bound []byte) ([]byte, error)
	// Open decrypts what Seal made with the same context. It fails with an error wrapping [ErrNotOpened] for anything else.
	Open(ctx context.Context, sealed, bound []byte) ([]byte, error)
}
