package compliance

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shixin/shared/journal"
	"shixin/shared/subject"
)

// ErrFold is wrapped for a part of a fold that is cut short, altered or of another fold. The journal is folded anew then.
var ErrFold = errors.New("compliance: a fold of the journal is not readable")

// ListFold is the journal folded up to an entry: of each identifier what a run asks of its record. Who they are lies in parts, under a key as
// in a snapshot, so that a fold goes on from where another one ended, and neither takes more memory than a few parts.
type ListFold struct {
	N     int64    `json:"n"`     // the last entry that is in it
	Words []string `json:"words"` // regimes, grounds and lists, in the order in which they came
	Texts []string `json:"texts"` // days, bases, causes and whatever else repeats
	Lists []string `json:"lists"` // of which entries are known
	Parts []Part   `json:"parts"` // ascending by the hashes of identifiers
}

// Part is some identifiers of a fold, whose records one blob holds.
type Part struct {
	Blob        string `json:"blob"`
	SHA256      string `json:"sha256"`
	Identifiers int    `json:"identifiers"`
	Last        []byte `json:"last"` // the hash of the last one
}

// partBytes is where a part ends.
const partBytes = 4 << 20

// Folder goes on with a fold. It keeps what entries change, packed, until Merge brings it into the parts.
type Folder struct {
	ListFold
	key     []byte
	size    int // of a part
	words   map[string]int
	texts   map[string]int
	packed  []byte
	changes []change
}

// change is what one entry says about one identifier: bytes from..to of what is packed.
type change struct {
	at       digest
	from, to uint32
}

// NewFolder goes on with a fold, an empty one at the beginning, under its key.
func NewFolder(key []byte, f ListFold) *Folder {
	out := &Folder{ListFold: f, key: key, size: partBytes, words: map[string]int{}, texts: map[string]int{}}
	out.Words, out.Texts, out.Lists, out.Parts = slices.Clip(f.Words), slices.Clip(f.Texts), slices.Clip(f.Lists), slices.Clip(f.Parts)
	for i, w := range f.Words {
		out.words[w] = i
	}
	for i, t := range f.Texts {
		out.texts[t] = i
	}
	return out
}

// once is the place of a text among those that are known.
func once(known map[string]int, all *[]string, s string) int {
	i, has := known[s]
	if !has {
		i = len(*all)
		s = strings.Clone(s)
		known[s] = i
		*all = append(*all, s)
	}
	return i
}

func (f *Folder) word(s string) int { return once(f.words, &f.Words, s) }
func (f *Folder) text(s string) int { return once(f.texts, &f.Texts, s) }

// Add takes the next entry of the journal.
func (f *Folder) Add(e journal.Entry) error {
	if e.N != f.N+1 {
		return fmt.Errorf("compliance: entry %d does not follow entry %d", e.N, f.N)
	}
	f.N = e.N
	who := map[string]string{} // an id, and its hash
	for _, refs := range [][]subject.Ref{e.Identifiers, e.Left} {
		for _, ref := range refs {
			id := ref.ID()
			at := digestOf(f.key, id)
			who[id] = string(at[:])
			if list, _, _ := strings.Cut(ref.Key, ":"); ref.Scheme == subject.ListRef && !slices.Contains(f.Lists, list) {
				f.Lists = append(f.Lists, f.Words[f.word(list)])
			}
		}
	}
	for _, refs := range [][]subject.Ref{e.Identifiers, e.Left} {
		for _, ref := range refs {
			id := ref.ID()
			h := journal.Change(e, id)
			for i, other := range h.Spans[0].Who {
				h.Spans[0].Who[i] = who[other]
			}
			from := len(f.packed)
			f.packed = f.pack(f.packed, journal.Record{Listings: []journal.History{h}})
			if len(f.packed) > 1<<31 {
				return errors.New("compliance: too many entries between two merges")
			}
			f.changes = append(f.changes, change{digest([]byte(who[id])), uint32(from), uint32(len(f.packed))})
		}
	}
	return nil
}

// Merge brings all that was added into the parts: read reads a part, write stores the bytes of a new one. Parts in which nothing has changed stay.
func (f *Folder) Merge(read func(Part) ([]byte, error), write func(body []byte) (Part, error)) error {
	slices.SortStableFunc(f.changes, func(a, b change) int { return bytes.Compare(a.at[:], b.at[:]) })
	m := merge{write: write, size: f.size}
	left := f.changes
	for i, p := range f.Parts {
		n := len(left)
		if i < len(f.Parts)-1 {
			n, _ = slices.BinarySearchFunc(left, p.Last, func(c change, last []byte) int { return cmp.Or(bytes.Compare(c.at[:], last), -1) })
		}
		if n == 0 && (len(m.body) == 0 || len(m.body) > f.size/2) {
			if err := m.flush(); err != nil {
				return err
			}
			m.parts = append(m.parts, p)
			continue
		}
		body, err := f.open(p, read)
		if err != nil {
			return err
		}
		if err := f.mergePart(&m, body, left[:n]); err != nil {
			return err
		}
		left = left[n:]
	}
	if err := f.mergePart(&m, nil, left); err != nil {
		return err
	}
	if err := m.flush(); err != nil {
		return err
	}
	f.Parts, f.changes, f.packed = m.parts, f.changes[:0], f.packed[:0]
	return nil
}

// mergePart brings changes among the identifiers of a part.
func (f *Folder) mergePart(m *merge, body []byte, changes []change) error {
	for len(body) > 0 || len(changes) > 0 {
		var one folded
		var err error
		rest := body
		if len(body) > 0 {
			if one, rest, err = f.next(body); err != nil {
				return err
			}
		}
		if len(changes) == 0 || len(body) > 0 && bytes.Compare(one.at[:], changes[0].at[:]) < 0 { // it stays as it is
			body = rest
			if err := m.add(one); err != nil {
				return err
			}
			continue
		}
		at := changes[0].at
		var record journal.Record
		if len(body) > 0 && one.at == at {
			body = rest
			if record, err = f.unpack(one.packed); err != nil {
				return err
			}
		}
		for ; len(changes) > 0 && changes[0].at == at; changes = changes[1:] {
			change, err := f.unpack(f.packed[changes[0].from:changes[0].to])
			if err != nil {
				return err
			}
			h := change.Listings[0]
			record = trim(record.Join(h), h.Listing)
		}
		if err := m.add(folded{at, f.pack(nil, record)}); err != nil {
			return err
		}
	}
	return nil
}

// trim drops what the list said of a listing in between: at the pinned moment only its last span counts, and its first
// for the order in which terms add up.
func trim(r journal.Record, listing string) journal.Record {
	for i := range r.Listings {
		h := &r.Listings[i]
		if n := len(h.Spans); h.Listing == listing && n > 2 {
			h.Spans = []journal.Span{h.Spans[0], h.Spans[n-1]}
		}
	}
	return r
}

// merge collects the parts that come of one.
type merge struct {
	write func([]byte) (Part, error)
	size  int
	parts []Part
	body  []byte
	many  int
	last  digest
}

func (m *merge) add(one folded) error {
	if len(m.body) == 0 {
		m.body = append(m.body, foldMagic...)
	}
	m.body = one.append(m.body)
	m.last = one.at
	if m.many++; len(m.body) < m.size {
		return nil
	}
	return m.flush()
}

func (m *merge) flush() error {
	if m.many == 0 {
		return nil
	}
	p, err := m.write(m.body)
	if err != nil {
		return err
	}
	p.Identifiers, p.Last = m.many, slices.Clone(m.last[:])
	m.parts, m.body, m.many = append(m.parts, p), m.body[:0], 0
	return nil
}
