package e2e

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/infra/check/journalcheck"
	"shixin/infra/check/querycheck"
)

// TestKillsOfWatching kills the program while effects touch a watch list and queries are answered. Afterwards each effect has raised one alert, and
// each query that was answered is in the log, once.
func TestKillsOfWatching(t *testing.T) {
	kills, random := chaos(t)
	kills = min(kills, 8) // what a watch list takes at once
	p := &program{t: t, binary: build(t), data: t.TempDir()}
	p.start()
	var rows strings.Builder
	for round := range kills {
		for writer := range 2 {
			for n := range 300 {
				serial := (round*10+writer)*1000 + n
				fmt.Fprintf(&rows, `{"id":"s-%d","identifiers":[{"scheme":"uscc","value":"%s"}]}`+"\n", serial, organisation(serial))
			}
		}
	}
	if got, err := p.call(t.Context(), "operator", "PUT", "/v1/watchlists/all", "application/x-ndjson", rows.String(), 201); err != nil || got["rejected_total"] != 0.0 {
		t.Fatalf("%v %s", err, show(got))
	}
	kept := &acknowledged{}
	var mu sync.Mutex
	var answered []string
	for round := range kills {
		working, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for w := range 2 {
			all.Go(func() {
				for n := 0; n < 300 && working.Err() == nil; n++ {
					if kept.life(working, p, (round*10+w)*1000+n) != nil {
						return
					}
				}
			})
			all.Go(func() {
				for n := 0; working.Err() == nil; n++ {
					reference := fmt.Sprintf("r-%d-%d-%d", round, w, n)
					body := fmt.Sprintf(`{"identifiers":[{"scheme":"msisdn","value":"138%08d"}],"purpose":"test","reference":%q}`, n*7919, reference)
					if _, err := p.call(working, "operator", "POST", "/v1/status", "application/json", body, 200); err != nil {
						return
					}
					mu.Lock()
					answered = append(answered, reference)
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(200+random.IntN(700)) * time.Millisecond)
		p.kill()
		stop()
		all.Wait()
		t.Logf("killed; %v, %d queries answered", kept, len(answered))
		p.start()
	}
	if _, err := p.call(t.Context(), "", "POST", "/dev/run", "application/json", `{"function":"clock"}`, 200); err != nil {
		t.Fatal(err)
	}
	changes, err := p.call(t.Context(), "auditor", "GET", "/v1/changes?limit=1", "", "", 200)
	if err != nil {
		t.Fatal(err)
	}
	version := int(changes["list_version"].(float64))
	raised := map[int]int{}
	for after := ""; ; {
		got, err := p.call(t.Context(), "operator", "GET", "/v1/alerts?limit=100"+after, "", "", 200)
		if err != nil {
			t.Fatal(err)
		}
		items := got["items"].([]any)
		for _, item := range items {
			a := item.(map[string]any)
			raised[int(a["n"].(float64))]++
			after = "&after=" + plain(a["id"])
		}
		if len(items) < 100 {
			if got["list_version"] != float64(version) {
				t.Errorf("alerts are complete up to %v, and the list is at %d", got["list_version"], version)
			}
			break
		}
	}
	for n := 1; n <= version; n++ {
		if raised[n] != 1 {
			t.Errorf("effect %d has %d alerts", n, raised[n])
		}
	}
	if version < kills || len(raised) > version {
		t.Errorf("%d effects, and alerts of %d", version, len(raised))
	}
	logged := map[string]int{}
	for cursor := ""; ; {
		got, err := p.call(t.Context(), "operator", "GET", "/v1/queries?limit=500"+cursor, "", "", 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range got["items"].([]any) {
			if reference, ok := item.(map[string]any)["reference"].(string); ok {
				logged[reference]++
			}
		}
		if got["next_cursor"] == nil {
			break
		}
		cursor = "&cursor=" + plain(got["next_cursor"])
	}
	for _, reference := range answered {
		if logged[reference] != 1 {
			t.Errorf("query %s was answered and is in the log %d times", reference, logged[reference])
		}
	}
	if len(answered) < kills {
		t.Errorf("only %d queries", len(answered))
	}
	p.terminate()
	var out bytes.Buffer
	if err := querycheck.Command(t.Context(), &out, journalcheck.Where{Data: p.data}); err != nil {
		t.Errorf("%v: %s", err, &out)
	}
	t.Logf("%d effects; the log: %s", version, strings.TrimSpace(out.String()))
}
