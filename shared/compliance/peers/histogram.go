package peers

import (
	"iter"
	"slices"
	"strconv"
)

// bucket is a value to three significant digits, rounded up, so that who has exactly the value of a percentile is never above it. Zero is
// bucket 0, and buckets ascend as values do: (exponent + 30) * 1000 + the three digits.
type bucket int32

const (
	bias      = 30
	maxBucket = bucket(60*1000 + 999)
	least     = bucket(1*1000 + 100)
)

// bucketOf is exact on every machine: it works on the decimal digits.
func bucketOf(v float64) bucket {
	if !(v > 0) {
		return 0
	}
	var text [32]byte
	b := strconv.AppendFloat(text[:0], v, 'e', -1, 64) // d.ddde±xx
	digits, used, more := 0, 0, false
	i := 0
	for ; b[i] != 'e'; i++ {
		switch {
		case b[i] == '.':
		case used < 3:
			digits, used = digits*10+int(b[i]-'0'), used+1
		case b[i] != '0':
			more = true
		}
	}
	for ; used < 3; used++ {
		digits *= 10
	}
	exponent := 0
	for _, d := range b[i+2:] {
		exponent = exponent*10 + int(d-'0')
	}
	if b[i+1] == '-' {
		exponent = -exponent
	}
	if more {
		if digits++; digits == 1000 {
			digits, exponent = 100, exponent+1
		}
	}
	if exponent+bias < 1 { // smaller than any figure is
		return least
	}
	return bucket(min(exponent+bias, 60)*1000 + digits)
}

// powers of ten that a double has exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// value is the number that a bucket stands for: the double that is closest to its decimal, as one rounding of two exact numbers is.
func (b bucket) value() float64 {
	if b == 0 {
		return 0
	}
	digits, exponent := float64(b%1000), int(b/1000)-bias-2
	switch {
	case exponent >= 0 && exponent < len(powers):
		return digits * powers[exponent]
	case exponent < 0 && -exponent < len(powers):
		return digits / powers[-exponent]
	}
	v, _ := strconv.ParseFloat(strconv.FormatFloat(digits, 'f', 0, 64)+"e"+strconv.Itoa(exponent), 64)
	return v
}

func (b bucket) valid() bool { return b == 0 || b >= 1000 && b <= maxBucket && b%1000 >= 100 }

// histogram counts values, ascending by bucket. A first pass keeps millions of these, so that one is four bytes: a bucket with more members
// than fit has several, one behind the other, all but the last one full.
type histogram []counted

type counted struct{ at, n uint16 }

const full = 1<<16 - 1

func (h *histogram) add(at bucket, n uint32) {
	i, _ := slices.BinarySearchFunc(*h, int(at)+1, func(c counted, behind int) int { return int(c.at) - behind })
	if i > 0 && bucket((*h)[i-1].at) == at {
		room := min(n, full-uint32((*h)[i-1].n))
		(*h)[i-1].n += uint16(room)
		n -= room
	}
	for ; n > 0; i++ {
		part := min(n, full)
		*h = slices.Insert(*h, i, counted{uint16(at), uint16(part)})
		n -= part
	}
}

// buckets yields each bucket once, ascending, with its members.
func (h histogram) buckets() iter.Seq2[bucket, uint32] {
	return func(yield func(bucket, uint32) bool) {
		for i := 0; i < len(h); {
			at, n := h[i].at, uint32(0)
			for ; i < len(h) && h[i].at == at; i++ {
				n += uint32(h[i].n)
			}
			if !yield(bucket(at), n) {
				return
			}
		}
	}
}

// merge adds another histogram.
func (h *histogram) merge(other histogram) {
	if len(*h) == 0 {
		*h = slices.Clone(other)
		return
	}
	for _, c := range other {
		h.add(bucket(c.at), uint32(c.n))
	}
}

func (h histogram) members() int {
	n := 0
	for _, c := range h {
		n += int(c.n)
	}
	return n
}

// percentile is the value that p of a hundred members do not exceed (nearest rank); false where fewer than MinBeyond members rank beyond
// it, below it for those under the median.
func (h histogram) percentile(p, members int) (bucket, bool) {
	rank := (p*members + 99) / 100
	beyond := members - rank
	if p < 50 {
		beyond = rank - 1
	}
	if members < MinMembers || beyond < MinBeyond {
		return 0, false
	}
	for _, c := range h {
		if rank -= int(c.n); rank <= 0 {
			return bucket(c.at), true
		}
	}
	return 0, false
}
