package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/web"
)

var officer = access.Principal{Account: "acc-1", Person: "p-1", Role: access.Officer}

// site is a small function with every sort of route.
func site(log *bytes.Buffer) http.Handler {
	type step struct {
		Reasons string `json:"reasons"`
	}
	decide := func(w http.ResponseWriter, r *http.Request) error {
		var s step
		if err := web.Decode(r, &s); err != nil {
			return err
		}
		if _, _, err := web.IdempotencyKey(r); err != nil {
			return err
		}
		if r.PathValue("id") != "L1" {
			return fault.New(fault.NotFound, "there is no such record", "没有该记录")
		}
		if version, sent, err := web.IfMatch(r); err != nil {
			return err
		} else if sent && version != 3 {
			return fault.New(fault.Stale, "the record has changed", "记录已被更改")
		}
		w.Header().Set("ETag", web.ETag(4))
		return web.JSON(w, http.StatusOK, s)
	}
	page := func(w http.ResponseWriter, r *http.Request) error {
		q := web.Query(r)
		var after int
		if _, err := q.Cursor(&after); err != nil {
			return err
		}
		next, err := q.Next(after + q.Limit())
		if err != nil {
			return err
		}
		return web.List(w, []string{q.Get("state"), fmt.Sprint(after)}, next)
	}
	fail := func(err error) web.Handle { return func(http.ResponseWriter, *http.Request) error { return err } }
	return web.New([]web.Route{
		{Method: "POST", Path: "/v1/listings/{id}/decision", Action: "listing.decision", Token: web.Required, Handle: decide},
		{Method: "GET", Path: "/v1/listings", Action: "listing.list", Token: web.Required, Handle: page,
			Query: map[string]web.Check{"state": web.OneOf("proposed", "listed"), "due_before": web.Day, "after": web.Number(0, 9), "limit": nil, "cursor": nil}},
		{Method: "GET", Path: "/v1/listings/{id}", Action: "listing.read", Token: web.Optional, Handle: func(w http.ResponseWriter, r *http.Request) error {
			id, err := web.ID(r, "id")
			if err != nil {
				return err
			}
			return web.JSON(w, http.StatusOK, map[string]string{"id": id, "role": string(web.Caller(r.Context()).Role)})
		}},
		{Method: "POST", Path: "/v1/imports", Action: "import.create", Token: web.Required, Accepts: []string{"text/csv"}, Handle: func(w http.ResponseWriter, r *http.Request) error {
			body, err := web.Body(r)
			if err != nil {
				return err
			}
			return web.JSON(w, http.StatusCreated, len(body))
		}},
		{Method: "POST", Path: "/v1/imports/{id}/adoption", Action: "import.adoption", Token: web.Required, Bodiless: true, Handle: func(w http.ResponseWriter, r *http.Request) error {
			return web.JSON(w, http.StatusAccepted, nil)
		}},
		{Method: "GET", Path: "/fail/panic", Token: web.Optional, Handle: func(http.ResponseWriter, *http.Request) error { panic("11010519491231002X") }},
		{Method: "GET", Path: "/fail/index", Token: web.Optional, Handle: func(_ http.ResponseWriter, r *http.Request) error {
			return errors.New("never" + r.Header["X"][3])
		}},
		{Method: "GET", Path: "/fail/unknown", Token: web.Optional, Handle: fail(errors.New("table: credentials expired"))},
		{Method: "GET", Path: "/fail/deadline", Token: web.Optional, Handle: fail(fmt.Errorf("reading: %w", context.DeadlineExceeded))},
		{Method: "GET", Path: "/fail/busy", Token: web.Optional, Handle: fail(fmt.Errorf("writing: %w", &fault.Fault{Kind: fault.RateLimited, RetryAfter: 1500 * time.Millisecond}))},
		{Method: "GET", Path: "/fail/early", Token: web.Optional, Handle: fail(&fault.Fault{Kind: fault.Conflict, Detail: "too early", Day: "2026-10-09"})},
		{Method: "GET", Path: "/fail/late", Token: web.Optional, Handle: func(w http.ResponseWriter, r *http.Request) error {
			_ = web.JSON(w, http.StatusOK, "done")
			return errors.New("after the answer")
		}},
		{Method: "GET", Path: "/deadline", Token: web.Optional, Handle: func(w http.ResponseWriter, r *http.Request) error {
			d, ok := r.Context().Deadline()
			return web.JSON(w, http.StatusOK, ok && time.Until(d) <= 29*time.Second)
		}},
	}, web.Options{
		Permit: func(_ context.Context, p access.Principal, action string) error {
			if strings.HasPrefix(action, "listing.") && p.Role != access.Operator || p.Role == access.Officer || action == "" {
				return nil
			}
			return fault.New(fault.Forbidden, "this role may not make this call", "该角色无权调用此接口")
		},
		CursorKey: func(context.Context) ([]byte, error) { return []byte("0123456789abcdef"), nil },
		Log:       slog.New(slog.NewJSONHandler(log, nil)),
	})
}

type problem struct {
	Type, Title, Detail, Instance, Day string
	Status                             int
	Errors                             []fault.Field
}

// send makes a call and checks what holds of every refusal.
func send(t *testing.T, h http.Handler, who access.Principal, method, target, body string, header ...string) (*httptest.ResponseRecorder, problem) {
	t.Helper()
	r := httptest.NewRequestWithContext(web.With(t.Context(), "req-1", time.Now(), who), method, target, strings.NewReader(body))
	if method != "GET" && body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Del(header[i])
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var p problem
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s %s: %v in %s", method, target, err, w.Body)
		}
		if w.Header().Get("Content-Type") != "application/problem+json" || p.Status != w.Code || p.Instance != "urn:request:req-1" ||
			!strings.HasPrefix(p.Type, "urn:shixin:problem:") || !strings.Contains(p.Title, " · ") {
			t.Errorf("%s %s: not the problem document of the contract: %v %s", method, target, w.Header(), w.Body)
		}
	}
	return w, p
}

// Each call has every fault from its own on, so that an order that is not the contract's is seen.
func TestOrderOfRefusals(t *testing.T) {
	const path, lost = "/v1/listings/L1/decision", "/v1/listings/L2/decision"
	operator := access.Principal{Account: "acc-2", Role: access.Operator}
	big := strings.Repeat(" ", web.MaxBody+1)
	badKey, stale := []string{"Idempotency-Key", `"quoted"`}, []string{"If-Match", `"v1"`}
	for _, c := range []struct {
		name   string
		who    access.Principal
		path   string
		body   string
		header []string
		status int
	}{
		{"no token", access.Principal{}, lost + "?x=1", big, append(badKey, "Content-Type", "text/plain"), 401},
		{"too large", operator, lost + "?x=1", big, append(badKey, "Content-Type", "text/plain"), 413},
		{"wrong type", operator, lost + "?x=1", `{"reasons":`, append(badKey, "Content-Type", "text/plain"), 415},
		{"unreadable", operator, lost + "?x=1", `{"reasons":`, badKey, 400},
		{"unknown parameter", operator, lost + "?x=1", `{"reasons":1}`, badKey, 400},
		{"role", operator, lost, `{"reasons":1}`, badKey, 403},
		{"field", officer, lost, `{"reasons":1}`, badKey, 422},
		{"idempotency key", officer, lost, `{"reasons":"x"}`, badKey, 400},
		{"record", officer, lost, `{"reasons":"x"}`, stale, 404},
		{"stale", officer, path, `{"reasons":"x"}`, stale, 412},
		{"nothing wrong", officer, path, `{"reasons":"x"}`, []string{"If-Match", `"v3"`}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			w, _ := send(t, site(&log), c.who, "POST", c.path, c.body, c.header...)
			if w.Code != c.status {
				t.Errorf("got %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if denied := c.status == 401 || c.status == 403; denied != strings.Contains(log.String(), `"msg":"denied"`) {
				t.Errorf("log: %s", &log)
			}
			if strings.Contains(log.String(), "L2") {
				t.Errorf("a path parameter is logged: %s", &log)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		target, method string
		status         int
		kind           string
	}{
		{"/v1/nothing", "GET", 404, "not-found"},
		{"/v1/listings/", "GET", 404, "not-found"},
		{"/v1//listings", "GET", 404, "not-found"},
		{"/v1/../v1/listings", "GET", 404, "not-found"},
		{"/v1/listings/L1", "DELETE", 405, "method-not-allowed"},
		{"/v1/listings/a.b", "GET", 404, "not-found"},
		{"/v1/listings/" + strings.Repeat("a", 41), "GET", 404, "not-found"},
		{"/fail/panic", "GET", 500, "internal"},
		{"/fail/index", "GET", 500, "internal"},
		{"/fail/unknown", "GET", 500, "internal"},
		{"/fail/deadline", "GET", 503, "unavailable"},
		{"/fail/busy", "GET", 429, "rate-limited"},
		{"/fail/early", "GET", 409, "conflict"},
	} {
		t.Run(c.target, func(t *testing.T) {
			var log bytes.Buffer
			w, p := send(t, site(&log), officer, c.method, c.target, "")
			if w.Code != c.status || p.Type != "urn:shixin:problem:"+c.kind {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			switch c.status {
			case 405:
				if w.Header().Get("Allow") != "GET, HEAD" {
					t.Errorf("Allow: %q", w.Header().Get("Allow"))
				}
			case 409:
				if p.Day != "2026-10-09" || p.Detail != "too early" {
					t.Errorf("got %+v", p)
				}
			case 429:
				if w.Header().Get("Retry-After") != "2" {
					t.Errorf("Retry-After: %q", w.Header().Get("Retry-After"))
				}
			case 500:
				if p.Detail != "" || !strings.Contains(log.String(), `"msg":"failed"`) || !strings.Contains(log.String(), `"request":"req-1"`) {
					t.Errorf("got %+v, log %s", p, &log)
				}
			case 503:
				if w.Header().Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
			}
			if strings.Contains(log.String(), "11010519491231002X") {
				t.Errorf("what a panic quotes is logged: %s", &log)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	var log bytes.Buffer
	h := site(&log)
	w, _ := send(t, h, access.Principal{}, "GET", "/v1/listings/L1", "")
	if w.Code != 200 || w.Body.String() != `{"id":"L1","role":""}` || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	w, _ = send(t, h, officer, "POST", "/v1/listings/L1/decision", `{"reasons":"a<b & c>d"}`)
	if w.Body.String() != `{"reasons":"a<b & c>d"}` || w.Header().Get("ETag") != `"v4"` {
		t.Errorf("got %v %s", w.Header(), w.Body)
	}
	if w, _ = send(t, h, officer, "GET", "/fail/late", ""); w.Code != 200 || w.Body.String() != `"done"` || !strings.Contains(log.String(), "failed after the answer") {
		t.Errorf("got %d %s, log %s", w.Code, w.Body, &log)
	}
	if w, _ = send(t, h, officer, "GET", "/deadline", ""); w.Body.String() != "true" {
		t.Error("the handler has no deadline")
	}
}

func TestBodies(t *testing.T) {
	for _, c := range []struct {
		name, path, body string
		header           []string
		status           int
	}{
		{"problem+json is JSON", "/v1/listings/L1/decision", `{}`, []string{"Content-Type", "application/merge-patch+json; charset=UTF-8"}, 200},
		{"no type", "/v1/listings/L1/decision", `{}`, []string{"Content-Type", ""}, 415},
		{"form", "/v1/listings/L1/decision", `{}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"another charset", "/v1/listings/L1/decision", `{}`, []string{"Content-Type", "application/json; charset=gbk"}, 415},
		{"compressed", "/v1/listings/L1/decision", `{}`, []string{"Content-Encoding", "gzip"}, 415},
		{"none", "/v1/listings/L1/decision", ``, []string{"Content-Type", "application/json"}, 400},
		{"exactly 4 MB", "/v1/listings/L1/decision", `{}` + strings.Repeat(" ", web.MaxBody-2), nil, 200},
		{"one byte more", "/v1/listings/L1/decision", `{}` + strings.Repeat(" ", web.MaxBody-1), nil, 413},
		{"CSV", "/v1/imports", "a,b\n", []string{"Content-Type", "text/csv; charset=utf-8"}, 201},
		{"CSV, empty", "/v1/imports", "", []string{"Content-Type", "text/csv"}, 400},
		{"CSV route, JSON body", "/v1/imports", `{}`, nil, 415},
		{"bodiless", "/v1/imports/I1/adoption", "", nil, 202},
		{"bodiless with empty object", "/v1/imports/I1/adoption", "{}", nil, 202},
		{"bodiless with a field", "/v1/imports/I1/adoption", `{"a":1}`, nil, 422},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			if w, _ := send(t, site(&log), officer, "POST", c.path, c.body, c.header...); w.Code != c.status {
				t.Errorf("got %d, want %d: %s", w.Code, c.status, w.Body)
			}
		})
	}
}

func TestQuery(t *testing.T) {
	for _, c := range []struct {
		query, parameter string
		status           int
	}{
		{"", "", 200},
		{"state=listed&due_before=2026-10-08&after=9&limit=500", "", 200},
		{"limit=0", "limit", 400},
		{"limit=501", "limit", 400},
		{"limit=", "limit", 400},
		{"limit=%2B5", "limit", 400},
		{"limit=05", "limit", 400},
		{"limit=99999999999999999999", "limit", 400},
		{"state=removed", "state", 400},
		{"state=listed&state=listed", "state", 400},
		{"due_before=2026-02-30", "due_before", 400},
		{"after=10", "after", 400},
		{"after=%ff", "after", 400},
		{"State=listed", "State", 400},
		{"page=1", "page", 400},
		{"11010519491231002X=1", "", 400},
		{"a=%zz", "", 400},
		{"state=listed;limit=5", "", 400},
		{"cursor=", "cursor", 400},
		{"cursor=AAAA", "cursor", 400},
		{"cursor=" + strings.Repeat("A", 4000), "cursor", 400},
	} {
		t.Run(c.query, func(t *testing.T) {
			var log bytes.Buffer
			w, p := send(t, site(&log), officer, "GET", "/v1/listings?"+c.query, "")
			if w.Code != c.status {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if c.parameter != "" && (len(p.Errors) != 1 || p.Errors[0].Parameter != c.parameter) {
				t.Errorf("got %+v", p)
			}
			if strings.Contains(w.Body.String(), "1101") {
				t.Errorf("echoed: %s", w.Body)
			}
		})
	}
}

func TestPaging(t *testing.T) {
	var log bytes.Buffer
	h := site(&log)
	get := func(who access.Principal, target string) (items []string, next string, status int) {
		t.Helper()
		w, _ := send(t, h, who, "GET", target, "")
		var page struct {
			Items []string `json:"items"`
			Next  string   `json:"next_cursor"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		return page.Items, page.Next, w.Code
	}
	_, next, _ := get(officer, "/v1/listings?state=listed")
	if items, _, status := get(officer, "/v1/listings?state=listed&limit=7&cursor="+next); status != 200 || items[1] != "50" {
		t.Errorf("got %v, %d", items, status)
	}
	for name, target := range map[string]string{
		"another query":    "/v1/listings?state=proposed&cursor=" + next,
		"no query":         "/v1/listings?cursor=" + next,
		"an added filter":  "/v1/listings?state=listed&after=1&cursor=" + next,
		"altered":          "/v1/listings?state=listed&cursor=B" + next[1:],
		"altered at end":   "/v1/listings?state=listed&cursor=" + next[:len(next)-1] + "x",
		"cut":              "/v1/listings?state=listed&cursor=" + next[:len(next)-2],
		"without its page": "/v1/listings?state=listed&cursor=" + next[:22],
	} {
		if _, _, status := get(officer, target); status != 400 {
			t.Errorf("%s: %d", name, status)
		}
	}
	other := officer
	other.Account = "acc-9"
	if _, _, status := get(other, "/v1/listings?state=listed&cursor="+next); status != 400 {
		t.Errorf("another caller's cursor: %d", status)
	}
}
