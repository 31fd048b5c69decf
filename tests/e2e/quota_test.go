package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Quotas count identifiers and not calls: a caller whose day is used up is told when to come again, and nobody else is.
func TestQuota(t *testing.T) {
	t.Setenv("SHIXIN_DAILY_IDENTIFIERS", "10000")
	t.Setenv("SHIXIN_CALLER_IDENTIFIERS", "account:operator=2500 account:auditor=9000")
	w := newWorld(t, time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	batch := func(first int) []byte {
		var ids []string
		for i := range 1000 {
			ids = append(ids, fmt.Sprintf(`{"scheme":"msisdn","value":"138%08d"}`, (first+i)*7919%100_000_000))
		}
		return []byte(`{"identifiers":[` + strings.Join(ids, ",") + `],"purpose":"customers","reference":"daily"}`)
	}
	ask := func(persona string, first int) *exchange { return w.as(persona, "POST", "/v1/status", batch(first)) }
	for i := range 3 {
		if x := ask("operator", 1000*i); x.status != http.StatusOK {
			t.Fatalf("call %d: %d %s", i, x.status, x.answered)
		}
	}
	if err := w.running.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.stop() // a process looks once a minute; a new one looks at once
	w.start()
	x := ask("operator", 9000)
	if wait, err := strconv.Atoi(x.header.Get("Retry-After")); x.status != http.StatusTooManyRequests || err != nil || wait < 14*3600 || wait > 15*3600 {
		t.Errorf("%d, Retry-After %q: %s", x.status, x.header.Get("Retry-After"), x.answered)
	}
	if err := x.check(); err != nil || !strings.Contains(string(x.answered), `"quota":{"limit":2500,"resets_at":"2026-03-03T00:00:00+08:00"}`) {
		t.Errorf("%s, %v", x.answered, err)
	}
	if x := w.as("operator", "POST", "/v1/search", []byte(`{"name":"虚构"}`)); x.status != http.StatusTooManyRequests {
		t.Errorf("a search: %d", x.status)
	}
	if x := ask("officer", 0); x.status != http.StatusOK {
		t.Errorf("another caller: %d", x.status)
	}
	if err := w.dev("/dev/time", map[string]string{"now": "2026-03-03T00:00:00+08:00"}); err != nil {
		t.Fatal(err)
	}
	if x := ask("operator", 9000); x.status != http.StatusOK {
		t.Errorf("the next day: %d %s", x.status, x.answered)
	}
}
