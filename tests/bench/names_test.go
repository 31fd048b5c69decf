package bench

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/functions/indexer"
	"shixin/functions/screenwork"
	"shixin/functions/search"
	"shixin/shared/blob/file"
	"shixin/shared/blob/inbox"
	"shixin/shared/boot"
	"shixin/shared/register"
)

var (
	screened  = flag.Int("screened", 20_000, "rows of the file of names; the largest that is taken has 1,000,000")
	namesFile = flag.String("names", "", "a file of names to look up, one a line; without it they are made of the list's own words")
)

// names is a desk with an index of its list.
type names struct {
	*desk
	folder string
	inbox  *inbox.Inbox
}

func openNames(b *testing.B) names {
	b.Helper()
	n := names{desk: open(b), folder: b.TempDir()}
	lines := importRows(b)
	for first := 0; first < len(lines); first += register.MaxRows {
		n.list(b, bytes.Join(lines[first:min(first+register.MaxRows, len(lines))], nil))
	}
	n.ports.Blobs = file.New(n.folder)
	n.inbox = &inbox.Inbox{Store: n.ports.Blobs, Seal: n.ports.Seal.Seal, Open: n.ports.Seal.Open, Now: time.Now, Most: 1 << 30}
	n.ports.Uploads = n.inbox
	_, schedule := indexer.Function(n.ports)
	if err := schedule(b.Context(), boot.Scheduled{Time: now, Job: "index"}); err != nil {
		b.Fatal(err)
	}
	return n
}

// wanted are names to look up: of a file, or two to four words of listed names.
func wanted(b *testing.B, count int) []string {
	b.Helper()
	var out []string
	if *namesFile != "" {
		text, err := os.ReadFile(*namesFile)
		if err != nil {
			b.Fatal(err)
		}
		all := strings.Split(strings.TrimSpace(string(text)), "\n")
		for i := range count {
			out = append(out, all[i%len(all)])
		}
		return out
	}
	var words []string
	for _, line := range importRows(b) {
		_, rest, _ := strings.Cut(string(line), `"text":"`)
		name, _, _ := strings.Cut(rest, `"`)
		words = append(words, strings.Fields(name)...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range count {
		var name []string
		for range 2 + r.IntN(3) {
			name = append(name, words[r.IntN(len(words))])
		}
		out = append(out, strings.Join(name, " "))
	}
	return out
}

// segmentSize is how many bytes the newest segment of the index has on the disk.
func (n names) segmentSize(b *testing.B) (size int64) {
	b.Helper()
	entries, err := os.ReadDir(n.folder)
	if err != nil {
		b.Fatal(err)
	}
	newest := 0
	for _, e := range entries {
		var version int
		if _, err := fmt.Sscanf(e.Name(), "index=%d-", &version); err != nil || version < newest {
			continue
		}
		if version > newest {
			newest, size = version, 0
		}
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}

// BenchmarkNameReady is the first search of a process, which reads the index, opens its seal and makes it ready.
func BenchmarkNameReady(b *testing.B) {
	n := openNames(b)
	size := n.segmentSize(b)
	body := ndjson(b, map[string]any{"name": "MADE UP", "limit": 1})
	for b.Loop() {
		call(b, search.Function(n.ports), request(operator, "POST", "/v1/search", "application/json", string(body)), nil)
	}
	b.ReportMetric(float64(size)/1024, "kB-on-disk")
	b.ReportMetric(float64(anonymous())/1024, "MB-anonymous")
}

// BenchmarkNameSearch is one search a call, through the function's handler.
func BenchmarkNameSearch(b *testing.B) {
	n := openNames(b)
	f := search.Function(n.ports)
	var all []events.APIGatewayV2HTTPRequest
	for _, name := range wanted(b, 2000) {
		all = append(all, request(operator, "POST", "/v1/search", "application/json", string(ndjson(b, map[string]any{"name": name}))))
	}
	call(b, f, all[0], nil)
	r := begin(b)
	for i := range b.N {
		call(b, f, all[i%len(all)], nil)
	}
	r.report("searches")
}

// BenchmarkScreening is a file of names from its start to its results, on all processors.
func BenchmarkScreening(b *testing.B) {
	n := openNames(b)
	var text strings.Builder
	for i, name := range wanted(b, *screened) {
		text.Write(ndjson(b, map[string]any{"reference": fmt.Sprint(i), "name": name}))
	}
	f, work := search.Function(n.ports), screenwork.Function(n.ports)
	var used time.Duration
	for b.Loop() {
		var made struct {
			ID     string
			Upload struct{ URL string }
		}
		call(b, f, request(operator, "POST", "/v1/screenings", "application/json", `{"format":"ndjson"}`), &made)
		w := httptest.NewRecorder()
		n.inbox.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), "PUT", made.Upload.URL, strings.NewReader(text.String())))
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
		before := cpuTime()
		call(b, f, request(operator, "POST", "/v1/screenings/"+made.ID+"/start", "", ""), nil)
		var p struct {
			State, Detail string
			Screened      int
		}
		for p.State != "closed" {
			answer, err := work(b.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: fmt.Sprintf(`{"screening":%q}`, made.ID),
				Attributes: map[string]string{"SentTimestamp": fmt.Sprint(now.UnixMilli())}}}})
			if err != nil || len(answer.BatchItemFailures) > 0 {
				b.Fatal("the worker failed", err)
			}
			if call(b, f, request(operator, "GET", "/v1/screenings/"+made.ID, "", ""), &p); p.State == "failed" {
				b.Fatal(p.Detail)
			}
		}
		if p.Screened != *screened {
			b.Fatalf("%d rows of %d", p.Screened, *screened)
		}
		used += cpuTime() - before
	}
	b.ReportMetric(float64(*screened*b.N)/b.Elapsed().Seconds(), "rows/s")
	if used > 0 {
		b.ReportMetric(float64(*screened*b.N)/used.Seconds(), "rows/cpu-s")
	}
	b.ReportMetric(float64(anonymous())/1024, "MB-anonymous")
}
