// Package server provides the whole of template.yaml on one machine: gateway, functions, queues, schedules, issuer, clock.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"shixin/infra/local/devclock"
	"shixin/infra/local/gateway"
	"shixin/infra/local/issuer"
	"shixin/infra/samfile"
	"shixin/shared/blob/inbox"
	"shixin/shared/boot"
	"shixin/shared/keys/file"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/queue/memory"
	"shixin/shared/table"
)

// Audience is the aud claim of tokens here.
const Audience = "shixin"

// Config says what to run. The zero value of a field takes the default in its comment.
type Config struct {
	Listen   string // loopback address and port: 127.0.0.1:8080
	Data     string // folder of everything that is kept: data
	Template string // template.yaml
	Empty    bool   // load no demonstration
	Endpoint string // URL of a DynamoDB API in place of the embedded file
	Table    string // name of the table there: shixin-local
	// Meter takes the read and write units that each request to Endpoint consumed, as that reports them: none. It is called at the
	// same time by several goroutines, and not about functions in processes of their own.
	Meter  func(op string, read, write float64)
	Lambda string // folder that sam build wrote; with Endpoint: run its binaries
	// Wrap puts something between the functions and the table, whichever it is: nothing.
	Wrap func(table.Table) table.Table

	// Functions makes the functions that run in this process, by the name of their folder, each from its own ports: Functions of
	// this package.
	Functions func(ports func(name string) boot.Ports) (map[string]Function, error)
	// Demo is the demonstration, act after act. None loads none.
	Demo []Act

	Now    func() time.Time // the machine's clock: time.Now
	Log    *slog.Logger     // slog.Default()
	Output io.Writer        // what the processes of Lambda print: os.Stderr
}

func (c Config) withDefaults() Config {
	for field, value := range map[*string]string{
		&c.Listen: "127.0.0.1:8080", &c.Data: "data", &c.Template: "template.yaml", &c.Table: "shixin-local",
	} {
		if *field == "" {
			*field = value
		}
	}
	if c.Functions == nil {
		c.Functions = Functions
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Output == nil {
		c.Output = os.Stderr
	}
	return c
}

// Running is a started server.
type Running struct {
	URL   string // where it answers, without a slash at the end
	Ports boot.Ports

	config    Config
	clock     *devclock.Clock
	issuer    *issuer.Issuer
	template  *samfile.Template
	functions runner
	queues    *memory.Queues
	spool     *spool // before queues, for the log of queries
	inbox     *inbox.Inbox
	http      *http.Server
	ready     chan struct{} // closed when /healthz says so
	stop      context.CancelFunc
	schedules sync.WaitGroup
	closers   []func() error // run from the last to the first
	closing   sync.Once
	closed    error
}

// Start starts everything, loads the demonstration where it is due, and returns when /healthz answers 200. The
// context bounds the start only.
func Start(ctx context.Context, c Config) (_ *Running, err error) {
	c = c.withDefaults()
	r := &Running{config: c, ready: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close(context.WithoutCancel(ctx)))
		}
	}()
	if c.Lambda != "" && c.Endpoint == "" {
		return nil, errors.New("-lambda needs -endpoint: functions in processes of their own cannot share the embedded file")
	}
	if _, err := os.Stat(c.Template); err != nil { // before anything is left in the folder
		return nil, fmt.Errorf("template: %w; start it in the root of the repository", err)
	}
	listener, err := r.listen()
	if err != nil {
		return nil, err
	}
	if err := r.openFolder(); err != nil {
		return nil, err
	}
	if err := r.openPorts(ctx); err != nil {
		return nil, err
	}
	if err := r.openFunctions(ctx); err != nil {
		return nil, err
	}
	if err := r.serve(ctx, listener); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Running) onClose(f func() error) { r.closers = append(r.closers, f) }

// listen refuses addresses that other machines reach: the issuer gives tokens to whoever asks.
func (r *Running) listen() (net.Listener, error) {
	host, _, err := net.SplitHostPort(r.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("-listen %s: not of the form 127.0.0.1:8080", r.config.Listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("-listen %s: only a loopback address such as 127.0.0.1:8080, because the development issuer asks for no password", r.config.Listen)
	}
	listener, err := net.Listen("tcp", r.config.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("-listen %s: another program has this port; stop it, or choose another port", r.config.Listen)
	case err != nil:
		return nil, fmt.Errorf("-listen: %w", err)
	}
	r.onClose(func() error { // after http.Server has closed it, too
		if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	r.URL = "http://" + listener.Addr().String()
	return listener, nil
}

func (r *Running) openFolder() error {
	if err := os.MkdirAll(r.config.Data, 0o700); err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	unlock, err := lock(r.path("lock"))
	if err != nil {
		return fmt.Errorf("-data %s: %w", r.config.Data, err)
	}
	r.onClose(unlock)
	r.clock, err = devclock.Open(r.path("clock.json"), r.config.Now)
	return err
}

func (r *Running) path(name string) string { return filepath.Join(r.config.Data, name) }

func (r *Running) openPorts(ctx context.Context) error {
	if err := file.Ensure(r.path("keys.json"), tinkseal.Generate); err != nil {
		return err
	}
	keyring := ring.New(file.New(r.path("keys.json")))
	var err error
	r.issuer, err = issuer.Open(ctx, issuer.Options{
		KeyFile: r.path("issuer.pem"), URL: r.URL, Audience: Audience, Now: r.clock.Now, Hasher: keyring,
	})
	if err != nil {
		return err
	}
	if r.Ports, err = r.ports(ctx, keyring); err != nil {
		return err
	}
	return r.prove(ctx, keyring)
}

// serve begins to answer, and only then loads the demonstration, which comes in through the same door as everybody.
func (r *Running) serve(ctx context.Context, listener net.Listener) error {
	front := gateway.New(gateway.Options{
		Routes: r.template.Routes, Invoke: r.functions.HTTP, Verify: r.issuer.Verify, Now: r.clock.Now, Log: r.config.Log,
	})
	r.http = &http.Server{Handler: r.root(front), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(r.config.Log.Handler(), slog.LevelDebug)}
	go func() {
		if err := r.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			r.config.Log.Error("the server ended", "error", err)
		}
	}()
	if err := r.loadDemo(ctx); err != nil {
		return fmt.Errorf("demonstration: %w", err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	if err := r.startSchedules(running); err != nil {
		return err
	}
	close(r.ready)
	return nil
}

// Token returns an access token of a persona.
func (r *Running) Token(ctx context.Context, request issuer.Request) (string, error) {
	return r.issuer.Token(ctx, request)
}

// Settle waits until what messages have caused is done.
func (r *Running) Settle(ctx context.Context) error { return r.queues.Settle(ctx) }

// Now is the development time.
func (r *Running) Now() time.Time { return r.clock.Now() }

// Close lets what is under way end, until ctx ends, and gives everything back. Messages that nobody has begun are
// forgotten: they are hints, and the next start's sweep finds their work.
func (r *Running) Close(ctx context.Context) error {
	r.closing.Do(func() { r.closed = r.close(ctx) })
	return r.closed
}

func (r *Running) close(ctx context.Context) error {
	var errs []error
	if r.http != nil {
		if err := r.http.Shutdown(ctx); err != nil {
			errs = append(errs, r.http.Close())
		}
	}
	if r.stop != nil {
		r.stop()
		r.schedules.Wait()
	}
	if r.queues != nil {
		if err := r.queues.Stop(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
	}
	for i := len(r.closers) - 1; i >= 0; i-- {
		errs = append(errs, r.closers[i]())
	}
	return errors.Join(errs...)
}
