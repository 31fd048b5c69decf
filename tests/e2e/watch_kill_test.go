package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/infra/check/journalcheck"
	"shixin/infra/check/querycheck"
)

// TestKillsOfWatching kills the program while effects touch a watch list, another list is replaced and queries are answered. Afterwards each effect has
// raised one alert, the other list is whole, and each query that was answered is in the log, once.
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
	moving := &replacing{}
	var mu sync.Mutex
	var answered []string
	for round := range kills {
		working, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { moving.replace(working, p) })
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
		t.Logf("killed; %v, %d queries answered, a list replaced %d times", kept, len(answered), moving.version)
		p.start()
		moving.check(p)
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

// replacing is a watch list that is replaced all the time.
type replacing struct {
	version int // the last that was acknowledged
	broken  error
}

// replacingRows is how many entries each version has, all of them named after it.
const replacingRows = 120

// replace replaces the list until the program is gone.
func (l *replacing) replace(ctx context.Context, p *program) {
	for ctx.Err() == nil {
		var rows strings.Builder
		for n := range replacingRows {
			fmt.Fprintf(&rows, `{"id":"v%d-%d","identifiers":[{"scheme":"uscc","value":"%s"}]}`+"\n", l.version+1, n, organisation(900_000+n)) // nobody lists them
		}
		match := ""
		if l.version > 0 {
			match = fmt.Sprintf(`"v%d"`, l.version)
		}
		_, err := p.callIf(ctx, "operator", "PUT", "/v1/watchlists/moving", "application/x-ndjson", match, rows.String(), 200, 201)
		if _, ok := errors.AsType[*refused](err); ok {
			l.broken = err
		}
		if err != nil {
			return
		}
		l.version++
	}
}

// check holds that what was acknowledged is there, or the one version after it, and that it is whole.
func (l *replacing) check(p *program) {
	p.t.Helper()
	if l.broken != nil {
		p.t.Fatal(l.broken)
	}
	for deadline := time.Now().Add(longest); ; time.Sleep(20 * time.Millisecond) {
		got, err := p.call(p.t.Context(), "operator", "GET", "/v1/watchlists/moving?limit=500", "", "", 200, 404)
		if err != nil {
			p.t.Fatal(err)
		}
		if got["status"] == 404.0 && l.version == 0 {
			return
		}
		if got["state"] != "active" { // its rows had come, and it is made by and by
			if time.Now().After(deadline) {
				p.t.Fatalf("the list is not made: %s", show(got))
			}
			continue
		}
		version := int(got["version"].(float64))
		items := got["items"].([]any)
		if version != l.version && version != l.version+1 || got["entries"] != float64(replacingRows) || len(items) != replacingRows {
			p.t.Fatalf("version %d was acknowledged, and there is %d of %v entries, %d shown", l.version, version, got["entries"], len(items))
		}
		for n, item := range items {
			if want := fmt.Sprintf("v%d-%d", version, n); item.(map[string]any)["id"] != want {
				p.t.Fatalf("entry %d of version %d is %s", n, version, show(item))
			}
		}
		l.version = version
		return
	}
}
