package e2e

import (
	"math/rand/v2"
	"testing"
	"time"

	"shixin/infra/local/demo"
)

// A first start that is killed while it loads the demonstration goes on at the next one, and loads nothing twice.
func TestKilledDemonstration(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	p := &program{t: t, binary: build(t), data: t.TempDir(), demonstration: true}
	for range 3 {
		p.launch()
		time.Sleep(time.Duration(random.IntN(1400)) * time.Millisecond)
		p.kill()
	}
	p.start()
	got, err := p.call(t.Context(), "", "GET", "/v1/status/uscc/"+demo.Published, "", "", 200)
	if err != nil || got["verdict"] != "listed" || len(got["listings"].([]any)) != 1 {
		t.Errorf("%s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "", "POST", "/v1/search", "application/json", `{"name":"示例甲手機卡"}`, 200)
	if err != nil || len(got["items"].([]any)) != 1 {
		t.Errorf("want the published listing by its name in other characters: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "auditor", "GET", "/v1/listings", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 5 {
		t.Errorf("want the five listings of the demonstration: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "officer", "GET", "/v1/enterprises/"+demo.Concerned+"/findings", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 1 {
		t.Errorf("want one finding: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "officer", "GET", "/v1/enterprises/"+demo.Worse+"/reports", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 20 {
		t.Errorf("want reports of twelve months and eight days, each once: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "officer", "GET", "/v1/enterprises/"+demo.TwoSteps+"/relations", "", "", 200)
	if err != nil || len(got["related"].([]any)) != 3 || len(got["listed"].([]any)) != 1 {
		t.Errorf("want one listed subject two steps away: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "officer", "GET", "/v1/enterprises/"+demo.Worse+"/actions", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 1 {
		t.Errorf("want one interview: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "officer", "GET", "/v1/enterprises?order=risk", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 7 {
		t.Errorf("want seven enterprises with open findings: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "", "GET", "/v1/rectifications", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 1 {
		t.Errorf("want one rectification shown in public: %s %v", show(got), err)
	}
	got, err = p.call(t.Context(), "auditor", "GET", "/v1/enterprises/"+demo.Rectified+"/actions", "", "", 200)
	if err != nil || len(got["items"].([]any)) != 3 {
		t.Errorf("want the three rungs that led to it, each once: %s %v", show(got), err)
	}
	p.terminate()
}
