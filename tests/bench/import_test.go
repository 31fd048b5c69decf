package bench

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"shixin/shared/register"
)

var rowsFile = flag.String("rows", "", "a file of import rows, one JSON object a line; without it as many are made as a large published list has")

// published is the number of entries of a large published list.
const published = 18_494

// BenchmarkImport imports a list in requests of 5,000 rows and adopts it, through the functions' handlers on a new file.
func BenchmarkImport(b *testing.B) {
	lines := importRows(b)
	for b.Loop() {
		d := open(b)
		listed := 0
		for first := 0; first < len(lines); first += register.MaxRows {
			listed += d.list(b, bytes.Join(lines[first:min(first+register.MaxRows, len(lines))], nil))
		}
		if listed != len(lines) {
			b.Fatalf("%d rows and %d listings", len(lines), listed)
		}
		writes, syncs := d.table.Stats()
		b.ReportMetric(float64(listed), "listings")
		b.ReportMetric(float64(writes), "writes")
		b.ReportMetric(float64(syncs), "syncs")
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/list")
	if kb := anonymous(); kb > 0 {
		b.ReportMetric(float64(kb)/1024, "MB-anonymous")
	}
	runtime.KeepAlive(lines)
}

func importRows(b *testing.B) [][]byte {
	b.Helper()
	if *rowsFile != "" {
		text, err := os.ReadFile(*rowsFile)
		if err != nil {
			b.Fatal(err)
		}
		return bytes.SplitAfter(bytes.TrimRight(text, "\n"), []byte("\n"))
	}
	lines := make([][]byte, published)
	for i := range lines {
		kind := "person"
		if i%3 == 0 {
			kind = "organization"
		}
		name := madeUp(i) + " " + madeUp(i*7919+13)
		lines[i] = ndjson(b, map[string]any{
			"regime": "reference", "ground": "mirrored",
			"subject": map[string]any{"kind": kind,
				"names":       []map[string]string{{"text": name, "lang": "en"}, {"text": name + " ALIAS", "lang": "en"}},
				"identifiers": []map[string]string{{"scheme": "list-ref", "value": fmt.Sprintf("bench:%d", i)}}},
			"facts": "Entry of a list made for a benchmark, programme BENCH.", "legal_basis": []string{"None"}, "evidence": []string{},
			"decided": map[string]string{"document": fmt.Sprintf("Entry %d", i), "on": "2026-01-05"},
		})
	}
	return lines
}

// madeUp is a word for a number, which sounds like none.
func madeUp(n int) string {
	const consonants, vowels = "BDFGKLMNPRSTVZ", "AEIOU"
	var word []byte
	for n += 5000; n > 0; n /= 70 {
		word = append(word, consonants[n%14], vowels[n/14%5])
	}
	return string(word)
}

// anonymous is the process's memory that no file backs, in kB; 0 where the system does not tell.
func anonymous() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var kb int
		if n, _ := fmt.Sscanf(line, "RssAnon: %d kB", &kb); n == 1 {
			return kb
		}
	}
	return 0
}
