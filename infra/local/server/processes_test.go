package server

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/infra/engines/enginestest"
	"shixin/infra/local/issuer"
	"shixin/infra/samfile"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/queue"
	"shixin/shared/records"
)

// The test binary stands in for what sam build writes. With the Runtime API's address in its environment it is a
// function, wired as those of functions/ are.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	lambda.Start(function)
}

type note struct {
	Text string `json:"text"`
}

func function(ctx context.Context, event json.RawMessage) (any, error) {
	ports := env.Ports(queues.Port)
	store := records.Store{Table: ports.Table}
	var shape struct {
		RouteKey string
		Records  []events.SQSMessage
		Job      string
	}
	if err := json.Unmarshal(event, &shape); err != nil {
		return nil, err
	}
	name := os.Getenv("AWS_LAMBDA_FUNCTION_NAME")
	switch {
	case shape.RouteKey != "":
		var e events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		if strings.HasPrefix(e.Body, "x") { // larger than the request on purpose
			return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: e.Body + e.Body}, nil
		}
		hash, err := ports.Hash.Hash(ctx, "text") // unwraps the keyring
		if err != nil {
			return nil, err
		}
		caller, err := ports.Verify(ctx, strings.TrimPrefix(e.Headers["authorization"], "Bearer "), time.UnixMilli(e.RequestContext.TimeEpoch))
		if err != nil {
			return nil, err
		}
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: name + " " + caller.Account + " " + hash}, nil
	case shape.Job == "expiry":
		return nil, ports.Queue.Send(ctx, queue.Message{Queue: "audit", Body: `{"id":"r1"}`})
	case len(shape.Records) > 0:
		return events.SQSEventResponse{}, store.PutMeta(ctx, time.Now(), "note", 0, note{name + " " + shape.Records[0].Body})
	}
	return nil, nil
}

func TestBinariesOfSamBuild(t *testing.T) {
	endpoint := enginestest.Dynoxide(t)
	build := t.TempDir()
	template, err := samfile.Load("../../../template.yaml", samfile.Values{Parameters: map[string]string{"Issuer": "http://127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range template.Functions {
		id := f.ID
		if err := os.Mkdir(filepath.Join(build, id), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(os.Args[0], filepath.Join(build, id, "bootstrap")); err != nil {
			t.Fatal(err)
		}
	}
	c := settings(t.TempDir(), nil)
	c.Functions, c.Endpoint, c.Lambda = nil, endpoint, build
	r := start(t, c)
	token, err := r.Token(t.Context(), issuer.Request{Persona: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := r.Ports.Hash.Hash(t.Context(), "text")
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := call(t, "GET", r.URL+"/v1/regimes", token, ""); status != 200 || answer != "Registry officer "+hash {
		t.Errorf("%d %s", status, answer)
	}
	if status, _ := call(t, "POST", r.URL+"/v1/status", token, strings.Repeat("x", 4<<20)); status != 500 {
		t.Errorf("an answer over 6 MB: %d", status)
	}
	if status, _ := call(t, "POST", r.URL+"/v1/status", token, strings.Repeat("x", 6<<20)); status != 413 {
		t.Errorf("an event over 6 MB: %d", status)
	}
	if status, answer := call(t, "POST", r.URL+"/dev/run", "", `{"function":"clock"}`); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	var n note
	if _, err := (&records.Store{Table: r.Ports.Table}).Meta(t.Context(), r.Now(), "note", &n); err != nil || n.Text != `AuditWork {"id":"r1"}` {
		t.Errorf("what the worker wrote before /dev/run answered: %q %v", n.Text, err)
	}
}
