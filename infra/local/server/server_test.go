package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/local/issuer"
	"shixin/shared/boot"
	"shixin/shared/queue"
)

// fakes are functions that note what they were called with. A schedule of clock sends two messages, of which the first
// sends one more.
type fakes struct {
	mu    sync.Mutex
	notes []string
	fail  int // how many messages fail before one succeeds
}

func (f *fakes) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

func (f *fakes) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.notes...)
}

func (f *fakes) functions(ports func(string) boot.Ports) (map[string]Function, error) {
	p := ports("registry")
	return map[string]Function{
		"registry": {HTTP: func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			who := ""
			if a := e.RequestContext.Authorizer; a != nil {
				who = a.JWT.Claims["sub"]
			} else if token, ok := strings.CutPrefix(e.Headers["authorization"], "Bearer "); ok {
				caller, err := p.Verify(ctx, token, time.UnixMilli(e.RequestContext.TimeEpoch))
				if err != nil {
					return events.APIGatewayV2HTTPResponse{StatusCode: 401}, nil
				}
				who = caller.Account
			}
			return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: fmt.Sprintf("%s %s %d", e.RouteKey, who, e.RequestContext.TimeEpoch)}, nil
		}},
		"clock": {Schedule: func(ctx context.Context, e boot.Scheduled) error {
			f.note("clock %s", e.Job)
			if e.Time.IsZero() {
				return errors.New("no time")
			}
			if e.Job == "sweep" {
				return nil
			}
			return p.Queue.Send(ctx, queue.Message{Queue: "audit", Body: `"a"`}, queue.Message{Queue: "adoption", Body: `"b"`})
		}},
		"auditwork": {Queue: func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
			m := e.Records[0]
			f.mu.Lock()
			failing := f.fail > 0
			f.fail--
			f.mu.Unlock()
			if failing {
				return events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{{ItemIdentifier: m.MessageId}}}, nil
			}
			f.note("auditwork %s", m.Body)
			if m.Body == `"a"` {
				return events.SQSEventResponse{}, p.Queue.Send(ctx, queue.Message{Queue: "audit", Body: `"c"`})
			}
			return events.SQSEventResponse{}, nil
		}},
		"adoption": {Queue: func(_ context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
			f.note("adoption %s", e.Records[0].Body)
			return events.SQSEventResponse{}, nil
		}},
	}, nil
}

func settings(dir string, f *fakes) Config {
	return Config{
		Listen: "127.0.0.1:0", Data: dir, Template: "../../../template.yaml", Functions: f.functions, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

func start(t *testing.T, c Config) *Running {
	t.Helper()
	r, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func call(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestAStory(t *testing.T) {
	f := &fakes{fail: 2}
	dir := filepath.Join(t.TempDir(), "data")
	r := start(t, settings(dir, f))
	want := func(wantStatus int, wantText, method, path, token, body string) string {
		t.Helper()
		status, answer := call(t, method, r.URL+path, token, body)
		if status != wantStatus || !strings.Contains(answer, wantText) {
			t.Errorf("%s %s: %d %s, want %d and %q", method, path, status, answer, wantStatus, wantText)
		}
		return answer
	}
	want(200, "ok", "GET", "/healthz", "", "")
	want(200, r.URL, "GET", "/.well-known/openid-configuration", "", "")
	want(200, `"kty":"RSA"`, "GET", "/.well-known/jwks.json", "", "")

	answer := want(200, "access_token", "POST", "/dev/token", "", `{"persona":"officer"}`)
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	want(422, `"/persona"`, "POST", "/dev/token", "", `{"persona":"king"}`)
	want(422, `"/name"`, "POST", "/dev/token", "", `{"persona":"officer","name":"x"}`)
	want(400, "problem", "POST", "/dev/token", "", `{`)
	want(404, "problem", "GET", "/dev/nothing", "", "")
	want(405, "problem", "GET", "/dev/token", "", "")

	want(401, `{"message":"Unauthorized"}`, "POST", "/v1/listings", "", "{}")
	want(200, "POST /v1/listings officer ", "POST", "/v1/listings", got.Token, "{}")
	want(200, "GET /v1/regimes  ", "GET", "/v1/regimes", "", "")
	want(200, "GET /v1/regimes officer ", "GET", "/v1/regimes", got.Token, "")
	want(401, "", "GET", "/v1/regimes", "bad", "")
	want(404, `{"message":"Not Found"}`, "GET", "/v1/nothing", "", "")
	want(503, `{"message":"Service Unavailable"}`, "GET", "/v1/status/uscc/x", "", "") // this test has no status function

	want(200, `"function":"clock"`, "POST", "/dev/run", "", `{"function":"clock"}`)
	for _, note := range []string{"clock expiry", "clock sweep", `auditwork "a"`, `auditwork "c"`, `adoption "b"`} {
		if !strings.Contains(strings.Join(f.all(), "\n"), note) {
			t.Errorf("%s is missing when /dev/run has answered: %q", note, f.all())
		}
	}
	want(422, "auditplan, indexer, clock", "POST", "/dev/run", "", `{"function":"registry"}`)
	want(500, "problem", "POST", "/dev/run", "", `{"function":"auditplan"}`)

	to := r.Now().Add(11 * time.Hour).Truncate(time.Second)
	want(200, "now", "POST", "/dev/time", "", `{"now":"`+to.Format(time.RFC3339)+`"}`)
	want(422, `"/now"`, "POST", "/dev/time", "", `{"now":"2026-01-01T00:00:00+08:00"}`)
	want(422, `"/now"`, "POST", "/dev/time", "", `{"now":"tomorrow"}`)
	want(422, `"/now"`, "POST", "/dev/time", "", `{"now":"9999-01-01T00:00:00Z"}`)
	want(200, "officer", "POST", "/v1/listings", got.Token, "{}")
	want(200, "now", "POST", "/dev/time", "", `{"now":"`+to.Add(2*time.Hour).Format(time.RFC3339)+`"}`)
	want(401, "Unauthorized", "POST", "/v1/listings", got.Token, "{}")

	before := r.Now()
	url := r.URL
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it answers after Close")
	}
	again := start(t, settings(dir, f))
	if again.Now().Before(before) {
		t.Errorf("after a restart the clock shows %v, before %v", again.Now(), before)
	}
	for _, name := range []string{"keys.json", "issuer.pem", "table.db"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

func TestLimitsOfAFunction(t *testing.T) {
	p := inProcess{functions: map[string]Function{"f": {HTTP: func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: strings.Repeat("x", maxPayload+1)}, nil
	}}}}
	r := start(t, settings(t.TempDir(), &fakes{}))
	p.template = r.template
	token, err := r.Token(t.Context(), issuer.Request{Persona: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	status, answer := call(t, "POST", r.URL+"/v1/listings", token, strings.Repeat("x", maxPayload))
	if status != 413 || answer != `{"message":"Request Entity Too Large"}` {
		t.Errorf("an event over 6 MB: %d %s", status, answer)
	}
	if status, _ := call(t, "POST", r.URL+"/v1/listings", token, strings.Repeat("x", 5<<20)); status != 200 {
		t.Errorf("an event of 5 MB: %d", status)
	}
	if _, err := p.HTTP(t.Context(), "f", events.APIGatewayV2HTTPRequest{}); err == nil {
		t.Error("an answer over 6 MB passed")
	}
}

func TestRefusedStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	used := t.TempDir()
	first := start(t, settings(used, &fakes{}))
	_ = first
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"reachable by others":  {func(c *Config) { c.Listen = "0.0.0.0:0" }, "only a loopback address"},
		"a name":               {func(c *Config) { c.Listen = "example.org:80" }, "only a loopback address"},
		"no port":              {func(c *Config) { c.Listen = "127.0.0.1" }, "not of the form"},
		"port in use":          {func(c *Config) { c.Listen = taken.Addr().String() }, "another program has this port"},
		"folder in use":        {func(c *Config) { c.Data = used }, "another local run uses this folder"},
		"no template":          {func(c *Config) { c.Template = "nowhere.yaml" }, "template"},
		"lambda without table": {func(c *Config) { c.Lambda = "build" }, "-lambda needs -endpoint"},
		"endpoint is no URL":   {func(c *Config) { c.Endpoint = "localhost" }, "not a URL"},
		"unknown function": {func(c *Config) {
			c.Functions = func(func(string) boot.Ports) (map[string]Function, error) {
				return map[string]Function{"other": {}}, nil
			}
		}, "function other is not in"},
		"functions fail": {func(c *Config) {
			c.Functions = func(func(string) boot.Ports) (map[string]Function, error) {
				return nil, errors.New("no functions today")
			}
		}, "no functions today"},
		"demonstration fails": {func(c *Config) {
			c.Demo = []Act{func(context.Context, Stage) error { return errors.New("no show today") }}
		}, "demonstration: no show today"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := settings(t.TempDir(), &fakes{})
			c.change(&cfg)
			r, err := Start(t.Context(), cfg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if err == nil {
				_ = r.Close(t.Context())
			}
		})
	}
}

func TestCloseTwice(t *testing.T) {
	r := start(t, settings(t.TempDir(), &fakes{}))
	for range 2 {
		if err := r.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := r.Ports.Queue.Send(t.Context(), queue.Message{Queue: "audit", Body: "{}"}); err == nil {
		t.Error("a message was taken after Close")
	}
}
