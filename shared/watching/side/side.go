// Package side provides the keyed hashes of whom somebody means, under which two mentions of the same are known again.
package side

import (
	"context"
	"slices"
	"strings"

	"shixin/shared/keys"
	"shixin/shared/subject"
)

// Of is the hash of whom a name and identifiers mean, whatever their order: of an entry of a watch list, a search, or a row of a file.
func Of(ctx context.Context, h keys.Hasher, name string, refs []subject.Ref) (string, error) {
	parts := []string{strings.Join(strings.Fields(name), " ")}
	for _, r := range refs {
		parts = append(parts, r.ID())
	}
	slices.Sort(parts[1:])
	return Keyed(ctx, h, "side", parts...)
}

// Keyed is a keyed hash of several texts for a purpose, 26 characters of base32: 130 bits.
func Keyed(ctx context.Context, h keys.Hasher, purpose string, parts ...string) (string, error) {
	var b strings.Builder
	b.WriteString("\x00shixin " + purpose)
	for _, p := range parts {
		b.WriteByte(0)
		b.WriteString(p)
	}
	hash, err := h.Hash(ctx, b.String())
	if err != nil {
		return "", err
	}
	_, hash, _ = strings.Cut(hash, ".")
	return hash[:26], nil
}
