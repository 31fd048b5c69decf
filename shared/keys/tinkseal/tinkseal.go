// Package tinkseal provides the sealing of texts with Tink under the keyset of a keyring.
package tinkseal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"shixin/shared/keys"
	"shixin/shared/keys/ring"
	"shixin/shared/lazy"
)

// Sealer is a keys.Sealer. What it seals is longer than the plain text by 33 bytes: Tink's prefix with the key's id, the nonce, the tag.
type Sealer struct {
	aead *lazy.Value[tink.AEAD]
}

// New returns a sealer over the keyset in r, which is parsed at the first use.
func New(r *ring.Ring) *Sealer {
	return &Sealer{lazy.New(func(ctx context.Context) (tink.AEAD, error) {
		clear, err := r.Keyset(ctx)
		if err != nil {
			return nil, err
		}
		handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(clear)))
		if err != nil { // the cause could quote the keyset
			return nil, errors.New("keyring: tink is not a keyset that Tink reads; restore the keyring from its backup")
		}
		a, err := aead.New(handle)
		if err != nil {
			return nil, errors.New("keyring: tink is not a keyset for authenticated encryption (AEAD)")
		}
		return a, nil
	})}
}

// Seal implements keys.Sealer.
func (s *Sealer) Seal(ctx context.Context, plain, bound []byte) ([]byte, error) {
	a, err := s.aead.Get(ctx)
	if err != nil {
		return nil, err
	}
	return a.Encrypt(plain, bound)
}

// Open implements keys.Sealer.
func (s *Sealer) Open(ctx context.Context, sealed, bound []byte) ([]byte, error) {
	a, err := s.aead.Get(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := a.Decrypt(sealed, bound)
	if err != nil {
		return nil, fmt.Errorf("%w (%d bytes)", keys.ErrNotOpened, len(sealed))
	}
	return plain, nil
}

// Generate makes the document of a new keyring: a hash key and an AES-256-GCM keyset, both random.
func Generate() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("new keyset: %w", err)
	}
	var indented, compact bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&indented)); err != nil {
		return nil, fmt.Errorf("new keyset: %w", err)
	}
	if err := json.Compact(&compact, indented.Bytes()); err != nil {
		return nil, fmt.Errorf("new keyset: %w", err)
	}
	return ring.Generate(compact.Bytes())
}
