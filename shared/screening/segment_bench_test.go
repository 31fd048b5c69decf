package screening

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"shixin/shared/blob/file"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/naming"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

var million = flag.Bool("million", false, "also measure a list of a million subjects")

// keyDocument is a keyring as it lies in a file.
type keyDocument []byte

func (d keyDocument) Document(context.Context) ([]byte, error) { return d, nil }

// word is a word that sounds like none, of so many.
func word(r *rand.Rand, of int) string {
	const consonants, vowels = "BDFGKLMNPRSTVZ", "AEIOU"
	var w []byte
	for n := r.IntN(of) + 5000; n > 0; n /= 70 {
		w = append(w, consonants[n%14], vowels[n/14%5])
	}
	return string(w)
}

// BenchmarkSegment is a long list as an indexer writes it anew after some effects, and as a search reads it: ready is what the first search of a
// process waits for, a step is an indexer's, and MB the most memory of the process, the list in the making and both segments together.
func BenchmarkSegment(b *testing.B) {
	sizes := []int{100_000}
	if *million {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("subjects=%d", n), func(b *testing.B) {
			for b.Loop() {
				longList(b, n)
			}
		})
	}
}

func longList(b *testing.B, n int) {
	doc, err := tinkseal.Generate()
	if err != nil {
		b.Fatal(err)
	}
	s := &Screening{Blobs: file.New(b.TempDir()), Seal: tinkseal.New(ring.New(keyDocument(doc)))}
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Date(2026, 9, 30, 10, 0, 0, 0, time.UTC)
	cards := make([]*Card, n)
	var wanted []string
	for i := range cards {
		kind := subject.Person
		if i%3 == 0 {
			kind = subject.Organization
		}
		name := word(r, 30_000) + " " + word(r, 30_000)
		cards[i] = &Card{Listing: fmt.Sprintf("06h18%021d", i), Regime: reference, Kind: kind, Published: true,
			Names: []subject.Name{{Text: name, Lang: "en"}, {Text: name + " " + word(r, 500), Lang: "en"}},
			Refs:  []subject.Ref{{Scheme: subject.ListRef, Key: fmt.Sprintf("bench:%d", i), Shown: fmt.Sprintf("bench:%d", i)}}}
		if i%(n/2000) == 0 {
			wanted = append(wanted, name)
		}
	}
	made, err := s.write(b.Context(), now, int64(n), cards)
	if err != nil {
		b.Fatal(err)
	}
	cards = nil

	start := time.Now()
	v, err := s.onSegment(b.Context(), nil, &made, int64(n))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "s/ready")
	start = time.Now()
	for _, name := range wanted {
		if found, _ := v.base.public.names.Search(naming.Query{Name: name, Limit: 10, Threshold: naming.ScreeningThreshold}, nil); len(found) == 0 {
			b.Fatalf("%s is not found", name)
		}
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(len(wanted)), "us/search")

	start = time.Now()
	all, was, err := v.all(workday.DayOf(now))
	if err != nil || len(all) != n || was != n {
		b.Fatal(len(all), was, err)
	}
	if _, err := s.write(b.Context(), now, int64(n)+1, all); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "s/step")
	if text, err := os.ReadFile("/proc/self/status"); err == nil {
		_, rest, _ := strings.Cut(string(text), "VmHWM:")
		var kb int
		if k, _ := fmt.Sscan(rest, &kb); k == 1 {
			b.ReportMetric(float64(kb)/1024, "MB-most")
		}
	}
}
