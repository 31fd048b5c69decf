package peers

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"shixin/shared/compliance/indicator"
)

// Distribution is the percentiles that a run compares enterprises with. It is immutable.
type Distribution struct {
	library    *indicator.Library
	month, day indicator.Period
	groups     map[class]*table
}

// table is what one group shows. A run has thousands of them, so that they hold no more than they must.
type table struct {
	class class
	at    []int16 // by the indicator's position: its row, from 1; 0 where nothing is shown
	rows  []row
}

// row is one indicator of a group.
type row struct {
	members int32
	shown   uint8 // a bit for each of percentiles
	at      [len(percentiles)]bucket
}

func newTable(c class, indicators int) *table { return &table{class: c, at: make([]int16, indicators)} }

// add makes the row of the indicator at a position.
func (t *table) add(position int) *row {
	t.rows = append(t.rows, row{})
	t.at[position] = int16(len(t.rows))
	return &t.rows[len(t.rows)-1]
}

// row is that of the indicator at a position; nil where the group shows nothing of it. There is no group without a table but nil.
func (t *table) row(position int) *row {
	if t == nil || t.at[position] == 0 {
		return nil
	}
	return &t.rows[t.at[position]-1]
}

func (r *row) set(p int, at bucket) {
	r.shown |= 1 << p
	r.at[p] = at
}

// Stat is one number about peers.
type Stat struct {
	Value   float64
	Members int
	Group   Group
	Wider   bool // the group is wider than the enterprise's own, which shows too little
}

// View is the groups that one enterprise is in, from the finest on. The zero View has no peers.
type View struct {
	tables [levels]*table
}

// View finds the groups of an enterprise of a sector. A nil Distribution has none.
func (d *Distribution) View(sector, region, size string) View {
	var v View
	if d == nil {
		return v
	}
	c, ok := classOf(sector, region, size)
	if !ok {
		return v
	}
	for i, w := range c.wider() {
		v.tables[i] = d.groups[w]
	}
	return v
}

// Percentile is one of Percentiles, by its index there, of the indicator at a position of the library, in the finest group that shows it.
// False: not even the nation's enterprises are enough.
func (v *View) Percentile(position, index int) (Stat, bool) {
	for level, t := range v.tables {
		if r := t.row(position); r != nil && r.shown&(1<<index) != 0 {
			return Stat{Value: r.at[index].value(), Members: int(r.members), Group: t.class.group(), Wider: level > 0}, true
		}
	}
	return Stat{}, false
}

// Value is Percentile's value alone, as fast as can be.
func (v *View) Value(position, index int) (float64, bool) {
	for _, t := range v.tables {
		if r := t.row(position); r != nil && r.shown&(1<<index) != 0 {
			return r.at[index].value(), true
		}
	}
	return 0, false
}

// Members is how many enterprises of the sector, in the whole nation, have reported the indicator: what percentiles can be shown at all. It
// is 0 where they are fewer than MinMembers.
func (v *View) Members(position int) Stat {
	t := v.tables[levels-1]
	r := t.row(position)
	if r == nil {
		return Stat{}
	}
	return Stat{Value: float64(r.members), Members: int(r.members), Group: t.class.group(), Wider: true}
}

// Period is the period whose figures were counted, by how often the indicator is reported.
func (d *Distribution) Period(u indicator.Unit) indicator.Period {
	if u == indicator.Day {
		return d.day
	}
	return d.month
}

// Encode stores the distribution. Equal distributions have equal bytes.
func (d *Distribution) Encode() []byte {
	out := head(distributionMagic, d.library, d.month, d.day)
	out = binary.AppendUvarint(out, uint64(len(d.groups)))
	for _, c := range slices.SortedFunc(maps.Keys(d.groups), order) {
		out = appendClass(out, c)
		t := d.groups[c]
		var used []int
		for i, at := range t.at {
			if at > 0 {
				used = append(used, i)
			}
		}
		slices.SortFunc(used, func(i, j int) int { return d.library.At(i).Code - d.library.At(j).Code })
		out = binary.AppendUvarint(out, uint64(len(used)))
		for _, i := range used {
			r := t.row(i)
			out = binary.AppendUvarint(out, uint64(d.library.At(i).Code))
			out = binary.AppendUvarint(out, uint64(r.members))
			out = append(out, r.shown)
			for p := range percentiles {
				if r.shown&(1<<p) != 0 {
					out = binary.AppendUvarint(out, uint64(r.at[p]))
				}
			}
		}
	}
	return out
}

// Open reads a stored distribution; the library must be the one that it was made with. Its error wraps ErrDamaged.
func Open(l *indicator.Library, stored []byte) (*Distribution, error) {
	r, month, day, err := open(distributionMagic, l, stored)
	if err != nil {
		return nil, err
	}
	d := &Distribution{library: l, month: month, day: day, groups: map[class]*table{}}
	err = r.groups(func(c class, position int) error {
		t := d.groups[c]
		if t == nil {
			t = newTable(c, l.Len())
			d.groups[c] = t
		}
		w := t.add(position)
		members := r.uvarint()
		shown := r.byte()
		if members < MinMembers || members > 1<<30 || shown>>len(percentiles) != 0 {
			return fmt.Errorf("%w: %d members", ErrDamaged, members)
		}
		w.members = int32(members)
		last := bucket(0)
		for p := range percentiles {
			if shown&(1<<p) == 0 {
				continue
			}
			at := bucket(min(r.uvarint(), uint64(maxBucket)+1))
			if r.bad || !at.valid() || at < last {
				return fmt.Errorf("%w: a percentile", ErrDamaged)
			}
			w.set(p, at)
			last = at
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// reader takes numbers off the front of stored bytes. After bad is set everything is 0.
type reader struct {
	library *indicator.Library
	b       []byte
	bad     bool
}

func open(magic string, l *indicator.Library, stored []byte) (*reader, indicator.Period, indicator.Period, error) {
	r := &reader{library: l, b: stored}
	month, day := indicator.Period{Unit: indicator.Month}, indicator.Period{Unit: indicator.Day}
	if string(r.take(len(magic))) != magic {
		return nil, month, day, fmt.Errorf("%w: the format", ErrDamaged)
	}
	if version := string(r.take(int(r.byte()))); version != l.Version {
		return nil, month, day, fmt.Errorf("%w: of indicators %q, not %q", ErrDamaged, version, l.Version)
	}
	m, d := r.uvarint(), r.uvarint()
	if r.bad || m > 1<<20 || d > 1<<20 {
		return nil, month, day, fmt.Errorf("%w: the periods", ErrDamaged)
	}
	month.N, day.N = int(m), int(d)
	return r, month, day, nil
}

// groups calls for each indicator of each group.
func (r *reader) groups(each func(c class, position int) error) error {
	last := class{}
	for n := r.uvarint(); n > 0; n-- {
		c := class{sector: r.byte(), size: r.byte()}
		region := r.uvarint()
		if r.bad || c.sector == 0 || int(c.sector) > len(indicator.Sectors()) || int(c.size) >= len(sizes) || region > 999999 || region%100 != 0 {
			return fmt.Errorf("%w: a group", ErrDamaged)
		}
		c.region = int32(region)
		if order(last, c) >= 0 {
			return fmt.Errorf("%w: the order of the groups", ErrDamaged)
		}
		last = c
		used := r.uvarint()
		if used == 0 {
			return fmt.Errorf("%w: an empty group", ErrDamaged)
		}
		code := uint64(0)
		for ; used > 0; used-- {
			next := r.uvarint()
			position := -1
			if next > code && next <= indicator.MaxCode {
				position = r.library.Position(int(next))
			}
			if r.bad || position < 0 {
				return fmt.Errorf("%w: an indicator", ErrDamaged)
			}
			code = next
			if err := each(c, position); err != nil {
				return err
			}
		}
	}
	if r.bad || len(r.b) != 0 {
		return fmt.Errorf("%w: its end", ErrDamaged)
	}
	return nil
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}
