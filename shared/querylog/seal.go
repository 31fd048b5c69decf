package querylog

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"shixin/shared/inquiry"
	"shixin/shared/keys"
)

const saltBytes = 16

// Seal closes purpose and reference of a request, and returns what commits to them.
//
// It is AES-256-GCM under a key of its own for each request, made from the register's hash key: status has that key and may not
// link the library that seals everything else.
func Seal(ctx context.Context, h keys.Hasher, request, purpose, reference string) (sealed []byte, texts string, err error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return nil, "", err
	}
	t := inquiry.Texts{Salt: hex.EncodeToString(salt), Purpose: purpose, Reference: reference}
	// Salt, the length of the purpose and both texts as they are: a message has little room.
	plain := slices.Concat(salt, binary.BigEndian.AppendUint16(nil, uint16(len(purpose))), []byte(purpose), []byte(reference))
	gcm, err := cipherOf(ctx, h, request)
	if err != nil {
		return nil, "", err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, "", err
	}
	return gcm.Seal(nonce, nonce, plain, []byte(request)), t.Sum(), nil
}

// Open opens what Seal closed for the same request.
func Open(ctx context.Context, h keys.Hasher, request string, sealed []byte) (t inquiry.Texts, err error) {
	gcm, err := cipherOf(ctx, h, request)
	if err != nil {
		return t, err
	}
	if len(sealed) < gcm.NonceSize() {
		return t, fmt.Errorf("querylog: request %s: %w", request, keys.ErrNotOpened)
	}
	plain, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], []byte(request))
	if err != nil {
		return t, fmt.Errorf("querylog: request %s: %w", request, keys.ErrNotOpened)
	}
	rest := plain[min(len(plain), saltBytes+2):]
	if len(plain) < saltBytes+2 || int(binary.BigEndian.Uint16(plain[saltBytes:])) > len(rest) {
		return t, fmt.Errorf("querylog: request %s: %w", request, keys.ErrNotOpened)
	}
	length := binary.BigEndian.Uint16(plain[saltBytes:])
	return inquiry.Texts{Salt: hex.EncodeToString(plain[:saltBytes]), Purpose: string(rest[:length]), Reference: string(rest[length:])}, nil
}

func cipherOf(ctx context.Context, h keys.Hasher, request string) (cipher.AEAD, error) {
	secret, err := h.Hash(ctx, "\x00shixin query texts\x00"+request)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte(secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
