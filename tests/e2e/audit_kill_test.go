package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// swept is how many enterprises the runs of this file look at.
const swept = 1200

// TestKilledRun orders a run over enterprises with figures, copies the register, lets one copy end and kills the other SHIXIN_KILLS times (3)
// at random moments: both have the same outcomes and findings.
func TestKilledRun(t *testing.T) {
	kills, random := chaos(t)
	p := &program{t: t, binary: build(t), data: t.TempDir()}
	p.start()
	run := sweepable(t, p)
	p.kill()

	killed := &program{t: t, binary: p.binary, data: t.TempDir()}
	if err := copyFolder(killed.data, p.data); err != nil {
		t.Fatal(err)
	}
	p.start()
	want := outcomes(t, p, run)
	p.terminate()

	for i := range kills {
		killed.start()
		time.Sleep(time.Duration(random.IntN(80)) * time.Millisecond)
		at, err := killed.call(t.Context(), "auditor", "GET", "/v1/audits/"+run, "", "", 200)
		if err != nil {
			t.Fatal(err)
		}
		killed.kill()
		t.Logf("kill %d: the run is %v with %v judged", i+1, at["state"], at["judged"])
	}
	killed.start()
	got := outcomes(t, killed, run)
	killed.terminate()
	if len(want) < swept*50 || len(got) != len(want) {
		t.Fatalf("%d outcomes and findings after kills, %d undisturbed", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("after kills:\n%s\nundisturbed:\n%s", got[i], want[i])
		}
	}
}

// copyFolder copies a register, but for the mark of the program that has it.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.MkdirAll(filepath.Join(to, at), 0o700)
		case e.Name() == "lock":
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, at), body, 0o600)
	})
}

// sweepable registers enterprises with figures of two months, some of them bad, and orders a run.
func sweepable(t *testing.T, p *program) string {
	t.Helper()
	send := func(path, media, body string, wanted int) map[string]any {
		got, err := p.call(t.Context(), "officer", "POST", path, media, body, wanted)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	var firms, figures strings.Builder
	month := time.Now().AddDate(0, 0, -time.Now().Day()) // the last day of the month before
	for n := range swept {
		u := organisation(n)
		fmt.Fprintf(&firms, `{"uscc":%q,"names":[{"text":"虚构%d有限公司"}],"sectors":["telecom"],"region":"320500","size_class":"small","parties":[]}`+"\n", u, n)
		for back := range 2 {
			fmt.Fprintf(&figures, `{"uscc":%q,"period":%q,"indicators":{"lines_unregistered":%d,"call_complaints_rate":%d.5,"agents_checked_share":0.9%d,"block_hours":%d}}`+"\n",
				u, month.AddDate(0, 0, -31*back).Format("2006-01"), n%50/49, n%9, n%10, n%40)
		}
	}
	if got := send("/v1/enterprises", "application/x-ndjson", firms.String(), 200); got["accepted"] != float64(swept) {
		t.Fatalf("%v of %d enterprises", got["accepted"], swept)
	}
	if got := send("/v1/reports", "application/x-ndjson", figures.String(), 200); got["accepted"] != float64(2*swept) {
		t.Fatalf("%v of %d reports", got["accepted"], 2*swept)
	}
	return plain(send("/v1/audits", "application/json", "{}", 202)["id"])
}

// outcomes waits for a run to close, and lists its outcomes in order and what it found of some enterprises.
func outcomes(t *testing.T, p *program, run string) []string {
	t.Helper()
	get := func(path string) map[string]any {
		got, err := p.call(t.Context(), "auditor", "GET", path, "", "", 200)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for deadline := time.Now().Add(longest); ; time.Sleep(100 * time.Millisecond) {
		got := get("/v1/audits/" + run)
		if got["state"] == "closed" {
			if got["judged"] != float64(swept) || got["isolated"] != float64(0) {
				t.Fatalf("%v", got)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the run does not end: %v", got)
		}
	}
	var all []string
	add := func(items any) {
		for _, item := range items.([]any) {
			text, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
	}
	for cursor := ""; ; {
		page := get("/v1/audits/" + run + "/results?limit=500" + cursor)
		add(page["items"])
		next, more := page["next_cursor"].(string)
		if !more {
			break
		}
		cursor = "&cursor=" + url.QueryEscape(next)
	}
	for n := 0; n < swept; n += 20 {
		add(get("/v1/enterprises/" + organisation(n) + "/findings?limit=500")["items"])
	}
	return all
}
