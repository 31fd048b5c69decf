package ring

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// KeyBytes is the length of a hash key: that of SHA-256's output, as RFC 2104, section 3, advises.
const KeyBytes = 32

// document is the keyring as it is stored: the hash keys by version and Tink's keyset.
type document struct {
	Version int               `json:"version"` // of this form: 1
	HMAC    map[uint32][]byte `json:"hmac"`
	Current uint32            `json:"current"`
	Tink    json.RawMessage   `json:"tink"`
}

// Generate makes the document of a new keyring around a keyset: one random hash key of version 1. The document is the
// secret itself: it goes into a key file or is wrapped, and nowhere else.
func Generate(keyset json.RawMessage) ([]byte, error) {
	key := make([]byte, KeyBytes)
	rand.Read(key) // it never fails: see crypto/rand
	return marshal(document{Version: 1, HMAC: map[uint32][]byte{1: key}, Current: 1, Tink: keyset})
}

// Rotate adds a new random hash key to a document and makes it the current one. The older keys stay, and with them
// everything that was stored under them.
func Rotate(doc []byte) ([]byte, error) {
	d, err := parse(doc)
	if err != nil {
		return nil, err
	}
	for v := range d.HMAC {
		d.Current = max(d.Current, v)
	}
	if d.Current == math.MaxUint32 {
		return nil, errors.New("keyring: no version is left above the highest")
	}
	d.Current++
	key := make([]byte, KeyBytes)
	rand.Read(key)
	d.HMAC[d.Current] = key
	return marshal(d)
}

func marshal(d document) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return json.Marshal(d)
}

// parse reads a document. Its errors say what is wrong and never quote the document, because it is a secret.
func parse(doc []byte) (document, error) {
	var d document
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return document{}, errors.New(`keyring: not a JSON object of "version", "hmac", "current" and "tink"; restore it from its backup`)
	}
	if _, err := dec.Token(); err != io.EOF {
		return document{}, errors.New("keyring: something follows the JSON object; restore it from its backup")
	}
	return d, d.check()
}

func (d document) check() error {
	if d.Version != 1 {
		return fmt.Errorf("keyring: version is %d and this program reads version 1", d.Version)
	}
	for v, key := range d.HMAC {
		switch {
		case v == 0:
			return errors.New("keyring: hmac holds a key of version 0; versions start at 1")
		case len(key) != KeyBytes:
			return fmt.Errorf("keyring: hmac %d has %d bytes instead of %d", v, len(key), KeyBytes)
		case bytes.Equal(key, make([]byte, KeyBytes)):
			return fmt.Errorf("keyring: hmac %d is all zeros and so no secret", v)
		}
	}
	if d.HMAC[d.Current] == nil {
		return fmt.Errorf("keyring: current is %d and hmac has no key of that version", d.Current)
	}
	if t := bytes.TrimSpace(d.Tink); len(t) == 0 || t[0] != '{' {
		return errors.New("keyring: tink is not a keyset")
	}
	return nil
}
