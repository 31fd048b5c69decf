// Package e2e provides the end-to-end tests: readable request scripts against the whole register, and kills of it.
//
// A script is a file under scripts. Its statements are
//
//	at 2026-03-02T09:00:00+08:00        the time from here on; each script begins with one
//	let acme 91320500MA10000091         names something
//	as officer                          whose token the next calls carry; as enterprise uscc=$acme, as person cn_id=$li, as nobody
//	run clock                           fires a scheduled function and waits for all that it causes
//	use listed id=first uscc=$acme      puts scripts/steps/listed.txt here
//	restart                             stops the register and starts it again
//
// $document is a piece of evidence, $now the time by the register's clock and $today its day.
//
// The rest are calls: a method and a path, headers, a body in YAML that is sent as JSON (or raw "…" byte by byte, or any text under another
// Content-Type), then => with the status, and up to an empty line the headers and the part of the answer that is expected, as match says.
// Each answer is held against infra/openapi.yaml too.
//
// They run in process on the embedded file; with SHIXIN_E2E=dynamo on an installed engine, or with -endpoint on the DynamoDB API of that URL.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"shixin/infra/engines/enginestest"
	"shixin/infra/local/issuer"
	"shixin/infra/local/server"
)

var endpoint = flag.String("endpoint", "", "run the scripts on the DynamoDB API at this `URL`")

func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("scripts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var played atomic.Int64
	told := asked{routes: map[string]bool{}}
	t.Run("script", func(t *testing.T) {
		for _, path := range paths {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
				t.Parallel()
				w := play(t, path, nil)
				told.check(w, w.begin)
				played.Add(1)
			})
		}
	})
	if int(played.Load()) == len(paths) { // else some were not asked for, or have failed
		told.complete(t)
	}
}

// play runs one script from its first line to its last, on a register of its own. each is told of every statement; nil for nobody.
func play(t *testing.T, path string, each func(*world, *statement, *exchange), change ...func(*server.Config)) *world {
	t.Helper()
	statements, err := parse(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) == 0 || statements[0].verb != "at" {
		t.Fatalf("%s: a script begins with at", path)
	}
	begin, err := time.Parse(time.RFC3339, statements[0].args[0])
	if err != nil {
		t.Fatalf("%s: %v", statements[0].where(), err)
	}
	w := newWorld(t, begin, change...)
	if each != nil {
		w.do(&statement{verb: "pause"}) // what the start has caused is nobody's statement
	}
	w.each = each
	for i := range statements[1:] {
		w.do(&statements[1+i])
	}
	return w
}

// evidence is what scripts call $document: a piece of evidence.
var evidence = map[string]any{"title": "Record of the inquiry 调查笔录", "sha256": strings.Repeat("0123456789abcdef", 4)}

// world is one register with the names that a script has given.
type world struct {
	t       *testing.T
	config  server.Config
	running *server.Running
	vars    variables
	persona issuer.Request // of the next calls; none is nobody
	client  *http.Client
	each    func(*world, *statement, *exchange)
	begin   time.Time
	reads   reads // that were answered to the personas of the calls
}

// newWorld starts an empty register at a time, on a table of its own. What change changes is how it is run.
func newWorld(t *testing.T, begin time.Time, change ...func(*server.Config)) *world {
	t.Helper()
	started := time.Now()
	w := &world{t: t, vars: variables{"document": evidence}, client: &http.Client{Timeout: time.Minute}, begin: begin}
	w.reads = reads{all: map[string]int{}, shown: map[string]int{}}
	w.config = server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Template: "../../template.yaml", Empty: true,
		Now: func() time.Time { return begin.Add(time.Since(started)) },
		Log: slog.New(slog.NewTextHandler(&testLog{t: t}, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	w.config.Endpoint = *endpoint
	if *endpoint == "" && os.Getenv("SHIXIN_E2E") == "dynamo" {
		w.config.Endpoint = enginestest.Dynoxide(t)
	}
	for _, c := range change {
		c(&w.config)
	}
	if w.config.Endpoint != "" {
		w.config.Table = fmt.Sprintf("e2e-%d", time.Now().UnixNano())
	}
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *world) start() {
	w.t.Helper()
	running, err := server.Start(w.t.Context(), w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.running = running
}

func (w *world) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.running.Close(ctx); err != nil {
		w.t.Error(err)
	}
}

// testLog makes errors of the register errors of the test: what a script provokes is a fault, and never logged as one.
type testLog struct{ t *testing.T }

func (l *testLog) Write(p []byte) (int, error) {
	l.t.Errorf("the register logged %s", bytes.TrimSpace(p))
	return len(p), nil
}

// do does one statement. What a call's answer lacks is an error of the test, and the script goes on.
func (w *world) do(s *statement) {
	w.t.Helper()
	fatal := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatalf("%s: %v", s.where(), err)
		}
	}
	now := w.running.Now().In(time.FixedZone("Asia/Shanghai", 8*60*60))
	w.vars["now"], w.vars["today"] = now.Format(time.RFC3339), now.Format(time.DateOnly)
	args := make([]string, len(s.args))
	for i, a := range s.args {
		filled, err := w.vars.fill(a)
		fatal(err)
		args[i] = filled
	}
	var x *exchange
	switch s.verb {
	case "let":
		w.vars[args[0]] = args[1]
	case "as":
		w.persona = issuer.Request{Persona: args[0]}
		for _, word := range args[1:] {
			switch name, value, _ := strings.Cut(word, "="); name {
			case "uscc":
				w.persona.USCC = value
			case "cn_id":
				w.persona.CNID = value
			default:
				fatal(fmt.Errorf("a persona has uscc or cn_id, not %q", name))
			}
		}
	case "at":
		fatal(w.dev("/dev/time", map[string]string{"now": args[0]}))
	case "run":
		fatal(w.dev("/dev/run", map[string]string{"function": args[0]}))
	case "pause": // longer than a process trusts what it has read of the journal
		time.Sleep(1100 * time.Millisecond)
	case "restart":
		w.stop()
		w.start()
	default:
		x = w.call(s, args[0])
	}
	if w.each != nil {
		w.each(w, s, x)
	}
}

func (w *world) dev(path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	x, err := w.send("POST", path, [][2]string{{"Content-Type", "application/json"}}, text)
	if err == nil && x.status != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", path, x.status, x.answered)
	}
	return err
}

func (w *world) call(s *statement, path string) *exchange {
	w.t.Helper()
	body, headers, err := w.body(s)
	if err != nil {
		w.t.Fatalf("%s: %v", s.where(), err)
	}
	if w.persona.Persona != "" && w.persona.Persona != "nobody" {
		token, err := w.running.Token(w.t.Context(), w.persona)
		if err != nil {
			w.t.Fatalf("%s: %v", s.where(), err)
		}
		headers = append(headers, [2]string{"Authorization", "Bearer " + token})
	}
	x, err := w.send(s.verb, path, headers, body)
	if err != nil {
		w.t.Fatalf("%s: %v", s.where(), err)
	}
	w.reads.note(x, w.persona.Persona)
	wrong := w.judge(s, x)
	if len(wrong) > 0 {
		w.t.Errorf("%s: %s %s as %s\n  %s\nthe answer: %d %.700s", s.where(), s.verb, path, w.persona.Persona,
			strings.Join(wrong, "\n  "), x.status, x.answered)
	}
	return x
}

// judge is everything about an answer that is not as expected.
func (w *world) judge(s *statement, x *exchange) (wrong []string) {
	if x.status != s.status {
		wrong = append(wrong, fmt.Sprintf("status %d, want %d", x.status, s.status))
	}
	if "http://"+x.request.URL.Host == w.running.URL { // an upload goes where an answer says, and that may be elsewhere
		if err := x.check(); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	for _, h := range s.expected.headers {
		want, err := document(h[1])
		if err == nil {
			got, present := x.header[http.CanonicalHeaderKey(h[0])]
			wrong = append(wrong, w.vars.match(h[0], want, strings.Join(got, ", "), present)...)
		} else {
			wrong = append(wrong, err.Error())
		}
	}
	if strings.TrimSpace(s.answer) == "" {
		return wrong
	}
	want, err := document(s.answer)
	if err != nil {
		return append(wrong, "what is expected is not YAML: "+err.Error())
	}
	var got any
	if d := json.NewDecoder(bytes.NewReader(x.answered)); d.Decode(&got) != nil {
		return append(wrong, "the answer is not JSON")
	}
	return append(wrong, w.vars.match("", want, got, true)...)
}

// body is what a call sends, with its headers.
func (w *world) body(s *statement) ([]byte, [][2]string, error) {
	headers := make([][2]string, 0, len(s.request.headers)+2)
	media := ""
	for _, h := range s.request.headers {
		value, err := w.vars.fill(h[1])
		if err != nil {
			return nil, nil, err
		}
		if h[0] == "Content-Type" {
			media = value
		}
		headers = append(headers, [2]string{h[0], value})
	}
	if s.body == "" {
		return nil, headers, nil
	}
	if media == "" {
		headers = append(headers, [2]string{"Content-Type", "application/json"})
	}
	if text, ok := strings.CutPrefix(s.body, "raw "); ok {
		out, err := raw(text)
		return out, headers, err
	}
	if media != "" && media != "application/json" {
		text, err := w.vars.fill(s.body)
		return []byte(text + "\n"), headers, err
	}
	node, err := document(s.body)
	if err != nil {
		return nil, nil, err
	}
	value, err := w.vars.value(node)
	if err != nil {
		return nil, nil, err
	}
	out, err := json.Marshal(value)
	return out, headers, err
}

func (w *world) send(method, path string, headers [][2]string, body []byte) (*exchange, error) {
	elsewhere := strings.HasPrefix(path, "http://") // an address that an answer gave is whole
	if !elsewhere {
		path = w.running.URL + path
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for _, h := range headers {
		r.Header.Add(h[0], h[1])
	}
	response, err := w.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(response.Body)
	return &exchange{request: r, elsewhere: elsewhere, sent: body, status: response.StatusCode, header: response.Header, answered: answered}, err
}
