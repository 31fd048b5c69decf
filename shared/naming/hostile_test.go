package naming

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"shixin/shared/subject"
)

// What is no name, or wants to be work.
var hostile = []string{
	"", " ", "a", "王", "7", "...", "!?;:，。、（）", "&", "' '", "有限公司", "LIMITED LIABILITY COMPANY", "S.A. DE C.V.", "北京", "网络科技", "al al al",
	"\u202e北京俊梅\u202c", "\u200b\u200d\ufeff", "北\u200b京\u200b俊\u200b梅", "😀😀😀", "俊梅😀网络科技", "\xff\xfe\xfd", "北京\xed\xa0\x80俊梅", "\x00\x00", "a\u0300\u0301\u0302\u0303",
	strings.Repeat("a", 10000), strings.Repeat("俊梅", 5000), strings.Repeat("a ", 5000), strings.Repeat("有限公司", 2500), strings.Repeat("北京", 5000), strings.Repeat("Mohammad Ali ", 800), strings.Repeat("\u0301", 10000),
	strings.Repeat("limited liability ", 600), strings.Repeat("a.", 5000), strings.Repeat("A-", 5000), "Иванов王Smith김", strings.Repeat("xian", 2500), "𠮷野家", "ﷺ", "ǅ", "İstanbul ŞTİ",
}

func crowd(t testing.TB) *Index {
	var all []Entity
	given := strings.Fields("Mohammad Ali Hassan Ahmad Hussein Abdul Karim Said Omar Yusuf")
	for i := range 3000 {
		all = append(all, person(fmt.Sprintf("p%04d", i), given[i%10]+" "+given[i/10%10]+" "+given[i/100%10]))
	}
	for i := range 1000 {
		all = append(all, org(fmt.Sprintf("o%04d", i), fmt.Sprintf("北京%c%c网络科技有限公司", '一'+rune(i%40), '一'+rune(i/40))))
	}
	return index(t, all...)
}

func TestNoNameIsTooMuch(t *testing.T) {
	x := crowd(t)
	tail := (*Tail)(nil).With([]Entity{person("tail", "Omar Said")}, nil)
	for _, name := range hostile {
		for _, kind := range []subject.Kind{"", subject.Person, subject.Organization, "vessel"} {
			hits, stats := x.Search(Query{Name: name, Kind: kind, Limit: 1e9, Threshold: -1, Region: "x", BirthYear: -1}, tail)
			short := name[:min(len(name), 30)]
			if len(hits) > MaxLimit || stats.Compared > 2*mostCompare || stats.Candidates > 2*mostCandidates {
				t.Errorf("%.30q: %d hits, %+v", short, len(hits), stats)
			}
			for i, h := range hits {
				if math.IsNaN(h.Score) || h.Score <= 0 || h.Score > 1 || i > 0 && h.Score > hits[i-1].Score {
					t.Errorf("%.30q: hit %d scores %v", short, i, h.Score)
				}
			}
		}
		if hits, _ := x.Search(Query{Name: name, Threshold: 2}, tail); len(hits) > 0 {
			t.Errorf("%.30q: %d hits above 2", name, len(hits))
		}
	}
}

// A legal form, a region or a trade by itself finds nobody.
func TestWhatManyShareIsNoHit(t *testing.T) {
	x := crowd(t)
	for _, name := range []string{"", "...", "有限公司", "北京", "网络科技", "网络科技有限公司", "北京网络科技有限公司", "LIMITED LIABILITY COMPANY", "TRADING", "\u202e", "😀"} {
		if hits, _ := x.Search(Query{Name: name}, nil); len(hits) > 0 {
			t.Errorf("%q finds %v with %v", name, hits[0].Name, hits[0].Why)
		}
	}
}

func TestManySearchAtOnce(t *testing.T) {
	x := crowd(t)
	want, _ := x.Search(Query{Name: "Ali Mohammad Hasan"}, nil)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 20 {
				if got, _ := x.Search(Query{Name: "Ali Mohammad Hasan"}, nil); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Error("another answer than alone")
				}
			}
		})
	}
	all.Wait()
}

func FuzzSearch(f *testing.F) {
	for _, name := range append(hostile[:24:24], sayings...) {
		f.Add(name[:min(len(name), 200)], "JOINT STOCK COMPANY 北京")
	}
	f.Fuzz(func(t *testing.T, query, listed string) {
		for _, kind := range []subject.Kind{subject.Organization, subject.Person} {
			score, why := Compare(query, listed, kind)
			if math.IsNaN(score) || score < 0 || score > 1 {
				t.Fatalf("%q and %q score %v: %v", query, listed, score, why)
			}
			x := index(t, entity("a", kind, []string{listed}))
			hits, _ := x.Search(Query{Name: query, Kind: kind, Threshold: -1}, nil)
			if len(hits) > 0 && hits[0].Score != score {
				t.Fatalf("%q and %q: a search says %v, a comparison %v", query, listed, hits[0].Score, score)
			}
			// Only what has a word that tells something is wholly itself.
			if self, _ := Compare(listed, listed, kind); self != 0 && self != 1 && self >= DefaultThreshold {
				t.Fatalf("%q scores %v with itself", listed, self)
			}
		}
	})
}

// A segment with a right checksum and wrong numbers is refused, or answers something: it does not crash.
func FuzzOpen(f *testing.F) {
	var b Builder
	for i, text := range sayings {
		b.Add(org(fmt.Sprintf("o%02d", i), text))
		b.Add(person(fmt.Sprintf("p%02d", i), text, "He Yuyong"))
	}
	whole, err := b.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(40), byte(1), uint32(90), byte(200))
	f.Add(uint32(1000), byte(255), uint32(5000), byte(0))
	f.Fuzz(func(t *testing.T, p uint32, v byte, q uint32, w byte) {
		data := bytes.Clone(whole)
		body := data[:len(data)-sha256.Size]
		body[int(p)%len(body)] = v
		body[int(q)%len(body)] = w
		sum := sha256.Sum256(body)
		copy(data[len(body):], sum[:])
		x, err := Open(data)
		if err != nil {
			return
		}
		for _, name := range []string{"何宇勇", "He Yuyong", "北京俊梅网络科技有限公司", "JOINT STOCK COMPANY AURUS", "Ahmad Yusuf", "HONGKONG"} {
			x.Search(Query{Name: name, Threshold: -1, Limit: MaxLimit}, nil)
		}
		x.Entity("o01")
	})
}
