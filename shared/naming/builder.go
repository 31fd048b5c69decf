package naming

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
	"shixin/shared/subject"
)

// ErrDuplicate is returned for a second entity with the ID of another.
var ErrDuplicate = errors.New("naming: two entities have the same id")

// common is how many names a word stands in before it is looked for only together with others.
const common = 192

// Builder makes a segment. The zero Builder is ready; it is for one goroutine.
type Builder struct {
	entities []Entity
}

// Add adds an entity. It keeps what it is given: the caller does not change it afterwards.
func (b *Builder) Add(e Entity) { b.entities = append(b.entities, e) }

// entry says that a name, or a word, has a key.
type entry struct {
	key hash
	of  uint32
}

// draft is a segment in the making.
type draft struct {
	ids      map[string]uint32 // of words, as they are met
	words    []word
	names    [][]token
	heads    []byte
	entries  []entry
	spelling []entry
}

type word struct {
	text    string
	meaning uint32
	names   []uint32
}

// Bytes is the segment of all entities added so far. The same entities give the same bytes, in whatever order they came.
// It returns [ErrDuplicate] where two have the same ID.
func (b *Builder) Bytes() ([]byte, error) {
	slices.SortStableFunc(b.entities, func(a, c Entity) int { return strings.Compare(a.ID, c.ID) })
	for i := 1; i < len(b.entities); i++ {
		if b.entities[i].ID == b.entities[i-1].ID {
			return nil, fmt.Errorf("%w: %q", ErrDuplicate, b.entities[i].ID)
		}
	}
	d := &draft{ids: map[string]uint32{}}
	var records, offsets, first []byte
	var keys keyMaker
	for i := range b.entities {
		e := &b.entities[i]
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(records)))
		first = binary.LittleEndian.AppendUint32(first, uint32(len(d.names)))
		records = appendEntity(records, e)
		for _, n := range e.Names {
			d.add(e, n.Text, &keys)
		}
	}
	offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(records)))
	first = binary.LittleEndian.AppendUint32(first, uint32(len(d.names)))
	d.pairs()

	var s [sections][]byte
	s[entityOffsets], s[entityRecords], s[entityNames] = offsets, records, first
	s[nameOffsets], s[nameTokens] = d.tokens()
	s[wordOffsets], s[wordTexts], s[wordMeanings] = d.texts()
	s[postingOffsets], s[postings] = d.postings()
	s[keyOffsets], s[keyNames] = buckets(d.entries)
	s[spellingOffsets], s[spellingWords] = buckets(d.spelling)
	return seal(s), nil
}

// seal puts sections together: magic, format, algorithm, lengths, the sections, and the SHA-256 of all that.
func seal(s [sections][]byte) []byte {
	size := 0
	for _, part := range s {
		size += len(part)
	}
	out := make([]byte, 0, size+len(magic)+len(Algorithm)+len(s)*4+64)
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint16(out, format)
	out = appendText(out, Algorithm)
	for _, part := range s {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(part)))
	}
	for _, part := range s {
		out = append(out, part...)
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

func appendEntity(out []byte, e *Entity) []byte {
	out = appendText(out, e.ID)
	out = append(out, head(e, 0))
	out = appendText(out, e.Region)
	out = binary.AppendUvarint(out, uint64(max(e.BirthYear, 0)))
	out = binary.AppendUvarint(out, uint64(len(e.Payload)))
	out = append(out, e.Payload...)
	out = binary.AppendUvarint(out, uint64(len(e.Names)))
	for _, n := range e.Names {
		former := byte(0)
		if n.Former {
			former = 1
		}
		out = append(out, former)
		out = appendText(out, n.Text)
		out = appendText(out, n.Lang)
	}
	return out
}

// Bits of the first byte of a name's record; the rest is the number of its words.
const (
	isPerson    = 0x40
	isPublished = 0x80
)

func head(e *Entity, words int) byte {
	h := byte(words)
	if e.Kind == subject.Person {
		h |= isPerson
	}
	if e.Published {
		h |= isPublished
	}
	return h
}

func (d *draft) add(e *Entity, name string, keys *keyMaker) {
	id := uint32(len(d.names))
	s := read(name, e.Kind)
	for i := range s.tokens {
		t := &s.tokens[i]
		t.ident = d.word(t)
		if wanted(&s, t) {
			w := &d.words[t.ident]
			if n := len(w.names); n == 0 || w.names[n-1] != id {
				w.names = append(w.names, id)
			}
		}
	}
	keys.keys(&s, func(h hash, _ float32) { d.entries = append(d.entries, entry{h, id}) })
	d.names = append(d.names, slices.Clone(s.tokens))
	d.heads = append(d.heads, head(e, len(s.tokens)))
}

// wanted says whether a name is looked for by a word of it. Single characters are looked for with others.
func wanted(s *side, t *token) bool { return telling(s, t) && t.Rune() == 0 && len(t.Text) > 1 }

func (d *draft) word(t *token) uint32 {
	if id, ok := d.ids[t.Text]; ok {
		return id
	}
	id := uint32(len(d.words))
	d.ids[t.Text] = id
	d.words = append(d.words, word{text: t.Text, meaning: meaning(t.Text, t.Han)})
	if t.Han {
		d.spelling = append(d.spelling, entry{begin(familyHan).text(t.Text).end(), id})
	} else {
		spellings(t.Text, func(h hash) { d.spelling = append(d.spelling, entry{h, id}) })
	}
	return id
}

// Bits of a word's meaning. Without meansRegion the lower bits are a concept.
const (
	meansRegion  = 1 << 30
	meansCommon  = 1 << 31
	meansSpelled = 20 // bits above which, up to meansRegion, the name of persons stands that the word is a spelling of
	meaningBits  = 1<<meansSpelled - 1
)

func meaning(text string, isHan bool) uint32 {
	if isHan {
		if e, n := lexicon.Suffix(text); n > 0 && n == len(text) {
			return uint32(e.Concept)
		}
		if c := region.Han(text); c != 0 {
			return uint32(c) | meansRegion
		}
		return 0
	}
	var m uint32
	if e, ok := lexicon.Latin(text); ok {
		m = uint32(e.Concept)
	} else if c := region.Latin(text); c != 0 {
		m = uint32(c) | meansRegion
	} else if e, ok := lexicon.Spoken(text); ok {
		m = uint32(e.Concept)
	}
	if lexicon.Common(text) {
		m |= meansCommon
	}
	m |= uint32(lexicon.Spelled(text)) << meansSpelled
	return m
}

// pairs adds the keys of two common words of a name.
func (d *draft) pairs() {
	for id, tokens := range d.names {
		var shared []uint32
		for i := range tokens {
			if w := tokens[i].ident; len(d.words[w].names) > common {
				shared = append(shared, w)
			}
		}
		for i, a := range shared {
			for _, b := range shared[:i] {
				if a != b {
					d.entries = append(d.entries, entry{commonKey(a, b), uint32(id)})
				}
			}
		}
	}
}

func (d *draft) tokens() (offsets, out []byte) {
	for i, tokens := range d.names {
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(out)))
		out = append(out, d.heads[i])
		for j := range tokens {
			out = binary.AppendUvarint(out, pack(&tokens[j]))
		}
	}
	return binary.LittleEndian.AppendUint32(offsets, uint32(len(out))), out
}

// packed is how many bits stand below the number of a word.
const packed = 7

// pack is a word of a name as a number: which word, of how long a phrase, its class, and how it stands.
func pack(t *token) uint64 {
	n := uint64(t.ident)<<packed | uint64(t.Phrase)<<5 | uint64(t.Class)<<2
	if t.Joined {
		n |= 2
	}
	if t.Variant {
		n |= 1
	}
	return n
}

func (d *draft) texts() (offsets, texts, meanings []byte) {
	for _, w := range d.words {
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(texts)))
		meanings = binary.LittleEndian.AppendUint32(meanings, w.meaning)
		texts = append(texts, w.text...)
	}
	return binary.LittleEndian.AppendUint32(offsets, uint32(len(texts))), texts, meanings
}

// postings are, for each word, how many names have it and which, as differences.
func (d *draft) postings() (offsets, out []byte) {
	for _, w := range d.words {
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(out)))
		out = binary.AppendUvarint(out, uint64(len(w.names)))
		out = appendDifferences(out, w.names)
	}
	return binary.LittleEndian.AppendUint32(offsets, uint32(len(out))), out
}

func appendDifferences(out []byte, ids []uint32) []byte {
	before := uint32(0)
	for _, id := range ids {
		out = binary.AppendUvarint(out, uint64(id-before))
		before = id
	}
	return out
}

// buckets groups entries by the upper bits of their keys, with about one key a bucket. Two keys in one bucket cost a
// comparison and change no answer.
func buckets(entries []entry) (offsets, out []byte) {
	slices.SortFunc(entries, func(a, b entry) int {
		if a.key != b.key {
			if a.key < b.key {
				return -1
			}
			return 1
		}
		return int(a.of) - int(b.of)
	})
	distinct := 0
	for i := range entries {
		if i == 0 || entries[i].key != entries[i-1].key {
			distinct++
		}
	}
	bits := 0
	for 1<<bits < distinct {
		bits++
	}
	var ids []uint32
	next := 0
	for b := range 1 << bits {
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(out)))
		ids = ids[:0]
		for next < len(entries) && bucket(entries[next].key, bits) == b {
			ids = append(ids, entries[next].of)
			next++
		}
		slices.Sort(ids)
		out = appendDifferences(out, slices.Compact(ids))
	}
	return binary.LittleEndian.AppendUint32(offsets, uint32(len(out))), out
}

func bucket(h hash, bits int) int { return int(h >> 1 >> (63 - bits)) }
