package rungs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/infra/calendars"
	"shixin/infra/ladder"
	"shixin/infra/policies"
	"shixin/infra/regimes"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/boot/acting"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	domain "shixin/shared/ladder"
	"shixin/shared/queue/memory"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/subject"
	"shixin/shared/supervision/rungs"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

const uscc = "91320500000000035C"

var (
	now     = time.Date(2026, 10, 8, 1, 0, 0, 0, time.UTC)
	officer = access.Principal{Account: "officer", Person: "p1", Role: access.Officer, Authority: "suzhou", Level: access.City, Region: "320500", Sectors: []string{"telecom"}}
	abroad  = access.Principal{Account: "abroad", Person: "p4", Role: access.Officer, Authority: "zhejiang", Level: access.Province, Region: "330000", Sectors: []string{"telecom"}}
	bureau  = access.Principal{Account: "bureau", Person: "p5", Role: access.Officer, Authority: "county", Level: access.County, Region: "320505", Sectors: []string{"telecom"}}
	banker  = access.Principal{Account: "banker", Person: "p6", Role: access.Officer, Authority: "bank-bureau", Level: access.Province, Region: "320000", Sectors: []string{"finance"}}
)

type document []byte

func (d document) Document(context.Context) ([]byte, error) { return d, nil }

// cut fails one Write, after it was done or before.
type cut struct {
	table.Table
	mu      sync.Mutex
	at, n   int
	applied bool
	docs    []string // everything that was put
}

var errCut = errors.New("the power is gone")

func (c *cut) Write(ctx context.Context, b table.Batch) error {
	c.mu.Lock()
	c.n++
	fails := c.n == c.at
	for _, op := range b.Ops {
		c.docs = append(c.docs, op.Item.Partition+" "+op.Item.Sort+" "+string(op.Item.Doc))
	}
	c.mu.Unlock()
	if fails && !c.applied {
		return errCut
	}
	err := c.Table.Write(ctx, b)
	if fails && err == nil {
		return errCut
	}
	return err
}

type world struct {
	*rungs.Rungs
	table *cut
	reg   *register.Register
}

// newWorld has one enterprise with one serious finding, that has been through the rungs that are named.
func newWorld(t testing.TB, through ...string) (*world, string) {
	t.Helper()
	doc, err := tinkseal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	keys := ring.New(document(doc))
	tb := &cut{Table: tabletest.NewModel()}
	store := &records.Store{Table: tb}
	engine := policy.New(policies.Files, nil)
	queues := memory.New(memory.Options{})
	t.Cleanup(func() { _ = queues.Stop(context.Background()) })
	w := &world{table: tb, reg: &register.Register{Store: store, Hash: keys, Seal: tinkseal.New(keys), Policy: engine, Queue: queues, Regimes: regimes.Load, Calendar: calendars.Load}}
	w.Rungs = &rungs.Rungs{Store: store, Seal: tinkseal.New(keys), Policy: engine, Ladder: ladder.Load, Regimes: regimes.Load, Calendar: calendars.Load,
		Persons: func(context.Context, compliance.Registration) ([]string, error) { return []string{"张示例"}, nil }, Propose: acting.Through(w.reg)}
	r := compliance.Registration{USCC: uscc, Names: []subject.Name{{Text: "示例通信有限公司", Lang: "zh"}}, Sectors: []string{"telecom"}, Region: "320500", Authority: "suzhou", Size: "small", Revision: 1, At: now}
	v := compliance.Verdict{Rule: "listed", Pack: "listed@1", Outcome: compliance.Fail, Inputs: []compliance.Input{{Of: compliance.Shareholder, Scheme: "uscc", Value: "x", Listing: "l"}}}
	f, _ := compliance.Finding{}.Next(uscc, v, compliance.FindingPins{Run: "R", At: now.AddDate(0, -1, 0), Engine: "1"})
	standing := domain.Standing{}
	for n, rung := range through {
		standing = standing.Taken(domain.Past{ID: fmt.Sprint("A", n), Rung: rung, Findings: []string{f.ID}, At: now.AddDate(0, 0, n-20), Closed: true, Outcome: "not_cured"})
	}
	b := &records.Batch{}
	b.PutEnterprise(records.Enterprise{}, r)
	b.PutFinding(records.Finding{USCC: uscc}, f)
	b.PutStanding(records.Standing{USCC: uscc}, standing)
	if err := store.Commit(context.Background(), now, b); err != nil {
		t.Fatal(err)
	}
	tb.n, tb.docs = 0, nil
	return w, f.ID
}

func interview(finding string) rungs.Taking {
	return rungs.Taking{Rung: "interview", Findings: []string{finding}, Reason: "张示例被列入", LegalBasis: []string{"第六条"},
		Interview: &rungs.Interview{At: now.Add(72 * time.Hour), Place: "苏州市某处", Participants: []string{"李示例"}}}
}

func call(who access.Principal, key string) rungs.Call {
	c := rungs.Call{Who: who, Now: now}
	if key != "" {
		c.Once = &records.Once{Caller: who.Account, Route: "POST", Key: key, Body: "b"}
	}
	return c
}

func TestWhoReachesWhom(t *testing.T) {
	w, finding := newWorld(t)
	for _, c := range []struct {
		who  access.Principal
		want fault.Kind
	}{{abroad, fault.NotFound}, {banker, fault.NotFound}, {bureau, fault.NotFound}, {access.Principal{Account: "x", Role: access.Officer, Authority: "suzhou", Level: access.City, Region: "320500"}, fault.Forbidden}, {officer, ""}} {
		if _, err := w.Take(context.Background(), call(c.who, ""), uscc, interview(finding)); fault.Of(err) != c.want || err != nil && c.want == "" {
			t.Errorf("%s: %v, want %q", c.who.Account, err, c.want)
		}
	}
	// The ladder gives listed rectification to a city and above.
	w, finding = newWorld(t, "interview", "supervised-handling")
	own := bureau
	own.Authority = "suzhou" // the enterprise's own authority, were it a county
	_, err := w.Take(context.Background(), call(own, ""), uscc, rungs.Taking{Rung: "listed-rectification", Findings: []string{finding}, Reason: "x", LegalBasis: []string{"x"}, Task: "x", WorkingDays: 9})
	if fault.Of(err) != fault.Forbidden {
		t.Errorf("a county takes a city's rung: %v", err)
	}
}

// Many at once take one rung for one finding: one of them does.
func TestTakenOnce(t *testing.T) {
	w, finding := newWorld(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for n := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, err := w.Take(context.Background(), call(officer, fmt.Sprint("k", n)), uscc, interview(finding))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				taken++
			case fault.Of(err) != fault.Conflict:
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	ids, _, err := w.Store.ActionsOf(context.Background(), now, uscc, "", 10)
	if err != nil || taken != 1 || len(ids) != 1 {
		t.Errorf("taken %d times, %d actions are stored (%v)", taken, len(ids), err)
	}
}

// The last rung and the proposal of the listing are written together or not at all, wherever the power goes; and a repeated call finds it done.
func TestReferralIsWhole(t *testing.T) {
	for at := 1; ; at++ {
		for _, applied := range []bool{false, true} {
			w, finding := newWorld(t, "interview", "supervised-handling", "listed-rectification")
			w.table.at, w.table.applied = at, applied
			refer := rungs.Taking{Rung: "proposed-listing", Findings: []string{finding}, Reason: "x", LegalBasis: []string{"第三十一条"}, Listing: &rungs.Listing{
				Regime: "market-regulation", Ground: "serious-violation", Document: "苏市监罚字〔2026〕1号", Evidence: []rungs.Evidence{{Title: "x", SHA256: strings.Repeat("0", 64)}}}}
			_, err := w.Take(context.Background(), call(officer, "k"), uscc, refer)
			if at > w.table.n {
				if err != nil || at < 3 {
					t.Fatalf("%d writes: %v", w.table.n, err)
				}
				return
			}
			if !errors.Is(err, errCut) {
				t.Fatalf("write %d: %v", at, err)
			}
			reply, err := w.Take(context.Background(), call(officer, "k"), uscc, refer)
			if err != nil || reply.Status != 201 {
				t.Fatalf("write %d, applied %v, again: %+v %v", at, applied, reply, err)
			}
			var view rungs.View
			if err := json.Unmarshal(reply.Body, &view); err != nil {
				t.Fatal(err)
			}
			actions, _, _ := w.Store.ActionsOf(context.Background(), now, uscc, "", 10)
			places, _, _ := w.Store.Queue(context.Background(), now, "suzhou", "", "", 10)
			if len(actions) != 1 || len(places) != 1 || places[0].ID != view.Listing.ID || places[0].State != "proposed" || view.ID != actions[0] {
				t.Errorf("write %d, applied %v: actions %v, listings %+v, answered %+v", at, applied, actions, places, view.Listing)
			}
		}
	}
}

// What people wrote lies nowhere in clear.
func TestTextsAreSealed(t *testing.T) {
	w, finding := newWorld(t)
	reply, err := w.Take(context.Background(), call(officer, "k"), uscc, interview(finding))
	if err != nil {
		t.Fatal(err)
	}
	var view rungs.View
	if err := json.Unmarshal(reply.Body, &view); err != nil || view.Reason != "张示例被列入" || view.Interview.Participants[0] != "李示例" {
		t.Fatalf("%+v %v", view, err)
	}
	served := rungs.Notice{Method: "post", ServedAt: now, WorkingDays: 5, Receipt: &rungs.Evidence{Title: "王示例签收", SHA256: strings.Repeat("0", 64)}}
	if _, err := w.Step(context.Background(), call(officer, ""), uscc, view.ID, served.Step()); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(w.table.docs, "\n")
	for _, secret := range []string{"张示例", "李示例", "王示例", "苏州市某处"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is stored in clear", secret)
		}
	}
	if !strings.Contains(all, "standing#") || !strings.Contains(all, "work#suzhou action#") {
		t.Error("nothing was looked at")
	}
}
