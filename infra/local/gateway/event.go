package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/samfile"
)

// event makes the payload of format 2.0.
func event(r *http.Request, at samfile.Route, body []byte, parameters, claims map[string]string, now time.Time) events.APIGatewayV2HTTPRequest {
	source, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		source = r.RemoteAddr
	}
	headers, cookies := headers(r, source)
	e := events.APIGatewayV2HTTPRequest{
		Version:               "2.0",
		RouteKey:              at.Key(),
		RawPath:               r.URL.EscapedPath(),
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies,
		Headers:               headers,
		QueryStringParameters: joined(r.URL.Query()),
		PathParameters:        parameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey:     at.Key(),
			AccountID:    "000000000000",
			Stage:        "$default",
			RequestID:    rand.Text(),
			APIID:        "local",
			DomainName:   r.Host,
			DomainPrefix: "local",
			Time:         now.UTC().Format("02/Jan/2006:15:04:05 +0000"),
			TimeEpoch:    now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.EscapedPath(), Protocol: r.Proto, SourceIP: source, UserAgent: r.UserAgent(),
			},
		},
	}
	if claims != nil {
		e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: claims},
		}
	}
	switch {
	case len(body) == 0:
	case asText(r.Header, body):
		e.Body = string(body)
	default:
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e
}

// headers lower-cases names and joins values by commas, as the gateway does. Cookies are a list of their own.
func headers(r *http.Request, source string) (headers map[string]string, cookies []string) {
	headers = map[string]string{
		"host":              r.Host,
		"x-forwarded-for":   source,
		"x-forwarded-proto": "http",
	}
	if r.ContentLength >= 0 {
		headers["content-length"] = fmt.Sprint(r.ContentLength)
	}
	for name, values := range r.Header {
		name = strings.ToLower(name)
		if name != "cookie" {
			headers[name] = strings.Join(values, ",")
			continue
		}
		for _, v := range values {
			for c := range strings.SplitSeq(v, ";") {
				cookies = append(cookies, strings.TrimSpace(c))
			}
		}
	}
	return headers, cookies
}

func joined(values map[string][]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]string, len(values))
	for name, v := range values {
		out[name] = strings.Join(v, ",")
	}
	return out
}

// asText reports whether the gateway hands a body on as it is, and not in base64: UTF-8 of a type that is text, JSON, XML or JavaScript,
// not compressed.
func asText(header http.Header, body []byte) bool {
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") || !utf8.Valid(body) {
		return false
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return false
	}
	switch media {
	case "application/json", "application/xml", "application/javascript":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

// bearer takes the token out of an Authorization header. The authorizer takes a bare token too.
func bearer(header string) string {
	scheme, token, found := strings.Cut(strings.TrimSpace(header), " ")
	switch {
	case !found:
		return scheme
	case strings.EqualFold(scheme, "Bearer"):
		return strings.TrimSpace(token)
	}
	return ""
}

// respond writes a function's answer. An error means that nothing was written.
func respond(w http.ResponseWriter, response events.APIGatewayV2HTTPResponse) error {
	if response.StatusCode < 200 || response.StatusCode > 599 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	body := []byte(response.Body)
	if response.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(response.Body); err != nil {
			return fmt.Errorf("the body is not base64: %w", err)
		}
	}
	for name, value := range response.Headers {
		if !strings.EqualFold(name, "Content-Length") { // the gateway counts for itself
			w.Header().Set(name, value)
		}
	}
	for name, values := range response.MultiValueHeaders { // not in format 2.0, but harmless: API Gateway joins them
		w.Header().Set(name, strings.Join(values, ","))
	}
	for _, c := range response.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	if w.Header().Get("Content-Type") == "" && len(body) > 0 {
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	}
	w.WriteHeader(response.StatusCode)
	_, _ = w.Write(body) // an error here is the caller's broken connection
	return nil
}
