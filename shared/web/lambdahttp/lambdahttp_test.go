package lambdahttp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/web"
	"shixin/shared/web/lambdahttp"
)

func event(change func(*events.APIGatewayV2HTTPRequest)) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: "/v1/status", Headers: map[string]string{},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RequestID: "JKJaXmPLvHcESHA=", Stage: "$default", TimeEpoch: 1791421200123, DomainName: "api.example",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: "POST", SourceIP: "192.0.2.1"},
		},
	}
	if change != nil {
		change(&e)
	}
	return e
}

func call(t *testing.T, h http.HandlerFunc, o lambdahttp.Options, e events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	response, err := lambdahttp.Handler(h, o)(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestRequest(t *testing.T) {
	type seen struct{ Method, Path, Escaped, Query, Host, Type, Cookie, Many, Body, ID, Now string }
	plain := seen{Method: "POST", Path: "/v1/status", Escaped: "/v1/status", Host: "api.example", ID: "JKJaXmPLvHcESHA=", Now: "2026-10-08T01:00:00.123Z"}
	for name, c := range map[string]struct {
		change func(*events.APIGatewayV2HTTPRequest)
		want   func(*seen)
	}{
		"plain": {nil, func(*seen) {}},
		"text body": {
			func(e *events.APIGatewayV2HTTPRequest) {
				e.Body, e.Headers["content-type"] = `{"失":1}`, "application/json"
			},
			func(s *seen) { s.Body, s.Type = `{"失":1}`, "application/json" },
		},
		"base64 body": {
			func(e *events.APIGatewayV2HTTPRequest) { e.Body, e.IsBase64Encoded = "//4=", true },
			func(s *seen) { s.Body = "\xff\xfe" },
		},
		"escaped slash": {
			func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "/v1/status/list-ref/a%2Fb%3A1" },
			func(s *seen) { s.Path, s.Escaped = "/v1/status/list-ref/a/b:1", "/v1/status/list-ref/a%2Fb%3A1" },
		},
		"broken escape": {
			func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "/v1/%zz" },
			func(s *seen) { s.Path, s.Escaped = "/v1/%zz", "/v1/%25zz" },
		},
		"named stage": {
			func(e *events.APIGatewayV2HTTPRequest) {
				e.RawPath, e.RequestContext.Stage = "/prod/v1/status", "prod"
			},
			func(*seen) {},
		},
		"query": {
			func(e *events.APIGatewayV2HTTPRequest) { e.RawQueryString = "a=1&a=2&b=%E5%A4%B1" },
			func(s *seen) { s.Query = "a=1&a=2&b=%E5%A4%B1" },
		},
		"cookies and joined headers": {
			func(e *events.APIGatewayV2HTTPRequest) {
				e.Cookies, e.Headers["x-many"] = []string{"a=1", "b=2"}, "1,2"
			},
			func(s *seen) { s.Cookie, s.Many = "a=1; b=2", "1,2" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got seen
			response := call(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = seen{
					r.Method, r.URL.Path, r.URL.EscapedPath(), r.URL.RawQuery, r.Host, r.Header.Get("Content-Type"), r.Header.Get("Cookie"), r.Header.Get("X-Many"),
					string(body), web.RequestID(r.Context()), web.Now(r.Context()).Format(time.RFC3339Nano),
				}
				w.WriteHeader(http.StatusNoContent)
			}, lambdahttp.Options{}, event(c.change))
			want := plain
			c.want(&want)
			if diff := cmp.Diff(want, got); diff != "" || response.StatusCode != 204 || response.Body != "" || response.IsBase64Encoded {
				t.Errorf("-want +got:\n%s\n%+v", diff, response)
			}
		})
	}
}

func TestCaller(t *testing.T) {
	auditor := map[string]string{"sub": "a1", "person": "p1", "role": "auditor", "exp": "1791421200"}
	verify := func(_ context.Context, token string, now time.Time) (access.Principal, error) {
		if token != "good" || now.Year() != 2026 {
			return access.Principal{}, fault.New(fault.Unauthenticated, "the token is not valid", "令牌无效")
		}
		return access.Principal{Account: "verified", Role: access.Operator}, nil
	}
	down := func(context.Context, string, time.Time) (access.Principal, error) {
		return access.Principal{}, fault.New(fault.Unavailable, "later", "稍后")
	}
	authorizer := func(claims map[string]string) func(*events.APIGatewayV2HTTPRequest) {
		return func(e *events.APIGatewayV2HTTPRequest) {
			e.Headers["authorization"] = "Bearer whatever the gateway took"
			e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
				JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: claims},
			}
		}
	}
	header := func(value string) func(*events.APIGatewayV2HTTPRequest) {
		return func(e *events.APIGatewayV2HTTPRequest) { e.Headers["authorization"] = value }
	}
	for name, c := range map[string]struct {
		change func(*events.APIGatewayV2HTTPRequest)
		verify func(context.Context, string, time.Time) (access.Principal, error)
		status int
		caller string
	}{
		"nobody":                    {nil, verify, 200, ""},
		"by the gateway":            {authorizer(auditor), nil, 200, "a1"},
		"gateway, senseless claims": {authorizer(map[string]string{"sub": "a1", "role": "god"}), nil, 401, ""},
		"gateway, no claims":        {authorizer(nil), nil, 401, ""},
		"by a token":                {header("Bearer good"), verify, 200, "verified"},
		"bearer in lower case":      {header("bearer good"), verify, 200, "verified"},
		"a bad token":               {header("Bearer bad"), verify, 401, ""},
		"two tokens":                {header("Bearer good,Bearer good"), verify, 401, ""},
		"another scheme":            {header("Basic Z29vZDpnb29k"), verify, 401, ""},
		"an empty header":           {header(""), verify, 401, ""},
		"no token after Bearer":     {header("Bearer "), verify, 401, ""},
		"nobody to verify":          {header("Bearer good"), nil, 401, ""},
		"issuer unreachable":        {header("Bearer good"), down, 503, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			caller, served := "", false
			response := call(t, func(_ http.ResponseWriter, r *http.Request) {
				caller, served = web.Caller(r.Context()).Account, true
			}, lambdahttp.Options{Verify: c.verify, Log: slog.New(slog.NewJSONHandler(&log, nil))}, event(c.change))
			if response.StatusCode != c.status || caller != c.caller || served != (c.status == 200) {
				t.Errorf("got %d, caller %q", response.StatusCode, caller)
			}
			if c.status == 401 {
				if response.Headers["Www-Authenticate"] != "Bearer" || response.Headers["Content-Type"] != "application/problem+json" ||
					!strings.Contains(response.Body, `"instance":"urn:request:JKJaXmPLvHcESHA="`) || !strings.Contains(log.String(), `"msg":"denied"`) {
					t.Errorf("got %+v, log %s", response, &log)
				}
			}
			if strings.Contains(log.String(), "good") {
				t.Errorf("the token is logged: %s", &log)
			}
		})
	}
}

func TestBrokenEvents(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*events.APIGatewayV2HTTPRequest)
		status int
	}{
		"no time":      {func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.TimeEpoch = 0 }, 500},
		"not base64":   {func(e *events.APIGatewayV2HTTPRequest) { e.Body, e.IsBase64Encoded = "?", true }, 400},
		"no id":        {func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.RequestID = "" }, 200},
		"empty path":   {func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "" }, 200},
		"zero headers": {func(e *events.APIGatewayV2HTTPRequest) { e.Headers = nil }, 200},
	} {
		response := call(t, func(_ http.ResponseWriter, r *http.Request) {
			if web.RequestID(r.Context()) == "" || r.URL.Path == "" {
				t.Errorf("%s: id %q, path %q", name, web.RequestID(r.Context()), r.URL.Path)
			}
		}, lambdahttp.Options{}, event(c.change))
		if response.StatusCode != c.status {
			t.Errorf("%s: %d", name, response.StatusCode)
		}
	}
}

func TestResponse(t *testing.T) {
	const lambdaLimit = 6 << 20
	for name, c := range map[string]struct {
		contentType string
		body        string
		base64      bool
		status      int
	}{
		"JSON":                     {"application/json", `{"a":"失信"}`, false, 200},
		"problem":                  {"application/problem+json", `{}`, false, 200},
		"CSV":                      {"text/csv; charset=utf-8", "a,b\r\n", false, 200},
		"NDJSON":                   {"application/x-ndjson", "{}\n", false, 200},
		"text that is not UTF-8":   {"text/csv", "\xff", true, 200},
		"binary":                   {"application/octet-stream", "abc", true, 200},
		"no type":                  {"", "abc", true, 200},
		"empty":                    {"application/octet-stream", "", false, 200},
		"4 MB of text":             {"application/json", strings.Repeat("a", 4<<20), false, 200},
		"4 MB that escape doubles": {"application/json", strings.Repeat(`"`, 4<<20), true, 200},
		"4 MB that escape swells":  {"text/plain", strings.Repeat("<", 4<<20), true, 200},
		"too large":                {"application/json", strings.Repeat(`"`, 5<<20), false, 500},
	} {
		t.Run(name, func(t *testing.T) {
			response := call(t, func(w http.ResponseWriter, _ *http.Request) {
				if c.contentType != "" {
					w.Header().Set("Content-Type", c.contentType)
				}
				w.Header().Add("Vary", "Accept")
				w.Header().Add("Vary", "Origin")
				w.Header().Add("Set-Cookie", "a=1")
				_, _ = io.WriteString(w, c.body)
			}, lambdahttp.Options{}, event(nil))
			if response.StatusCode != c.status || response.IsBase64Encoded != c.base64 {
				t.Fatalf("got %d, base64 %v", response.StatusCode, response.IsBase64Encoded)
			}
			whole, err := json.Marshal(response)
			if err != nil || len(whole) > lambdaLimit {
				t.Errorf("%d bytes, %v", len(whole), err)
			}
			if c.status != 200 {
				return
			}
			got := response.Body
			if c.base64 {
				raw, err := base64.StdEncoding.DecodeString(got)
				if err != nil {
					t.Fatal(err)
				}
				got = string(raw)
			}
			if got != c.body || response.Headers["Vary"] != "Accept, Origin" || len(response.Cookies) != 1 || response.Headers["Set-Cookie"] != "" {
				t.Errorf("got %d bytes, %v, %v", len(got), response.Headers, response.Cookies)
			}
		})
	}
}

// The same handler serves a whole event, so that the order of refusals begins with the token.
func TestWithRoutes(t *testing.T) {
	routes := []web.Route{{Method: "POST", Path: "/v1/status", Action: "status.batch", Token: web.Required, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return web.JSON(w, http.StatusOK, web.Now(r.Context()))
	}}}
	h := web.New(routes, web.Options{
		Permit: func(context.Context, access.Principal, string) error { return nil },
		Log:    slog.New(slog.DiscardHandler),
	})
	response := call(t, h.ServeHTTP, lambdahttp.Options{}, event(nil))
	if response.StatusCode != 401 {
		t.Errorf("got %+v", response)
	}
}
