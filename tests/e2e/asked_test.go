package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// unlogged are the reads of which the log of queries is told nothing, each with the reason. Every other read by somebody with a token who is
// not the subject is in it.
var unlogged = map[string]string{
	"GET /v1/regimes":                       "law, and nobody's record",
	"GET /v1/regimes/{id}":                  "law, and nobody's record",
	"GET /v1/indicators":                    "definitions, and nobody's record",
	"GET /v1/ladder":                        "law, and nobody's record",
	"GET /v1/statistics":                    "sums without names, with small ones held back",
	"GET /v1/rectifications":                "shown in public, the same to everybody, of whom nobody is named in the call",
	"GET /v1/rulepacks":                     "rules, and nobody's record",
	"GET /v1/rulepacks/{name}":              "rules, and nobody's record",
	"GET /v1/rulepacks/{name}/versions/{n}": "rules, and nobody's record",
	"GET /v1/audits":                        "states and sums of runs",
	"GET /v1/audits/{id}":                   "the state and the sums of a run",
	"GET /v1/imports/{id}":                  "the state and the sums of an import, and the lines that failed",
	"GET /v1/index":                         "the state of the index of names",
	"GET /v1/screenings/{id}":               "the state and the sums of the caller's own file",
	"GET /v1/watchlists":                    "names and sums of the caller's own lists",
	"GET /v1/watchlists/{name}":             "what the caller itself has sent, and of which the log was told then",
	"GET /v1/queries":                       "own records to everybody; an auditor's reading of others' is held by scripts/20-queries.txt",
}

// asking are the calls that read and are no GET.
var asking = []string{"POST /v1/search", "POST /v1/status"}

// reads counts the answered reads of a script by route: all that the log may be told of, and those of them that show something.
type reads struct{ all, shown map[string]int }

// note counts an exchange if it is a read by somebody with a token whom the answer is not about.
func (c *reads) note(x *exchange, persona string) {
	if x.status != http.StatusOK || x.elsewhere || persona == "" || persona == "nobody" || persona == "enterprise" || persona == "person" {
		return
	}
	doc, err := contract()
	if err != nil {
		return // the exchange itself is held against it
	}
	at, _ := find(doc, x.request.Method, x.request.URL.Path)
	if at == nil {
		return
	}
	route := x.request.Method + " " + at.Path
	if _, exempt := unlogged[route]; exempt || x.request.Method != http.MethodGet && !slices.Contains(asking, route) {
		return
	}
	c.all[route]++
	var body struct{ Items *[]json.RawMessage }
	if json.Unmarshal(x.answered, &body) != nil || body.Items == nil || len(*body.Items) > 0 {
		c.shown[route]++
	}
}

// logged counts the records of the log by route, but for those of subjects.
func (w *world) logged(since time.Time) map[string]int {
	w.t.Helper()
	if err := w.running.Settle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	out := map[string]int{}
	for from := since; !from.After(w.running.Now()); from = from.AddDate(0, 0, 300) {
		next := url.Values{"from": {from.Format(time.DateOnly)}, "to": {from.AddDate(0, 0, 299).Format(time.DateOnly)}, "limit": {"500"}}
		for next != nil {
			x := w.as("auditor", "GET", "/v1/queries?"+next.Encode(), nil)
			var page struct {
				Items []struct {
					Route string
					Role  string
				}
				Next string `json:"next_cursor"`
			}
			if err := json.Unmarshal(x.answered, &page); err != nil || x.status != http.StatusOK {
				w.t.Fatalf("the log: %d %s", x.status, x.answered)
			}
			for _, r := range page.Items {
				if r.Role != "enterprise" && r.Role != "person" {
					out[r.Route]++
				}
			}
			if page.Next == "" {
				break
			}
			next.Set("cursor", page.Next)
		}
	}
	return out
}

// asked is what the log was told of in all scripts.
type asked struct {
	mu     sync.Mutex
	routes map[string]bool
}

// check holds the log of a script against the reads that were answered in it.
func (s *asked) check(w *world, since time.Time) {
	w.t.Helper()
	logged := w.logged(since)
	for _, route := range slices.Sorted(maps.Keys(w.reads.all)) {
		if n := logged[route]; n < w.reads.shown[route] || n > w.reads.all[route] {
			w.t.Errorf("%s was answered %d times to somebody with a token, %d times with something, and is in the log of queries %d times",
				route, w.reads.all[route], w.reads.shown[route], n)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for route := range logged {
		s.routes[route] = true
	}
}

// complete wants every route that reads, as the contract lists them, to be in the log by some script or to be named above with the reason why not.
func (s *asked) complete(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			route := fmt.Sprintf("%s %s", method, path)
			known[route] = true
			_, exempt := unlogged[route]
			if reads := method == http.MethodGet || slices.Contains(asking, route); reads && !exempt && !s.routes[route] {
				t.Errorf("%s is in the log of queries by no script; tell the log of it, or say in unlogged why not", route)
			}
		}
	}
	for route, reason := range unlogged {
		if !known[route] || strings.TrimSpace(reason) == "" {
			t.Errorf("%s is exempt, and there is no such route, or no reason", route)
		}
	}
}
