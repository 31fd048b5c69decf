package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"shixin/infra/local/issuer"
)

// proposal is the body of a proposal of the organisation of a number.
func proposal(t *testing.T, n int) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"regime": "telecom-fraud", "ground": "designated-trading", "facts": "Sold cards.", "legal_basis": []string{"Joint Measures"}, "evidence": []any{evidence},
		"subject": map[string]any{"kind": "organization", "names": []any{map[string]any{"text": fmt.Sprintf("虚构%d有限公司", n)}},
			"identifiers": []any{map[string]any{"scheme": "uscc", "value": organisation(n)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// as sends a call as a persona.
func (w *world) as(persona, method, path string, body []byte, headers ...[2]string) *exchange {
	w.t.Helper()
	token, err := w.running.Token(w.t.Context(), issuer.Request{Persona: persona})
	if err != nil {
		w.t.Error(err)
		return &exchange{}
	}
	headers = append(headers, [2]string{"Authorization", "Bearer " + token})
	if len(body) > 0 {
		headers = append(headers, [2]string{"Content-Type", "application/json"})
	}
	x, err := w.send(method, path, headers, body)
	if err != nil {
		w.t.Error(err)
		return &exchange{}
	}
	if err := x.check(); err != nil {
		w.t.Errorf("%s %s: %v: %s", method, path, err, x.answered)
	}
	return x
}

func (x *exchange) fields(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(x.answered, &out); err != nil {
		t.Errorf("%v: %.200s", err, x.answered)
	}
	return out
}

// together runs f side by side and returns how often each status was answered.
func together(n int, f func(i int) *exchange) map[int]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	out := map[int]int{}
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			x := f(i)
			mu.Lock()
			out[x.status]++
			mu.Unlock()
		})
	}
	close(begin)
	all.Wait()
	return out
}

// One key twice at once: one listing, and each caller gets its answer, or is told to come again.
func TestOneKeyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	for n := range 5 {
		body := proposal(t, n)
		var mu sync.Mutex
		ids := map[string]bool{}
		statuses := together(8, func(int) *exchange {
			x := w.as("officer", "POST", "/v1/listings", body, [2]string{"Idempotency-Key", fmt.Sprintf("key-%d", n)})
			if x.status == http.StatusCreated {
				mu.Lock()
				ids[plain(x.fields(t)["id"])] = true
				mu.Unlock()
			}
			return x
		})
		if len(ids) != 1 || statuses[http.StatusCreated] != 8 {
			t.Errorf("round %d: ids %v, statuses %v", n, slices.Collect(maps.Keys(ids)), statuses)
		}
	}
	if items := w.as("officer", "GET", "/v1/listings", nil).fields(t)["items"].([]any); len(items) != 5 {
		t.Errorf("%d listings, want 5", len(items))
	}
}

// Without a key, of several who propose the same subject on the same ground at once one succeeds.
func TestOneSubjectAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	body := proposal(t, 1)
	statuses := together(8, func(int) *exchange { return w.as("officer", "POST", "/v1/listings", body) })
	if statuses[http.StatusCreated] != 1 || statuses[http.StatusConflict] != 7 {
		t.Errorf("statuses %v", statuses)
	}
}

// Deciders side by side: each listing is decided once, under If-Match and without, and the journal has no gap.
func TestDecidersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	const listings = 12
	ids := make([]string, listings)
	for n := range ids {
		ids[n] = plain(w.as("officer", "POST", "/v1/listings", proposal(t, n)).fields(t)["id"])
		served := w.running.Now().Format(time.RFC3339)
		w.as("officer", "POST", "/v1/listings/"+ids[n]+"/notice", fmt.Appendf(nil, `{"method":"post","served_at":%q,"respond_until":"2026-03-10"}`, served))
		w.as("officer", "POST", "/v1/listings/"+ids[n]+"/statements", []byte(`{"kind":"waiver","text":"Waived."}`))
	}
	personas := []string{"decider", "second-decider"}
	statuses := together(2*listings, func(i int) *exchange {
		var headers [][2]string
		lost := http.StatusConflict
		if i/2%2 == 0 {
			headers, lost = append(headers, [2]string{"If-Match", `"v3"`}), http.StatusPreconditionFailed
		}
		x := w.as(personas[i%2], "POST", "/v1/listings/"+ids[i/2]+"/decision", []byte(`{"outcome":"list","reasons":"Proved."}`), headers...)
		if x.status != http.StatusOK && x.status != lost {
			t.Errorf("%d %s", x.status, x.answered)
		}
		return x
	})
	if statuses[http.StatusOK] != listings {
		t.Errorf("statuses %v", statuses)
	}
	changes := w.as("auditor", "GET", "/v1/changes?limit=500", nil).fields(t)
	items := changes["items"].([]any)
	for i, item := range items {
		if n := item.(map[string]any)["n"]; n != float64(i+1) {
			t.Fatalf("entry %d has the number %v", i+1, n)
		}
	}
	if len(items) != listings || changes["list_version"] != float64(listings) {
		t.Errorf("%d entries, version %v, want %d", len(items), changes["list_version"], listings)
	}
}
