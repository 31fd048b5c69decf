package compliance

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/journal"
	"shixin/shared/subject"
)

// ErrSnapshot is wrapped by OpenList for a snapshot that is cut short, altered, of another run or of another format.
// Whoever meets it knows nothing of the list, which is not the same as an empty list.
var ErrSnapshot = errors.New("compliance: the snapshot of the list is not readable")

// A snapshot is, in big endian:
//
//	magic, 8 bytes, the last one the format
//	list version, u64; moment, u64 milliseconds since 1970
//	words: u16 count, then each u8 length and its bytes (regimes, grounds, lists)
//	lists of which entries are known: u16 count, then u16 indexes of words, ascending
//	identifiers: u32 count, then each 16 bytes of its hash and u32 offset into the listings, ascending by hash
//	listings: u32 length; for each identifier u16 count, then each u8 flags, u16 regime, u16 ground, u8 length and the id
//	HMAC-SHA-256 of all that, under the run's key
//
// An identifier is the first half of HMAC-SHA-256 under the run's key over its subject.Ref.ID, so that nobody without the key
// can test who is in it. The key is that of the [ListFold] that the snapshot was made from.
const magic = "sx-list\x01"

const (
	hashSize  = 16
	indexSize = hashSize + 4
	flagShown = 1 // published
)

type digest [hashSize]byte

func digestOf(key []byte, id string) digest {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id))
	return digest(h.Sum(nil)[:hashSize])
}

// Listing is one listing in force, as the list said at the pinned version.
type Listing struct {
	ID        string
	Regime    string
	Ground    string
	Published bool // and publication not stayed
}

// Snapshot is the list at a moment not before the newest entry of a fold, whose parts read reads. The same fold under the same key gives the same
// bytes.
func (f *ListFold) Snapshot(key []byte, at time.Time, read func(Part) ([]byte, error)) ([]byte, error) {
	texts := slices.Sorted(slices.Values(f.Words))
	if len(texts) > 1<<16-1 {
		return nil, fmt.Errorf("compliance: %d regimes, grounds and lists are too many for a snapshot", len(texts))
	}
	words := make(map[string]uint16, len(texts))
	for i, w := range texts {
		words[w] = uint16(i)
	}
	many := 0
	for _, p := range f.Parts {
		many += p.Identifiers
	}
	be := binary.BigEndian
	index, listings := make([]byte, 0, indexSize*many), make([]byte, 0, 40*many)
	for _, p := range f.Parts {
		body, err := f.open(p, read)
		if err != nil {
			return nil, err
		}
		for len(body) > 0 {
			var one folded
			if one, body, err = f.next(body); err != nil {
				return nil, err
			}
			record, err := f.unpack(one.packed)
			if err != nil {
				return nil, err
			}
			now := record.At(at)
			if len(now) == 0 {
				continue
			}
			index = be.AppendUint32(append(index, one.at[:]...), uint32(len(listings)))
			if listings, err = appendListings(listings, now, words); err != nil {
				return nil, err
			}
		}
	}
	out := append(make([]byte, 0, 1024+32*len(texts)+len(index)+len(listings)), magic...)
	out = be.AppendUint64(out, uint64(f.N))
	out = be.AppendUint64(out, uint64(at.UnixMilli()))
	out = be.AppendUint16(out, uint16(len(texts)))
	for _, w := range texts {
		if len(w) > 255 {
			return nil, errors.New("compliance: a regime, ground or list has a name of more than 255 bytes")
		}
		out = append(append(out, byte(len(w))), w...)
	}
	lists := slices.Sorted(slices.Values(f.Lists))
	out = be.AppendUint16(out, uint16(len(lists)))
	for _, l := range lists {
		out = be.AppendUint16(out, words[l])
	}
	out = append(be.AppendUint32(out, uint32(len(index)/indexSize)), index...)
	out = append(be.AppendUint32(out, uint32(len(listings))), listings...)
	return append(out, authenticate(key, out)...), nil
}

func appendListings(out []byte, now []journal.InForce, words map[string]uint16) ([]byte, error) {
	be := binary.BigEndian
	out = be.AppendUint16(out, uint16(len(now)))
	for _, f := range now {
		var flags byte
		if f.Published {
			flags |= flagShown
		}
		if len(f.Listing) > 255 || len(out) > 1<<31 {
			return nil, errors.New("compliance: the list is too large for a snapshot")
		}
		out = be.AppendUint16(be.AppendUint16(append(out, flags), words[f.Regime]), words[f.Ground])
		out = append(append(out, byte(len(f.Listing))), f.Listing...)
	}
	return out, nil
}

func authenticate(key, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("snapshot\x00")) // no identifier begins so
	h.Write(body)
	return h.Sum(nil)
}

// List answers from a snapshot. It is safe for concurrent use.
type List struct {
	key      []byte
	version  int64
	words    []string
	lists    []string
	index    []byte
	listings []byte
}

// Version is the list version that is pinned.
func (l *List) Version() int64 { return l.version }

// Len is how many identifiers are listed.
func (l *List) Len() int { return len(l.index) / indexSize }

// OpenList reads a snapshot under its run's key. All of it is checked before anything is answered.
func OpenList(snapshot, key []byte) (*List, error) {
	if len(snapshot) < sha256.Size || !bytes.HasPrefix(snapshot, []byte(magic)) {
		return nil, fmt.Errorf("%w: it is no snapshot of this format", ErrSnapshot)
	}
	body, sum := snapshot[:len(snapshot)-sha256.Size], snapshot[len(snapshot)-sha256.Size:]
	if !hmac.Equal(sum, authenticate(key, body)) {
		return nil, fmt.Errorf("%w: it was cut short, altered, or made by another run", ErrSnapshot)
	}
	r := reader{rest: body[len(magic):]}
	l := &List{key: key, version: int64(r.number(8))}
	r.number(8)
	l.words = make([]string, r.number(2))
	for i := range l.words {
		l.words[i] = string(r.take(int(r.number(1))))
	}
	for range r.number(2) {
		l.lists = append(l.lists, l.word(&r, r.number(2)))
	}
	l.index = r.take(int(r.number(4)) * indexSize)
	l.listings = r.take(int(r.number(4)))
	for i := range l.Len() {
		entry := l.index[i*indexSize:]
		if i > 0 && bytes.Compare(l.index[(i-1)*indexSize:][:hashSize], entry[:hashSize]) >= 0 {
			r.bad = true
			break
		}
		l.at(&r, entry)
	}
	if r.bad || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: its parts do not fit together", ErrSnapshot)
	}
	return l, nil
}

// Of is the listings in force of an identifier; known is false for an entry of another list of which nothing is known here.
func (l *List) Of(ref subject.Ref) (listings []Listing, known bool) {
	if list, _, _ := strings.Cut(ref.Key, ":"); ref.Scheme == subject.ListRef && !slices.Contains(l.lists, list) {
		return nil, false
	}
	want := digestOf(l.key, ref.ID())
	low, high := 0, l.Len()
	for low < high {
		mid := int(uint(low+high) / 2)
		entry := l.index[mid*indexSize:]
		switch c := bytes.Compare(entry[:hashSize], want[:]); {
		case c == 0:
			return l.at(&reader{}, entry), true
		case c < 0:
			low = mid + 1
		default:
			high = mid
		}
	}
	return nil, true
}

// at reads the listings that an entry of the index points to.
func (l *List) at(r *reader, entry []byte) []Listing {
	offset := int(binary.BigEndian.Uint32(entry[hashSize:]))
	if offset > len(l.listings) {
		r.bad = true
		return nil
	}
	part := reader{rest: l.listings[offset:]}
	var out []Listing
	for range part.number(2) {
		flags := part.number(1)
		one := Listing{Published: flags&flagShown != 0}
		one.Regime, one.Ground = l.word(&part, part.number(2)), l.word(&part, part.number(2))
		one.ID = string(part.take(int(part.number(1))))
		if part.bad {
			break
		}
		out = append(out, one)
	}
	r.bad = r.bad || part.bad || len(out) == 0
	return out
}

func (l *List) word(r *reader, i uint64) string {
	if i >= uint64(len(l.words)) {
		r.bad = true
		return ""
	}
	return l.words[i]
}

// reader takes bytes from the front until there are too few.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.rest) {
		r.bad = true
		return nil
	}
	out := r.rest[:n:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) number(size int) uint64 {
	var n uint64
	for _, c := range r.take(size) {
		n = n<<8 | uint64(c)
	}
	return n
}
