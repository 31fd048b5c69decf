package peers

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/infra/indicators"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/workday"
)

var at = time.Date(2026, 11, 25, 9, 0, 0, 0, workday.Zone)

const name = "abnormal_cards"

func library(t testing.TB) (*indicator.Library, int) {
	t.Helper()
	l, err := indicators.Load()
	if err != nil {
		t.Fatal(err)
	}
	i, ok := l.Find(name)
	if !ok {
		t.Fatal(name)
	}
	return l, i
}

// member is one carrier with one figure.
type member struct {
	region, size string
	value        float64
}

func build(t testing.TB, l *indicator.Library, all []member) *Builder {
	t.Helper()
	b := NewBuilder(l, at)
	count(t, b, all)
	return b
}

func count(t testing.TB, b *Builder, all []member) {
	t.Helper()
	l, w := b.library, indicator.NewWindow(b.library)
	for _, m := range all {
		var f indicator.Figures
		if _, err := f.Put(l, name, indicator.LastDue(indicator.Month, at, l.Due), indicator.Figure{Value: m.value, Mark: indicator.Self, Revision: 1}); err != nil {
			t.Fatal(err)
		}
		if err := w.Read(f.Encode()); err != nil {
			t.Fatal(err)
		}
		b.Add(compliance.Enterprise{Sectors: []string{"telecom"}, Region: m.region, Size: m.size}, w)
	}
}

// many are n members with the values 1 to n.
func many(n int, region, size string) []member {
	var all []member
	for i := range n {
		all = append(all, member{region, size, float64(i + 1)})
	}
	return all
}

func TestPercentilesAreShownWithThreeMembersBeyond(t *testing.T) {
	l, i := library(t)
	for _, c := range []struct {
		members int
		shown   map[int]float64 // percentile -> value; all others are not shown
	}{
		{9, map[int]float64{}},
		{10, map[int]float64{50: 5}},
		{11, map[int]float64{50: 6}},
		{12, map[int]float64{50: 6, 75: 9}},
		{13, map[int]float64{25: 4, 50: 7, 75: 10}},
		{29, map[int]float64{25: 8, 50: 15, 75: 22}},
		{30, map[int]float64{25: 8, 50: 15, 75: 23, 90: 27}},
		{59, map[int]float64{10: 6, 25: 15, 50: 30, 75: 45, 90: 54}},
		{60, map[int]float64{10: 6, 25: 15, 50: 30, 75: 45, 90: 54, 95: 57}},
		{299, map[int]float64{10: 30, 25: 75, 50: 150, 75: 225, 90: 270, 95: 285}},
		{300, map[int]float64{10: 30, 25: 75, 50: 150, 75: 225, 90: 270, 95: 285, 99: 297}},
	} {
		d := build(t, l, many(c.members, "110100", "small")).Distribution()
		v := d.View("telecom", "110100", "small")
		for p, percent := range Percentiles() {
			s, ok := v.Percentile(i, p)
			if want, shown := c.shown[percent]; ok != shown || s.Value != want {
				t.Errorf("p%d of %d members: %v, %v; want %v, %v", percent, c.members, s.Value, ok, want, shown)
			}
		}
	}
}

func TestSmallGroupsAreWidened(t *testing.T) {
	l, i := library(t)
	median := slices.Index(Percentiles(), 50)
	var all []member
	all = append(all, many(20, "320500", "small")...) // enough by themselves
	all = append(all, many(4, "320500", "large")...)  // with the other sizes of the city
	all = append(all, many(4, "320100", "small")...)  // with the same size of the province
	all = append(all, many(4, "320200", "micro")...)  // with all of the province
	all = append(all, many(4, "440300", "small")...)  // with the same size of the nation
	all = append(all, many(4, "440300", "medium")...) // with all of the nation
	d := build(t, l, all).Distribution()
	for _, c := range []struct {
		region, size, group string
		members             int
	}{
		{"320500", "small", "telecom/320500/small", 20},
		{"320500", "large", "telecom/320500", 24},
		{"320100", "small", "telecom/320000/small", 24},
		{"320200", "micro", "telecom/320000", 32},
		{"440300", "small", "telecom/000000/small", 28},
		{"440300", "medium", "telecom/000000", 40},
		{"650100", "large", "telecom/000000", 40}, // where nobody was counted
		{"320582", "small", "telecom/320500/small", 20},
	} {
		v := d.View("telecom", c.region, c.size)
		s, ok := v.Percentile(i, median)
		if !ok || s.Group.String() != c.group || s.Members != c.members || s.Wider != (c.group != "telecom/"+c.region[:4]+"00/"+c.size) {
			t.Errorf("%s %s: %+v, %v; want %d of %s", c.region, c.size, s, ok, c.members, c.group)
		}
	}
	for _, c := range [][3]string{{"finance", "320500", "small"}, {"telecom", "", "small"}, {"telecom", "320500", ""}, {"mining", "320500", "small"}, {"telecom", "32050x", "small"}} {
		v := d.View(c[0], c[1], c[2])
		if s, ok := v.Percentile(i, median); ok {
			t.Errorf("%v has peers: %+v", c, s)
		}
	}
	var none *Distribution
	v := none.View("telecom", "320500", "small")
	if _, ok := v.Value(i, median); ok || v.Members(i).Members != 0 {
		t.Error("no distribution has peers")
	}
}

// Other periods, other sectors' indicators and what cannot be placed are not counted.
// An enterprise may name a province, or the nation, for its region: it is one member there all the same.
func TestAnEnterpriseOfNoCityIsOneMember(t *testing.T) {
	l, i := library(t)
	for _, region := range []string{"110000", "000000", "110100"} {
		all := append(many(7, region, "small"), many(6, region, "micro")...)
		all = append(all, many(4, "110200", "small")...)
		v := build(t, l, all).Distribution().View("telecom", region, "small")
		if n := v.Members(i).Members; n != 17 {
			t.Errorf("%s: the nation has %d members, want 17", region, n)
		}
		s, _ := v.Percentile(i, slices.Index(Percentiles(), 50))
		want := 13 // all sizes of the city
		if region == "110000" || region == "000000" {
			want = 11 // the same size of the region, with those of its city
		}
		if s.Members != want {
			t.Errorf("%s: %d members, want %d", region, s.Members, want)
		}
	}
}

// A histogram is what a map of counts is, also where a bucket has more members than one entry holds.
func TestHistogramsCountWhateverTheNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h, other histogram
		want := map[bucket]uint32{}
		count := func(into *histogram) {
			for range rapid.IntRange(0, 20).Draw(t, "adds") {
				at := bucket(rapid.IntRange(1100, 1104).Draw(t, "bucket"))
				n := rapid.Uint32Range(1, 150000).Draw(t, "members")
				into.add(at, n)
				want[at] += n
			}
		}
		count(&h)
		count(&other)
		h.merge(other)
		got := map[bucket]uint32{}
		last := bucket(-1)
		for at, n := range h.buckets() {
			if at <= last {
				t.Fatalf("bucket %d behind %d", at, last)
			}
			got[at], last = n, at
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestOnlyWhatIsComparableIsCounted(t *testing.T) {
	l, _ := library(t)
	b, w := NewBuilder(l, at), indicator.NewWindow(l)
	var f indicator.Figures
	due := indicator.LastDue(indicator.Month, at, l.Due)
	for _, p := range []indicator.Period{due.Add(-1), due.Add(1)} {
		if _, err := f.Put(l, name, p, indicator.Figure{Value: 1, Mark: indicator.Self, Revision: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Read(f.Encode()); err != nil {
		t.Fatal(err)
	}
	b.Add(compliance.Enterprise{Sectors: []string{"telecom"}, Region: "110100", Size: "small"}, w)
	if _, err := f.Put(l, name, due, indicator.Figure{Value: 1, Mark: indicator.Self, Revision: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Read(f.Encode()); err != nil {
		t.Fatal(err)
	}
	b.Add(compliance.Enterprise{Sectors: []string{"finance"}, Region: "110100", Size: "small"}, w)
	b.Add(compliance.Enterprise{Sectors: []string{"telecom"}, Region: "110100"}, w)
	if len(b.groups) != 0 {
		t.Errorf("counted: %v", b.groups)
	}
}

// However the work is divided, and in whatever order, the bytes are the same.
func TestCountsAddUpInAnyOrder(t *testing.T) {
	l, _ := library(t)
	rapid.Check(t, func(rt *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) member {
			return member{rapid.SampledFrom([]string{"110100", "320500", "320100", "440300"}).Draw(t, "region"), rapid.SampledFrom([]string{"micro", "large"}).Draw(t, "size"),
				float64(rapid.IntRange(0, 40).Draw(t, "value"))}
		})
		all := rapid.SliceOfN(one, 0, 120).Draw(rt, "members")
		whole := build(t, l, all)
		shuffled := rapid.Permutation(all).Draw(rt, "order")
		cut := rapid.IntRange(0, len(all)).Draw(rt, "cut")
		restored, err := Restore(l, build(t, l, shuffled[:cut]).Encode())
		if err != nil {
			rt.Fatal(err)
		}
		count(t, restored, shuffled[cut:])
		if !bytes.Equal(restored.Encode(), whole.Encode()) {
			rt.Fatal("the counts differ")
		}
		stored := whole.Distribution().Encode()
		if !bytes.Equal(restored.Distribution().Encode(), stored) {
			rt.Fatal("the distributions differ")
		}
		opened, err := Open(l, stored)
		if err != nil || !bytes.Equal(opened.Encode(), stored) {
			rt.Fatalf("opened and stored again it differs: %v", err)
		}
	})
}

// A percentile is the value of nearest rank, to three digits rounded up.
func TestPercentilesAreThoseOfTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1e9), 10, 400).Draw(t, "values")
		var h histogram
		for _, v := range values {
			h.add(bucketOf(v), 1)
		}
		slices.Sort(values)
		for _, p := range Percentiles() {
			at, ok := h.percentile(p, len(values))
			if !ok {
				continue
			}
			want := values[(p*len(values)+99)/100-1]
			if got := at.value(); got < want || got > max(want*1.0101, 1e-28) {
				t.Fatalf("p%d of %d is %v, want %v", p, len(values), got, want)
			}
		}
	})
}

func TestBucketsRoundUpToThreeDigits(t *testing.T) {
	for v, want := range map[float64]float64{0: 0, 1: 1, 5: 5, 999: 999, 1000: 1000, 1001: 1010, 1000.0001: 1010, 0.0234: 0.0234, 0.02341: 0.0235, 9.991: 10, 99999: 100000, 1.23: 1.23, 1e12: 1e12} {
		if got := bucketOf(v).value(); got != want {
			t.Errorf("%v stands in the bucket %v, want %v", v, got, want)
		}
	}
	for b := least; b <= maxBucket; b++ {
		if b%1000 < 100 {
			continue
		}
		want, err := strconv.ParseFloat(fmt.Sprintf("%de%d", b%1000, b/1000-bias-2), 64)
		if err != nil || b.value() != want {
			t.Fatalf("bucket %d is %v, want %v", b, b.value(), want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(0, 1e12).Draw(t, "a"), rapid.Float64Range(0, 1e12).Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		if x, y := bucketOf(a), bucketOf(b); x > y || !x.valid() {
			t.Fatalf("%v is in %d, and %v in %d", a, x, b, y)
		}
		if v := bucketOf(a).value(); a > 1e-20 && (v < a || bucketOf(v) != bucketOf(a)) {
			t.Fatalf("%v became %v, which becomes %v", a, v, bucketOf(v).value())
		}
	})
}

func TestStoredPeersAreRefusedWhenAltered(t *testing.T) {
	l, _ := library(t)
	b := build(t, l, many(40, "110100", "small"))
	for what, stored := range map[string][]byte{"counts": b.Encode(), "distribution": b.Distribution().Encode()} {
		open := func(s []byte) error {
			if what == "counts" {
				_, err := Restore(l, s)
				return err
			}
			_, err := Open(l, s)
			return err
		}
		if err := open(stored); err != nil {
			t.Fatal(err)
		}
		for n := range stored {
			if err := open(stored[:n]); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %d bytes of %d: %v", what, n, len(stored), err)
			}
		}
		if err := open(append(slices.Clone(stored), 0)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: a byte too many: %v", what, err)
		}
		other := slices.Clone(stored)
		other[10] ^= 1 // of the library's version
		if err := open(other); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s of another library: %v", what, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	l, _ := library(f)
	b := build(f, l, many(40, "110100", "small"))
	f.Add(b.Encode())
	f.Add(b.Distribution().Encode())
	f.Fuzz(func(t *testing.T, stored []byte) {
		if d, err := Open(l, stored); err == nil && !bytes.Equal(d.Encode(), stored) {
			if again, err := Open(l, d.Encode()); err != nil || !bytes.Equal(again.Encode(), d.Encode()) {
				t.Errorf("stored again it cannot be read: %v", err)
			}
		}
		if b, err := Restore(l, stored); err == nil {
			if again, err := Restore(l, b.Encode()); err != nil || !bytes.Equal(again.Encode(), b.Encode()) {
				t.Errorf("stored again it cannot be read: %v", err)
			}
			b.Distribution()
		}
	})
}

// What a run pins of a nation of 100,000 carriers.
func TestDistributionIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	l, _ := library(t)
	b, w := NewBuilder(l, at), indicator.NewWindow(l)
	due := indicator.LastDue(indicator.Month, at, l.Due)
	for i := range 20_000 {
		var f indicator.Figures
		for k := range l.Len() {
			d := l.At(k)
			if d.Period == indicator.Month && d.For([]string{"telecom"}) {
				v := math.Mod(float64(i*(k+7919)), 997) / 997 * min(d.Max, 1e5)
				if d.Kind == indicator.Count {
					v = math.Trunc(v)
				}
				if _, err := f.Put(l, d.Name, due, indicator.Figure{Value: v, Mark: indicator.Self, Revision: 1}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Read(f.Encode()); err != nil {
			t.Fatal(err)
		}
		b.Add(compliance.Enterprise{Sectors: []string{"telecom"}, Region: strconv.Itoa(11+i%23) + fmt.Sprintf("%02d00", 1+i/23%15), Size: sizes[1+i%4]}, w)
	}
	counts, stored := len(b.Encode()), len(b.Distribution().Encode())
	if t.Logf("counts %d bytes, distribution %d bytes", counts, stored); stored > 1<<20 {
		t.Errorf("the distribution of one sector takes %d bytes", stored)
	}
}
