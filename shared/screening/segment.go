package screening

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"shixin/shared/naming"
	"shixin/shared/records"
	"shixin/shared/squeeze"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// errSegment is wrapped where a stored segment is not whole, or not the one that was made. Reading it again cannot help.
var errSegment = errors.New("screening: the segment of the index is damaged")

// partBytes is how much of a segment lies under one seal, in one blob.
const partBytes = 8 << 20

// section is one part of the list with the index of its names.
type section struct {
	names *naming.Index
	cards packed
	refs  func() (refIndex, error) // made at the first use
}

// refIndex finds cards by their identifiers, of which it keeps hashes only: a card that is found has to be compared.
type refIndex []refEntry

type refEntry struct {
	hash uint64
	at   uint32 // of the card
}

func hashOf(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return h.Sum64()
}

func (p packed) refs() (refIndex, error) {
	var all refIndex
	for i := range p.at {
		c, err := p.card(i)
		if err != nil {
			return nil, err
		}
		for _, r := range c.Refs {
			all = append(all, refEntry{hashOf(r.ID()), uint32(i)})
		}
	}
	slices.SortFunc(all, func(a, b refEntry) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.at, b.at)) })
	return all, nil
}

// of is the cards that may have an identifier.
func (x refIndex) of(id string) (at []int) {
	hash := hashOf(id)
	i, _ := slices.BinarySearchFunc(x, hash, func(e refEntry, h uint64) int { return cmp.Compare(e.hash, h) })
	for ; i < len(x) && x[i].hash == hash; i++ {
		at = append(at, int(x[i].at))
	}
	return at
}

// packed is cards one behind the other, each behind its length, so that a million of them is one piece of memory. They lack their names,
// which the index of names has.
type packed struct {
	bytes []byte
	at    []int // where each begins
}

func pack(cards []*Card) []byte {
	var out []byte
	for _, c := range cards {
		nameless := *c
		nameless.Names = nil
		doc := encode(nameless)
		out = append(binary.AppendUvarint(out, uint64(len(doc))), doc...)
	}
	return out
}

func unpack(b []byte) (packed, error) {
	p := packed{bytes: b}
	for at := 0; at < len(b); {
		size, n := binary.Uvarint(b[at:])
		if n <= 0 || size > uint64(len(b)-at-n) {
			return p, errSegment
		}
		p.at = append(p.at, at)
		at += n + int(size)
	}
	return p, nil
}

// card reads the i-th card, without its names.
func (p packed) card(i int) (*Card, error) {
	if i < 0 || i >= len(p.at) {
		return nil, errSegment
	}
	size, n := binary.Uvarint(p.bytes[p.at[i]:])
	var c Card
	if err := json.Unmarshal(p.bytes[p.at[i]+n:p.at[i]+n+int(size)], &c); err != nil {
		return nil, errors.Join(errSegment, err)
	}
	return &c, nil
}

func newSection(names, cards []byte) (section, error) {
	var s section
	var err error
	if s.names, err = naming.Open(names); err != nil {
		return s, fmt.Errorf("%w: %w", errSegment, err)
	}
	if cards, err = squeeze.Unpack(cards); err != nil {
		return s, fmt.Errorf("%w: %w", errSegment, err)
	}
	if s.cards, err = unpack(cards); err != nil {
		return s, err
	}
	if len(s.cards.at) != s.names.Len() {
		return s, fmt.Errorf("%w: %d cards, %d entities in the index", errSegment, len(s.cards.at), s.names.Len())
	}
	s.refs = sync.OnceValues(s.cards.refs)
	return s, nil
}

// entity is a card as the index of names takes it. The payload is the number of the card in its section.
func entity(c *Card, at int) naming.Entity {
	e := naming.Entity{ID: c.Listing, Kind: c.Kind, Region: c.region(), BirthYear: c.BirthYear, Published: c.withoutStay(), Payload: binary.AppendUvarint(nil, uint64(at))}
	for _, n := range c.Names {
		e.Names = append(e.Names, naming.Name{Text: n.Text, Lang: n.Lang})
	}
	return e
}

// of reads the card of an entity of the index.
func (s section) of(e naming.Entity) (*Card, error) {
	p := s.cards
	at, n := binary.Uvarint(e.Payload)
	if n <= 0 || at > uint64(len(p.at)) {
		return nil, errSegment
	}
	c, err := p.card(int(at))
	if err != nil {
		return nil, err
	}
	if c.Listing != e.ID {
		return nil, errSegment
	}
	for _, n := range e.Names {
		c.Names = append(c.Names, subject.Name{Text: n.Text, Lang: n.Lang})
	}
	return c, nil
}

// card reads the i-th card.
func (s section) card(i int) (*Card, error) {
	c, err := s.cards.card(i)
	if err != nil {
		return nil, err
	}
	e, ok := s.names.Entity(c.Listing)
	if !ok {
		return nil, errSegment
	}
	return s.of(e)
}

// index makes the index of the names of cards.
func index(cards []*Card) ([]byte, error) {
	var b naming.Builder
	for i, c := range cards {
		b.Add(entity(c, i))
	}
	return b.Bytes()
}

// none is a section without a card.
func none() (section, error) {
	names, err := index(nil)
	if err != nil {
		return section{}, err
	}
	return newSection(names, nil)
}

// segment is a loaded segment: what anyone may search, and the rest. They are two indexes, so that a search by those who may not see the
// rest takes the same time whatever lies there.
type segment struct {
	public section
	rest   section
}

// write seals a list of cards, sorted by listing, into blobs and returns the segment. Only the segment's record makes it known.
func (s *Screening) write(ctx context.Context, now time.Time, version int64, cards []*Card) (records.Segment, error) {
	meta := records.Segment{ListVersion: version, Algorithm: naming.Algorithm, BuiltAt: now.UTC().Truncate(time.Millisecond)}
	var groups [2][]*Card
	today := workday.DayOf(now)
	for _, c := range cards {
		if c.inForce(today) {
			meta.Entities++
		}
		if c.Damaged {
			meta.Damaged = append(meta.Damaged, c.Listing)
		}
		at := 1
		if c.withoutStay() {
			at = 0
		}
		groups[at] = append(groups[at], c)
	}
	var all []byte
	for _, group := range groups {
		names, err := index(group)
		if err != nil {
			return meta, err
		}
		docs := squeeze.Pack(pack(group))
		all = append(append(all, names...), docs...)
		meta.Sections = append(meta.Sections, len(names), len(docs))
	}
	sum := sha256.Sum256(all)
	name := fmt.Sprintf("index/%d-%s", version, hex.EncodeToString(sum[:8]))
	for n := 0; len(all) > 0; n++ {
		part := all[:min(len(all), partBytes)]
		all = all[len(part):]
		p, err := s.putSealed(ctx, fmt.Sprintf("%s/%d", name, n), part)
		if err != nil {
			return meta, err
		}
		meta.Parts = append(meta.Parts, p)
	}
	return meta, nil
}

// withoutStay reports whether the listing is one that anyone may find when no stay of publication is in force: such a stay ends with its
// day and without an effect.
func (c *Card) withoutStay() bool {
	free := *c
	free.Withheld = ""
	return free.public("")
}

// load reads a segment. What is not exactly what was written wraps errSegment.
func (s *Screening) load(ctx context.Context, meta records.Segment) (*segment, error) {
	if meta.Algorithm != naming.Algorithm {
		return nil, fmt.Errorf("%w: it was made for %s", errSegment, meta.Algorithm)
	}
	var all []byte
	for _, p := range meta.Parts {
		part, err := s.getSealed(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	var sections [4][]byte
	if len(meta.Sections) != len(sections) {
		return nil, errSegment
	}
	for i, size := range meta.Sections {
		if size < 0 || size > len(all) {
			return nil, errSegment
		}
		sections[i], all = all[:size:size], all[size:]
	}
	if len(all) > 0 {
		return nil, errSegment
	}
	seg := &segment{}
	var err error
	if seg.public, err = newSection(sections[0], sections[1]); err == nil {
		seg.rest, err = newSection(sections[2], sections[3])
	}
	return seg, err
}

// putSealed keeps a body sealed under a name.
func (s *Screening) putSealed(ctx context.Context, name string, body []byte) (records.IndexPart, error) {
	sum := sha256.Sum256(body)
	sealed, err := s.Seal.Seal(ctx, body, []byte(name))
	if err != nil {
		return records.IndexPart{}, err
	}
	return records.IndexPart{Blob: name, SHA256: hex.EncodeToString(sum[:])}, s.Blobs.Put(ctx, name, sealed)
}

// getSealed reads what putSealed kept. What is gone, or is not what was kept, wraps errSegment.
func (s *Screening) getSealed(ctx context.Context, p records.IndexPart) ([]byte, error) {
	sealed, err := s.Blobs.Get(ctx, p.Blob)
	if err != nil {
		return nil, lost(err)
	}
	body, err := s.Seal.Open(ctx, sealed, []byte(p.Blob))
	if err != nil {
		return nil, lost(err)
	}
	sum := sha256.Sum256(body)
	want, err := hex.DecodeString(p.SHA256)
	if err != nil || !bytes.Equal(sum[:], want) {
		return nil, fmt.Errorf("%w: %s is not what was written", errSegment, p.Blob)
	}
	return body, nil
}
