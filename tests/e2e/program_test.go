package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var built struct {
	sync.Once
	path string
	err  error
}

// build makes the program once.
func build(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "shixin-e2e")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "local")
		out, err := exec.Command("go", "build", "-o", built.path, "shixin/infra/local").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path)) // a folder of the system's temporary ones
	}
	os.Exit(code)
}

// program is the local run as a process of its own.
type program struct {
	t             *testing.T
	binary        string
	data          string
	demonstration bool // load it on the first start
	url           string
	cmd           *exec.Cmd
	output        bytes.Buffer
	tokens        sync.Map
	client        *http.Client
}

// longest is how long is waited for anything, on a machine that has much else to do.
const longest = 2 * time.Minute

// freeAddress is one that nobody listens at, of a range from which systems give no port to outgoing connections: nobody takes it before it is used.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 11_000+rand.IntN(20_000))
		if listener, err := net.Listen("tcp", address); err == nil {
			if err := listener.Close(); err != nil {
				t.Fatal(err)
			}
			return address
		}
	}
}

// launch starts it.
func (p *program) launch() {
	p.t.Helper()
	address := freeAddress(p.t)
	p.output.Reset()
	p.url, p.tokens = "http://"+address, sync.Map{}
	p.client = &http.Client{Timeout: longest, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	args := []string{"-listen", address, "-data", p.data}
	if !p.demonstration {
		args = append(args, "-empty")
	}
	p.cmd = exec.Command(p.binary, args...)
	p.cmd.Dir = "../.."
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	running := p.cmd
	p.t.Cleanup(func() {
		if running.ProcessState == nil {
			_ = running.Process.Kill() // it may have ended just now
			_ = running.Wait()
		}
	})
}

// start starts it and waits until it says that it is ready.
func (p *program) start() {
	p.t.Helper()
	p.launch()
	for deadline := time.Now().Add(longest); ; {
		response, err := p.client.Get(p.url + "/healthz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			_ = p.cmd.Process.Kill() // it is judged below
			_ = p.cmd.Wait()
			p.t.Fatalf("not ready: %v\n%s", err, &p.output)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (p *program) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatalf("%v\n%s", err, &p.output)
	}
	err := p.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		p.t.Fatalf("it ended by itself: %v\n%s", err, &p.output)
	}
}

func (p *program) terminate() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("SIGTERM: %v\n%s", err, &p.output)
	}
	if strings.Contains(p.output.String(), "level=ERROR") {
		p.t.Errorf("it logged errors:\n%s", &p.output)
	}
}

// call asks as a persona and returns the answer's fields. An error is a connection that broke, or a status that is none of those wanted.
func (p *program) call(ctx context.Context, persona, method, path, media, body string, wanted ...int) (map[string]any, error) {
	return p.callIf(ctx, persona, method, path, media, "", body, wanted...)
}

// callIf is call with If-Match, where it is not empty.
func (p *program) callIf(ctx context.Context, persona, method, path, media, match, body string, wanted ...int) (map[string]any, error) {
	token, _ := p.tokens.Load(persona)
	if token == nil && persona != "" {
		got, err := p.call(ctx, "", "POST", "/dev/token", "application/json", `{"persona":"`+persona+`"}`, 200)
		if err != nil {
			return nil, err
		}
		token = got["access_token"]
		p.tokens.Store(persona, token)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		r.Header.Set("Content-Type", media)
	}
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	if persona != "" {
		r.Header.Set("Authorization", "Bearer "+plain(token))
	}
	response, err := p.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		return nil, err
	}
	for _, status := range wanted {
		if response.StatusCode == status {
			return out, nil
		}
	}
	return nil, &refused{method + " " + path, response.StatusCode, out}
}

type refused struct {
	call   string
	status int
	answer map[string]any
}

func (r *refused) Error() string { return fmt.Sprintf("%s: %d %s", r.call, r.status, show(r.answer)) }
