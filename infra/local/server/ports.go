package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/local/cloud"
	"shixin/infra/local/gateway"
	"shixin/infra/local/runtimeapi"
	"shixin/infra/samfile"
	"shixin/shared/access"
	"shixin/shared/access/claims"
	blobfile "shixin/shared/blob/file"
	"shixin/shared/fault"
	"shixin/shared/keys/file"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/queue/memory"
	"shixin/shared/table/bolt"
)

func (r *Running) ports(ctx context.Context, keyring *ring.Ring) (Ports, error) {
	p := Ports{
		Blobs:  blobfile.New(r.path("blobs")),
		Hasher: keyring,
		Sealer: tinkseal.New(keyring),
		Verify: r.verify,
		Log:    r.config.Log,
	}
	var err error
	if r.config.Endpoint != "" {
		p.Table, err = openEndpoint(ctx, r.config.Endpoint, r.config.Table)
		return p, err
	}
	embedded, err := bolt.Open(r.path("table.db"))
	if err != nil {
		return p, err
	}
	r.onClose(embedded.Close)
	p.Table = embedded
	return p, nil
}

// verify is what a function does by the issuer's key set, without the way over HTTP.
func (r *Running) verify(ctx context.Context, token string, now time.Time) (access.Principal, error) {
	c, err := r.issuer.Verify(ctx, token, now)
	if err != nil {
		return access.Principal{}, fault.New(fault.Unauthenticated, "the token does not verify: ask for a new one", "令牌验证未通过,请重新获取")
	}
	return claims.Principal(c)
}

// openFunctions reads the template and makes the functions that it names.
func (r *Running) openFunctions() error {
	receives := 0
	plain, err := samfile.Load(r.config.Template, samfile.Values{Parameters: map[string]string{"Issuer": r.URL}})
	if err != nil {
		return err
	}
	r.template = plain
	for _, q := range plain.Queues {
		receives = max(receives, q.MaxReceive)
	}
	r.queues = memory.New(memory.Options{MaxReceives: receives, Log: r.config.Log})
	r.Ports.Queue = r.queues
	if r.config.Lambda != "" {
		return r.openProcesses()
	}
	functions, err := r.config.Functions(r.Ports)
	if err != nil {
		return err
	}
	for _, f := range plain.Functions {
		if _, ok := functions[f.Name]; !ok {
			r.config.Log.Warn("not in this process; calls are answered 503", "function", f.Name)
		}
	}
	for name := range functions {
		if _, ok := plain.Function(name); !ok {
			return fmt.Errorf("function %s is not in %s", name, r.config.Template)
		}
	}
	r.functions = inProcess{plain, functions}
	r.openQueues(64)
	return nil
}

// processes runs the binaries that sam build wrote.
type processes map[string]*runtimeapi.Pool // by function name

// Processes are costly on one machine; more calls at a time wait for one another.
const maxProcesses = 8

func (r *Running) openProcesses() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	calls := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: cloud.Handler(cloud.Options{
		Queue: r.queues, Blobs: r.Ports.Blobs, Bucket: bucket, Document: file.New(r.path("keys.json")).Document, Log: r.config.Log,
	})}
	go func() { _ = calls.Serve(listener) }() // ends with Close
	r.onClose(calls.Close)

	refs := map[string]string{"Table": r.config.Table, "Bucket": bucket}
	for _, q := range r.template.Queues {
		refs[q.ID] = cloud.QueueURL(base, q.Name)
	}
	resolved, err := samfile.Load(r.config.Template, samfile.Values{
		Parameters: map[string]string{"Issuer": r.URL, "Audience": Audience, "WrappedKeys": cloud.Wrapped}, Refs: refs,
	})
	if err != nil {
		return err
	}
	r.template = resolved
	pools := processes{}
	r.functions = pools
	for _, f := range resolved.Functions {
		binary := r.config.Lambda + "/" + f.ID + "/bootstrap"
		if _, err := os.Stat(binary); err != nil {
			return fmt.Errorf("-lambda %s: no %s/bootstrap; run sam build for this machine's architecture first", r.config.Lambda, f.ID)
		}
		for name, value := range map[string]string{
			"AWS_ENDPOINT_URL_DYNAMODB": r.config.Endpoint, "AWS_ENDPOINT_URL_SQS": base, "AWS_ENDPOINT_URL_S3": base, "AWS_ENDPOINT_URL_KMS": base,
		} {
			f.Environment[name] = value
		}
		for name, value := range localCredentials(r.config.Endpoint) {
			f.Environment[name] = value
		}
		pools[f.Name] = runtimeapi.NewPool(runtimeapi.Function{
			Name: f.ID, Binary: binary, Timeout: f.Timeout, Memory: f.Memory, Environment: f.Environment, Concurrency: maxProcesses, Log: os.Stderr,
		})
		r.onClose(func() error { pools[f.Name].Close(); return nil })
	}
	r.openQueues(maxProcesses / 2)
	return nil
}

const bucket = "shixin-local"

func (p processes) call(ctx context.Context, name string, event, into any) error {
	pool := p[name]
	if pool == nil {
		return errAbsent
	}
	payload, ok := event.([]byte)
	if !ok {
		var err error
		if payload, err = json.Marshal(event); err != nil {
			return err
		}
	}
	answer, err := pool.Invoke(ctx, payload)
	switch {
	case errors.Is(err, runtimeapi.ErrTooLarge):
		return fmt.Errorf("%w: %w", gateway.ErrTooLarge, err)
	case errors.Is(err, runtimeapi.ErrClosed):
		return fmt.Errorf("%w: %w", gateway.ErrUnavailable, err)
	case err != nil:
		return err
	case into == nil || strings.TrimSpace(string(answer)) == "null":
		return nil
	}
	return json.Unmarshal(answer, into)
}

func (p processes) HTTP(ctx context.Context, name string, event events.APIGatewayV2HTTPRequest) (response events.APIGatewayV2HTTPResponse, err error) {
	err = p.call(ctx, name, event, &response)
	return response, err
}

func (p processes) Queue(ctx context.Context, name string, event events.SQSEvent) (response events.SQSEventResponse, err error) {
	err = p.call(ctx, name, event, &response)
	return response, err
}

func (p processes) Schedule(ctx context.Context, name string, event []byte) error {
	return p.call(ctx, name, event, nil)
}
