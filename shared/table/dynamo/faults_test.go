package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/shared/table"
	"shixin/shared/table/dynamo"
	"shixin/shared/table/tabletest"
)

// fault is one way in which a call goes wrong.
type fault string

const (
	none            fault = ""
	loseRequest     fault = "the request never arrives"
	loseAnswer      fault = "the server acts and its answer is lost"
	breakAnswer     fault = "the server acts and its answer breaks off"
	failAfterActing fault = "the server acts and answers 500"
	failBefore      fault = "the server answers 503 and does nothing"
	throttle        fault = "the table is throttled"
	throttlePart    fault = "a batch is processed in part"
	inConflict      fault = "another transaction is at the item"
	cancelledByOne  fault = "a transaction is cancelled by another"
	inProgress      fault = "the transaction is still in progress"
	forbidden       fault = "access is denied"
)

// faults stands between the driver and the engine, and makes faults of the calls as they come.
type faults struct {
	mu     sync.Mutex
	next   func(call string) fault
	calls  []string // as API operations
	before func()   // runs ahead of every call but the first
}

func (f *faults) plan(list ...fault) {
	f.next = func(string) fault {
		if len(list) == 0 {
			return none
		}
		now := list[0]
		list = list[1:]
		return now
	}
	f.calls, f.before = nil, nil
}

func (f *faults) RoundTrip(r *http.Request) (*http.Response, error) {
	_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	f.mu.Lock()
	now := f.next(call)
	f.calls = append(f.calls, call)
	before := f.before
	if len(f.calls) == 1 {
		before = nil
	}
	f.mu.Unlock()
	if before != nil {
		before()
	}
	refuse := func(status int, body string) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
			Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
	typed := func(name, more string) (*http.Response, error) {
		return refuse(400, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"made by a test"%s}`, name, more))
	}
	switch now {
	case loseRequest:
		return nil, errors.New("connection reset by a test")
	case failBefore:
		return refuse(503, `{"__type":"com.amazonaws.dynamodb.v20120810#ServiceUnavailable"}`)
	case throttle:
		return typed("ProvisionedThroughputExceededException", "")
	case inConflict:
		return typed("TransactionConflictException", "")
	case cancelledByOne:
		return typed("TransactionCanceledException", `,"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]`)
	case inProgress:
		return typed("TransactionInProgressException", "")
	case forbidden:
		return typed("AccessDeniedException", "")
	case throttlePart:
		body, _ := io.ReadAll(r.Body)
		return refuse(200, `{"Responses":{},"UnprocessedKeys":`+requestItems(string(body))+`}`)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || now == none {
		return answer, err
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	switch {
	case now == failAfterActing:
		return refuse(500, `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`)
	case now == breakAnswer:
		answer.Body = io.NopCloser(io.MultiReader(strings.NewReader(string(body[:min(1, len(body))])), broken{}))
		return answer, nil
	}
	return nil, errors.New("connection reset by a test")
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// requestItems is that member of a BatchGetItem request, which is also the shape of its unprocessed keys.
func requestItems(body string) string {
	at := strings.Index(body, `"RequestItems":`) + len(`"RequestItems":`)
	depth := 0
	for i := at; i < len(body); i++ {
		switch body[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return body[at : i+1]
			}
		}
	}
	panic("no RequestItems in " + body)
}

func newFaulty(t testing.TB) (*dynamo.Table, *dynamo.Table, *faults) {
	t.Helper()
	endpoint := start(t)
	f := &faults{}
	f.plan()
	return dynamo.New(client(endpoint, f), tableName), dynamo.New(client(endpoint, http.DefaultTransport), tableName), f
}

func item(sort string, version int64) table.Item {
	return table.Item{Key: table.Key{Partition: "p", Sort: sort}, Version: version, Doc: []byte("d")}
}

func write(t testing.TB, tab table.Table, ops ...table.Op) error {
	t.Helper()
	return tab.Write(t.Context(), table.Batch{Now: tabletest.Now, Ops: ops})
}

// Every write takes effect once and says so, whatever happened on the way.
func TestWriteSurvives(t *testing.T) {
	t.Parallel()
	tab, plain, f := newFaulty(t)
	single := []fault{loseRequest, loseAnswer, breakAnswer, failAfterActing, failBefore, throttle, inConflict}
	several := append(slices.Clone(single[:6]), cancelledByOne, inProgress)
	n := 0
	for _, test := range []struct {
		name   string
		faults []fault
		ops    func(a, b string) []table.Op
		want   int // items left of two that were there
	}{
		{"create", single, func(a, b string) []table.Op { return []table.Op{table.PutOp(item(a+"new", 1), table.Is(0))} }, 3},
		{"replace", single, func(a, b string) []table.Op { return []table.Op{table.PutOp(item(a, 2), table.Is(1))} }, 2},
		{"overwrite", single, func(a, b string) []table.Op { return []table.Op{table.PutOp(item(a, 2), table.Condition{})} }, 2},
		{"delete", single, func(a, b string) []table.Op { return []table.Op{table.DeleteOp(item(a, 1).Key, table.Is(1))} }, 1},
		{"delete what exists", single, func(a, b string) []table.Op {
			return []table.Op{table.DeleteOp(item(a, 1).Key, table.Condition{Kind: table.Exists})}
		}, 1},
		{"check", single[:6], func(a, b string) []table.Op { return []table.Op{table.CheckOp(item(a, 1).Key, table.Is(1))} }, 2},
		{"transaction", several, func(a, b string) []table.Op {
			return []table.Op{table.PutOp(item(a, 2), table.Is(1)), table.DeleteOp(item(b, 1).Key, table.Is(1)), table.PutOp(item(a+"new", 1), table.Is(0))}
		}, 2},
	} {
		for _, first := range test.faults {
			for _, then := range []fault{none, first, loseAnswer, throttle} {
				n++
				a, b := fmt.Sprintf("%04d-a", n), fmt.Sprintf("%04d-b", n)
				if err := write(t, plain, table.PutOp(item(a, 1), table.Is(0)), table.PutOp(item(b, 1), table.Is(0))); err != nil {
					t.Fatal(err)
				}
				f.plan(first, then)
				if err := write(t, tab, test.ops(a, b)...); err != nil {
					t.Errorf("%s, %s, then %q: %v", test.name, first, then, err)
				}
				if len(f.calls) < 2 {
					t.Errorf("%s, %s: the fault was not met", test.name, first)
				}
				page, err := plain.Query(t.Context(), table.Range{Now: tabletest.Now, Partition: "p", From: fmt.Sprintf("%04d-", n), To: fmt.Sprintf("%04d-~", n), Limit: 10})
				if err != nil || len(page.Items) != test.want {
					t.Errorf("%s, %s, then %q: left %d items, want %d, %v", test.name, first, then, len(page.Items), test.want, err)
				}
			}
		}
	}
}

// A real conflict stays one, also behind faults that changed nothing.
func TestConflictBehindFaults(t *testing.T) {
	t.Parallel()
	tab, plain, f := newFaulty(t)
	if err := write(t, plain, table.PutOp(item("a", 3), table.Is(0)), table.PutOp(item("b", 3), table.Is(0))); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []fault{none, throttle, loseRequest, loseAnswer, failAfterActing, failBefore} {
		for name, ops := range map[string][]table.Op{
			"create":      {table.PutOp(item("a", 1), table.Is(0))},
			"replace":     {table.PutOp(item("a", 3), table.Is(2))},
			"delete":      {table.DeleteOp(item("a", 1).Key, table.Is(2))},
			"check":       {table.CheckOp(item("a", 1).Key, table.Is(2))},
			"transaction": {table.PutOp(item("a", 4), table.Is(2)), table.PutOp(item("b", 4), table.Is(3))},
		} {
			f.plan(fault)
			err := write(t, tab, ops...)
			// A create that was lost, and then finds a later version, may have been overtaken.
			if fault != none && fault != throttle && name == "create" {
				if !errors.Is(err, dynamo.ErrOvertaken) {
					t.Errorf("%s, %q: %v, want ErrOvertaken", name, fault, err)
				}
				continue
			}
			c, ok := errors.AsType[*table.Conflict](err)
			if !ok || !slices.Equal(c.Failed, []int{0}) {
				t.Errorf("%s, %q: %v, want a conflict at 0", name, fault, err)
			}
		}
	}
}

// Between a lost answer and the retry another writer comes: what cannot be known is not called a conflict.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	tab, plain, f := newFaulty(t)
	n := 0
	for _, test := range []struct {
		name  string
		fault fault
		op    func(key string) table.Op
		other func(key string) table.Op
		want  error // nil for success, a conflict, or ErrOvertaken
	}{
		{"put applied, then replaced", loseAnswer, func(k string) table.Op { return table.PutOp(item(k, 2), table.Is(1)) },
			func(k string) table.Op { return table.PutOp(item(k, 3), table.Is(2)) }, dynamo.ErrOvertaken},
		{"put applied, then deleted", loseAnswer, func(k string) table.Op { return table.PutOp(item(k, 2), table.Is(1)) },
			func(k string) table.Op { return table.DeleteOp(item(k, 2).Key, table.Is(2)) }, dynamo.ErrOvertaken},
		{"put lost, and another made it", loseRequest, func(k string) table.Op { return table.PutOp(item(k, 2), table.Is(1)) },
			func(k string) table.Op { return table.PutOp(item(k, 2), table.Is(1)) }, &table.Conflict{}},
		{"delete applied, then created anew", loseAnswer, func(k string) table.Op { return table.DeleteOp(item(k, 1).Key, table.Is(2)) },
			func(k string) table.Op { return table.PutOp(item(k, 1), table.Is(0)) }, dynamo.ErrOvertaken},
		{"delete lost, and another replaced", loseRequest, func(k string) table.Op { return table.DeleteOp(item(k, 1).Key, table.Is(1)) },
			func(k string) table.Op { return table.PutOp(item(k, 2), table.Is(1)) }, &table.Conflict{}},
		{"delete lost, and another deleted", loseRequest, func(k string) table.Op { return table.DeleteOp(item(k, 1).Key, table.Is(1)) },
			func(k string) table.Op { return table.DeleteOp(item(k, 1).Key, table.Is(1)) }, nil},
	} {
		n++
		key := fmt.Sprint(n)
		first := int64(1)
		if strings.Contains(test.name, "anew") {
			first = 2
		}
		if err := write(t, plain, table.PutOp(item(key, first), table.Is(0))); err != nil {
			t.Fatal(err)
		}
		f.plan(test.fault)
		var once sync.Once
		f.before = func() {
			once.Do(func() {
				if err := write(t, plain, test.other(key)); err != nil {
					t.Errorf("%s: the other writer: %v", test.name, err)
				}
			})
		}
		err := write(t, tab, test.op(key))
		_, conflict := errors.AsType[*table.Conflict](err)
		_, wantConflict := errors.AsType[*table.Conflict](test.want)
		if conflict != wantConflict || !wantConflict && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestReadsSurvive(t *testing.T) {
	t.Parallel()
	tab, plain, f := newFaulty(t)
	var keys []table.Key
	for at := range 3 {
		var ops []table.Op
		for i := range 100 {
			it := item(fmt.Sprintf("%03d", at*100+i), 1)
			ops = append(ops, table.PutOp(it, table.Is(0)))
			keys = append(keys, it.Key)
		}
		if err := write(t, plain, ops...); err != nil {
			t.Fatal(err)
		}
	}
	for _, fault := range []fault{loseRequest, loseAnswer, breakAnswer, failBefore, throttle} {
		f.plan(fault, fault)
		if got, err := tab.Get(t.Context(), table.Read{Now: tabletest.Now, Keys: keys[:1]}); err != nil || len(got) != 1 {
			t.Errorf("one, %s: %d items, %v", fault, len(got), err)
		}
		f.plan(fault, fault)
		if page, err := tab.Query(t.Context(), table.Range{Now: tabletest.Now, Partition: "p", Limit: 300}); err != nil || len(page.Items) != 300 {
			t.Errorf("query, %s: %d items, %v", fault, len(page.Items), err)
		}
	}
	for _, fault := range []fault{loseRequest, breakAnswer, throttle, throttlePart} {
		f.plan(fault, fault, fault, fault)
		got, err := tab.Get(t.Context(), table.Read{Now: tabletest.Now, Keys: keys})
		if err != nil || len(got) != len(keys) || got[299].Key != keys[299] {
			t.Errorf("many, %s: %d items, %v", fault, len(got), err)
		}
	}
}

func TestGivesUp(t *testing.T) {
	t.Parallel()
	tab, _, f := newFaulty(t)
	for _, test := range []struct {
		fault fault
		most  int // calls
	}{{forbidden, 1}, {throttle, 1000}, {loseAnswer, 1000}} {
		f.plan()
		f.next = func(string) fault { return test.fault }
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := tab.Write(ctx, table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(item("a", 1), table.Condition{})}})
		cancel()
		if err == nil || errors.Is(err, table.ErrRefused) || len(f.calls) > test.most || test.most > 1 && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v after %d calls", test.fault, err, len(f.calls))
		}
	}
}

// The whole contract holds while calls meet faults that leaves no doubt about the outcome.
func TestContractUnderFaults(t *testing.T) {
	t.Parallel()
	tab, _, f := newFaulty(t)
	rng := rand.New(rand.NewPCG(7, 7))
	f.next = func(call string) fault {
		often := 4
		if call == "Query" {
			often = 20 // the suite makes thousands
		}
		if rng.IntN(often) != 0 {
			return none
		}
		switch call {
		case "TransactWriteItems":
			return []fault{loseRequest, loseAnswer, failAfterActing, throttle, inProgress, cancelledByOne}[rng.IntN(6)]
		case "PutItem", "DeleteItem":
			return []fault{throttle, inConflict}[rng.IntN(2)]
		}
		return []fault{loseRequest, breakAnswer, failBefore, throttle}[rng.IntN(4)]
	}
	tabletest.Run(t, func(*testing.T) table.Table { return tab })
}
