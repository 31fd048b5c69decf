package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/infra/alarms"
	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/querylog"
	"shixin/shared/querylog/ledger"
	rt "shixin/shared/register/registertest"
	"shixin/shared/workday"
)

type world struct {
	*rt.World
	*ledger.Ledger
	log  *querylog.Log
	said *bytes.Buffer
}

func newWorld(t *testing.T) world {
	w := rt.New(t)
	said := &bytes.Buffer{}
	return world{
		World: w, said: said,
		Ledger: &ledger.Ledger{Store: w.Register.Store, Hash: w.Register.Hash, Policy: w.Register.Policy, Alarms: alarms.Load, Log: slog.New(slog.NewJSONHandler(said, nil))},
		log:    &querylog.Log{Store: w.Register.Store, Queue: w.Queue, Hash: w.Register.Hash},
	}
}

// told is the message of one query.
func (w world) told(who access.Principal, id string, at time.Time, count int) string {
	w.T.Helper()
	w.Must(w.log.Tell(w.Ctx(), who, querylog.Query{Request: id, At: at, Route: "POST /v1/status", What: []string{id}, Count: count, Purpose: "p " + id, Verdicts: map[string]int{"clear": count}}))
	return w.World.Queue.Take()[0].Body
}

func (w world) append(bodies ...string) {
	w.T.Helper()
	for i, err := range w.Append(w.Ctx(), bodies, w.Now) {
		if err != nil {
			w.T.Errorf("message %d: %v", i, err)
		}
	}
}

func (w world) all(who access.Principal, f ledger.Filter, limit int) (all []ledger.View) {
	w.T.Helper()
	var from ledger.Place
	for {
		page, next, err := w.Export(w.Ctx(), who, w.Now.Add(time.Hour), f, from, limit)
		w.Must(err)
		if len(page) > limit || len(page) == 0 && next != nil {
			w.T.Fatalf("a page of %d, limit %d", len(page), limit)
		}
		if all = append(all, page...); next == nil {
			return all
		}
		from = *next
	}
}

// sound verifies an export by the documented rule, chain by chain.
func sound(t *testing.T, all []ledger.View) {
	t.Helper()
	type name struct {
		caller string
		day    workday.Day
	}
	chains := map[name][]inquiry.Record{}
	for _, v := range all {
		chains[name{v.Caller, v.Day}] = append(chains[name{v.Caller, v.Day}], v.Record)
		if got := (inquiry.Texts{Salt: v.Salt, Purpose: v.Purpose, Reference: v.Reference}).Sum(); got != v.Texts {
			t.Errorf("%s: the texts are not those of the record", v.ID)
		}
	}
	for n, records := range chains {
		if err := inquiry.Check("", 0, records); err != nil {
			t.Errorf("%v: %v", n, err)
		}
	}
}

var march = ledger.Filter{From: "2026-03-01", To: "2026-03-31"}

func TestDoubledAndLateMessagesChangeNothing(t *testing.T) {
	w := newWorld(t)
	var bodies []string
	for i := range 250 { // more than one Write takes
		bodies = append(bodies, w.told(rt.Operator, fmt.Sprintf("r-%d", i), w.Now.Add(time.Duration(i)*time.Second), 1))
	}
	w.append(append(slices.Clone(bodies[:200]), bodies[:50]...)...)
	w.append(bodies[150:]...)
	w.Now = w.Now.AddDate(0, 0, 5)
	w.append(bodies...)
	w.append(w.told(rt.Operator, "late", w.Now.AddDate(0, 0, -5), 1))
	for _, limit := range []int{1, 7, 251, 500} {
		all := w.all(rt.Operator, march, limit)
		sound(t, all)
		if len(all) != 251 || all[250].ID != "late" || all[250].Day != "2026-03-02" {
			t.Errorf("limit %d: %d records", limit, len(all))
		}
	}
}

// Several workers append to the same chains at once, each message to two of them.
func TestWorkersAtOnce(t *testing.T) {
	w := newWorld(t)
	var bodies []string
	for i := range 120 {
		who := []access.Principal{rt.Operator, rt.Auditor, rt.Enterprise(1)}[i%3]
		bodies = append(bodies, w.told(who, fmt.Sprintf("r-%d", i), w.Now, 1))
	}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for part := range slices.Chunk(bodies[worker%2*60:][:60], 9) {
				mine := slices.Clone(part)
				random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				w.append(mine...)
			}
		})
	}
	all.Wait()
	got := w.all(rt.Auditor, march, 50)
	sound(t, got)
	if len(got) != 120 {
		t.Errorf("%d records, want 120", len(got))
	}
}

// Within one process what comes together is appended together, so that a caller's queries do not wait for one Write each.
func TestOneProcessWritesTogether(t *testing.T) {
	w := newWorld(t)
	table := w.Watched()
	var bodies []string
	for i := range 300 {
		bodies = append(bodies, w.told(rt.Operator, fmt.Sprintf("r-%d", i), w.Now, 1))
	}
	var all sync.WaitGroup
	for _, body := range bodies {
		all.Go(func() { w.append(body) })
	}
	all.Wait()
	got := w.all(rt.Operator, march, 500)
	sound(t, got)
	if len(got) != 300 || table.Writes > 150 {
		t.Errorf("%d records in %d writes", len(got), table.Writes)
	}
}

func TestOwnAndAll(t *testing.T) {
	w := newWorld(t)
	other := rt.Enterprise(1)
	other.Account = "a second account"
	for i, who := range []access.Principal{rt.Operator, rt.Enterprise(1), other, rt.Enterprise(2), rt.Officer} {
		w.append(w.told(who, fmt.Sprintf("r-%d", i), w.Now.AddDate(0, 0, -i%2), 1))
	}
	ids := func(who access.Principal, f ledger.Filter) string {
		var s []string
		for _, v := range w.all(who, f, 2) {
			s = append(s, v.ID)
		}
		return strings.Join(s, " ")
	}
	for name, c := range map[string]struct {
		who  access.Principal
		f    ledger.Filter
		want string
	}{
		"an operator":                 {rt.Operator, march, "r-0"},
		"an enterprise, all accounts": {rt.Enterprise(1), march, "r-1 r-2"},
		"its own by name":             {rt.Operator, ledger.Filter{From: march.From, To: march.To, Caller: "account:operator"}, "r-0"},
		"nobody's days":               {rt.Operator, ledger.Filter{From: "2026-03-05", To: "2026-03-09"}, ""},
		"all":                         {rt.Auditor, march, "r-1 r-3 r-4 r-0 r-2"},
		"all of one day":              {rt.Auditor, ledger.Filter{From: "2026-03-01", To: "2026-03-01"}, "r-1 r-3"},
		"all of one":                  {rt.Auditor, ledger.Filter{From: march.From, To: march.To, Caller: "uscc:" + rt.USCC(1)}, "r-1 r-2"},
	} {
		if got := ids(c.who, c.f); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Another's log is refused, whether there is one or not.
func TestAnothersLog(t *testing.T) {
	w := newWorld(t)
	w.append(w.told(rt.Officer, "r-1", w.Now, 1))
	for _, caller := range []string{"account:officer", "account:nobody", "uscc:" + rt.USCC(1)} {
		if _, _, err := w.Export(t.Context(), rt.Operator, w.Now, ledger.Filter{From: march.From, To: march.To, Caller: caller}, ledger.Place{}, 9); fault.Of(err) != fault.Forbidden {
			t.Errorf("%s: %v", caller, err)
		}
	}
}

// The identifiers are counted, not the calls; the alarm rings once and the caller is stopped.
func TestQuota(t *testing.T) {
	w := newWorld(t)
	w.Quota = 2500
	for i := range 4 {
		if err := w.log.Admit(t.Context(), rt.Operator, w.Now); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
		w.append(w.told(rt.Operator, fmt.Sprintf("r-%d", i), w.Now, 1000))
	}
	fresh := &querylog.Log{Store: w.log.Store, Queue: w.World.Queue, Hash: w.log.Hash} // another process, or a minute later
	if err := fresh.Admit(t.Context(), rt.Operator, w.Now); fault.Of(err) != fault.RateLimited {
		t.Errorf("after the quota: %v", err)
	}
	if err := fresh.Admit(t.Context(), rt.Auditor, w.Now); err != nil {
		t.Errorf("another: %v", err)
	}
	if n := strings.Count(w.said.String(), `"alarm":"quota"`); n != 1 {
		t.Errorf("%d alarms: %s", n, w.said)
	}
}

// A caller may have a quota of its own, and hears which.
func TestQuotaOfOneCaller(t *testing.T) {
	w := newWorld(t)
	w.Quota, w.Quotas = 2500, ledger.Quotas{"account:operator": 10}
	w.append(w.told(rt.Operator, "r-1", w.Now, 10), w.told(rt.Officer, "r-2", w.Now, 2499))
	refused, _ := errors.AsType[*fault.Fault](w.log.Admit(t.Context(), rt.Operator, w.Now))
	if refused == nil || refused.Kind != fault.RateLimited || refused.Quota == nil || refused.Quota.Limit != 10 ||
		refused.Quota.Resets.Sub(w.Now) != refused.RetryAfter || !strings.Contains(refused.Detail, "the 10 identifiers") {
		t.Errorf("%+v", refused)
	}
	if err := w.log.Admit(t.Context(), rt.Officer, w.Now); err != nil {
		t.Errorf("another: %v", err)
	}
}

// A day is compared with the same caller's earlier ones, which are read when it begins.
func TestUnusualForTheCallerItself(t *testing.T) {
	w := newWorld(t)
	ask := func(who access.Principal, id string, day, count, listed int) string {
		w.Must(w.log.Tell(w.Ctx(), who, querylog.Query{Request: id, At: w.Now.AddDate(0, 0, day), Route: "POST /v1/status", What: []string{id}, Count: count, Verdicts: map[string]int{"listed": listed, "clear": count - listed}}))
		return w.World.Queue.Take()[0].Body
	}
	for day := -8; day < 0; day++ {
		w.append(ask(rt.Operator, fmt.Sprintf("bank%d", day), day, 1000, 1), ask(rt.Officer, fmt.Sprintf("office%d", day), day, 200, 150))
	}
	rang := func() int { return strings.Count(w.said.String(), `"alarm":"unusual-hits"`) }
	before := rang() // of the officer's first days, which had no past
	w.append(ask(rt.Officer, "office", 0, 200, 160))
	if n := rang(); n != before {
		t.Errorf("an office's usual day rings: %s", w.said)
	}
	w.append(ask(rt.Operator, "calm", 0, 1000, 1), ask(rt.Operator, "strange", 0, 1000, 40))
	if n := rang(); n != before+1 || !strings.Contains(w.said.String(), `"caller":"account:operator"`) {
		t.Errorf("a bank's unusual day rings %d times: %s", n-before, w.said)
	}
}

// Messages of the day before that come late use up that day's quota, and do not write over that today's is used up.
func TestQuotaOfTheDayBefore(t *testing.T) {
	w := newWorld(t)
	w.Quota = 10
	late := w.told(rt.Operator, "r-1", w.Now.AddDate(0, 0, -1), 20)
	w.append(w.told(rt.Operator, "r-2", w.Now, 20))
	w.append(late)
	if err := w.log.Admit(t.Context(), rt.Operator, w.Now); fault.Of(err) != fault.RateLimited {
		t.Errorf("after today's quota: %v", err)
	}
}

func TestWrongMessages(t *testing.T) {
	w := newWorld(t)
	good := w.told(rt.Operator, "r-1", w.Now, 1)
	errs := w.Append(t.Context(), []string{`{}`, `x`, good, `{"record":{"id":"r"}}`}, w.Now)
	for i, err := range errs {
		if (fault.Of(err) == fault.Malformed) == (i == 2) {
			t.Errorf("message %d: %v", i, err)
		}
	}
	if all := w.all(rt.Operator, march, 9); len(all) != 1 {
		t.Errorf("%d records", len(all))
	}
}

// FuzzMessage: whatever lies in the queue, the worker neither panics nor writes what cannot be verified.
func FuzzMessage(f *testing.F) {
	f.Add(`{"record":{"id":"r-1","at":"2026-03-02T01:00:00Z","account":"x","role":"operator","identifiers":1},"trail":{"steps":3}}`)
	f.Add(`{"record":{"id":"","at":"x"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		w := newWorld(t)
		err := w.Append(t.Context(), []string{body}, w.Now)[0]
		var m querylog.Message
		if json.Unmarshal([]byte(body), &m) != nil && err == nil {
			t.Errorf("taken: %q", body)
		}
	})
}
