package querylog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/querylog"
	"shixin/shared/queue"
	rt "shixin/shared/register/registertest"
	"shixin/shared/subject"
)

// broken is a queue that takes nothing.
type broken struct{ err error }

func (b broken) Send(context.Context, ...queue.Message) error { return b.err }

// stuck is a queue that answers when its caller has lost patience.
type stuck struct{}

func (stuck) Send(ctx context.Context, _ ...queue.Message) error { <-ctx.Done(); return ctx.Err() }

func parse(t *testing.T, scheme, value string) subject.Identifier {
	t.Helper()
	id, err := subject.Parse(scheme, value)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func query(t *testing.T) querylog.Query {
	id, phone := parse(t, "cn-id", rt.CNID(1)), parse(t, "msisdn", rt.MSISDN(1))
	return querylog.Query{
		Request: "r-1", At: time.Date(2026, 3, 2, 1, 2, 3, 456789, time.UTC), Route: "POST /v1/status", Purpose: "Account of 张三", Reference: rt.MSISDN(1),
		What: []string{id.Normal(), phone.Normal()}, Identifiers: []subject.Identifier{id, phone}, Count: 2, ListVersion: 7,
		Verdicts: map[string]int{"clear": 2}, Personal: true,
	}
}

func TestAMessageTellsNoPerson(t *testing.T) {
	w := rt.New(t)
	l := &querylog.Log{Store: w.Store, Queue: w.Queue, Hash: w.Hash}
	w.Must(l.Tell(t.Context(), rt.Operator, query(t)))
	sent := w.Queue.Take()
	if len(sent) != 1 || sent[0].Queue != querylog.Queue {
		t.Fatalf("sent %v", sent)
	}
	for _, secret := range []string{rt.CNID(1), rt.MSISDN(1), rt.MSISDN(1)[3:], "张三", "Account of"} {
		if strings.Contains(sent[0].Body, secret) {
			t.Errorf("the message holds %s: %s", secret, sent[0].Body)
		}
	}
	var m querylog.Message
	w.Must(json.Unmarshal([]byte(sent[0].Body), &m))
	texts, err := querylog.Open(t.Context(), w.Hash, "r-1", m.Record.Sealed)
	w.Must(err)
	if texts.Purpose != "Account of 张三" || texts.Reference != rt.MSISDN(1) || texts.Sum() != m.Record.Texts {
		t.Errorf("opened %+v", texts)
	}
	if _, err := querylog.Open(t.Context(), w.Hash, "r-2", m.Record.Sealed); err == nil {
		t.Error("the texts of one request open as another's")
	}
	if m.Record.At.Nanosecond() != 0 || m.Record.Account != "operator" || len(m.Trail.Ends) != 1 {
		t.Errorf("%+v", m)
	}
}

// What was asked is recognised again by whoever has the key and asks the same, and by nobody else.
func TestAskedIsTheSameForTheSame(t *testing.T) {
	w := rt.New(t)
	l := &querylog.Log{Store: w.Store, Queue: w.Queue, Hash: w.Hash}
	asked := map[string]string{}
	for name, what := range map[string][]string{"a b": {"a", "b"}, "b a": {"b", "a"}, "ab": {"ab"}, "a,b in one": {"a\x001\x00b"}, "nothing": nil} {
		for range 2 {
			q := query(t)
			q.What = what
			w.Must(l.Tell(t.Context(), rt.Officer, q))
			var m querylog.Message
			w.Must(json.Unmarshal([]byte(w.Queue.Take()[0].Body), &m))
			if before, seen := asked[name]; seen && before != m.Record.Asked {
				t.Errorf("%s: two hashes", name)
			}
			asked[name] = m.Record.Asked
			if m.Record.Authority != rt.Officer.Authority {
				t.Error("the officer's authority is missing")
			}
		}
	}
	seen := map[string]bool{}
	for name, hash := range asked {
		if seen[hash] {
			t.Errorf("%s has the hash of another", name)
		}
		seen[hash] = true
	}
}

// The longest that claims and texts may be still fits into a message.
func TestTheLongestMessageFits(t *testing.T) {
	w := rt.New(t)
	l := &querylog.Log{Store: w.Store, Queue: w.Queue, Hash: w.Hash}
	long := strings.Repeat(`"`, 200)
	who := access.Principal{Role: access.Officer, Account: long, Person: long, Authority: long}
	q := query(t)
	q.Purpose, q.Reference = strings.Repeat("\x01", 300), strings.Repeat("\u2028", 100)
	for range 1000 {
		q.What = append(q.What, strings.Repeat("x", 60))
	}
	q.Verdicts = map[string]int{"listed": 1000, "clear": 1000, "unknown": 1000, "match": 1000, "possible": 1000, "unchecked": 1000}
	w.Must(l.Tell(t.Context(), who, q))
	if m := w.Queue.Take()[0]; m.Check() != nil {
		t.Errorf("%d bytes: %v", len(m.Body), m.Check())
	}
}

func TestALogThatCannotBeToldStopsPersonalQueries(t *testing.T) {
	w := rt.New(t)
	for name, q := range map[string]queue.Sender{"broken": broken{errors.New("down")}, "stuck": stuck{}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said bytes.Buffer
				l := &querylog.Log{Store: w.Store, Queue: q, Hash: w.Hash, Log: slog.New(slog.NewJSONHandler(&said, nil))}
				asked := query(t)
				err := l.Tell(t.Context(), rt.Operator, asked)
				if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Kind != fault.Unavailable || f.RetryAfter <= 0 {
					t.Errorf("personal: %v", err)
				}
				asked.Personal = false
				if err := l.Tell(t.Context(), rt.Operator, asked); err != nil {
					t.Errorf("public: %v", err)
				}
				if err := l.Tell(t.Context(), rt.Nobody, asked); err != nil {
					t.Errorf("nobody: %v", err)
				}
				if n := strings.Count(said.String(), `"alarm":"query-log"`); n != 2 {
					t.Errorf("%d alarms: %s", n, &said)
				}
			})
		})
	}
}

// A caller is refused once its day is used up, from the next look on, and until the day ends.
func TestAdmit(t *testing.T) {
	w := rt.New(t)
	l := &querylog.Log{Store: w.Store, Queue: w.Queue, Hash: w.Hash}
	exhaust(w, inquiry.Caller(rt.Operator))
	err := l.Admit(t.Context(), rt.Operator, w.Now)
	if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Kind != fault.RateLimited || f.RetryAfter != 15*time.Hour {
		t.Errorf("%v", err)
	}
	for name, err := range map[string]error{
		"another":      l.Admit(t.Context(), rt.Auditor, w.Now),
		"nobody":       l.Admit(t.Context(), rt.Nobody, w.Now),
		"the next day": l.Admit(t.Context(), rt.Operator, w.Now.Add(15*time.Hour)),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
