package runtimeapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// The test binary runs itself as the function.
func TestMain(m *testing.M) {
	switch os.Getenv("RUNTIMEAPI_TEST") {
	case "":
		os.Exit(m.Run())
	case "init-error":
		resp, err := http.Post("http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+"/2018-06-01/runtime/init/error", "application/json", strings.NewReader(`{"errorType":"Runtime.Broken","errorMessage":"no"}`))
		if err == nil {
			_ = resp.Body.Close()
		}
		time.Sleep(time.Minute)
	case "exit":
		os.Exit(3)
	default:
		lambda.Start(function)
	}
}

type order struct {
	Do   string
	Text string
}

func function(ctx context.Context, o order) (any, error) {
	deadline, _ := ctx.Deadline()
	switch o.Do {
	case "pid":
		return os.Getpid(), nil
	case "env":
		return os.Environ(), nil
	case "error":
		return nil, errors.New(o.Text)
	case "panic":
		panic(o.Text)
	case "exit":
		os.Exit(1)
	case "sleep":
		time.Sleep(time.Minute)
	case "nap":
		time.Sleep(300 * time.Millisecond)
		return os.Getpid(), nil
	case "large":
		return strings.Repeat("x", MaxPayload), nil
	case "deadline":
		return time.Until(deadline) > 0 && time.Until(deadline) <= 5*time.Second, nil
	}
	return o.Text, nil
}

func pool(t *testing.T, change func(*Function)) *Pool {
	t.Helper()
	f := Function{
		Name: "tested", Binary: os.Args[0], Timeout: 5 * time.Second, Memory: 128, Concurrency: 4,
		Environment: map[string]string{"RUNTIMEAPI_TEST": "function", "OWN": "value"}, Log: &quiet{},
	}
	if change != nil {
		change(&f)
	}
	p := NewPool(f)
	t.Cleanup(p.Close)
	return p
}

type quiet struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (q *quiet) Write(b []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.b.Write(b)
}

func call(t *testing.T, p *Pool, do, text string) (string, error) {
	t.Helper()
	event, err := json.Marshal(order{do, text})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.Invoke(t.Context(), event)
	return string(answer), err
}

func TestAnswersAndErrors(t *testing.T) {
	p := pool(t, nil)
	if got, err := call(t, p, "", "hello"); err != nil || got != `"hello"` {
		t.Errorf("%s %v", got, err)
	}
	pid, _ := call(t, p, "pid", "")
	if again, _ := call(t, p, "pid", ""); again != pid {
		t.Error("an idle process was not used again")
	}
	_, err := call(t, p, "error", "my fault")
	if own, ok := errors.AsType[*FunctionError](err); !ok || own.Message != "my fault" {
		t.Errorf("%v", err)
	}
	if again, _ := call(t, p, "pid", ""); again != pid {
		t.Error("an error ended the process")
	}
	if _, err := call(t, p, "large", ""); !errors.Is(err, errAnswer) {
		t.Errorf("an answer over 6 MB: %v", err)
	}
	if _, err := call(t, p, "", strings.Repeat("x", MaxPayload)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("an event over 6 MB: %v", err)
	}
	if got, err := call(t, p, "deadline", ""); err != nil || got != "true" {
		t.Errorf("deadline: %s %v", got, err)
	}
	if _, err := call(t, p, "panic", "oh"); err == nil {
		t.Error("a panic was an answer")
	}
	if _, err := call(t, p, "exit", ""); !errors.Is(err, errExit) {
		t.Errorf("an exit: %v", err)
	}
	if again, err := call(t, p, "pid", ""); err != nil || again == pid {
		t.Errorf("after an exit: %s %v", again, err)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET_OF_OURS", "x")
	t.Setenv("AWS_REGION", "cn-north-1")
	got, err := call(t, pool(t, nil), "env", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"OWN=value"`, `"AWS_LAMBDA_FUNCTION_NAME=tested"`, `"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128"`, `"AWS_REGION=cn-north-1"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	if strings.Contains(got, "SECRET_OF_OURS") {
		t.Error("a variable of ours reached the function")
	}
}

func TestOneProcessForEachRequestInFlight(t *testing.T) {
	p := pool(t, func(f *Function) { f.Concurrency = 3 })
	var mu sync.Mutex
	pids := map[string]int{}
	var wg sync.WaitGroup
	for range 9 {
		wg.Go(func() {
			pid, err := call(t, p, "nap", "")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			pids[pid]++
		})
	}
	wg.Wait()
	if len(pids) < 2 || len(pids) > 3 {
		t.Errorf("nine calls ran in %d processes, want up to 3", len(pids))
	}
}

func TestTimeoutKills(t *testing.T) {
	p := pool(t, func(f *Function) { f.Timeout = 300 * time.Millisecond; f.Concurrency = 1 })
	if _, err := call(t, p, "sleep", ""); !errors.Is(err, ErrTimeout) {
		t.Errorf("%v", err)
	}
	if got, err := call(t, p, "", "next"); err != nil || got != `"next"` {
		t.Errorf("after a timeout: %s %v", got, err)
	}
}

func TestWhoStopsWaitingLeavesTheInvocationAlone(t *testing.T) {
	p := pool(t, func(f *Function) { f.Concurrency = 1 })
	pid, err := call(t, p, "pid", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		time.Sleep(50 * time.Millisecond)
		cancel()
	}()
	if _, err := p.Invoke(ctx, []byte(`{"Do":"nap"}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if again, err := call(t, p, "pid", ""); err != nil || again != pid {
		t.Errorf("%s %v, before %s", again, err, pid)
	}
}

func TestProcessesThatDoNotStart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Function)
		want   string
	}{
		"no binary":  {func(f *Function) { f.Binary = "./nothing" }, "start"},
		"init error": {func(f *Function) { f.Environment = map[string]string{"RUNTIMEAPI_TEST": "init-error"} }, "Runtime.Broken: no"},
		"exit":       {func(f *Function) { f.Environment = map[string]string{"RUNTIMEAPI_TEST": "exit"} }, errExit.Error()},
	} {
		if _, err := call(t, pool(t, c.change), "", ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := pool(t, nil)
	p.Close()
	if _, err := call(t, p, "", ""); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestAStrangersAnswerIsRefused(t *testing.T) {
	p := pool(t, nil)
	if _, err := call(t, p, "", ""); err != nil {
		t.Fatal(err)
	}
	var api string
	for _, v := range p.all[0].cmd.Env {
		if name, value, _ := strings.Cut(v, "="); name == "AWS_LAMBDA_RUNTIME_API" {
			api = value
		}
	}
	resp, err := http.Post(fmt.Sprintf("http://%s/2018-06-01/runtime/invocation/other/response", api), "application/json", strings.NewReader("1"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", resp.StatusCode)
	}
}
