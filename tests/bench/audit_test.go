package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shixin/infra/local/issuer"
	"shixin/infra/local/server"
	"shixin/shared/compliance"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/tests/bench/carriers"
)

// The most that a run over a hundred thousand enterprises takes on the local run, the memory that no file backs, and how much more of that than a
// run over a tenth of them: what grows with the enterprises is the counts of their peers, until each bucket of each group has somebody.
const (
	mostSeconds = 30
	mostMB      = 300
	mostGrowth  = 2
)

// auditFolder tells the process that is measured which register it runs.
const auditFolder = "SHIXIN_BENCH_AUDIT"

// swept is what the process that is measured says.
type swept struct {
	First   float64                    `json:"first"`  // seconds of the run that finds all there is
	Second  float64                    `json:"second"` // and of the one after it, which finds nothing new
	CPU     float64                    `json:"cpu"`    // seconds of the processor of the second one
	MB      float64                    `json:"mb"`     // the most memory that no file backs
	Outcome map[compliance.Outcome]int `json:"outcomes"`
}

// BenchmarkAudit runs all rule packs over 10,000 and 100,000 enterprises with a year of figures on the local run: from the call to the closed
// run, with outcomes stored. The register is made in this process; what is measured is another one.
func BenchmarkAudit(b *testing.B) {
	var small swept
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("enterprises=%d", n), func(b *testing.B) {
			folder := b.TempDir()
			stock(b, folder, n, enrol)
			for b.Loop() {
				got := sweep(b, folder)
				b.ReportMetric(got.First, "s/first-run")
				b.ReportMetric(got.Second, "s/run")
				b.ReportMetric(got.CPU, "cpu-s/run")
				b.ReportMetric(got.MB, "MB-anonymous")
				b.ReportMetric(float64(n)/got.Second, "enterprises/s")
				b.ReportMetric(float64(got.Outcome[compliance.Fail])/float64(n), "fail/enterprise")
				switch {
				case n == 10_000:
					small = got
				case got.First > mostSeconds || got.Second > mostSeconds || got.MB > mostMB:
					b.Errorf("%.1f and %.1f s, %.0f MB; it may take %d s and %d MB", got.First, got.Second, got.MB, mostSeconds, mostMB)
				case small.Second > 0:
					if got.MB > mostGrowth*small.MB {
						b.Errorf("%.0f MB, and %.0f over a tenth of the enterprises", got.MB, small.MB)
					}
					b.ReportMetric(got.Second/small.Second/10, "of-linear")
					b.ReportMetric(got.CPU/small.CPU/10, "of-linear-cpu")
					b.ReportMetric(got.MB/small.MB, "of-memory")
				}
			}
		})
	}
}

func local(tb testing.TB, folder string) *server.Running {
	tb.Helper()
	start := time.Now()
	r, err := server.Start(tb.Context(), server.Config{Listen: "127.0.0.1:0", Data: folder, Template: "../../template.yaml", Empty: true,
		Now: func() time.Time { return carriers.At.Add(time.Since(start)) }, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// stock fills the table of a folder through a local run on it, which ends before the measured process begins.
func stock(b *testing.B, folder string, n int, fill func(*testing.B, *records.Store, int)) {
	b.Helper()
	r := local(b, folder)
	defer func() {
		if err := r.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}()
	fill(b, &records.Store{Table: r.Ports.Table}, n)
}

// enrol makes a register of n carriers with their figures. They have a legal representative and a supplier.
func enrol(b *testing.B, store *records.Store, n int) {
	b.Helper()
	const part = 20
	l := library(b)
	all, err := carriers.MakeWith(l, n, 2000)
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for {
				from := int(next.Add(part)) - part
				if from >= n {
					return
				}
				batch := &records.Batch{}
				for i := from; i < min(from+part, n); i++ {
					e, code := all[i].Enterprise, uscc(i)
					batch.PutEnterprise(records.Enterprise{Figures: all[i].Figures, Reports: 13}, compliance.Registration{
						USCC: code, Names: []subject.Name{{Text: "虚构通信有限公司", Lang: "zh"}}, Sectors: e.Sectors, Region: e.Region, Authority: "cn-antifraud", Size: e.Size, Since: e.Since,
						Revision: 1, At: carriers.At, Parties: []compliance.Party{
							{Role: compliance.Supplier, Name: "虚构供应商", Ref: subject.Ref{Scheme: subject.USCC, Key: uscc(n + i%1000), Shown: uscc(n + i%1000)}}}})
					batch.KnowShard(records.ShardOf(code))
				}
				if err := store.Commit(b.Context(), carriers.At, batch); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// sweep runs this program again as the process that is measured.
func sweep(b *testing.B, folder string) (out swept) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSweptProcess$", "-test.v")
	if p := os.Getenv("SHIXIN_BENCH_PROFILE"); p != "" {
		cmd.Args = append(cmd.Args, "-test.cpuprofile="+p)
	}
	cmd.Env = append(os.Environ(), auditFolder+"="+folder)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	for line := range strings.Lines(string(text)) {
		if said, ok := strings.CutPrefix(line, "swept "); ok {
			if err := json.Unmarshal([]byte(said), &out); err != nil {
				b.Fatal(err)
			}
			return out
		}
	}
	b.Fatalf("nothing was measured:\n%s", text)
	return out
}

// TestSweptProcess is the process that BenchmarkAudit measures, and nothing without it.
func TestSweptProcess(t *testing.T) {
	folder := os.Getenv(auditFolder)
	if folder == "" {
		t.Skip("it is run by BenchmarkAudit")
	}
	r := local(t, folder)
	defer func() {
		if err := r.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	token, err := r.Token(t.Context(), issuer.Request{Persona: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	var most atomic.Int64
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			most.Store(max(most.Load(), int64(anonymous())))
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	var out swept
	for _, into := range []*float64{&out.First, &out.Second} {
		start, cpu := time.Now(), cpuTime()
		run := overHTTP(t, r.URL, token, "POST", "/v1/audits", "{}")["id"].(string)
		for {
			got := overHTTP(t, r.URL, token, "GET", "/v1/audits/"+run, "")
			if got["state"] == "closed" {
				out.Outcome = map[compliance.Outcome]int{}
				for o, n := range got["outcomes"].(map[string]any) {
					out.Outcome[compliance.Outcome(o)] = int(n.(float64))
				}
				break
			}
			if got["state"] == "failed" || time.Since(start) > 5*time.Minute {
				t.Fatalf("the run is %v", got)
			}
			time.Sleep(50 * time.Millisecond)
		}
		*into, out.CPU = time.Since(start).Seconds(), (cpuTime() - cpu).Seconds()
	}
	out.MB = float64(most.Load()) / 1024
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("swept %s\n", text)
}

func overHTTP(t *testing.T, base, token, method, path, body string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, text, err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
