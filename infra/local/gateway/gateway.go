// Package gateway provides API Gateway's HTTP API on one machine: routes, tokens and limits in front of functions.
//
// A function is given the same event (payload format 2.0) and its answer is treated alike; what the gateway answers by itself has
// the same status and body.
package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/samfile"
)

// The quotas of API Gateway's HTTP APIs.
const (
	MaxBody            = 10 << 20
	IntegrationTimeout = 30 * time.Second
)

// Errors that Invoke returns and the gateway answers in a way of their own. Any other error is 500.
var (
	ErrTooLarge    = errors.New("the event is larger than the function takes") // 413
	ErrUnavailable = errors.New("the function cannot be called now")           // 503
)

// Options are what a gateway needs from outside. All are required.
type Options struct {
	Routes []samfile.Route
	// Invoke calls a function, by name.
	Invoke func(ctx context.Context, function string, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)
	// Verify returns a token's claims, or an error when it is not valid at that time.
	Verify func(ctx context.Context, token string, now time.Time) (map[string]string, error)
	Now    func() time.Time // the development clock
	Log    *slog.Logger
}

// Gateway is an http.Handler.
type Gateway struct {
	options Options
	routes  []*route
}

// New returns a gateway for the given routes.
func New(o Options) *Gateway {
	g := &Gateway{options: o}
	for _, r := range o.Routes {
		g.routes = append(g.routes, newRoute(r))
	}
	return g
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, parameters := g.match(r.Method, r.URL.EscapedPath())
	if at == nil {
		turnAway(w, r, http.StatusNotFound, "Not Found")
		return
	}
	now := g.options.Now()
	var claims map[string]string
	if at.Authorizer {
		token := bearer(r.Header.Get("Authorization"))
		if token == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			turnAway(w, r, http.StatusUnauthorized, "Unauthorized")
			return
		}
		var err error
		if claims, err = g.options.Verify(r.Context(), token, now); err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer scope="" error="invalid_token"`)
			turnAway(w, r, http.StatusUnauthorized, "Unauthorized")
			return
		}
	}
	if !at.bucket.take(time.Now()) { // a limit guards the machine, so it runs by the machine's time
		turnAway(w, r, http.StatusTooManyRequests, "Too Many Requests")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			refuse(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
			return
		}
		refuse(w, http.StatusBadRequest, "Bad Request")
		return
	}
	g.invoke(w, r, at, event(r, at.Route, body, parameters, claims, now))
}

func (g *Gateway) invoke(w http.ResponseWriter, r *http.Request, at *route, event events.APIGatewayV2HTTPRequest) {
	id := event.RequestContext.RequestID
	// A caller who hangs up does not end the function, here as in Lambda.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), IntegrationTimeout)
	defer cancel()
	type outcome struct {
		response events.APIGatewayV2HTTPResponse
		err      error
	}
	done := make(chan outcome, 1) // the gateway does not wait for a function that takes no notice of its deadline
	go func() {
		defer func() {
			if p := recover(); p != nil { // Lambda restarts a function that panics
				g.options.Log.Error("function panicked", "function", at.Function, "request", id, "panic", p)
				done <- outcome{err: errors.New("panic")}
			}
		}()
		response, err := g.options.Invoke(ctx, at.Function, event)
		done <- outcome{response, err}
	}()
	var out outcome
	select {
	case out = <-done:
	case <-ctx.Done():
		out.err = ctx.Err()
	}
	switch err := out.err; {
	case err == nil:
		if err := respond(w, out.response); err != nil {
			g.options.Log.Error("malformed answer", "function", at.Function, "request", id, "error", err)
			refuse(w, http.StatusInternalServerError, "Internal Server Error")
		}
	case errors.Is(err, ErrTooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		g.options.Log.Error("function unavailable", "function", at.Function, "request", id, "error", err)
		refuse(w, http.StatusServiceUnavailable, "Service Unavailable")
	default:
		g.options.Log.Error("function failed", "function", at.Function, "request", id, "error", err)
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
	}
}

// turnAway refuses a request whose body nobody reads: it is taken in first, as API Gateway does, so that the caller gets the answer and
// not a broken connection.
func turnAway(w http.ResponseWriter, r *http.Request, status int, message string) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, MaxBody)) // an error here is the caller's broken connection
	refuse(w, status, message)
}

// refuse answers as API Gateway itself does.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"message":"`+message+`"}`) // an error here is the caller's broken connection
}
