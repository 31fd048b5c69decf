package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/local/cloud"
	"shixin/infra/local/gateway"
	"shixin/infra/local/runtimeapi"
	"shixin/infra/samfile"
	"shixin/shared/keys/file"
)

// processes runs the binaries that sam build wrote.
type processes map[string]*runtimeapi.Pool // by function name

// bucket is the name of the bucket that the functions are told.
const bucket = "shixin-local"

// Processes are costly on one machine; more calls at a time wait for one another.
const maxProcesses = 8

func (r *Running) openProcesses(ctx context.Context) error {
	configured, err := awsConfig(ctx, r.config.Endpoint)
	if err != nil {
		return err
	}
	ours, err := awsEnvironment(ctx, configured)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	calls := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: cloud.Handler(cloud.Options{
		Queue: r.spool, Blobs: r.Ports.Blobs, Bucket: bucket, Document: file.New(r.path("keys.json")).Document, Log: r.config.Log,
	})}
	go func() { _ = calls.Serve(listener) }() // ends with Close
	r.onClose(calls.Close)
	maps.Copy(ours, map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": r.config.Endpoint, "AWS_ENDPOINT_URL_SQS": base, "AWS_ENDPOINT_URL_S3": base, "AWS_ENDPOINT_URL_KMS": base,
	})

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
		binary := filepath.Join(r.config.Lambda, f.ID, "bootstrap")
		if _, err := os.Stat(binary); err != nil {
			return fmt.Errorf("-lambda %s: no %s/bootstrap; run sam build for this machine's architecture first", r.config.Lambda, f.ID)
		}
		maps.Copy(f.Environment, ours)
		pools[f.Name] = runtimeapi.NewPool(runtimeapi.Function{
			Name: f.ID, Binary: binary, Timeout: f.Timeout, Memory: f.Memory, Environment: f.Environment, Concurrency: maxProcesses, Log: r.config.Output,
		})
		r.onClose(func() error { pools[f.Name].Close(); return nil })
	}
	r.openQueues(maxProcesses / 2)
	return r.spool.resend(ctx)
}

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
