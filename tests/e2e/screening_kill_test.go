package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// screened is how many rows the file of this test has: pages enough for a kill in the middle of them.
const screened = 30_000

// TestKilledScreening has a file of names looked up, copies the register, lets one copy end and kills the other SHIXIN_KILLS times (3) at random
// moments: both have the same results.
func TestKilledScreening(t *testing.T) {
	kills, random := chaos(t)
	kills = min(kills, 12) // two for each page
	p := &program{t: t, binary: build(t), data: t.TempDir()}
	p.start()
	id := screenable(t, p)
	p.kill()

	killed := &program{t: t, binary: p.binary, data: t.TempDir()}
	if err := copyFolder(killed.data, p.data); err != nil {
		t.Fatal(err)
	}
	p.start()
	want := screenedRows(t, p, id)
	p.terminate()

	for i := range kills {
		killed.start()
		if i%3 == 0 { // a second worker at the same file
			if _, err := killed.call(t.Context(), "operator", "POST", "/v1/screenings/"+id+"/start", "application/json", "", 202); err != nil {
				t.Fatal(err)
			}
		}
		at := killed.screening(id)
		for begun := at["screened"]; i%2 == 0 && at["state"] != "closed" && at["screened"] == begun; at = killed.screening(id) { // every other time it comes a page further
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
		killed.kill()
		t.Logf("kill %d: the file is %v with %v rows", i+1, at["state"], at["screened"])
	}
	killed.start()
	got := screenedRows(t, killed, id)
	killed.terminate()
	if len(want) != screened || len(got) != len(want) {
		t.Fatalf("%d results after kills, %d undisturbed", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("after kills:\n%s\nundisturbed:\n%s", got[i], want[i])
		}
	}
}

func (p *program) screening(id string) map[string]any {
	p.t.Helper()
	got, err := p.call(p.t.Context(), "operator", "GET", "/v1/screenings/"+id, "", "", 200)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

// screenable lists some subjects, sends a file in which they are, and has it started.
func screenable(t *testing.T, p *program) string {
	t.Helper()
	kept := &acknowledged{}
	for n := range 10 {
		if err := kept.life(t.Context(), p, 2*n); err != nil {
			t.Fatal(err)
		}
	}
	made, err := p.call(t.Context(), "operator", "POST", "/v1/screenings", "application/json", fmt.Sprintf(`{"format":"csv","rows":%d}`, screened), 201)
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	file.WriteString("reference,name\n")
	for n := range screened {
		if n%1500 == 0 {
			fmt.Fprintf(&file, "r-%d,虚构%d有限公司\n", n, n/750)
		} else {
			fmt.Fprintf(&file, "r-%d,苏州示例%d纺织厂\n", n, n)
		}
	}
	upload := made["upload"].(map[string]any)
	r, err := http.NewRequestWithContext(t.Context(), plain(upload["method"]), plain(upload["url"]), strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range upload["headers"].(map[string]any) {
		r.Header.Set(name, plain(value))
	}
	response, err := p.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the upload answers %d", response.StatusCode)
	}
	id := plain(made["id"])
	if _, err := p.call(t.Context(), "operator", "POST", "/v1/screenings/"+id+"/start", "application/json", "", 202); err != nil {
		t.Fatal(err)
	}
	return id
}

// screenedRows waits for a file to be looked up, and lists its results.
func screenedRows(t *testing.T, p *program, id string) []string {
	t.Helper()
	for deadline := time.Now().Add(longest); ; time.Sleep(50 * time.Millisecond) {
		got := p.screening(id)
		if got["state"] == "closed" {
			if counts := got["counts"].(map[string]any); got["screened"] != float64(screened) || counts["unchecked"] != 0.0 || counts["possible"] == 0.0 {
				t.Fatalf("%s", show(got))
			}
			break
		}
		if got["state"] == "failed" || time.Now().After(deadline) {
			t.Fatalf("the file does not end: %s", show(got))
		}
	}
	var all []string
	for cursor := ""; ; {
		page, err := p.call(t.Context(), "operator", "GET", "/v1/screenings/"+id+"/results?limit=500"+cursor, "", "", 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page["items"].([]any) {
			text, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
		next, more := page["next_cursor"].(string)
		if !more {
			return all
		}
		cursor = "&cursor=" + next
	}
}
