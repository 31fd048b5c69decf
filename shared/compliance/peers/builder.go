package peers

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
)

// Builder counts the figures of a first pass. It is not safe for concurrent use: a worker goes on with what the one before it has stored.
type Builder struct {
	library    *indicator.Library
	month, day indicator.Period
	groups     map[class][]histogram // the finest ones; by the indicator's position in the library
}

// NewBuilder starts to count the figures of the periods that are the last ones due at a run's moment.
func NewBuilder(l *indicator.Library, at time.Time) *Builder {
	return &Builder{library: l, groups: map[class][]histogram{},
		month: indicator.LastDue(indicator.Month, at, l.Due), day: indicator.LastDue(indicator.Day, at, l.Due)}
}

// Add counts an enterprise's figures, which the window looks at, in each of its sectors. Enterprises without region or size have no peers.
func (b *Builder) Add(e compliance.Enterprise, figures *indicator.Window) {
	for _, sector := range e.Sectors {
		c, ok := classOf(sector, e.Region, e.Size)
		if !ok {
			continue
		}
		for i := range b.library.Len() {
			d := b.library.At(i)
			period := b.month.N
			if d.Period == indicator.Day {
				period = b.day.N
			}
			v, has := figures.Value(i, period)
			if !has || !slices.Contains(d.Sectors, sector) {
				continue
			}
			b.histograms(c)[i].add(bucketOf(v), 1)
		}
	}
}

func (b *Builder) histograms(c class) []histogram {
	h := b.groups[c]
	if h == nil {
		h = make([]histogram, b.library.Len())
		b.groups[c] = h
	}
	return h
}

// ErrDamaged is wrapped by Open and Restore for bytes that are cut short, altered, or of another library or format.
var ErrDamaged = errors.New("peers: the stored figures of peers are not readable")

// Counts, as Builder.Encode stores them, and distributions begin alike:
//
//	magic, 8 bytes, the last one the format
//	version of the library: u8 length, bytes
//	month, day: uvarint numbers of the periods
//	groups, uvarint, ascending; each: sector u8, size u8, region uvarint, indicators uvarint; each: its code, uvarint, ascending, and
//	  counts: buckets uvarint, then each the step from the bucket before and its members, uvarints
//	  distribution: members uvarint, then a bit for each percentile that is shown, u8, and its bucket, uvarint
const (
	countsMagic       = "sx-peer\x01"
	distributionMagic = "sx-dist\x01"
)

func head(magic string, l *indicator.Library, month, day indicator.Period) []byte {
	b := append([]byte(magic), byte(len(l.Version)))
	b = append(b, l.Version...)
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(month.N)), uint64(day.N))
}

func order(a, b class) int {
	return cmp.Or(cmp.Compare(a.sector, b.sector), cmp.Compare(a.region, b.region), cmp.Compare(a.size, b.size))
}

func appendClass(b []byte, c class) []byte {
	return binary.AppendUvarint(append(b, c.sector, c.size), uint64(c.region))
}

// Encode stores what was counted so far, for another worker to go on with.
func (b *Builder) Encode() []byte {
	out := head(countsMagic, b.library, b.month, b.day)
	out = binary.AppendUvarint(out, uint64(len(b.groups)))
	for _, c := range slices.SortedFunc(maps.Keys(b.groups), order) {
		out = appendClass(out, c)
		var used []int
		for i, h := range b.groups[c] {
			if len(h) > 0 {
				used = append(used, i)
			}
		}
		slices.SortFunc(used, func(i, j int) int { return b.library.At(i).Code - b.library.At(j).Code })
		out = binary.AppendUvarint(out, uint64(len(used)))
		for _, i := range used {
			h := b.groups[c][i]
			out = binary.AppendUvarint(out, uint64(b.library.At(i).Code))
			many := 0
			for range h.buckets() {
				many++
			}
			out = binary.AppendUvarint(out, uint64(many))
			last := bucket(0)
			for at, n := range h.buckets() {
				out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(at-last)), uint64(n))
				last = at
			}
		}
	}
	return out
}

// Restore reads what Encode stored; the library must be the same. Its error wraps ErrDamaged.
func Restore(l *indicator.Library, stored []byte) (*Builder, error) {
	r, month, day, err := open(countsMagic, l, stored)
	if err != nil {
		return nil, err
	}
	b := &Builder{library: l, month: month, day: day, groups: map[class][]histogram{}}
	err = r.groups(func(c class, position int) error {
		n := r.uvarint()
		if n == 0 || n > uint64(len(r.b)) {
			return fmt.Errorf("%w: %d buckets", ErrDamaged, n)
		}
		h := make(histogram, 0, n)
		at := bucket(0)
		for i := range n {
			step, members := r.uvarint(), r.uvarint()
			if step > uint64(maxBucket) || members == 0 || members > 1<<31 || i > 0 && step == 0 {
				return fmt.Errorf("%w: a bucket", ErrDamaged)
			}
			at += bucket(step)
			if !at.valid() {
				return fmt.Errorf("%w: bucket %d", ErrDamaged, at)
			}
			h.add(at, uint32(members))
		}
		b.histograms(c)[position] = h
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Distribution is the percentiles of all groups, wider ones included, that have something to show. It goes over the finest groups in their order,
// region by region, so that beside them it holds the counts of one city, one province and the nation.
func (b *Builder) Distribution() *Distribution {
	d := &Distribution{library: b.library, month: b.month, day: b.day, groups: map[class]*table{}}
	open := map[class][]histogram{} // groups that more is to come of
	for _, c := range slices.SortedFunc(maps.Keys(b.groups), order) {
		for w, hs := range open {
			if !w.holds(c) {
				d.show(w, hs)
				delete(open, w)
			}
		}
		groups := c.wider()
		for level, w := range groups {
			if slices.Contains(groups[:level], w) { // an enterprise of a province or the nation, which is in no city
				continue
			}
			if w == c && c.region%10000 != 0 { // a city's: nothing else is counted there
				d.show(c, b.groups[c])
				continue
			}
			into := open[w]
			if into == nil {
				into = make([]histogram, b.library.Len())
				open[w] = into
			}
			for i, h := range b.groups[c] {
				into[i].merge(h)
			}
		}
	}
	for w, hs := range open {
		d.show(w, hs)
	}
	return d
}

// show adds what a group shows.
func (d *Distribution) show(c class, hs []histogram) {
	t := newTable(c, len(hs))
	for i, h := range hs {
		members := h.members()
		if members < MinMembers {
			continue
		}
		r := t.add(i)
		r.members = int32(members)
		for p, percent := range percentiles {
			if at, ok := h.percentile(percent, members); ok {
				r.set(p, at)
			}
		}
	}
	if len(t.rows) > 0 {
		d.groups[c] = t
	}
}
