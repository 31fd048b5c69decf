// Package keys provides the ports for what must not be read: keyed hashes and sealed texts.
package keys

import "context"

// Hasher makes the keyed hash under which a personal identifier is stored.
type Hasher interface {
	// Hash is HMAC-SHA-256 over the normal form, as lower-case base32 without padding, behind the key's version and a dot: "1.abc…".
	Hash(ctx context.Context, normal string) (string, error)
}

// Sealer encrypts texts under the register's keyset (AES-256-GCM).
type Sealer interface {
	// Seal encrypts plain bound to a context, for example the key of the item it will lie in.
	Seal(ctx context.Context, plain, bound []byte) ([]byte, error)
	// Open decrypts what Seal made with the same context.
	Open(ctx context.Context, sealed, bound []byte) ([]byte, error)
}
