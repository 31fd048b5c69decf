// Package sealedtext provides the texts that events only commit to: they lie in a record's sealed item, and go with it.
package sealedtext

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"shixin/shared/listing"
)

// Entry is a text with the salt of its commitment.
type Entry struct {
	Salt []byte `json:"salt"`
	Text string `json:"text"`
}

// Vault is the texts of one record by their commitments.
type Vault map[listing.Text]Entry

// Put keeps a text and returns the commitment to it, which tells nothing of the text. The empty text is its own.
func (v Vault) Put(text string) listing.Text {
	if text == "" {
		return ""
	}
	e := Entry{Salt: make([]byte, 16), Text: text}
	if _, err := rand.Read(e.Salt); err != nil {
		panic(err) // the system has no randomness
	}
	sum := sha256.Sum256(append(append([]byte{}, e.Salt...), text...))
	t := listing.Text(base64.RawURLEncoding.EncodeToString(sum[:]))
	v[t] = e
	return t
}

// Text is what a commitment stands for; after erasure it is only the commitment.
func (v Vault) Text(t listing.Text) string {
	if e, ok := v[t]; ok {
		return e.Text
	}
	return string(t)
}
