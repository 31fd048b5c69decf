package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// patience is how long a process may take to its first poll.
const patience = 20 * time.Second

// start is one cold start.
type start struct {
	cpu  time.Duration // of the process, user and system
	wall time.Duration // from exec to the first poll
}

// api is Lambda's Runtime API as far as the first poll, which it never answers.
type api struct {
	server *http.Server
	addr   string
	polled chan time.Time
}

func listen() (*api, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &api{addr: l.Addr().String(), polled: make(chan time.Time, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(_ http.ResponseWriter, r *http.Request) {
		a.polled <- time.Now()
		<-r.Context().Done()
	})
	a.server = &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	go func() { _ = a.server.Serve(l) }()
	return a, nil
}

func (a *api) Close() { _ = a.server.Close() }

// start runs a binary with Lambda's own variables alone, up to its first poll.
func (a *api) start(ctx context.Context, binary string) (start, error) {
	s, _, err := a.run(ctx, binary)
	return s, err
}

func (a *api) run(ctx context.Context, binary string, env ...string) (start, string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + a.addr, "AWS_REGION=eu-central-1", "AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=1",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512", "_HANDLER=bootstrap", "PATH=" + os.Getenv("PATH"), "TZ=:UTC",
		"AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
	}, env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return start{}, "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case at := <-a.polled:
		if err := cmd.Process.Kill(); err != nil {
			return start{}, "", err
		}
		<-ended
		return start{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: at.Sub(began)}, said.String(), nil
	case err := <-ended:
		return start{}, "", errors.Join(fmt.Errorf("it ended before its first poll: %s", said.String()), err)
	}
}
