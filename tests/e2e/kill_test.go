package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKills starts the program on one folder, writes to it from several sides, kills it, and starts it again, SHIXIN_KILLS
// times (3). After each start everything that was acknowledged is there, and nothing is half done.
func TestKills(t *testing.T) {
	kills, random := chaos(t)
	p := &program{t: t, binary: build(t), data: t.TempDir()}
	kept := &acknowledged{}
	for i := range kills {
		p.start()
		kept.check(p)
		writing, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() { kept.write(writing, p, i, w) })
		}
		after := time.Duration(50+random.IntN(1200)) * time.Millisecond
		time.Sleep(after)
		p.kill()
		stop()
		writers.Wait()
		t.Logf("killed after %v; acknowledged: %v", after, kept)
	}
	p.start()
	kept.check(p)
	kept.finish(p)
	kept.check(p)
	p.terminate()
}

// chaos is how often the program is killed, SHIXIN_KILLS times (3), and what decides when: SHIXIN_SEED repeats a run.
func chaos(t *testing.T) (kills int, random *rand.Rand) {
	t.Helper()
	kills = 3
	if s := os.Getenv("SHIXIN_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatalf("SHIXIN_KILLS: %v", err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SHIXIN_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("SHIXIN_SEED: %v", err)
		}
	}
	t.Logf("SHIXIN_SEED=%d", seed)
	return kills, rand.New(rand.NewPCG(seed, 0))
}

// TestTerminate ends a program in the middle of its work: what was acknowledged is kept, and it says that it ended well.
func TestTerminate(t *testing.T) {
	p := &program{t: t, binary: build(t), data: t.TempDir()}
	p.start()
	kept := &acknowledged{}
	writing, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() { kept.write(writing, p, 0, w) })
	}
	time.Sleep(300 * time.Millisecond)
	p.terminate()
	stop()
	writers.Wait()
	p.start()
	kept.check(p)
	kept.finish(p)
	p.terminate()
}

// acknowledged is what a caller was told that it is done.
type acknowledged struct {
	mu       sync.Mutex
	listings []*told
	imports  []*batch
	runs     []string
	firms    []string // registered enterprises
	broken   []error  // what was refused and should not have been
}

// told is a listing with the last state and version that an answer gave.
type told struct {
	id, uscc, state string
	version         float64
}

// batch is an import; adopted where its adoption was acknowledged.
type batch struct {
	id      string
	first   int // of its list-refs
	adopted bool
}

const batchRows = 60

func (a *acknowledged) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprintf("%d listings, %d imports, %d audits", len(a.listings), len(a.imports), len(a.runs))
}

// write takes listings through their life, and now and then an import or an audit, until the program is gone.
func (a *acknowledged) write(ctx context.Context, p *program, round, writer int) {
	for n := 0; ctx.Err() == nil; n++ {
		serial := (round*10+writer)*1000 + n
		err := a.life(ctx, p, serial)
		if err == nil && writer == 0 && n%3 == 0 {
			err = a.list(ctx, p, serial)
		}
		if err == nil && writer == 1 && n%3 == 0 {
			err = a.audit(ctx, p, serial)
		}
		if _, ok := errors.AsType[*refused](err); ok {
			a.mu.Lock()
			a.broken = append(a.broken, err)
			a.mu.Unlock()
			return
		}
		if err != nil {
			return // the program was killed
		}
	}
}

// life is one listing from its proposal to its decision, and every other one further to its removal.
func (a *acknowledged) life(ctx context.Context, p *program, serial int) error {
	l := &told{uscc: organisation(serial)}
	body := fmt.Sprintf(`{"regime":"telecom-fraud","ground":"designated-trading","subject":{"kind":"organization","names":[{"text":"虚构%d有限公司","lang":"zh"}],`+
		`"identifiers":[{"scheme":"uscc","value":"%s"}]},"facts":"Sold cards.","legal_basis":["Joint Measures"],"evidence":[%s]}`, serial, l.uscc, show(evidence))
	got, err := p.call(ctx, "officer", "POST", "/v1/listings", "application/json", body, 201)
	if err != nil {
		return err
	}
	l.id = plain(got["id"])
	a.mu.Lock()
	a.listings = append(a.listings, l)
	a.mu.Unlock()
	note := func(got map[string]any) {
		a.mu.Lock()
		defer a.mu.Unlock()
		l.state = plain(got["state"])
		l.version, _ = got["version"].(float64)
	}
	note(got)
	today := time.Now().In(time.FixedZone("", 8*60*60))
	steps := []struct{ persona, step, body string }{
		{"officer", "notice", fmt.Sprintf(`{"method":"post","served_at":%q,"respond_until":%q,"receipt":%s}`,
			today.Format(time.RFC3339), today.AddDate(0, 0, 3).Format(time.DateOnly), show(evidence))}, // a receipt, because it may be the day before when it comes
		{"officer", "statements", `{"kind":"waiver","text":"Waived."}`},
		{"decider", "decision", `{"outcome":"list","reasons":"Proved."}`},
		{"officer", "requests", `{"kind":"revocation","grounds":"A mistake."}`},
		{"second-decider", "requests/1/outcome", `{"outcome":"granted","reasons":"A mistake."}`},
	}
	if serial%2 == 0 {
		steps = steps[:3]
	}
	for _, s := range steps {
		got, err := p.call(ctx, s.persona, "POST", "/v1/listings/"+l.id+"/"+s.step, "application/json", s.body, 200, 201)
		if err != nil {
			return err
		}
		if got["state"] != nil {
			note(got)
		}
	}
	return nil
}

// list imports rows and adopts them.
func (a *acknowledged) list(ctx context.Context, p *program, serial int) error {
	first := serial * 100
	var rows strings.Builder
	for i := range batchRows {
		fmt.Fprintf(&rows, `{"regime":"reference","ground":"mirrored","subject":{"kind":"organization","names":[{"text":"ENTRY %[1]d"}],"identifiers":[{"scheme":"list-ref","value":"test:%[1]d"}]},`+
			`"facts":"Entry.","legal_basis":["Another list"],"decided":{"document":"Entry %[1]d","on":"2020-01-01"}}`+"\n", first+i)
	}
	got, err := p.call(ctx, "officer", "POST", "/v1/imports", "application/x-ndjson", rows.String(), 201)
	if err != nil {
		return err
	}
	b := &batch{id: plain(got["id"]), first: first}
	a.mu.Lock()
	a.imports = append(a.imports, b)
	a.mu.Unlock()
	if _, err = p.call(ctx, "decider", "POST", "/v1/imports/"+b.id+"/adoption", "", "", 202); err != nil {
		return err
	}
	a.mu.Lock()
	b.adopted = true
	a.mu.Unlock()
	return nil
}

// audit registers an enterprise, with a party that has an even number and is listed by and by, and orders a run.
func (a *acknowledged) audit(ctx context.Context, p *program, serial int) error {
	body := fmt.Sprintf(`{"names":[{"text":"虚构%d有限公司"}],"sectors":["telecom"],"region":"320500","size_class":"small",`+
		`"parties":[{"role":"supplier","name":"虚构供应商","identifier":{"scheme":"uscc","value":%q}}]}`, serial, organisation(serial&^1))
	uscc := organisation(1_000_000 + serial)
	if _, err := p.call(ctx, "officer", "PUT", "/v1/enterprises/"+uscc, "application/json", body, 201); err != nil {
		return err
	}
	a.mu.Lock()
	a.firms = append(a.firms, uscc)
	a.mu.Unlock()
	got, err := p.call(ctx, "officer", "POST", "/v1/audits", "application/json", "{}", 202)
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.runs = append(a.runs, plain(got["id"]))
	a.mu.Unlock()
	return nil
}

// check holds the register against what was acknowledged, its journal against its numbers, and the status against the journal.
func (a *acknowledged) check(p *program) {
	t, ctx := p.t, p.t.Context()
	t.Helper()
	for _, err := range a.broken {
		t.Errorf("refused while writing: %v", err)
	}
	in := map[string]bool{} // by the journal
	n := 0.0
	for more := true; more; {
		got, err := p.call(ctx, "auditor", "GET", fmt.Sprintf("/v1/changes?limit=500&after=%d", int(n)), "", "", 200)
		if err != nil {
			t.Fatal(err)
		}
		items := got["items"].([]any)
		for _, item := range items {
			entry := item.(map[string]any)
			if entry["n"] != n+1 {
				t.Fatalf("the journal goes from %v to %v", n, entry["n"])
			}
			n++
			id := plain(entry["listing"])
			if entry["type"] == "listed" && in[id] {
				t.Errorf("%s is listed twice", id)
			}
			in[id] = entry["type"] != "removed"
		}
		more = n < got["list_version"].(float64)
		if more && len(items) == 0 {
			t.Fatalf("the journal ends at %v of %v", n, got["list_version"])
		}
	}
	for _, uscc := range a.firms {
		if _, err := p.call(ctx, "officer", "GET", "/v1/enterprises/"+uscc, "", "", 200); err != nil {
			t.Errorf("acknowledged as registered: %v", err)
		}
	}
	for _, l := range a.listings {
		got, err := p.call(ctx, "officer", "GET", "/v1/listings/"+l.id, "", "", 200)
		if err != nil {
			t.Errorf("acknowledged as %s: %v", l.state, err)
			continue
		}
		version, _ := got["version"].(float64)
		if version < l.version {
			t.Errorf("%s: version %v, acknowledged was %v", l.id, version, l.version)
		}
		timeline(p, l.id, int(version))
		listed := got["state"] == "listed"
		if listed != in[l.id] {
			t.Errorf("%s is %v, and by the journal in force: %v", l.id, got["state"], in[l.id])
		}
		status, err := p.call(ctx, "operator", "GET", "/v1/status/uscc/"+l.uscc, "", "", 200)
		if err != nil {
			t.Error(err)
		} else if (status["verdict"] == "listed") != listed {
			t.Errorf("%s is %v, its status %v", l.id, got["state"], status["verdict"])
		}
	}
}

// timeline holds that a listing has as many events as its version says, each with the hash of the one before it.
func timeline(p *program, id string, version int) {
	p.t.Helper()
	got, err := p.call(p.t.Context(), "auditor", "GET", "/v1/listings/"+id+"/events", "", "", 200)
	if err != nil {
		p.t.Error(err)
		return
	}
	items := got["items"].([]any)
	hash := ""
	for i, item := range items {
		event := item.(map[string]any)
		if event["n"] != float64(i+1) || event["prev"] != hash {
			p.t.Errorf("%s: event %d is %s", id, i+1, show(event))
		}
		hash = plain(event["hash"])
	}
	if len(items) != version {
		p.t.Errorf("%s: %d events, version %d", id, len(items), version)
	}
}

// finish waits until the imports and the audits have ended by themselves, and holds that each row is listed once.
func (a *acknowledged) finish(p *program) {
	t, ctx := p.t, p.t.Context()
	t.Helper()
	until := func(path, state string) map[string]any {
		t.Helper()
		for deadline := time.Now().Add(longest); ; time.Sleep(50 * time.Millisecond) {
			got, err := p.call(ctx, "officer", "GET", path, "", "", 200)
			if err != nil {
				t.Fatal(err)
			}
			if got["state"] == state {
				return got
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s does not end: %s", path, show(got))
			}
		}
	}
	for _, id := range a.runs {
		if got := until("/v1/audits/"+id, "closed"); got["enterprises"] != got["judged"] || got["isolated"] != 0.0 {
			t.Errorf("audit %s: %s", id, show(got))
		}
	}
	for _, b := range a.imports {
		if !b.adopted {
			continue
		}
		if got := until("/v1/imports/"+b.id, "adopted"); got["listed"] != float64(batchRows) || got["failed_total"] != 0.0 {
			t.Errorf("import %s: %s", b.id, show(got))
		}
		for _, i := range []int{0, batchRows / 2, batchRows - 1} {
			got, err := p.call(ctx, "", "GET", fmt.Sprintf("/v1/status/list-ref/test:%d", b.first+i), "", "", 200)
			if err != nil {
				t.Fatal(err)
			}
			if got["verdict"] != "listed" || len(got["listings"].([]any)) != 1 {
				t.Errorf("test:%d: %s", b.first+i, show(got))
			}
		}
	}
}

// organisation is a unified social credit code of its own for each number (GB 32100-2015, GB 11714-1997).
func organisation(n int) string {
	const alphabet, letters = "0123456789ABCDEFGHJKLMNPQRTUWXY", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	code := fmt.Sprintf("M%c%06d", "ABCDEFGH"[n/1_000_000], n%1_000_000)
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += strings.IndexByte(letters, code[i]) * weight
	}
	code = "91320500" + code + string("0X987654321"[sum%11])
	sum = 0
	for i, weight := 0, 1; i < len(code); i, weight = i+1, weight*3%31 {
		sum += strings.IndexByte(alphabet, code[i]) * weight
	}
	return code + string(alphabet[(31-sum%31)%31])
}
