package indicator

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Packed figures are:
//
//	format, u8
//	series, uvarint, then each:
//	  code, uvarint, as the step from the code before
//	  newest period, uvarint: twice its number, plus one for days
//	  periods from the newest back, u8; then which of them are reported, a bit each, the newest in the lowest bit of the first byte
//	  marks and revisions: uvarint runs of (figures, revision*4 + mark) until all reported figures have theirs
//	  scale, u8: decimal places, or 15
//	  values, the newest first: zigzag varints, each as its difference from the one before, of value * 10^scale; with scale 15 doubles
//
// Equal figures have equal bytes: the scale is the least that is exact, and runs are as long as they can be.

var powers = [maxScale + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

// Encode packs the figures. Those of no figure at all are nil.
func (f *Figures) Encode() []byte {
	if len(f.series) == 0 {
		return nil
	}
	b := append(make([]byte, 0, 64*len(f.series)), formatFirst)
	b = binary.AppendUvarint(b, uint64(len(f.series)))
	before := 0
	for i := range f.series {
		s := &f.series[i]
		b = binary.AppendUvarint(b, uint64(s.code-before))
		before = s.code
		b = s.encode(b)
	}
	return b
}

func (s *series) encode(b []byte) []byte {
	unit := uint64(unitMonthBit)
	if s.newest.Unit == Day {
		unit = unitDayBit
	}
	b = binary.AppendUvarint(b, uint64(s.newest.N)<<1|unit)
	b = append(b, byte(len(s.slots)))
	for i := 0; i < len(s.slots); i += 8 {
		var present byte
		for j, v := range s.slots[i:min(i+8, len(s.slots))] {
			if v.Mark != 0 {
				present |= 1 << j
			}
		}
		b = append(b, present)
	}
	run, tag := uint64(0), uint64(0)
	for _, v := range s.slots {
		if v.Mark == 0 {
			continue
		}
		if t := v.tag(); t != tag {
			if run > 0 {
				b = binary.AppendUvarint(binary.AppendUvarint(b, run), tag)
			}
			run, tag = 0, t
		}
		run++
	}
	b = binary.AppendUvarint(binary.AppendUvarint(b, run), tag)
	scale := s.scale()
	b = append(b, byte(scale))
	last := int64(0)
	for _, v := range s.slots {
		switch {
		case v.Mark == 0:
		case scale == scaleRaw:
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(v.Value))
		default:
			n := scaled(v.Value, scale)
			b = binary.AppendVarint(b, n-last)
			last = n
		}
	}
	return b
}

func (v Figure) tag() uint64 { return uint64(v.Revision)<<2 | uint64(v.Mark) }

// scaled is the whole number that a value is at a scale, if it is one there.
func scaled(v float64, scale int) int64 {
	n := math.Round(v * powers[scale])
	if math.Abs(n) >= maxExact {
		return 0
	}
	return int64(n)
}

// scale is the least number of decimals with which every value of the series is exact.
func (s *series) scale() int {
	scale := 0
	for _, v := range s.slots {
		if v.Mark == 0 {
			continue
		}
		for float64(scaled(v.Value, scale))/powers[scale] != v.Value || v.Value == 0 && math.Signbit(v.Value) {
			if scale++; scale > maxScale {
				return scaleRaw
			}
		}
	}
	// What was exact with fewer decimals may be too large with more.
	for _, v := range s.slots {
		if v.Mark != 0 && float64(scaled(v.Value, scale))/powers[scale] != v.Value {
			return scaleRaw
		}
	}
	return scale
}

// Decode reads packed figures; its error wraps ErrFigures.
func Decode(b []byte) (Figures, error) {
	var f Figures
	if len(b) == 0 {
		return f, nil
	}
	err := walk(b, func(code int, newest Period, n int) []Figure {
		f.series = append(f.series, series{code, newest, make([]Figure, n)})
		return f.series[len(f.series)-1].slots
	})
	if err != nil {
		return Figures{}, err
	}
	return f, nil
}

// reader takes numbers off the front of packed figures. After bad is set everything is 0.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) uvarint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // mostly
		v := r.b[0]
		r.b = r.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 || n > 1 && r.b[n-1] == 0 { // a last byte of 0 is a longer way to write the same number
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// walk reads packed figures series by series. Each asks for its slots, all of them zero, the newest first; nil passes it over.
func walk(b []byte, slotsOf func(code int, newest Period, n int) []Figure) error {
	r := reader{b: b}
	if v := r.byte(); v != formatFirst {
		return fmt.Errorf("%w: format %d", ErrFigures, v)
	}
	count := r.uvarint()
	if r.bad || count == 0 || count > MaxSeries {
		return fmt.Errorf("%w: %d series", ErrFigures, count)
	}
	code := 0
	for range count {
		step := r.uvarint()
		if r.bad || step == 0 || step > MaxCode || code+int(step) > MaxCode {
			return fmt.Errorf("%w: a code", ErrFigures)
		}
		code += int(step)
		if err := r.series(code, slotsOf); err != nil {
			return err
		}
	}
	if len(r.b) != 0 {
		return fmt.Errorf("%w: %d bytes too many", ErrFigures, len(r.b))
	}
	return nil
}

func (r *reader) series(code int, slotsOf func(code int, newest Period, n int) []Figure) error {
	bad := func(what string) error { return fmt.Errorf("%w: the %s of indicator %d", ErrFigures, what, code) }
	at := r.uvarint()
	newest := Period{Month, int(at >> 1)}
	if at&1 == unitDayBit {
		newest.Unit = Day
	}
	n := int(r.byte())
	if r.bad || at>>1 > 1<<20 || n == 0 || n > keep(newest.Unit) {
		return bad("periods")
	}
	var present uint64
	for i := 0; i < n; i += 8 {
		present |= uint64(r.byte()) << i
	}
	if r.bad || present&1 == 0 || bits.Len64(present) != n {
		return bad("reported periods")
	}
	slots := slotsOf(code, newest, n)
	if slots == nil {
		var unused [KeepDays]Figure
		slots = unused[:n]
	}
	last := uint64(0)
	for rest := present; rest != 0; {
		run, tag := r.uvarint(), r.uvarint()
		if r.bad || run == 0 || run > uint64(bits.OnesCount64(rest)) || tag == last || tag&3 == 0 || tag>>2 == 0 || tag>>2 > MaxRevision {
			return bad("marks")
		}
		for last = tag; run > 0; run-- {
			v := &slots[bits.TrailingZeros64(rest)]
			v.Mark, v.Revision = Mark(tag&3), int(tag>>2)
			rest &= rest - 1
		}
	}
	return r.values(bad, present, slots)
}

func (r *reader) values(bad func(string) error, present uint64, slots []Figure) error {
	scale := int(r.byte())
	if r.bad || scale > maxScale && scale != scaleRaw {
		return bad("scale")
	}
	sum := int64(0)
	for rest := present; rest != 0; rest &= rest - 1 {
		v := &slots[bits.TrailingZeros64(rest)]
		if scale == scaleRaw {
			if len(r.b) < 8 {
				return bad("values")
			}
			v.Value = math.Float64frombits(binary.BigEndian.Uint64(r.b))
			r.b = r.b[8:]
		} else {
			sum += r.varint()
			if sum < 0 || sum >= maxExact {
				return bad("values")
			}
			v.Value = float64(sum) / powers[scale]
		}
		if r.bad || !(v.Value >= 0 && v.Value <= 1e12) { // NaN too
			return bad("values")
		}
	}
	return nil
}
