package bench

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"golang.org/x/mod/sumdb/tlog"

	"shixin/functions/status"
	"shixin/shared/boot"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/table"
)

var long = flag.Bool("long", false, "also measure on a million listings")

// asked is how many different identifiers a benchmark asks for in turn.
const asked = 4096

// BenchmarkStatus asks lists of several lengths through the function's handler, as the gateway does. The floor beside it is the table's own
// read of the same item, and a batch's is its reads.
func BenchmarkStatus(b *testing.B) {
	sizes := []int{1e4, 1e5}
	if *long {
		sizes = append(sizes, 1e6)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("listings=%d", n), func(b *testing.B) {
			d := open(b)
			d.fill(b, n)
			f := status.Function(d.ports)
			var listed, clear, mixed []events.APIGatewayV2HTTPRequest
			var keys []table.Key
			for i := range asked {
				code := uscc(i * 7919 % n &^ 1)
				listed = append(listed, request(nil, "GET", "/v1/status/uscc/"+code, "", ""))
				clear = append(clear, request(nil, "GET", "/v1/status/uscc/"+uscc(n+i), "", ""))
				keys = append(keys, table.Key{Partition: "status#uscc#" + code, Sort: "record"})
			}
			for i := range 8 {
				mixed = append(mixed, request(operator, "POST", "/v1/status", "application/json", batch(b, n, i)))
			}
			verdict(b, f, listed, "listed")
			verdict(b, f, clear, "clear")
			b.Run("one=listed", func(b *testing.B) { ask(b, f, listed) })
			b.Run("one=clear", func(b *testing.B) { ask(b, f, clear) })
			b.Run("one=floor", func(b *testing.B) {
				rate := begin(b)
				for i := 0; b.Loop(); i++ {
					if items, err := d.table.Get(b.Context(), table.Read{Now: now, Keys: keys[i%asked : i%asked+1]}); err != nil || len(items) != 1 {
						b.Fatal(len(items), err)
					}
				}
				rate.report("checks")
			})
			b.Run("batch=1000", func(b *testing.B) { ask(b, f, mixed) })
			b.Run("batch=floor", func(b *testing.B) {
				rate := begin(b)
				for i := 0; b.Loop(); i++ {
					if items, err := d.table.Get(b.Context(), table.Read{Now: now, Keys: keys[i%4*1000:][:1000]}); err != nil || len(items) == 0 {
						b.Fatal(len(items), err)
					}
				}
				rate.report("checks")
			})
		})
	}
}

func ask(b *testing.B, f boot.HTTP, calls []events.APIGatewayV2HTTPRequest) {
	rate := begin(b)
	for i := 0; b.Loop(); i++ {
		if response, err := f(b.Context(), calls[i%len(calls)]); err != nil || response.StatusCode != 200 {
			b.Fatal(response.StatusCode, response.Body, err)
		}
	}
	rate.report("checks")
}

// verdict makes sure that the benchmark measures what it says.
func verdict(b *testing.B, f boot.HTTP, calls []events.APIGatewayV2HTTPRequest, want string) {
	b.Helper()
	for _, c := range calls {
		var answer struct{ Verdict string }
		if call(b, f, c, &answer); answer.Verdict != want {
			b.Fatalf("%s: %s, want %s", c.RawPath, answer.Verdict, want)
		}
	}
}

// batch is the body of a call about 1,000 different identifiers, half of them telephone numbers, one in ten listed.
func batch(b *testing.B, n, seed int) string {
	b.Helper()
	type identifier struct {
		Scheme string `json:"scheme"`
		Value  string `json:"value"`
	}
	query := struct {
		Identifiers []identifier `json:"identifiers"`
		Purpose     string       `json:"purpose"`
		Reference   string       `json:"reference"`
	}{Purpose: "account opening", Reference: "bench"}
	for i := range 1000 {
		at := (i + 1000*seed) * 7
		if i%10 > 0 {
			at += n
		} else {
			at %= n
		}
		if at%2 == 0 {
			query.Identifiers = append(query.Identifiers, identifier{"uscc", uscc(at)})
		} else {
			query.Identifiers = append(query.Identifiers, identifier{"msisdn", msisdn(at)})
		}
	}
	body, err := json.Marshal(query)
	if err != nil {
		b.Fatal(err)
	}
	return string(body)
}

// fill lists a company and a person through import and adoption, and then stores what the list says about them again and again, under the
// identifiers of n others and with the numbers of journal entries of their own: companies by uscc at even, persons by telephone at odd.
func (d *desk) fill(b *testing.B, n int) {
	b.Helper()
	type object = map[string]any
	row := func(regime, ground, kind string, identifiers ...object) object {
		return object{
			"regime": regime, "ground": ground, "facts": "Made for a benchmark.", "legal_basis": []string{"none"},
			"evidence": []object{{"title": "none", "sha256": strings.Repeat("0", 64)}},
			"subject":  object{"kind": kind, "names": []object{{"text": "示例(虚构)", "lang": "zh"}}, "identifiers": identifiers},
			"decided":  object{"document": "(2026)1", "on": "2026-09-01", "published": kind == "organization"},
		}
	}
	d.list(b, ndjson(b,
		row("market-regulation", "serious-violation", "organization", object{"scheme": "uscc", "value": uscc(0)}),
		row("telecom-fraud", "designated-trading", "person",
			object{"scheme": "cn-id", "value": "320500199001019911"}, object{"scheme": "msisdn", "value": msisdn(1)})))
	company, person := d.record(b, "uscc", uscc(0)), d.record(b, "msisdn", msisdn(1))
	head, err := d.store.Head(b.Context(), now)
	if err != nil {
		b.Fatal(err)
	}
	const perWrite = 100
	var writers sync.WaitGroup
	turns := make(chan int)
	for range 64 {
		writers.Go(func() {
			for first := range turns {
				var w records.Batch
				for i := first; i < min(first+perWrite, n); i++ {
					rec, id := company, d.id(b, "uscc", uscc(i))
					if i%2 == 1 {
						rec, id = person, d.id(b, "msisdn", msisdn(i))
					}
					if i < 2 {
						continue // the two are there
					}
					history := rec.Record.Listings[0]
					history.Listing = records.NewID(now)
					history.Spans = append(history.Spans[:0:0], history.Spans...)
					history.Spans[0].N = head.N + int64(i)
					other := records.Record{ID: id}
					other.Record.Listings = append(other.Record.Listings, history)
					w.PutRecord(other)
				}
				if err := d.store.Commit(b.Context(), now, &w); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for first := 0; first < n; first += perWrite {
		turns <- first
	}
	close(turns)
	writers.Wait()
	next := head.Head
	for next.N < head.N+int64(n) { // entries are not read here, but the head is of a journal as long as that
		if next, err = next.Add(head.At, tlog.Hash{}); err != nil {
			b.Fatal(err)
		}
	}
	var w records.Batch
	w.PutHead(head, next)
	if err := d.store.Commit(b.Context(), now, &w); err != nil {
		b.Fatal(err)
	}
}

func (d *desk) record(b *testing.B, scheme, value string) records.Record {
	b.Helper()
	rec, err := d.store.Record(b.Context(), now, d.id(b, scheme, value))
	if err != nil || len(rec.Record.Listings) != 1 {
		b.Fatalf("%s: %d listings, %v", scheme, len(rec.Record.Listings), err)
	}
	return rec
}

// id is under what an identifier is stored.
func (d *desk) id(b *testing.B, scheme, value string) string {
	id, err := subject.Parse(scheme, value)
	if err != nil {
		b.Error(err)
	}
	hash, err := d.ports.Hash.Hash(b.Context(), id.Normal())
	if err != nil {
		b.Error(err)
	}
	return id.Ref(hash).ID()
}
