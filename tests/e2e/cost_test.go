package e2e

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"shixin/infra/engines/enginestest"
	"shixin/infra/local/server"
	"shixin/infra/samfile"
)

var updateCost = flag.Bool("update-cost", false, "write the table of costs anew")

// costFile lies beside the layout that the costs follow from.
const costFile = "../../shared/records/COST.md"

const costHead = `# What each call costs

Read and write units that the DynamoDB API reported for each call of [the cost scripts](../../tests/e2e/scripts/cost), and how many
requests it made. A strong read of 4 KB is one read unit, an eventual one half; a write of 1 KB is one write unit, and two within a
transaction. Units of a queue's work are counted with the call that caused it. ` + "`go test ./tests/e2e -run Cost`" + ` fails when a figure drifts;
` + "`-update-cost`" + ` writes the table anew.

| call | of | read units | write units | requests |
|---|---|---:|---:|---:|
`

// spent is what requests to the table have consumed.
type spent struct {
	mu          sync.Mutex
	read, write float64
	requests    int
}

func (s *spent) add(_ string, read, write float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read, s.write, s.requests = s.read+read, s.write+write, s.requests+1
}

// take returns what was spent since the last take.
func (s *spent) take() (read, write float64, requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	read, write, requests = s.read, s.write, s.requests
	s.read, s.write, s.requests = 0, 0, 0
	return
}

// TestCost plays the cost scripts on DynamoDB's API and holds what the API reports against the table that is kept.
func TestCost(t *testing.T) {
	scripts, err := filepath.Glob("scripts/cost/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no cost scripts: %v", err)
	}
	lines := map[string]string{}
	for _, script := range scripts {
		meter := &spent{}
		each := func(w *world, s *statement, x *exchange) { w.cost(meter, lines, s, x) }
		w := play(t, script, each, func(c *server.Config) {
			if c.Endpoint == "" {
				c.Endpoint = enginestest.Dynoxide(t)
			}
			c.Meter = meter.add
		})
		if script == scripts[0] {
			w.thousand(meter, lines)
		}
	}
	template, err := samfile.Load("../../template.yaml", samfile.Values{Parameters: map[string]string{"Issuer": "https://issuer.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range template.Routes {
		name := r.Method + " " + r.Path
		if !slices.ContainsFunc(slices.Collect(maps.Keys(lines)), func(line string) bool { return strings.HasPrefix(line, name+" |") }) {
			t.Errorf("no cost script makes the call %s", name)
		}
	}
	var b strings.Builder
	b.WriteString(costHead)
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&b, "| %s | %s |\n", key, lines[key])
	}
	t.Log("\n" + b.String())
	if *updateCost {
		if err := os.WriteFile(costFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(costFile)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(kept), "\n"), strings.Split(b.String(), "\n")
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("it costs  %s", line)
		}
	}
	for _, line := range was {
		if !slices.Contains(is, line) {
			t.Errorf("kept was  %s", line)
		}
	}
}

// cost notes what a statement has cost, the first of its kind.
func (w *world) cost(meter *spent, lines map[string]string, s *statement, x *exchange) {
	if err := w.running.Settle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	read, write, requests := meter.take()
	name := ""
	switch {
	case s.verb == "run":
		name = "run of " + s.args[0]
	case x != nil && x.status < http.StatusBadRequest:
		doc, err := contract()
		if err != nil {
			w.t.Fatal(err)
		}
		if route, _ := find(doc, s.verb, x.request.URL.Path); route != nil {
			name = s.verb + " " + route.Path
		}
	}
	if name == "" {
		return
	}
	of, _ := w.vars["of"].(string)
	delete(w.vars, "of")
	if key := name + " | " + of; lines[key] == "" {
		lines[key] = fmt.Sprintf("%g | %g | %d", read, write, requests)
	}
}

// thousand makes the calls that are too long for a script.
func (w *world) thousand(meter *spent, lines map[string]string) {
	w.t.Helper()
	var ids []string
	for n := range 1000 {
		ids = append(ids, fmt.Sprintf(`{scheme: list-ref, value: 'ofac:%d'}`, 100000+n))
	}
	w.vars["of"] = "1,000 identifiers of nobody"
	w.do(&statement{file: "cost", verb: "pause"})
	w.do(&statement{file: "cost", verb: "POST", args: []string{"/v1/status"}, request: request{body: "{identifiers: [" + strings.Join(ids, ", ") + "]}"}, expected: expected{status: 200}})
}
