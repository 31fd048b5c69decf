package journal

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"shixin/shared/subject"
)

// Head is where the journal stands: the list version, the time of its newest entry, and the tree over all leaves.
type Head struct {
	N  int64     `json:"n"` // the list version: the number of entries
	At time.Time `json:"at"`
	// Frontier is the hashes of the perfect subtrees that cover the leaves, largest first: one for each bit set in N. It
	// suffices to add a leaf and to compute the root, as golang.org/x/mod/sumdb/tlog lays trees out (RFC 6962).
	Frontier []tlog.Hash `json:"frontier"`
	// Lists are the other published lists of which entries were ever listed here: of any other list nothing is known.
	Lists []string `json:"lists,omitempty"`
}

// Leaf commits to an entry's stored bytes under a salt. Once the salt is erased nobody can test a guess of the entry, and the
// proofs still stand.
func Leaf(salt, entry []byte) tlog.Hash {
	return tlog.RecordHash(append(append(make([]byte, 0, len(salt)+len(entry)), salt...), entry...))
}

// Encode is the bytes of an entry as they are stored and committed to.
func Encode(e Entry) ([]byte, error) { return json.Marshal(e) }

// Add is the head after an entry with the given leaf.
func (h Head) Add(at time.Time, leaf tlog.Hash) (Head, error) {
	if at.Before(h.At) {
		return h, fmt.Errorf("journal: entry at %s is before the head at %s", at, h.At)
	}
	if bits.OnesCount64(uint64(h.N)) != len(h.Frontier) {
		return h, fmt.Errorf("journal: the head at %d has %d hashes in its frontier", h.N, len(h.Frontier))
	}
	frontier := append(make([]tlog.Hash, 0, len(h.Frontier)+1), h.Frontier...)
	for n := h.N; n&1 == 1; n >>= 1 {
		leaf = tlog.NodeHash(frontier[len(frontier)-1], leaf)
		frontier = frontier[:len(frontier)-1]
	}
	return Head{N: h.N + 1, At: at, Frontier: append(frontier, leaf), Lists: h.Lists}, nil
}

// Know is the head that also knows the lists of the list-ref identifiers among refs.
func (h Head) Know(refs []subject.Ref) Head {
	for _, r := range refs {
		list, _, _ := strings.Cut(r.Key, ":")
		if r.Scheme == subject.ListRef && !slices.Contains(h.Lists, list) {
			h.Lists = append(slices.Clip(h.Lists), list)
		}
	}
	return h
}

// Root is the tree's hash; of an empty journal it is the hash of nothing (RFC 6962, section 2.1).
func (h Head) Root() tlog.Hash {
	if len(h.Frontier) == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	root := h.Frontier[len(h.Frontier)-1]
	for i := len(h.Frontier) - 2; i >= 0; i-- {
		root = tlog.NodeHash(h.Frontier[i], root)
	}
	return root
}
