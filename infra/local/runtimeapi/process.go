package runtimeapi

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

// process is one running function and the Runtime API that it polls, on a port of its own.
type process struct {
	name   string
	cmd    *exec.Cmd
	server *http.Server
	work   chan *invocation // taken by the process's poll
	exited chan struct{}
	failed chan error // what the process reported instead of polling
	first  bool       // no invocation was handed over yet

	mu      sync.Mutex
	current *invocation
}

type invocation struct {
	id      string
	event   []byte
	timeout time.Duration
	done    chan result // buffered: one
}

type result struct {
	answer []byte
	err    error
}

// start runs the binary with the environment that Lambda gives, the function's own, and nothing of ours but where AWS
// credentials are configured.
func start(f Function) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &process{name: f.Name, work: make(chan *invocation), exited: make(chan struct{}), failed: make(chan error, 1), first: true}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", p.initError)
	p.server = &http.Server{Handler: mux}
	go func() { _ = p.server.Serve(listener) }() // ends with stop

	binary, err := filepath.Abs(f.Binary)
	if err != nil {
		return nil, errors.Join(err, p.server.Close())
	}
	p.cmd = exec.Command(binary)
	p.cmd.Dir = filepath.Dir(binary)
	p.cmd.Stdout, p.cmd.Stderr = f.Log, f.Log
	p.cmd.WaitDelay = time.Second
	p.cmd.Env = environment(f, listener.Addr().String(), p.cmd.Dir)
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start: %w", err), p.server.Close())
	}
	go func() {
		_ = p.cmd.Wait() // however it ended, what it was doing failed
		close(p.exited)
	}()
	return p, nil
}

// inherited are the variables by which the AWS SDK finds credentials; the rest of our environment is not Lambda's.
var inherited = []string{"HOME", "TMPDIR", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "SSL_CERT_FILE"}

func environment(f Function, api, dir string) []string {
	env := map[string]string{}
	for _, name := range inherited {
		if v, ok := os.LookupEnv(name); ok {
			env[name] = v
		}
	}
	maps.Copy(env, f.Environment)
	maps.Copy(env, map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          api,
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.Memory),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"LAMBDA_TASK_ROOT":                dir,
		"_HANDLER":                        "bootstrap",
		"TZ":                              ":UTC",
	})
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}

// invoke hands an event over and waits for what comes of it. After any error that is not the function's own the
// process is of no further use.
func (p *process) invoke(event []byte, timeout time.Duration) ([]byte, error) {
	i := &invocation{id: rand.Text(), event: event, timeout: timeout, done: make(chan result, 1)}
	late := errPoll
	if p.first {
		p.first, late = false, errInit
	}
	select {
	case p.work <- i:
	case err := <-p.failed:
		return nil, err
	case <-p.exited:
		return nil, errExit
	case <-time.After(InitTimeout):
		return nil, late
	}
	select {
	case r := <-i.done:
		return r.answer, r.err
	case <-p.exited:
		select { // it may have answered with its last breath
		case r := <-i.done:
			return r.answer, r.err
		default:
			return nil, errExit
		}
	case <-time.After(timeout):
		return nil, ErrTimeout
	}
}

func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.exited
	_ = p.server.Close()
}

func (p *process) next(w http.ResponseWriter, r *http.Request) {
	select {
	case i := <-p.work:
		p.mu.Lock()
		p.current = i
		p.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		// The deadline is of the machine's time: it is about how long this process may run.
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(i.timeout).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:local:000000000000:function:"+p.name)
		_, _ = w.Write(i.event) // a process that is gone is noticed by its exit
	case <-r.Context().Done():
	case <-p.exited:
	}
}

// finish takes the outcome of the invocation that the process works on.
func (p *process) finish(w http.ResponseWriter, r *http.Request, outcome result) bool {
	p.mu.Lock()
	i := p.current
	if i == nil || i.id != r.PathValue("id") {
		p.mu.Unlock()
		http.Error(w, `{"errorType":"InvalidRequestID"}`, http.StatusBadRequest)
		return false
	}
	p.current = nil
	p.mu.Unlock()
	i.done <- outcome
	return true
}

func (p *process) response(w http.ResponseWriter, r *http.Request) {
	answer, err := io.ReadAll(io.LimitReader(r.Body, MaxPayload+1))
	if err != nil {
		http.Error(w, `{"errorType":"InvalidResponse"}`, http.StatusBadRequest)
		return
	}
	if len(answer) > MaxPayload {
		if p.finish(w, r, result{err: errAnswer}) {
			// The runtime client of Go takes any other status for the end of the process.
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusAccepted)
		}
		return
	}
	if p.finish(w, r, result{answer: answer}) {
		w.WriteHeader(http.StatusAccepted)
	}
}

func (p *process) failure(w http.ResponseWriter, r *http.Request) {
	if p.finish(w, r, result{err: reported(r.Body)}) {
		w.WriteHeader(http.StatusAccepted)
	}
}

func (p *process) initError(w http.ResponseWriter, r *http.Request) {
	select {
	case p.failed <- fmt.Errorf("%w: %v", errStart, reported(r.Body)):
	default:
	}
	w.WriteHeader(http.StatusAccepted)
}

func reported(body io.Reader) error {
	var e FunctionError
	if err := json.NewDecoder(io.LimitReader(body, MaxPayload)).Decode(&e); err != nil || e.Type == "" {
		e.Type = "Unhandled"
	}
	return &e
}
