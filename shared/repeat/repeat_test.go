package repeat_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/table/tabletest"
)

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// bound is a seal that opens only for what it was bound to.
type bound struct{}

func (bound) Seal(_ context.Context, plain, to []byte) ([]byte, error) {
	return slices.Concat(to, []byte("\n"), plain), nil
}

func (bound) Open(_ context.Context, sealed, to []byte) ([]byte, error) {
	plain, ok := bytes.CutPrefix(sealed, slices.Concat(to, []byte("\n")))
	if !ok {
		return nil, errors.New("bound to another")
	}
	return plain, nil
}

func keeper() repeat.Keeper {
	return repeat.Keeper{Store: &records.Store{Table: tabletest.NewModel()}, Seal: bound{}}
}

func once(key, body string) repeat.Call {
	return repeat.Call{Now: start, Once: &records.Once{Caller: "officer", Route: "POST /v1/listings", Key: key, Body: body}}
}

// answers commits a reply and counts how often it was asked to.
func answers(k repeat.Keeper, call repeat.Call, body string, times *int) func() (*repeat.Reply, error) {
	return func() (*repeat.Reply, error) {
		*times++
		reply := &repeat.Reply{Status: 201, Version: 3, Body: []byte(body)}
		var b records.Batch
		if err := k.Keep(context.Background(), call, reply, &b); err != nil {
			return nil, err
		}
		return reply, k.Store.Commit(context.Background(), call.Now, &b)
	}
}

func TestOnce(t *testing.T) {
	k, ctx := keeper(), context.Background()
	for name, body := range map[string]string{"short": `{"id":"x"}`, "long": `{"facts":"` + strings.Repeat("事实", 300000) + `"}`} {
		times := 0
		first, err := k.Once(ctx, once(name, "b"), answers(k, once(name, "b"), body, &times))
		if err != nil {
			t.Fatal(err)
		}
		again, err := k.Once(ctx, once(name, "b"), answers(k, once(name, "b"), "another", &times))
		if err != nil || times != 1 || string(again.Body) != string(first.Body) || again.Status != 201 || again.Version != 3 {
			t.Errorf("%s: %v after %d tries", name, err, times)
		}
		if _, err := k.Once(ctx, once(name, "other"), answers(k, once(name, "other"), body, &times)); !errors.Is(err, fault.Invalid) || times != 1 {
			t.Errorf("%s, another body: %v", name, err)
		}
		late := once(name, "other")
		late.Now = start.Add(records.OnceFor)
		if _, err := k.Once(ctx, late, answers(k, late, body, &times)); err != nil || times != 2 {
			t.Errorf("%s, after seven days: %v", name, err)
		}
	}
	times := 0
	for range 2 {
		if _, err := k.Once(ctx, repeat.Call{Now: start}, func() (*repeat.Reply, error) { times++; return &repeat.Reply{}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if times != 2 {
		t.Errorf("without a key it was done %d times", times)
	}
}

// The twin of a call that answers between this one's look and its try, and makes it impossible, answers for both.
func TestTwin(t *testing.T) {
	k, ctx, times := keeper(), context.Background(), 0
	call := once("k", "b")
	reply, err := k.Once(ctx, call, func() (*repeat.Reply, error) {
		if _, err := answers(k, call, "the twin's", &times)(); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.Conflict, "it is done already", "")
	})
	if err != nil || string(reply.Body) != "the twin's" {
		t.Errorf("%v, %v", reply, err)
	}
}

func TestRetry(t *testing.T) {
	for name, lost := range map[string]*records.Lost{"head": {What: []string{"head"}}, "record": {What: []string{"head", "listing"}}} {
		synctest.Test(t, func(t *testing.T) {
			times := 0
			err := repeat.Retry(t.Context(), func() error {
				if times++; times < 5 {
					return lost
				}
				return errors.ErrUnsupported
			})
			if times != 5 || err != errors.ErrUnsupported {
				t.Errorf("%s: %v after %d", name, err, times)
			}
			times = 0
			err = repeat.Retry(t.Context(), func() error { times++; return lost })
			if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Kind != fault.Unavailable || f.RetryAfter == 0 || times != 41 {
				t.Errorf("%s: %v after %d", name, err, times)
			}
			ctx, cancel := context.WithCancel(t.Context())
			times = 0
			err = repeat.Retry(ctx, func() error { times++; cancel(); return lost })
			if !errors.Is(err, context.Canceled) || times > 3 {
				t.Errorf("%s: %v after %d", name, err, times)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	for want, all := range map[bool][]*int{true: {nil, new(0), new(7)}, false: {new(6), new(-1)}} {
		for _, seen := range all {
			if got := (repeat.Call{IfMatch: seen}).Matches(7); got != want {
				t.Errorf("%v: %v", seen, got)
			}
		}
	}
}
