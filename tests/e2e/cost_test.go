package e2e

import (
	"flag"
	"fmt"
	"log/slog"
	"math"
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
transaction. Units of a queue's work are counted with the call that caused it. ` + "`go test ./tests/e2e -run Cost`" + ` fails when a figure drifts
by more than two; ` + "`-update-cost`" + ` writes the table anew.

| call | of | read units | write units | requests |
|---|---|---:|---:|---:|
`

const costRest = `
The other calls, as the request scripts make them first. These drift a little with what else happens in their scripts: the test fails where
a figure is off by more than a third and by more than three.

| call | of | read units | write units | requests |
|---|---|---:|---:|---:|
`

// spent is what requests to the table have consumed.
type spent struct {
	mu   sync.Mutex
	cost cost
}

func (s *spent) add(_ string, read, write float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cost.read, s.cost.write, s.cost.requests = s.cost.read+read, s.cost.write+write, s.cost.requests+1
}

// take returns what was spent since the last take.
func (s *spent) take() (c cost) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, s.cost = s.cost, cost{}
	return c
}

// cost is what one call has cost.
type cost struct {
	call, of              string
	read, write, requests float64
}

func (c cost) String() string {
	return fmt.Sprintf("| %s | %s | %g | %g | %g |", c.call, c.of, c.read, c.write, c.requests)
}

// near reports whether a cost is what was kept, up to what happens at the same time: some units, or a share.
func (c cost) near(kept cost, units, share float64) bool {
	for _, pair := range [][2]float64{{c.read, kept.read}, {c.write, kept.write}, {c.requests, kept.requests}} {
		if off := math.Abs(pair[0] - pair[1]); off > units && off > max(pair[0], pair[1])*share {
			return false
		}
	}
	return true
}

// TestCost plays scripts on DynamoDB's API and holds what the API reports against the table that is kept.
func TestCost(t *testing.T) {
	m := &meter{t: t, endpoint: *endpoint}
	if m.endpoint == "" {
		m.endpoint = enginestest.Dynoxide(t)
	}
	scripts, err := filepath.Glob("scripts/cost/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no cost scripts: %v", err)
	}
	for _, script := range scripts {
		w := m.play(script)
		if script == scripts[0] {
			m.thousand(w)
		}
	}
	exact := m.take()
	m.rest()
	rest := m.take()
	text := costHead + lines(exact) + costRest + lines(rest)
	t.Log("\n" + text)
	if *updateCost {
		if err := os.WriteFile(costFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(costFile)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]cost{}
	for line := range strings.Lines(string(file)) {
		if c, ok := parseCost(line); ok {
			kept[c.call+c.of] = c
		}
	}
	for i, c := range slices.Concat(exact, rest) {
		before, has := kept[c.call+c.of]
		units, share := 3.0, 1.0/3
		if i < len(exact) {
			units, share = 2, 0
		}
		if !has || !c.near(before, units, share) {
			t.Errorf("it costs %v, kept is %v", c, before)
		}
		delete(kept, c.call+c.of)
	}
	for _, c := range kept {
		t.Errorf("nobody makes the call any more: %v", c)
	}
}

func lines(all []cost) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintln(&b, c)
	}
	return b.String()
}

func parseCost(line string) (c cost, ok bool) {
	cells := strings.Split(strings.TrimSpace(line), " | ")
	if len(cells) != 5 {
		return c, false
	}
	c.call, c.of = strings.TrimPrefix(cells[0], "| "), cells[1]
	_, err := fmt.Sscanf(strings.Join(cells[2:], " "), "%g %g %g", &c.read, &c.write, &c.requests)
	return c, err == nil
}

// meter notes what the calls of scripts cost, the first of each kind.
type meter struct {
	t        *testing.T
	endpoint string
	script   string // whose name stands for what a call is of; empty where its variable "of" does
	spent    spent
	costs    []cost
	known    map[string]bool
}

func (m *meter) play(script string) *world {
	m.t.Helper()
	return play(m.t, script, m.note, func(c *server.Config) {
		c.Endpoint, c.Meter, c.Log = m.endpoint, m.spent.add, slog.New(slog.DiscardHandler) // TestScripts looks at the log
	})
}

// take returns the costs so far, in order, and begins a new list.
func (m *meter) take() []cost {
	all := m.costs
	m.costs = nil
	slices.SortFunc(all, func(a, b cost) int { return strings.Compare(a.call+"|"+a.of, b.call+"|"+b.of) })
	return all
}

// note is told of each statement.
func (m *meter) note(w *world, s *statement, x *exchange) {
	if err := w.running.Settle(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	c := m.spent.take()
	switch {
	case s.verb == "run":
		c.call = "run of " + s.args[0]
	case x != nil && x.status < http.StatusBadRequest:
		c.call = routeOf(m.t, s.verb, x.request.URL.Path)
	}
	if c.call == "" {
		return
	}
	key := c.call
	if c.of = m.script; m.script == "" {
		c.of, _ = w.vars["of"].(string)
		delete(w.vars, "of")
		key += c.of
	}
	if m.known == nil {
		m.known = map[string]bool{}
	}
	if !m.known[key] {
		m.costs = append(m.costs, c)
	}
	m.known[key], m.known[c.call] = true, true
}

func routeOf(t *testing.T, method, path string) string {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	path, _, _ = strings.Cut(path, "?")
	if route, _ := find(doc, method, path); route != nil {
		return method + " " + route.Path
	}
	return ""
}

// rest plays the request scripts that make calls of which nothing is known.
func (m *meter) rest() {
	scripts, err := filepath.Glob("scripts/*.txt")
	if err != nil {
		m.t.Fatal(err)
	}
	for _, script := range append(scripts, shrinking(m.t)) {
		statements, err := parse(script)
		if err != nil {
			m.t.Fatal(err)
		}
		if slices.ContainsFunc(statements, func(s statement) bool {
			route := ""
			if methods.MatchString(s.verb) && s.status < http.StatusBadRequest {
				route = routeOf(m.t, s.verb, s.args[0])
			}
			return route != "" && !m.known[route]
		}) {
			m.script = strings.TrimSuffix(filepath.Base(script), ".txt")
			m.play(script)
		}
	}
	template, err := samfile.Load("../../template.yaml", samfile.Values{Parameters: map[string]string{"Issuer": "https://issuer.example"}})
	if err != nil {
		m.t.Fatal(err)
	}
	for _, r := range template.Routes {
		if !m.known[r.Key()] {
			m.t.Errorf("no script makes the call %s", r.Key())
		}
	}
}

// thousand makes a call that is too long for a script.
func (m *meter) thousand(w *world) {
	m.t.Helper()
	var ids []string
	for n := range 1000 {
		ids = append(ids, fmt.Sprintf(`{scheme: list-ref, value: 'ofac:%d'}`, 100000+n))
	}
	w.vars["of"] = "1,000 identifiers of nobody"
	w.do(&statement{file: "cost", verb: "pause"})
	w.do(&statement{file: "cost", verb: "POST", args: []string{"/v1/status"}, request: request{body: "{identifiers: [" + strings.Join(ids, ", ") + "]}"}, expected: expected{status: 200}})
}
