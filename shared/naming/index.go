package naming

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"
	"sort"
	"strings"
	"sync/atomic"

	"shixin/shared/naming/script"
	"shixin/shared/subject"
)

// magic opens each segment. The number after it is the format.
const (
	magic  = "SHXNAMES"
	format = 2
)

// Errors of [Open].
var (
	ErrDamaged = errors.New("naming: the segment is damaged, short or none")
	ErrVersion = errors.New("naming: the segment was made by another version and has to be made again")
)

// Sections of a segment, in their order. Offsets are numbers of four bytes, one more than there are things, ascending.
const (
	entityOffsets = iota // into entityRecords
	entityRecords        // ID, flags, region, year, payload, names
	entityNames          // number of an entity's first name
	nameOffsets          // into nameTokens
	nameTokens           // flags with the number of words, then the words
	wordOffsets          // into wordTexts
	wordTexts
	wordMeanings    // four bytes a word
	postingOffsets  // into postings, by word
	postings        // how many names, then which
	keyOffsets      // into keyNames, by bucket
	keyNames        // which names
	spellingOffsets // into spellingWords, by bucket
	spellingWords   // which words
	sections
)

// Index is an open segment. It never changes, and may be used by many goroutines.
type Index struct {
	part                   [sections]string
	entities, names, words int
	keyBits, spellingBits  int
	free                   [8]atomic.Pointer[scratch]
}

// Open checks a segment and makes it ready. It returns [ErrDamaged] for bytes that are not exactly what a Builder made, and
// [ErrVersion] for those of another algorithm or format. The index keeps a copy: data may be let go.
func Open(data []byte) (*Index, error) {
	if len(data) < len(magic)+2+sha256.Size || !strings.HasPrefix(string(data[:len(magic)]), magic) {
		return nil, ErrDamaged
	}
	if binary.LittleEndian.Uint16(data[len(magic):]) != format {
		return nil, ErrVersion
	}
	sum := sha256.Sum256(data[:len(data)-sha256.Size])
	if string(sum[:]) != string(data[len(data)-sha256.Size:]) {
		return nil, ErrDamaged
	}
	d := decoder{text: string(data[:len(data)-sha256.Size]), at: len(magic) + 2}
	if algorithm := d.string(); d.bad || algorithm != Algorithm {
		return nil, ErrVersion
	}
	x := &Index{}
	at := d.at + 4*sections
	if at > len(d.text) {
		return nil, ErrDamaged
	}
	for i := range x.part {
		n := int(at32(d.text[d.at:], i))
		if n > len(d.text)-at {
			return nil, ErrDamaged
		}
		x.part[i] = d.text[at : at+n]
		at += n
	}
	if at != len(d.text) || !x.sound() {
		return nil, ErrDamaged
	}
	return x, nil
}

// sound checks that every number leads to where something is, so that nothing has to be checked later.
func (x *Index) sound() bool {
	for _, i := range []int{entityOffsets, nameOffsets, wordOffsets, postingOffsets, keyOffsets, spellingOffsets} {
		if !ascending(x.part[i], len(x.part[i+1])) {
			return false
		}
	}
	x.entities = len(x.part[entityOffsets])/4 - 1
	x.names = len(x.part[nameOffsets])/4 - 1
	x.words = len(x.part[wordOffsets])/4 - 1
	x.keyBits = bits.Len(uint(len(x.part[keyOffsets])/4-1)) - 1
	x.spellingBits = bits.Len(uint(len(x.part[spellingOffsets])/4-1)) - 1
	return ascending(x.part[entityNames], x.names) && len(x.part[entityNames])/4-1 == x.entities &&
		len(x.part[wordMeanings])/4 == x.words && len(x.part[postingOffsets])/4-1 == x.words &&
		len(x.part[keyOffsets])/4-1 == 1<<x.keyBits && len(x.part[spellingOffsets])/4-1 == 1<<x.spellingBits
}

// ascending says whether numbers begin with 0, never fall, and end with last.
func ascending(numbers string, last int) bool {
	n := len(numbers) / 4
	if n == 0 || len(numbers)%4 != 0 || at32(numbers, 0) != 0 || int(at32(numbers, n-1)) != last {
		return false
	}
	before := uint32(0)
	for i := range n {
		v := at32(numbers, i)
		if v < before {
			return false
		}
		before = v
	}
	return true
}

// at32 is number i of a run of numbers of four bytes.
func at32(s string, i int) uint32 {
	s = s[i*4 : i*4+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// slice is thing i of a part whose offsets stand before it.
func (x *Index) slice(offsets, i int) string {
	o := x.part[offsets]
	return x.part[offsets+1][at32(o, i):at32(o, i+1)]
}

// Len is how many entities the segment has.
func (x *Index) Len() int { return x.entities }

// Names is how many names they have.
func (x *Index) Names() int { return x.names }

// Entity finds an entity by its ID.
func (x *Index) Entity(id string) (Entity, bool) {
	i := sort.Search(x.entities, func(i int) bool {
		d := decoder{text: x.slice(entityOffsets, i)}
		return d.string() >= id
	})
	if i == x.entities {
		return Entity{}, false
	}
	e := x.entity(i)
	return e, e.ID == id
}

// entity reads entity i.
func (x *Index) entity(i int) Entity {
	d := decoder{text: x.slice(entityOffsets, i)}
	return d.entity()
}

// owner is the entity that has a name, and which of its names that is.
func (x *Index) owner(name uint32) (entity, n int) {
	first := x.part[entityNames]
	i := sort.Search(x.entities, func(i int) bool { return at32(first, i+1) > name })
	return i, int(name - at32(first, i))
}

// side reads the words of a name into s.
func (x *Index) side(name uint32, s *side) {
	d := decoder{text: x.slice(nameOffsets, int(name))}
	h := d.byte()
	s.kind = subject.Organization
	if h&isPerson != 0 {
		s.kind = subject.Person
	}
	s.tokens, s.branded = s.tokens[:0], false
	for n := min(h&^(isPerson|isPublished), script.MaxWords); n > 0 && !d.bad; n-- {
		p := d.number()
		if p>>packed >= uint64(x.words) {
			break
		}
		s.tokens = append(s.tokens, x.token(p))
		s.branded = s.branded || s.tokens[len(s.tokens)-1].Class == 0
	}
	s.weigh()
}

// decoder reads what a Builder wrote. After a mistake it reads zeroes.
type decoder struct {
	text string
	at   int
	bad  bool
}

func (d *decoder) number() uint64 {
	var n uint64
	for shift := 0; shift < 64 && d.at < len(d.text); shift += 7 {
		c := d.text[d.at]
		d.at++
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	d.bad = true
	return 0
}

func (d *decoder) string() string {
	n := d.number()
	if n > uint64(len(d.text)-d.at) {
		d.bad = true
		return ""
	}
	s := d.text[d.at : d.at+int(n)]
	d.at += int(n)
	return s
}

func (d *decoder) byte() byte {
	if d.at >= len(d.text) {
		d.bad = true
		return 0
	}
	d.at++
	return d.text[d.at-1]
}

func (d *decoder) entity() Entity {
	e := Entity{ID: d.string(), Kind: subject.Organization}
	flags := d.byte()
	if flags&isPerson != 0 {
		e.Kind = subject.Person
	}
	e.Published = flags&isPublished != 0
	e.Region = d.string()
	e.BirthYear = int(d.number())
	if p := d.string(); p != "" {
		e.Payload = []byte(p)
	}
	for n := d.number(); n > 0 && !d.bad; n-- {
		former := d.byte() == 1
		e.Names = append(e.Names, Name{Text: d.string(), Lang: d.string(), Former: former})
	}
	return e
}
