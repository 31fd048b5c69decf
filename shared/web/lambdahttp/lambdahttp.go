// Package lambdahttp provides an http.Handler as the handler of API Gateway's HTTP API events, payload version 2.0.
package lambdahttp

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"shixin/shared/access"
	"shixin/shared/access/claims"
	"shixin/shared/fault"
	"shixin/shared/web"
)

// maxResponse is the most that Lambda takes back from a function: 6 MB of JSON, less room for status and headers.
const maxResponse = 6<<20 - 64<<10

// Options says what the gateway does not.
type Options struct {
	// Verify checks a bearer token that came through a route without an authorizer. Where it is nil, such a token is
	// refused.
	Verify func(ctx context.Context, token string, now time.Time) (access.Principal, error)
	// Log takes denials and errors; slog.Default when nil.
	Log *slog.Logger
}

// Handler serves gateway events with h. The request that h sees carries web.With: the gateway's request id, its time,
// and who calls: by the authorizer's claims; or, where the route has no authorizer, by the token in the Authorization
// header; or anonymously. It never returns an error: whatever goes wrong is an answer.
func Handler(h http.Handler, o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		out := answer{header: http.Header{}}
		r, err := o.request(ctx, e)
		if err != nil {
			web.Refuse(&out, r, o.Log, err)
		} else {
			h.ServeHTTP(&out, r)
		}
		response, fits := out.response()
		if !fits {
			out = answer{header: http.Header{}}
			web.Refuse(&out, r, o.Log, errors.New("lambdahttp: the answer is larger than Lambda allows"))
			response, _ = out.response()
		}
		return response, nil
	}
}

// request turns an event into a request. With an error it still returns a request that the refusal can be about.
func (o Options) request(ctx context.Context, e events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	id := e.RequestContext.RequestID
	if id == "" {
		id = rand.Text()
	}
	now := time.UnixMilli(e.RequestContext.TimeEpoch).UTC()
	r := &http.Request{
		Method:     e.RequestContext.HTTP.Method,
		URL:        address(e),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     make(http.Header, len(e.Headers)),
		Host:       e.RequestContext.DomainName,
		RemoteAddr: e.RequestContext.HTTP.SourceIP,
		Body:       http.NoBody,
	}
	values := make([]string, 0, len(e.Headers)) // one array for all of them
	for name, value := range e.Headers {
		values = append(values, value) // the gateway has joined several with commas
		r.Header[http.CanonicalHeaderKey(name)] = values[len(values)-1 : len(values) : len(values)]
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	caller, err := access.Principal{}, errors.New("lambdahttp: the event has no time")
	if e.RequestContext.TimeEpoch > 0 {
		caller, err = o.caller(ctx, e, r.Header, now)
	}
	r = r.WithContext(web.With(ctx, id, now, caller)) // nobody, where there is an error
	if err != nil {
		return r, err
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return r, fault.New(fault.Malformed, "the body is not base64", "请求体不是有效的 base64")
		}
	}
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
	}
	return r, nil
}

// caller finds who makes the call.
func (o Options) caller(ctx context.Context, e events.APIGatewayV2HTTPRequest, h http.Header, now time.Time) (access.Principal, error) {
	if a := e.RequestContext.Authorizer; a != nil && a.JWT != nil {
		return claims.Principal(a.JWT.Claims)
	}
	value, sent := h["Authorization"]
	if !sent {
		return access.Principal{}, nil
	}
	scheme, token, _ := strings.Cut(value[0], " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return access.Principal{}, fault.New(fault.Unauthenticated, "Authorization must be: Bearer, a space and the token", "Authorization 须为:Bearer、空格和令牌")
	}
	if o.Verify == nil {
		return access.Principal{}, fault.New(fault.Unauthenticated, "this call takes no token", "该接口不接受令牌")
	}
	return o.Verify(ctx, token, now)
}

// address is the URL that the caller asked for, without the stage's name, which the gateway puts in front.
func address(e events.APIGatewayV2HTTPRequest) *url.URL {
	raw := e.RawPath
	if s := e.RequestContext.Stage; s != "" && s != "$default" {
		if rest, ok := strings.CutPrefix(raw, "/"+s); ok && (rest == "" || rest[0] == '/') {
			raw = rest
		}
	}
	if raw == "" {
		raw = "/"
	}
	u := &url.URL{Path: raw, RawQuery: e.RawQueryString}
	if plain, err := url.PathUnescape(raw); err == nil {
		u.Path, u.RawPath = plain, raw
	}
	return u
}

// answer takes what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// response is the answer as an event, and whether it is within Lambda's limit. Text goes as it is, unless escaping
// would make it larger than base64 does.
func (a *answer) response() (events.APIGatewayV2HTTPResponse, bool) {
	a.WriteHeader(http.StatusOK)
	response := events.APIGatewayV2HTTPResponse{StatusCode: a.status, Headers: make(map[string]string, len(a.header))}
	for name, values := range a.header {
		if name == "Set-Cookie" {
			response.Cookies = values
			continue
		}
		response.Headers[name] = strings.Join(values, ", ")
	}
	body := a.body.Bytes()
	if isText(a.header.Get("Content-Type")) && utf8.Valid(body) {
		if escaped(body) <= maxResponse {
			response.Body = string(body)
			return response, true
		}
	}
	if len(body) > 0 {
		response.Body, response.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return response, len(response.Body) <= maxResponse
}

// escaped is the length of a text as encoding/json writes it, at most.
func escaped(body []byte) int {
	n := len(body)
	for _, c := range body {
		switch {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t':
			n++
		case c < ' ' || c == '<' || c == '>' || c == '&' || c == 0xE2: // 0xE2 begins U+2028, written as an escape
			n += 5
		}
	}
	return n
}

// isText reports whether a media type is passed as text.
func isText(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch media {
	case "application/json", "application/xml", "application/javascript", "application/x-ndjson":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}
