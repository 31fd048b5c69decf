package compliance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"shixin/functions/auditplan"
	"shixin/functions/compliance"
	"shixin/infra/calendars"
	"shixin/infra/clocks"
	"shixin/infra/indicators"
	"shixin/infra/policies"
	"shixin/infra/regimes"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/blob/file"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/querylog"
	"shixin/shared/queue"
	"shixin/shared/queue/memory"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/supervision/judging"
	"shixin/shared/table/tabletest"
	"shixin/shared/web"
)

var now = time.Date(2026, 10, 8, 1, 0, 0, 0, time.UTC)

const (
	alpha = "91320500000000035C"
	beta  = "91320500000000078R"
)

var who = map[string]access.Principal{
	"officer": {Account: "officer", Person: "p1", Role: access.Officer, Authority: "nation", Level: access.National, Region: "000000",
		Sectors: []string{"telecom", "finance", "internet"}},
	"decider":  {Account: "decider", Person: "p2", Role: access.Decider, Authority: "nation", Level: access.National, Region: "000000", Sectors: []string{"telecom"}},
	"auditor":  {Account: "auditor", Person: "p3", Role: access.Auditor},
	"alpha":    {Account: "alpha", Person: "p4", Role: access.Enterprise, USCC: alpha},
	"operator": {Account: "operator", Person: "p5", Role: access.Operator},
	"nobody":   {},
}

type document []byte

func (d document) Document(context.Context) ([]byte, error) { return d, nil }

type api struct {
	t      *testing.T
	h      http.Handler
	s      *supervision.Supervision
	queues *memory.Queues
}

func newAPI(t *testing.T) *api {
	t.Helper()
	doc, err := tinkseal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	r := ring.New(document(doc))
	queues := memory.New(memory.Options{})
	engine := policy.New(policies.Files, nil)
	s := &supervision.Supervision{
		Store: &records.Store{Table: tabletest.NewModel()}, Blobs: file.New(t.TempDir()), Queue: queues, Hash: r, Seal: tinkseal.New(r),
		Policy: engine, Regimes: regimes.Load, Calendar: calendars.Load, Clocks: clocks.Load,
		Indicators: indicators.Load, Rules: judging.New(),
	}
	queues.Handle(querylog.Queue, 1, func(context.Context, queue.Message) error { return nil })
	queues.Handle(supervision.Queue, 4, func(ctx context.Context, m queue.Message) error { return s.Work(ctx, m.Body, now) })
	t.Cleanup(func() { _ = queues.Stop(context.Background()) })
	return &api{t: t, s: s, queues: queues, h: web.New(compliance.Routes(compliance.Deps{Supervision: s, Queries: &querylog.Log{Queue: queues, Hash: r}}), web.Options{
		Permit:    func(_ context.Context, p access.Principal, action string) error { return engine.Role(p, action) },
		CursorKey: func(context.Context) ([]byte, error) { return []byte("0123456789abcdef"), nil },
	})}
}

// do makes a call; headers are "Name: value".
func (a *api) do(as, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	a.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	a.h.ServeHTTP(w, r.WithContext(web.With(r.Context(), "r1", now, who[as])))
	return w
}

const telecom = `{"names":[{"text":"示例通信有限公司","lang":"zh"}],"sectors":["telecom"],"region":"320500","size_class":"small",` +
	`"parties":[{"role":"supplier","name":"示例供应商","identifier":{"scheme":"uscc","value":"` + beta + `"}}]}`

func TestCalls(t *testing.T) {
	a := newAPI(t)
	for _, c := range []struct {
		as, method, path, body string
		headers                string
		status                 int
		contains               string
	}{
		{"nobody", "GET", "/v1/enterprises", "", "", 401, ""},
		{"operator", "GET", "/v1/enterprises", "", "", 403, ""},
		{"alpha", "GET", "/v1/enterprises", "", "", 403, ""},
		{"decider", "PUT", "/v1/enterprises/" + alpha, telecom, "", 403, ""},
		{"officer", "GET", "/v1/enterprises/" + alpha, "", "", 404, ""},
		{"alpha", "PUT", "/v1/enterprises/" + alpha, `{"contact":{"phone":"1"}}`, "", 404, ""},
		{"officer", "PUT", "/v1/enterprises/110105194912310021", telecom, "", 422, `"parameter":"uscc"`},
		{"officer", "PUT", "/v1/enterprises/" + alpha, `{"uscc":"x"}`, "", 422, `"/uscc"`},
		{"officer", "PUT", "/v1/enterprises/" + alpha, `{}`, "", 422, `"/names"`},
		{"officer", "PUT", "/v1/enterprises/" + alpha, telecom, `If-Match: "v1"`, 412, ""},
		{"officer", "PUT", "/v1/enterprises/" + alpha, telecom, "", 201, `"uscc":"` + alpha + `"`},
		{"officer", "PUT", "/v1/enterprises/" + alpha, telecom, "", 428, ""},
		{"officer", "PUT", "/v1/enterprises/" + alpha, telecom, `If-Match: "v2"`, 412, ""},
		{"officer", "PUT", "/v1/enterprises/" + alpha, telecom, `If-Match: "v1"`, 200, `"version":1`},
		{"alpha", "PUT", "/v1/enterprises/" + alpha, `{"contact":{"phone":"1"}}`, `If-Match: "v1"`, 200, `"phone":"1"`},
		{"alpha", "PUT", "/v1/enterprises/" + alpha, telecom, `If-Match: "v2"`, 422, `"/contact"`},
		{"alpha", "PUT", "/v1/enterprises/" + alpha, `{"contact":{"phone":"1"},"names":[{"text":"另一通信有限公司"}]}`, `If-Match: "v2"`, 422, `"/names"`},
		{"alpha", "GET", "/v1/enterprises/" + alpha, "", "", 200, ""},
		{"alpha", "GET", "/v1/enterprises/" + beta, "", "", 404, ""},
		{"decider", "GET", "/v1/enterprises/" + alpha, "", "", 200, ""},
		{"officer", "GET", "/v1/enterprises?limit=1", "", "", 200, alpha},
		{"officer", "GET", "/v1/enterprises?name=x", "", "", 400, ""},
		{"officer", "GET", "/v1/enterprises?cursor=x", "", "", 400, ""},
		{"officer", "POST", "/v1/enterprises", "{}", "", 415, ""},
		{"officer", "POST", "/v1/enterprises", "", "Content-Type: text/csv", 400, ""},
		{"officer", "POST", "/v1/enterprises", "uscc,,\n", "Content-Type: text/csv", 400, "column 2"},
		{"officer", "POST", "/v1/enterprises", "{\"uscc\":\"" + beta + "\"}\nx\n", "Content-Type: application/x-ndjson", 200, `"line":2`},
		{"alpha", "POST", "/v1/audits", `{}`, "", 403, ""},
		{"officer", "POST", "/v1/audits", `{"packs":["x"]}`, "", 422, `"/packs/0"`},
		{"officer", "POST", "/v1/audits", `{"scope":{"city":"x"}}`, "", 422, `"/scope/city"`},
		{"officer", "GET", "/v1/audits/none", "", "", 404, ""},
		{"officer", "GET", "/v1/audits/none/results?outcome=maybe", "", "", 400, ""},
		{"alpha", "GET", "/v1/enterprises/" + alpha + "/findings", "", "", 200, `"items":[]`},
		{"alpha", "GET", "/v1/enterprises/" + beta + "/findings", "", "", 404, ""},
	} {
		var headers []string
		if c.headers != "" {
			headers = append(headers, c.headers)
		}
		w := a.do(c.as, c.method, c.path, c.body, headers...)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.contains) {
			t.Errorf("%s %s %s %s: %d %s, want %d with %s", c.as, c.method, c.path, c.headers, w.Code, w.Body, c.status, c.contains)
		}
		if strings.Contains(w.Body.String(), "110105194912310021") {
			t.Errorf("%s %s: the answer repeats a personal identifier", c.method, c.path)
		}
		if etag := w.Header().Get("ETag"); (w.Code == 200 || w.Code == 201) && strings.HasPrefix(c.path, "/v1/enterprises/"+alpha) && !strings.HasSuffix(c.path, "findings") && etag == "" {
			t.Errorf("%s %s has no ETag", c.method, c.path)
		}
	}
}

func TestImportScheduledRunAndResults(t *testing.T) {
	a := newAPI(t)
	csv := "uscc,names/0/text,sectors/0,sectors/1,region,size_class,parties/0/role,parties/0/name,parties/0/identifier/scheme,parties/0/identifier/value\r\n" +
		alpha + ",示例一,telecom,internet,320500,small,,,,\r\n" +
		beta + ",\"示例,二\",finance,,110000,large,legal-representative,张示例,cn-id,11010519491231002X\r\n" +
		"x,y\r\n"
	w := a.do("officer", "POST", "/v1/enterprises", csv, "Content-Type: text/csv")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"accepted":2`) || !strings.Contains(w.Body.String(), `"line":4`) {
		t.Fatalf("import: %d %s", w.Code, w.Body)
	}
	if w := a.do("officer", "GET", "/v1/enterprises/"+beta, ""); strings.Contains(w.Body.String(), "11010519491231002X") || !strings.Contains(w.Body.String(), "张示例") {
		t.Errorf("the enterprise: %s", w.Body)
	}
	for range 2 {
		if err := auditplan.Run(context.Background(), a.s, now); err != nil {
			t.Fatal(err)
		}
	}
	w = a.do("auditor", "POST", "/v1/audits", `{"scope":{"sector":"finance"}}`)
	if w.Code != 202 {
		t.Fatalf("an order: %d %s", w.Code, w.Body)
	}
	if err := a.queues.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	var runs struct {
		Items []struct {
			ID                            string
			State                         string
			Enterprises, Judged, Isolated int
		}
	}
	if err := json.Unmarshal(a.do("auditor", "GET", "/v1/audits", "").Body.Bytes(), &runs); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(len(runs.Items)); got != "2" {
		t.Fatalf("%s runs, want 2: %+v", got, runs)
	}
	daily := ""
	for _, r := range runs.Items {
		if r.State != "closed" || r.Enterprises != r.Judged+r.Isolated {
			t.Errorf("run %+v is not closed, or does not add up", r)
		}
		if r.Enterprises == 2 {
			daily = r.ID
		}
	}
	path := "/v1/audits/" + daily + "/results?limit=1&outcome=pass"
	lines := 0
	for path != "" {
		w := a.do("auditor", "GET", path, "", "Accept: text/csv")
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.HasPrefix(w.Body.String(), "uscc,rule,pack,outcome,reason\r\n") {
			t.Fatalf("results: %d %s %s", w.Code, w.Header(), w.Body)
		}
		lines += strings.Count(w.Body.String(), "\r\n") - 1
		link, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
		path = link
	}
	if lines != 2 {
		t.Errorf("%d results in all pages, want 2", lines)
	}
	if w := a.do("auditor", "GET", "/v1/audits/"+daily+"/results", "", "Accept: text/csv;q=0.5, application/json"); !strings.Contains(w.Body.String(), `"outcome":"pass"`) {
		t.Errorf("who prefers JSON gets %s", w.Body)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	a := newAPI(t)
	order := func(body, key string) *httptest.ResponseRecorder {
		return a.do("officer", "POST", "/v1/audits", body, "Idempotency-Key: "+key)
	}
	first, second, other := order(`{}`, "k"), order(`{}`, "k"), order(`{}`, "l")
	if first.Code != 202 || first.Body.String() != second.Body.String() || first.Body.String() == other.Body.String() {
		t.Errorf("%s, again %s, under another key %s", first.Body, second.Body, other.Body)
	}
	if w := order(`{"scope":{}}`, "k"); w.Code != 422 {
		t.Errorf("another body under the key: %d", w.Code)
	}
}
