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
	var values [][]float64
	var blocks []block
	err := walk(b, func(k block) []float64 {
		blocks, values = append(blocks, k), append(values, make([]float64, k.n))
		return values[len(values)-1]
	})
	if err != nil {
		return Figures{}, err
	}
	f.series = make([]series, len(blocks))
	for i, k := range blocks {
		s := series{k.code, k.newest, make([]Figure, k.n)}
		k.tags(b, func(slot int, m Mark, revision int) { s.slots[slot] = Figure{values[i][slot], revision, m} })
		f.series[i] = s
	}
	return f, nil
}

// block is the head of one series in packed figures.
type block struct {
	code    int
	newest  Period
	n       int    // periods from the newest back
	present uint64 // which of them are reported
	runs    int    // where its marks and revisions begin
}

// tags goes over the marks and revisions of a block that walk has found to be in order, the newest first.
func (k *block) tags(b []byte, each func(slot int, m Mark, revision int)) {
	r := reader{b: b, i: k.runs}
	for rest := k.present; rest != 0; {
		run, tag := r.uvarint(), r.uvarint()
		for ; run > 0; run-- {
			each(bits.TrailingZeros64(rest), Mark(tag&3), int(tag>>2))
			rest &= rest - 1
		}
	}
}

// reader takes numbers off packed figures. After bad is set everything is 0.
type reader struct {
	b   []byte
	i   int
	bad bool
}

func (r *reader) byte() byte {
	if r.i >= len(r.b) {
		r.bad = true
		return 0
	}
	r.i++
	return r.b[r.i-1]
}

// uvarint has the short form in line: it is called for every figure of every enterprise.
func (r *reader) uvarint() uint64 {
	if r.i < len(r.b) && r.b[r.i] < 0x80 {
		r.i++
		return uint64(r.b[r.i-1])
	}
	return r.long()
}

func (r *reader) long() uint64 {
	v, n := binary.Uvarint(r.b[min(r.i, len(r.b)):])
	if n <= 0 || n > 1 && r.b[r.i+n-1] == 0 { // a last byte of 0 is a longer way to write the same number
		r.bad, r.i = true, len(r.b)
		return 0
	}
	r.i += n
	return v
}

// walk reads packed figures series by series. Each says where the values go, the newest first; those of periods that are not reported are
// left as they are. Nil passes a series over.
func walk(b []byte, each func(k block) []float64) error {
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
		k := block{code: code}
		if what := r.block(&k); what != "" {
			return fmt.Errorf("%w: the %s of indicator %d", ErrFigures, what, code)
		}
		into := each(k)
		if into == nil {
			var unused [KeepDays]float64
			into = unused[:k.n]
		}
		if !r.values(k.present, into) {
			return fmt.Errorf("%w: the values of indicator %d", ErrFigures, code)
		}
	}
	if r.i != len(b) {
		return fmt.Errorf("%w: %d bytes too many", ErrFigures, len(b)-r.i)
	}
	return nil
}

// block reads the head of a series, and says what of it is wrong.
func (r *reader) block(k *block) string {
	at := r.uvarint()
	k.newest = Period{Month, int(at >> 1)}
	if at&1 == unitDayBit {
		k.newest.Unit = Day
	}
	k.n = int(r.byte())
	if r.bad || at>>1 > 1<<20 || k.n == 0 || k.n > keep(k.newest.Unit) {
		return "periods"
	}
	for i := 0; i < k.n; i += 8 {
		k.present |= uint64(r.byte()) << i
	}
	if r.bad || k.present&1 == 0 || bits.Len64(k.present) != k.n {
		return "reported periods"
	}
	k.runs = r.i
	last := uint64(0)
	for left := uint64(bits.OnesCount64(k.present)); left > 0; {
		run, tag := r.uvarint(), r.uvarint()
		if r.bad || run == 0 || run > left || tag == last || tag&3 == 0 || tag>>2 == 0 || tag>>2 > MaxRevision {
			return "marks"
		}
		last = tag
		left -= run
	}
	return ""
}

func (r *reader) values(present uint64, into []float64) bool {
	scale := int(r.byte())
	if r.bad || scale > maxScale && scale != scaleRaw {
		return false
	}
	if scale == scaleRaw {
		return r.raw(present, into)
	}
	power := powers[scale]
	sum := int64(0)
	for ; present != 0; present &= present - 1 {
		u := r.uvarint()
		sum += int64(u>>1) ^ -int64(u&1)
		v := float64(sum) / power
		if uint64(sum) >= maxExact || v > 1e12 {
			return false
		}
		into[bits.TrailingZeros64(present)] = v
	}
	return !r.bad
}

func (r *reader) raw(present uint64, into []float64) bool {
	for ; present != 0; present &= present - 1 {
		if len(r.b)-r.i < 8 {
			return false
		}
		v := math.Float64frombits(binary.BigEndian.Uint64(r.b[r.i:]))
		r.i += 8
		if !(v >= 0 && v <= 1e12) { // NaN too
			return false
		}
		into[bits.TrailingZeros64(present)] = v
	}
	return true
}
