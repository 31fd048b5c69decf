// Package web provides what every HTTP handler of Shixin shares.
package web

import (
	"context"
	"net/http"
	"time"

	"shixin/shared/access"
)

// Token says how a route treats a bearer token.
type Token uint8

// The ways. A Required route has the gateway's authorizer; an Optional one has none and verifies a token itself when one is sent.
const (
	Required Token = iota + 1
	Optional
)

// Route is one line of a function's route table. The table is the truth that the template, the OpenAPI document and
// the access policies are compared with. What a call may carry stands here, and not in the handler, because a call that
// cannot be read is refused before anybody asks whether its caller's role may make it.
type Route struct {
	Method string // GET, POST, PUT, PATCH
	Path   string // in net/http's and API Gateway's common form, for example /v1/listings/{id}/notice
	Action string // the action of infra/policies that the caller's role must be permitted, for example listing.notice
	Token  Token
	Query  map[string]Check // the query parameters, and what each may be; limit and cursor are checked without a Check
	// Accepts lists the media types of the body of a POST, PUT or PATCH. Empty means JSON: application/json or any
	// type that ends in +json.
	Accepts []string
	// Bodiless marks a POST that needs no body. It may still send an empty JSON object.
	Bodiless bool
	// Sparing marks a POST whose body may be left out, as if it were an empty JSON object.
	Sparing bool
	Handle  Handle
}

// Handle answers one call. It writes the answer, or returns an error and has written nothing.
type Handle func(w http.ResponseWriter, r *http.Request) error

type contextKey int

const callKey contextKey = iota

// call is what the gateway knows of a request.
type call struct {
	id     string
	now    time.Time
	caller access.Principal
}

// With puts the request's id, its time and who makes it into a context.
func With(ctx context.Context, id string, now time.Time, caller access.Principal) context.Context {
	return context.WithValue(ctx, callKey, call{id, now, caller})
}

// Now is the request's time (requestContext.timeEpoch), the only clock a handler has.
func Now(ctx context.Context) time.Time { c, _ := ctx.Value(callKey).(call); return c.now }

// RequestID is the id under which the request is logged and answered.
func RequestID(ctx context.Context) string { c, _ := ctx.Value(callKey).(call); return c.id }

// Caller is who makes the request; anonymous on an Optional route without a token.
func Caller(ctx context.Context) access.Principal { c, _ := ctx.Value(callKey).(call); return c.caller }

// RouteOf is the route that serves a request, as API Gateway writes it: "GET /v1/status/{scheme}/{value}". It holds nothing that the caller wrote.
func RouteOf(r *http.Request) string {
	if p := preparedOf(r.Context()); p != nil {
		return p.route.Method + " " + p.route.Path
	}
	return ""
}
