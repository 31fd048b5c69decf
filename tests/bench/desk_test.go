// Package bench provides the benchmarks of the register's functions. What was asked and what was measured stands in README.md.
package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/functions/adoption"
	"shixin/functions/registry"
	"shixin/shared/boot"
	"shixin/shared/keys/file"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/table/bolt"
)

// now is the time of all calls.
var now = time.Date(2026, 9, 30, 10, 0, 0, 0, time.FixedZone("", 8*60*60))

// desk is a register on a file of its own, with the functions that write it. Calls come in as the gateway's events.
type desk struct {
	ports    boot.Ports
	table    *bolt.Table
	store    *records.Store
	registry boot.HTTP
	adoption boot.Worker
}

func open(b *testing.B) *desk {
	b.Helper()
	folder := b.TempDir()
	keyFile := filepath.Join(folder, "keys.json")
	if err := file.Ensure(keyFile, tinkseal.Generate); err != nil {
		b.Fatal(err)
	}
	tab, err := bolt.Open(filepath.Join(folder, "table.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := tab.Close(); err != nil {
			b.Error(err)
		}
	})
	keyring := ring.New(file.New(keyFile))
	store := &records.Store{Table: tab}
	log := slog.New(slog.DiscardHandler)
	d := &desk{table: tab, store: store, ports: boot.Ports{
		Table: tab, Hash: boot.Prove(store, keyring), Seal: tinkseal.New(keyring), Queue: forgetful{}, Policy: boot.Policy(log), Log: log,
	}}
	d.registry, d.adoption = registry.Function(d.ports), adoption.Function(d.ports)
	return d
}

// forgetful loses every message: the benchmarks send their own.
type forgetful struct{}

func (forgetful) Send(context.Context, ...queue.Message) error { return nil }

// claims of the callers, as the gateway's authorizer passes them.
var (
	officer  = map[string]string{"sub": "officer", "person": "li", "role": "officer", "authority": "bench", "level": "national", "region": "000000", "sectors": "telecom finance internet"}
	decider  = map[string]string{"sub": "decider", "person": "wang", "role": "decider", "authority": "bench", "level": "national", "region": "000000", "sectors": "telecom finance internet"}
	operator = map[string]string{"sub": "operator", "role": "operator", "sectors": "telecom"}
)

// request is the event of one call. A caller of nil is anonymous.
func request(caller map[string]string, method, path, media, body string) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: path, Body: body,
		Headers: map[string]string{
			"accept": "application/json", "accept-encoding": "gzip", "content-length": fmt.Sprint(len(body)), "host": "127.0.0.1:8080",
			"user-agent": "bench/1", "x-forwarded-for": "127.0.0.1", "x-forwarded-port": "443", "x-forwarded-proto": "https",
		},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RequestID: "bench", Stage: "$default", DomainName: "127.0.0.1:8080", TimeEpoch: now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, Path: path, Protocol: "HTTP/1.1", SourceIP: "127.0.0.1", UserAgent: "bench/1"},
		},
	}
	if media != "" {
		e.Headers["content-type"] = media
	}
	if caller != nil {
		e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: caller},
		}
	}
	return e
}

// call makes a call that must succeed and reads its answer.
func call(b *testing.B, f boot.HTTP, e events.APIGatewayV2HTTPRequest, into any) {
	b.Helper()
	response, err := f(b.Context(), e)
	if err != nil || response.StatusCode >= http.StatusMultipleChoices {
		b.Fatalf("%s %s: %d %s %v", e.RequestContext.HTTP.Method, e.RawPath, response.StatusCode, response.Body, err)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(response.Body), into); err != nil {
			b.Fatal(err)
		}
	}
}

// list imports rows and adopts them, and returns how many were listed.
func (d *desk) list(b *testing.B, rows []byte) int {
	b.Helper()
	var created struct {
		ID            string
		RejectedTotal int `json:"rejected_total"`
		Rejected      []struct{ Pointer, Detail string }
	}
	call(b, d.registry, request(officer, "POST", "/v1/imports", "application/x-ndjson", string(rows)), &created)
	if created.RejectedTotal > 0 {
		b.Fatalf("%d rejected, first %v", created.RejectedTotal, created.Rejected[0])
	}
	call(b, d.registry, request(decider, "POST", "/v1/imports/"+created.ID+"/adoption", "", ""), nil)
	message := events.SQSMessage{
		MessageId: "1", Body: fmt.Sprintf(`{"import":%q}`, created.ID), Attributes: map[string]string{"SentTimestamp": fmt.Sprint(now.UnixMilli())},
	}
	var progress struct {
		State  string
		Listed int
		Failed []any
	}
	for progress.State != "adopted" {
		answer, err := d.adoption(b.Context(), events.SQSEvent{Records: []events.SQSMessage{message}})
		if err != nil || len(answer.BatchItemFailures) > 0 {
			b.Fatal("adoption failed", err)
		}
		call(b, d.registry, request(officer, "GET", "/v1/imports/"+created.ID, "", ""), &progress)
	}
	if len(progress.Failed) > 0 {
		b.Fatalf("%d rows failed: %v", len(progress.Failed), progress.Failed[0])
	}
	return progress.Listed
}

// uscc makes the i-th of up to 10^8 unified social credit codes (GB 32100-2015).
func uscc(i int) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	org := fmt.Sprintf("%08d", i)
	sum := 0
	for j, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(org[j]-'0')
	}
	s := "91320500" + org + string("0X987654321"[sum%11])
	sum = 0
	for j, w := 0, 1; j < 17; j, w = j+1, w*3%31 {
		sum += w * strings.IndexByte(alphabet, s[j])
	}
	return s + alphabet[(31-sum%31)%31:][:1]
}

// msisdn makes the i-th of up to 10^9 telephone numbers.
func msisdn(i int) string { return fmt.Sprintf("+8613%09d", i) }

// ndjson writes rows.
func ndjson(b *testing.B, rows ...any) []byte {
	b.Helper()
	var buf bytes.Buffer
	for _, row := range rows {
		if err := json.NewEncoder(&buf).Encode(row); err != nil {
			b.Fatal(err)
		}
	}
	return buf.Bytes()
}
