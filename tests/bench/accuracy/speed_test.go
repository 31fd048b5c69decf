package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/naming"
)

// folders are the data sets of SHIXIN_DATA, or the one that comes with the benchmark.
func folders(tb testing.TB) map[string]*dataset {
	tb.Helper()
	root, err := fs.Sub(shipped, "data")
	if err != nil {
		tb.Fatal(err)
	}
	if dir := os.Getenv("SHIXIN_DATA"); dir != "" {
		root = os.DirFS(dir)
	}
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]*dataset{}
	for _, e := range entries {
		if folder, err := fs.Sub(root, e.Name()); err == nil {
			if info, err := fs.Stat(root, e.Name()); err == nil && info.IsDir() {
				if all[e.Name()], err = load(folder); err != nil {
					tb.Fatal(err)
				}
			}
		}
	}
	return all
}

func open(tb testing.TB, entities []naming.Entity) *naming.Index {
	tb.Helper()
	var b naming.Builder
	for _, e := range entities {
		b.Add(e)
	}
	start := time.Now()
	data, err := b.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	built := time.Since(start)
	start = time.Now()
	x, err := naming.Open(data)
	if err != nil {
		tb.Fatal(err)
	}
	fmt.Printf("%d entities, %d names: built in %v, %d bytes a name, ready in %v\n", x.Len(), x.Names(), built.Round(time.Millisecond), len(data)/max(x.Names(), 1), time.Since(start).Round(time.Millisecond))
	return x
}

// ask measures queries one after another in time of the processor, and reports the slowest hundredth beside the mean.
func ask(b *testing.B, x *naming.Index, queries []query, threshold float64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	each := make([]time.Duration, 0, 1<<16)
	cut := 0
	var all time.Duration
	for i := 0; b.Loop(); i++ {
		q := naming.Query{Name: queries[i%len(queries)].name, Threshold: threshold}
		start := spent()
		_, stats := x.Search(q, nil)
		took := spent() - start
		each, all = append(each, took), all+took
		if stats.Cut {
			cut++
		}
	}
	slices.Sort(each)
	b.ReportMetric(float64(b.N)/all.Seconds(), "queries/cpu-s")
	b.ReportMetric(float64(each[len(each)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(each[len(each)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(cut)/float64(b.N), "cut")
}

// The queries of each data set against its own list, as an interactive search asks: the ten best whatever their score.
func BenchmarkQueries(b *testing.B) {
	for name, set := range folders(b) {
		x := open(b, set.entities)
		b.Run(name, func(b *testing.B) { ask(b, x, set.queries, -1) })
	}
}

// The names of a file against a list, as a screening asks: only what is above the default threshold.
func BenchmarkScreening(b *testing.B) {
	for name, set := range folders(b) {
		x := open(b, set.entities)
		file := recombined(set, 20000, 7)
		var queries []query
		for _, e := range file {
			queries = append(queries, query{name: e.Names[0].Text})
		}
		b.Run(name, func(b *testing.B) { ask(b, x, queries, 0) })
	}
}

// A list that is ten times as long is to cost far less than ten times the time.
func BenchmarkRecombined(b *testing.B) {
	for name, set := range folders(b) {
		for _, n := range []int{100_000, 1_000_000} {
			x := open(b, recombined(set, n, 1))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) { ask(b, x, set.queries, -1) })
		}
	}
}

// recombined makes entities whose names are put together from words, or from characters, of those of a list.
func recombined(set *dataset, n int, seed uint64) []naming.Entity {
	r := rand.New(rand.NewPCG(seed, 1))
	pieces := func(name string) []string {
		if words := strings.Fields(name); len(words) > 1 {
			return words
		}
		return strings.Split(name, "")
	}
	all := make([]naming.Entity, n)
	for i := range all {
		like := set.entities[r.IntN(len(set.entities))]
		e := naming.Entity{ID: fmt.Sprintf("R%08d", i), Kind: like.Kind, Published: true}
		for _, name := range like.Names {
			words := slices.Clone(pieces(name.Text))
			for w := range words {
				for range 20 { // another word of the same kind of entity, at the same place
					other := set.entities[r.IntN(len(set.entities))]
					from := pieces(other.Names[r.IntN(len(other.Names))].Text)
					if other.Kind == like.Kind && len(from) > w && (len(from[w]) > 3) == (len(words[w]) > 3) {
						words[w] = from[w]
						break
					}
				}
			}
			sep := " "
			if !strings.Contains(name.Text, " ") {
				sep = ""
			}
			e.Names = append(e.Names, naming.Name{Text: strings.Join(words, sep)})
		}
		all[i] = e
	}
	return all
}
