package naming

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"shixin/shared/subject"
)

// Errors of [Open].
var (
	ErrDamaged = errors.New("naming: the segment is damaged, short or none")
	ErrVersion = errors.New("naming: the segment was made by another version and has to be made again")
)

// Index is an open segment. It never changes, and may be used by many goroutines.
type Index struct {
	entities []Entity
	names    int
}

// Open checks a segment and makes it ready. It returns [ErrDamaged] for bytes that are not exactly what a Builder made, and
// [ErrVersion] for those of another algorithm or format.
func Open(data []byte) (*Index, error) {
	if len(data) < len(magic)+2+sha256.Size || !strings.HasPrefix(string(data[:len(magic)]), magic) {
		return nil, ErrDamaged
	}
	if binary.LittleEndian.Uint16(data[len(magic):]) != format {
		return nil, ErrVersion
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if got := sha256.Sum256(body); string(got[:]) != string(sum) {
		return nil, ErrDamaged
	}
	r := decoder{text: string(body[len(magic)+2:])}
	if r.string() != Algorithm {
		return nil, ErrVersion
	}
	x := &Index{}
	for n := r.number(); n > 0 && !r.bad; n-- {
		x.entities = append(x.entities, r.entity())
		x.names += len(x.entities[len(x.entities)-1].Names)
	}
	if r.bad || r.at != len(r.text) {
		return nil, ErrDamaged
	}
	return x, nil
}

// Len is how many entities the segment has.
func (x *Index) Len() int { return len(x.entities) }

// Names is how many names they have.
func (x *Index) Names() int { return x.names }

// decoder reads what Bytes wrote. After a mistake it reads zeroes.
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
	if flags&1 != 0 {
		e.Kind = subject.Person
	}
	e.Published = flags&2 != 0
	e.Region = d.string()
	e.BirthYear = int(d.number())
	if p := d.string(); p != "" {
		e.Payload = []byte(p)
	}
	for n := d.number(); n > 0 && !d.bad; n-- {
		e.Names = append(e.Names, Name{Text: d.string(), Lang: d.string(), Former: d.byte() == 1})
	}
	return e
}
