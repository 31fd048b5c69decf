package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/samfile"
)

var now = time.Date(2027, 1, 5, 9, 0, 0, 123e6, time.FixedZone("", 8*60*60))

type invoke func(context.Context, string, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

func gateway(f invoke, routes ...samfile.Route) *Gateway {
	return New(Options{
		Routes: routes,
		Invoke: f,
		Verify: func(_ context.Context, token string, at time.Time) (map[string]string, error) {
			if token != "good" || !at.Equal(now) {
				return nil, errors.New("bad")
			}
			return map[string]string{"sub": "officer"}, nil
		},
		Now: func() time.Time { return now },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}

func open(method, path string, authorizer bool) samfile.Route {
	return samfile.Route{Function: "f", Method: method, Path: path, Authorizer: authorizer, Rate: 1000, Burst: 1000}
}

var routes = []samfile.Route{
	open("GET", "/v1/listings/{id}", false), open("GET", "/v1/listings/due", false), open("POST", "/v1/listings", true),
	open("GET", "/v1/status/{scheme}/{value}", false),
}

func ok(context.Context, string, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: "ok"}, nil
}

func TestTheGatewaysOwnAnswers(t *testing.T) {
	fails := func(err error) invoke {
		return func(context.Context, string, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			return events.APIGatewayV2HTTPResponse{}, err
		}
	}
	answers := func(r events.APIGatewayV2HTTPResponse) invoke {
		return func(context.Context, string, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			return r, nil
		}
	}
	big := strings.Repeat("x", MaxBody+1)
	for name, c := range map[string]struct {
		f                   invoke
		method, path, token string
		body                string
		status              int
		want                string
	}{
		"a call":                {ok, "GET", "/v1/listings/a", "", "", 200, "ok"},
		"unknown path":          {ok, "GET", "/v1/nothing", "", "", 404, `{"message":"Not Found"}`},
		"unknown method":        {ok, "PUT", "/v1/listings", "", "", 404, `{"message":"Not Found"}`},
		"slash at the end":      {ok, "GET", "/v1/listings/a/", "", "", 404, `{"message":"Not Found"}`},
		"empty parameter":       {ok, "GET", "/v1/listings/", "", "", 404, `{"message":"Not Found"}`},
		"no token":              {ok, "POST", "/v1/listings", "", "{}", 401, `{"message":"Unauthorized"}`},
		"bad token":             {ok, "POST", "/v1/listings", "Bearer bad", "{}", 401, `{"message":"Unauthorized"}`},
		"another scheme":        {ok, "POST", "/v1/listings", "Basic good", "{}", 401, `{"message":"Unauthorized"}`},
		"no token and too much": {ok, "POST", "/v1/listings", "", big, 401, `{"message":"Unauthorized"}`},
		"too much":              {ok, "POST", "/v1/listings", "Bearer good", big, 413, `{"message":"Request Entity Too Large"}`},
		"bare token":            {ok, "POST", "/v1/listings", "good", "{}", 200, "ok"},
		"function's limit":      {fails(ErrTooLarge), "GET", "/v1/listings/a", "", "", 413, `{"message":"Request Entity Too Large"}`},
		"function away":         {fails(ErrUnavailable), "GET", "/v1/listings/a", "", "", 503, `{"message":"Service Unavailable"}`},
		"function too slow":     {fails(context.DeadlineExceeded), "GET", "/v1/listings/a", "", "", 503, `{"message":"Service Unavailable"}`},
		"function fails":        {fails(errors.New("secret")), "GET", "/v1/listings/a", "", "", 500, `{"message":"Internal Server Error"}`},
		"no status":             {answers(events.APIGatewayV2HTTPResponse{}), "GET", "/v1/listings/a", "", "", 500, `{"message":"Internal Server Error"}`},
		"not base64":            {answers(events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: "?", IsBase64Encoded: true}), "GET", "/v1/listings/a", "", "", 500, `{"message":"Internal Server Error"}`},
		"base64":                {answers(events.APIGatewayV2HTTPResponse{StatusCode: 201, Body: "b2s=", IsBase64Encoded: true}), "GET", "/v1/listings/a", "", "", 201, "ok"},
		"panic": {func(context.Context, string, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			panic("secret")
		}, "GET", "/v1/listings/a", "", "", 500, `{"message":"Internal Server Error"}`},
	} {
		body := strings.NewReader(c.body)
		r := httptest.NewRequest(c.method, c.path, body)
		if c.token != "" {
			r.Header.Set("Authorization", c.token)
		}
		w := httptest.NewRecorder()
		gateway(c.f, routes...).ServeHTTP(w, r)
		if w.Code != c.status || w.Body.String() != c.want {
			t.Errorf("%s: %d %s, want %d %s", name, w.Code, w.Body, c.status, c.want)
		}
		if left := body.Len(); left > 1 {
			t.Errorf("%s: %d bytes of the body are left unread, so that the caller's connection breaks before the answer", name, left)
		}
		if asked := w.Header().Get("WWW-Authenticate") != ""; asked != (c.status == 401) {
			t.Errorf("%s: WWW-Authenticate is there: %v", name, asked)
		}
	}
}

func TestTheEvent(t *testing.T) {
	var got events.APIGatewayV2HTTPRequest
	keep := func(_ context.Context, _ string, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		got = e
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"ETag": `"v1"`, "content-length": "99"}, Cookies: []string{"a=b", "c=d"}}, nil
	}
	g := gateway(keep, routes...)
	r := httptest.NewRequest("POST", "/v1/listings?limit=5&x=1&x=a%20b", strings.NewReader(`{"a":1}`))
	r.Header = http.Header{"Authorization": {"Bearer good"}, "Accept": {"text/csv", "application/json"}, "Cookie": {"k=v; l=w"}, "Content-Type": {"application/json; charset=utf-8"}}
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:999"
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	c := got.RequestContext
	for what, pair := range map[string][2]any{
		"route":      {got.RouteKey, "POST /v1/listings"},
		"path":       {got.RawPath, "/v1/listings"},
		"query":      {got.RawQueryString, "limit=5&x=1&x=a%20b"},
		"parameters": {got.QueryStringParameters, map[string]string{"limit": "5", "x": "1,a b"}},
		"accept":     {got.Headers["accept"], "text/csv,application/json"},
		"host":       {got.Headers["host"], "127.0.0.1:8080"},
		"cookies":    {got.Cookies, []string{"k=v", "l=w"}},
		"body":       {got.Body, `{"a":1}`},
		"base64":     {got.IsBase64Encoded, false},
		"time":       {c.TimeEpoch, now.UnixMilli()},
		"time text":  {c.Time, "05/Jan/2027:01:00:00 +0000"},
		"source":     {c.HTTP.SourceIP, "127.0.0.1"},
		"method":     {c.HTTP.Method, "POST"},
		"claims":     {c.Authorizer.JWT.Claims, map[string]string{"sub": "officer"}},
		"etag":       {w.Header().Get("ETag"), `"v1"`},
		"set-cookie": {w.Header().Values("Set-Cookie"), []string{"a=b", "c=d"}},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
	if _, has := got.Headers["cookie"]; has || c.RequestID == "" {
		t.Errorf("headers %v, request %q", got.Headers, c.RequestID)
	}

	r = httptest.NewRequest("GET", "/v1/status/list-ref/ofac%3A36%2F1", nil)
	r.Header.Set("Authorization", "Bearer bad") // an open route leaves the token to the function
	g.ServeHTTP(httptest.NewRecorder(), r)
	if want := map[string]string{"scheme": "list-ref", "value": "ofac:36/1"}; !reflect.DeepEqual(got.PathParameters, want) || got.RawPath != "/v1/status/list-ref/ofac%3A36%2F1" {
		t.Errorf("parameters %v of %s", got.PathParameters, got.RawPath)
	}
	if got.RequestContext.Authorizer != nil || got.Headers["authorization"] != "Bearer bad" {
		t.Errorf("open route: authorizer %v", got.RequestContext.Authorizer)
	}

	g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/listings/due", nil))
	if got.RouteKey != "GET /v1/listings/due" {
		t.Errorf("a full match is preferred, got %s", got.RouteKey)
	}
}

func TestBase64(t *testing.T) {
	for _, c := range []struct {
		media, encoding string
		body            string
		text            bool
	}{
		{"application/json", "", "{}", true},
		{"application/json", "identity", "{}", true},
		{"application/json", "gzip", "{}", false},
		{"application/problem+json", "", "{}", true},
		{"image/svg+xml", "", "<a/>", true},
		{"text/csv; charset=utf-8", "", "a,b", true},
		{"application/javascript", "", "a", true},
		{"application/x-ndjson", "", "{}", false},
		{"application/octet-stream", "", "a", false},
		{"", "", "a", false},
		{"application/json", "", "\xff", false},
	} {
		var got events.APIGatewayV2HTTPRequest
		g := gateway(func(_ context.Context, _ string, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			got = e
			return events.APIGatewayV2HTTPResponse{StatusCode: 204}, nil
		}, routes...)
		r := httptest.NewRequest("POST", "/v1/listings", bytes.NewReader([]byte(c.body)))
		r.Header = http.Header{"Authorization": {"good"}, "Content-Type": {c.media}, "Content-Encoding": {c.encoding}}
		g.ServeHTTP(httptest.NewRecorder(), r)
		body := []byte(got.Body)
		if got.IsBase64Encoded {
			body, _ = base64.StdEncoding.DecodeString(got.Body)
		}
		if got.IsBase64Encoded == c.text || string(body) != c.body {
			t.Errorf("%q %q: base64 %v, body %q", c.media, c.encoding, got.IsBase64Encoded, got.Body)
		}
	}
}

func TestLimit(t *testing.T) {
	r := open("GET", "/v1/a", false)
	r.Rate, r.Burst = 0.001, 3
	g := gateway(ok, r, open("GET", "/v1/b", false))
	var codes []int
	for range 5 {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest("GET", "/v1/a", nil))
		codes = append(codes, w.Code)
	}
	if want := []int{200, 200, 200, 429, 429}; !reflect.DeepEqual(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, httptest.NewRequest("GET", "/v1/b", nil))
	if w.Code != 200 {
		t.Errorf("another route is limited too: %d", w.Code)
	}
	b := bucket{rate: 10, burst: 2}
	start := time.Unix(100, 0)
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{{0, false}, {100 * time.Millisecond, true}, {100 * time.Millisecond, false}, {10 * time.Second, true}, {10 * time.Second, true}, {10 * time.Second, false}} {
		if got := b.take(start.Add(step.after)); got != step.want {
			t.Errorf("after %v: %v", step.after, got)
		}
	}
}

func TestAFunctionOutlivesItsCaller(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	ended := false
	g := gateway(func(ctx context.Context, _ string, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		leave()
		ended = ctx.Err() != nil
		return ok(ctx, "", e)
	}, routes...)
	g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, "GET", "/v1/listings/a", nil))
	if ended {
		t.Error("the function was ended with its caller's connection")
	}
}
