// Package peers provides the distributions of reported figures over comparable enterprises.
//
// A first pass of a run counts every figure of the last period that is due into the finest group of its enterprise: sector, city and size
// class. From that a [Distribution] is made, which the run pins: for each group, and for each wider group, a few percentiles. Counting
// is exact and adds up in any order, so that the same enterprises give the same bytes however the work was divided.
package peers

import (
	"strconv"

	"shixin/shared/compliance/indicator"
)

// Percentiles lists those that a distribution has.
func Percentiles() []int { return []int{10, 25, 50, 75, 90, 95, 99} }

var percentiles = [...]int{10, 25, 50, 75, 90, 95, 99}

const (
	// MinBeyond is how many members must lie beyond a percentile for it to be shown: fewer could be recognised by it.
	MinBeyond = 3
	// MinMembers is the size below which a group says nothing at all.
	MinMembers = 10
)

// Size classes, from 1; 0 is all sizes.
var sizes = []string{"", "micro", "small", "medium", "large"}

// Group is who is compared with each other. An empty Size is all sizes; the region of the nation is 000000.
type Group struct {
	Sector string
	Region string // of GB/T 2260: a city, a province, or the nation
	Size   string
}

// String is the group as findings show it: sector/region, and /size where it is of one.
func (g Group) String() string {
	s := g.Sector + "/" + g.Region
	if g.Size != "" {
		s += "/" + g.Size
	}
	return s
}

// class is a Group in numbers. Its region is that of a city, 320500, of a province, 320000, or 0.
type class struct {
	sector uint8
	size   uint8
	region int32
}

// classOf is the finest group of an enterprise; false for what is no sector, region or size.
func classOf(sector, region, size string) (class, bool) {
	var c class
	for i, s := range indicator.Sectors() {
		if s == sector {
			c.sector = uint8(i + 1)
		}
	}
	for i, s := range sizes {
		if s == size {
			c.size = uint8(i)
		}
	}
	n, err := strconv.Atoi(region)
	if err != nil || n < 0 || n > 999999 || len(region) != 6 {
		return class{}, false
	}
	c.region = int32(n / 100 * 100)
	return c, c.sector > 0 && c.size > 0
}

func (c class) group() Group {
	region := strconv.Itoa(int(c.region) + 1000000)[1:]
	return Group{Sector: indicator.Sectors()[c.sector-1], Region: region, Size: sizes[c.size]}
}

// levels is how many groups an enterprise is in, from the finest to the widest.
const levels = 6

// wider lists the groups of a finest one, itself first: city and size, city, province and size, province, nation and size, nation.
func (c class) wider() [levels]class {
	province := c.region / 10000 * 10000
	return [levels]class{c, {c.sector, 0, c.region}, {c.sector, c.size, province}, {c.sector, 0, province}, {c.sector, c.size, 0}, {c.sector, 0, 0}}
}

// holds reports whether a finest group lies in the region of this one.
func (c class) holds(finest class) bool {
	return c.sector == finest.sector && (c.region == 0 || c.region == finest.region || c.region == finest.region/10000*10000)
}
