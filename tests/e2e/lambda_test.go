package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shixin/infra/engines/enginestest"
	"shixin/infra/local/runtimeapi"
	"shixin/infra/local/server"
	"shixin/infra/samfile"
)

var lambda = flag.Bool("lambda", false, "test the binaries that sam build wrote to .aws-sam/build")

// samBuilt is where sam build writes. Tests do not build there, so that nobody takes old binaries for new ones unasked.
const samBuilt = "../../.aws-sam/build"

func needBinaries(t *testing.T) {
	t.Helper()
	if !*lambda {
		t.Skip("it is about what sam build wrote: go run ./infra/check -only build,smoke")
	}
	if _, err := os.Stat(samBuilt); err != nil {
		t.Fatalf("%v: run sam build for this machine's processor first, as template.yaml says", err)
	}
}

// TestLambda runs the smoke script with the binaries that are deployed, as processes over the Runtime API, on DynamoDB's API.
func TestLambda(t *testing.T) {
	needBinaries(t)
	said := &output{}
	play(t, "scripts/00-smoke.txt", nil, func(c *server.Config) {
		if c.Endpoint == "" {
			c.Endpoint = enginestest.Dynoxide(t)
		}
		c.Lambda, c.Output = samBuilt, said
	})
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, `"level":"ERROR"`) || !strings.HasPrefix(line, "{") {
			t.Errorf("a function printed %s", line)
		}
	}
}

// TestLambdaEnvironment: Lambda starts a function with its own variables alone when somebody forgot the others: it polls, and the first event that needs one
// gets an error whose log line names it.
func TestLambdaEnvironment(t *testing.T) {
	needBinaries(t)
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "") // and back at the end
	}
	template, err := samfile.Load("../../template.yaml", samfile.Values{Parameters: map[string]string{"Issuer": "https://issuer.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		event  any
		answer string // a part of it, or of the function's error
		names  string // the variable
	}{
		"registry":   {call("GET", "/v1/listings/{id}", "/v1/listings/abc"), `"statusCode":500`, "SHIXIN_TABLE"},
		"status":     {call("GET", "/v1/status/{scheme}/{value}", "/v1/status/uscc/91320500MA1E0001X2"), `"statusCode":500`, "SHIXIN_TABLE"},
		"compliance": {signedIn(call("GET", "/v1/audits", "/v1/audits")), `"statusCode":500`, "SHIXIN_TABLE"},
		"watch":      {signedIn(call("GET", "/v1/queries", "/v1/queries")), `"statusCode":500`, "SHIXIN_TABLE"},
		"publisher":  {message(`{}`), `"itemIdentifier":"m1"`, "SHIXIN_TABLE"},
		"querylog":   {message(`{"record":{"id":"q1","at":"2026-03-02T01:00:00Z"}}`), `"itemIdentifier":"m1"`, "SHIXIN_TABLE"},
		"auditplan":  {map[string]string{"time": "2026-03-02T01:00:00Z", "job": "plan"}, "SHIXIN_TABLE", ""},
		"clock":      {map[string]string{"time": "2026-03-02T01:00:00Z", "job": "expiry"}, "SHIXIN_TABLE", ""},
		"auditwork":  {message(`{"run":"r1","shard":1}`), `"itemIdentifier":"m1"`, "SHIXIN_TABLE"},
		"search":     {call("POST", "/v1/search", "/v1/search"), `"statusCode":4`, ""},
		"indexer":    {message(`{}`), `"itemIdentifier":"m1"`, "SHIXIN_TABLE"},
		"screenwork": {message(`{"screening":"s1"}`), `"itemIdentifier":"m1"`, "SHIXIN_TABLE"},
		"adoption":   {message(`{"import":"i1"}`), `"itemIdentifier":"m1"`, "SHIXIN_TABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			f, ok := template.Function(name)
			if !ok {
				t.Fatal("not in the template")
			}
			said := &output{}
			pool := runtimeapi.NewPool(runtimeapi.Function{
				Name: f.ID, Binary: filepath.Join(samBuilt, f.ID, "bootstrap"), Timeout: 10 * time.Second, Memory: f.Memory, Concurrency: 1, Log: said,
			})
			defer pool.Close()
			event, err := json.Marshal(c.event)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := pool.Invoke(t.Context(), event)
			if got := fmt.Sprintf("%s %v", answer, err); !strings.Contains(got, c.answer) {
				t.Errorf("it answered %s; want %s", got, c.answer)
			}
			// What it prints comes through a pipe, beside its answer.
			for end := time.Now().Add(5 * time.Second); !strings.Contains(said.String(), c.names) && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond)
			}
			if !strings.Contains(said.String(), c.names) {
				t.Errorf("it logged %s; want %s", said, c.names)
			}
		})
	}
}
