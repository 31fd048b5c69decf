package naming

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shixin/shared/subject"
)

// magic opens each segment. The number after it is the format.
const (
	magic  = "SHXNAMES"
	format = 1
)

// ErrDuplicate is returned for a second entity with the ID of another.
var ErrDuplicate = errors.New("naming: two entities have the same id")

// Builder makes a segment. The zero Builder is ready; it is for one goroutine.
type Builder struct {
	entities []Entity
}

// Add adds an entity. It keeps what it is given: the caller does not change it afterwards.
func (b *Builder) Add(e Entity) { b.entities = append(b.entities, e) }

// Bytes is the segment of all entities added so far. The same entities give the same bytes, in whatever order they came.
// It returns [ErrDuplicate] where two have the same ID.
func (b *Builder) Bytes() ([]byte, error) {
	slices.SortStableFunc(b.entities, func(a, c Entity) int { return strings.Compare(a.ID, c.ID) })
	for i := 1; i < len(b.entities); i++ {
		if b.entities[i].ID == b.entities[i-1].ID {
			return nil, fmt.Errorf("%w: %q", ErrDuplicate, b.entities[i].ID)
		}
	}
	out := []byte(magic)
	out = binary.LittleEndian.AppendUint16(out, format)
	out = appendText(out, Algorithm)
	out = binary.AppendUvarint(out, uint64(len(b.entities)))
	for i := range b.entities {
		out = appendEntity(out, &b.entities[i])
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...), nil
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

func appendEntity(out []byte, e *Entity) []byte {
	out = appendText(out, e.ID)
	var flags byte
	if e.Kind == subject.Person {
		flags |= 1
	}
	if e.Published {
		flags |= 2
	}
	out = append(out, flags)
	out = appendText(out, e.Region)
	out = binary.AppendUvarint(out, uint64(max(e.BirthYear, 0)))
	out = binary.AppendUvarint(out, uint64(len(e.Payload)))
	out = append(out, e.Payload...)
	out = binary.AppendUvarint(out, uint64(len(e.Names)))
	for _, n := range e.Names {
		out = appendText(out, n.Text)
		out = appendText(out, n.Lang)
		if n.Former {
			out = append(out, 1)
		} else {
			out = append(out, 0)
		}
	}
	return out
}
