package compliance

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"shixin/shared/journal"
	"shixin/shared/workday"
)

// A part is, with all numbers as uvarints and texts as their places among the fold's words or texts:
//
//	magic, 8 bytes, the last one the format
//	identifiers, ascending: 16 bytes of the hash, length of the record, and the record:
//	  listings; each: length and bytes of its id; regime, ground, spans; each: flags; entry, milliseconds since 1970; from, until;
//	    by the flags: months and basis of the cap; cause of the removal; stays, each until, what, each;
//	    since and till; whom it is told from, each 16 bytes of a hash
const foldMagic = "sx-fold\x01"

const (
	spanLeft = 1 << iota
	spanPublished
	spanCap
	spanRemoved
	spanStays
	spanHeld
	spanWho
)

// folded is one identifier of a part.
type folded struct {
	at     digest
	packed []byte
}

func (o folded) append(b []byte) []byte {
	b = append(b, o.at[:]...)
	return append(binary.AppendUvarint(b, uint64(len(o.packed))), o.packed...)
}

// open reads the identifiers of a part, and refuses another one's bytes.
func (f *ListFold) open(p Part, read func(Part) ([]byte, error)) ([]byte, error) {
	body, err := read(p)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	rest, is := bytes.CutPrefix(body, []byte(foldMagic))
	if !is || hex.EncodeToString(sum[:]) != p.SHA256 {
		return nil, fmt.Errorf("%w: a part is not the one that was made", ErrFold)
	}
	return rest, nil
}

// next takes one identifier from the front.
func (f *ListFold) next(body []byte) (folded, []byte, error) {
	r := &packedReader{f: f, b: body}
	one := folded{at: digest(r.take(hashSize))}
	one.packed = r.take(int(r.uvarint()))
	return one, r.b, r.err()
}

// pack appends what a run asks of a record. Measures and authorities are not among it: no rule asks for them.
func (f *Folder) pack(b []byte, r journal.Record) []byte {
	number := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	number(len(r.Listings))
	for _, h := range r.Listings {
		number(len(h.Listing))
		b = append(b, h.Listing...)
		number(f.word(h.Regime))
		number(f.word(h.Ground))
		number(len(h.Spans))
		for i := range h.Spans {
			b = f.packSpan(b, &h.Spans[i])
		}
	}
	return b
}

func (f *Folder) packSpan(b []byte, s *journal.Span) []byte {
	number := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	text := func(s string) { number(f.text(s)) }
	st := &s.Standing
	flags := 0
	for i, is := range []bool{s.Left, st.Published, st.Cap != nil, st.Removed != "", len(st.Stays) > 0, s.Since != "" || s.Till != "", len(s.Who) > 0} {
		if is {
			flags |= 1 << i
		}
	}
	number(flags)
	number(int(s.N))
	b = binary.AppendVarint(b, s.At.UnixMilli())
	text(string(st.From))
	text(string(st.Until))
	if flags&spanCap != 0 {
		number(st.Cap.Months)
		text(st.Cap.Basis)
	}
	if flags&spanRemoved != 0 {
		text(st.Removed)
	}
	if flags&spanStays != 0 {
		number(len(st.Stays))
		for _, stay := range st.Stays {
			text(string(stay.Until))
			number(len(stay.What))
			for _, w := range stay.What {
				text(w)
			}
		}
	}
	if flags&spanHeld != 0 {
		text(string(s.Since))
		text(string(s.Till))
	}
	if flags&spanWho != 0 {
		number(len(s.Who))
		for _, w := range s.Who {
			b = append(b, w...)
		}
	}
	return b
}

// unpack reads what pack wrote.
func (f *ListFold) unpack(packed []byte) (journal.Record, error) {
	r := &packedReader{f: f, b: packed}
	out := journal.Record{Listings: make([]journal.History, r.many())}
	for i := range out.Listings {
		h := &out.Listings[i]
		h.Listing = string(r.take(int(r.uvarint())))
		h.Regime, h.Ground = r.of(f.Words), r.of(f.Words)
		h.Spans = make([]journal.Span, r.many())
		for k := range h.Spans {
			r.span(&h.Spans[k])
		}
		if len(h.Spans) == 0 {
			r.bad = true
		}
	}
	if len(r.b) > 0 || len(out.Listings) == 0 {
		r.bad = true
	}
	return out, r.err()
}

// packedReader takes from the front until something is wrong.
type packedReader struct {
	f   *ListFold
	b   []byte
	bad bool
}

func (r *packedReader) err() error {
	if r.bad {
		return fmt.Errorf("%w: a record", ErrFold)
	}
	return nil
}

func (r *packedReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<62 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// many is a number of things of which each has a byte at least.
func (r *packedReader) many() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

var noBytes [hashSize]byte

func (r *packedReader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return noBytes[:]
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *packedReader) of(all []string) string {
	i := r.uvarint()
	if i >= uint64(len(all)) {
		r.bad, r.b = true, nil
		return ""
	}
	return all[i]
}

func (r *packedReader) day() workday.Day { return workday.Day(r.of(r.f.Texts)) }

func (r *packedReader) span(s *journal.Span) {
	flags := r.uvarint()
	s.N = int64(r.uvarint())
	at, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[n:]
	s.At = time.UnixMilli(at).UTC()
	st := &s.Standing
	s.Left, st.Published = flags&spanLeft != 0, flags&spanPublished != 0
	st.From, st.Until = r.day(), r.day()
	if flags&spanCap != 0 {
		st.Cap = &journal.Cap{Months: int(r.uvarint())}
		st.Cap.Basis = r.of(r.f.Texts)
	}
	if flags&spanRemoved != 0 {
		st.Removed = r.of(r.f.Texts)
	}
	if flags&spanStays != 0 {
		st.Stays = make([]journal.Stay, r.many())
		for i := range st.Stays {
			stay := &st.Stays[i]
			stay.Until = r.day()
			for range r.many() {
				stay.What = append(stay.What, r.of(r.f.Texts))
			}
		}
	}
	if flags&spanHeld != 0 {
		s.Since, s.Till = r.day(), r.day()
	}
	if flags&spanWho != 0 {
		for range r.many() {
			s.Who = append(s.Who, string(r.take(hashSize)))
		}
	}
}
