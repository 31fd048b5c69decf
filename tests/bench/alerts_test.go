package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"shixin/functions/publisher"
	"shixin/functions/watch"
	"shixin/shared/blob/file"
)

// The list that is watched, and the effects that come: one entry in a hundred bears the name of a listing.
const (
	watched  = 100_000
	partRows = 5_000
	effects  = 1_000
)

// BenchmarkAlerts takes a watch list of 100,000 names past 1,000 listings of two names each, through the functions' handlers.
func BenchmarkAlerts(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d := open(b)
		d.ports.Blobs = file.New(b.TempDir())
		r := rand.New(rand.NewPCG(1, 2))
		name := func() string {
			return madeUp(r.IntN(20_000)) + " " + madeUp(r.IntN(20_000)) + " " + madeUp(r.IntN(500))
		}
		listed := make([]string, effects)
		for i := range listed {
			listed[i] = name()
		}
		put, work := watch.Function(d.ports), publisher.Function(d.ports)
		for part := range watched / partRows {
			var rows []string
			for i := range partRows {
				n := part*partRows + i
				entry := name()
				if n%(watched/effects) == 0 {
					entry = listed[n/(watched/effects)]
				}
				rows = append(rows, fmt.Sprintf(`{"id":"c-%d","name":%q}`, n, entry))
			}
			body := `{"entries":[` + strings.Join(rows, ",") + `]}`
			path := fmt.Sprintf("part=%d&parts=%d", part+1, watched/partRows)
			e := request(operator, "PUT", "/v1/watchlists/all", "application/json", body)
			e.RawQueryString = path
			call(b, put, e, nil)
		}
		turn := func(body string) {
			b.Helper()
			answer, err := work(b.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: body, Attributes: map[string]string{"SentTimestamp": fmt.Sprint(now.UnixMilli())}}}})
			if err != nil || len(answer.BatchItemFailures) > 0 {
				b.Fatal("the worker failed", err)
			}
		}
		const one = `{"owner":"account:operator","list":"all"}`
		turn(one) // makes it
		var lines []byte
		for i, text := range listed {
			lines = append(lines, ndjson(b, map[string]any{"regime": "reference", "ground": "mirrored",
				"subject": map[string]any{"kind": "organization", "names": []map[string]string{{"text": text, "lang": "en"}, {"text": name(), "lang": "en"}},
					"identifiers": []map[string]string{{"scheme": "list-ref", "value": fmt.Sprintf("bench:%d", i)}}},
				"facts": "Entry of a list made for a benchmark, programme BENCH.", "legal_basis": []string{"None"}, "evidence": []string{},
				"decided": map[string]string{"document": fmt.Sprintf("Entry %d", i), "on": "2026-01-05"}})...)
		}
		if n := d.list(b, lines); n != effects {
			b.Fatalf("%d are listed", n)
		}
		began, cpu := b.Elapsed(), cpuTime()
		b.StartTimer()
		turn(one)
		b.StopTimer()
		b.ReportMetric((b.Elapsed() - began).Seconds(), "s/1000-listings")
		b.ReportMetric((cpuTime() - cpu).Seconds(), "cpu-s/1000-listings")
		b.ReportMetric(float64(anonymous())/1024, "MB-anonymous")
		var page struct {
			Items []struct{ Listing string }
		}
		e := request(operator, "GET", "/v1/alerts", "", "")
		e.RawQueryString = "limit=500"
		call(b, put, e, &page)
		b.ReportMetric(float64(len(page.Items)), "alerts-of-500")
		b.StartTimer()
	}
}
