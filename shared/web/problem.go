package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"shixin/shared/fault"
)

// problem is a problem document (RFC 9457).
type problem struct {
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	Status   int           `json:"status"`
	Detail   string        `json:"detail,omitempty"`
	Instance string        `json:"instance"`
	Day      string        `json:"day,omitempty"`   // an extension member: the first day on which the step is possible
	Quota    *fault.Quota  `json:"quota,omitempty"` // an extension member: what is used up
	Errors   []fault.Field `json:"errors,omitempty"`
}

// kind is how one kind of fault is answered.
type kind struct {
	fault  fault.Kind
	status int
	title  string
}

// kinds is the one mapping of faults to HTTP.
var kinds = [...]kind{
	{fault.Unauthenticated, http.StatusUnauthorized, "A valid token is needed · 需要有效的令牌"},
	{fault.TooLarge, http.StatusRequestEntityTooLarge, "The body is too large · 请求体过大"},
	{fault.UnsupportedMedia, http.StatusUnsupportedMediaType, "The body's media type is not supported · 不支持的媒体类型"},
	{fault.Malformed, http.StatusBadRequest, "The call cannot be read · 请求无法读取"},
	{fault.Forbidden, http.StatusForbidden, "Not permitted · 无权操作"},
	{fault.Invalid, http.StatusUnprocessableEntity, "The input has errors · 输入有误"},
	{fault.NotFound, http.StatusNotFound, "Not found · 未找到"},
	{fault.PreconditionRequired, http.StatusPreconditionRequired, "If-Match is needed · 需要 If-Match"},
	{fault.Stale, http.StatusPreconditionFailed, "The record has changed · 记录已变更"},
	{fault.Conflict, http.StatusConflict, "Not possible in this state · 当前状态不允许"},
	{fault.RateLimited, http.StatusTooManyRequests, "Too many calls · 请求过多"},
	{fault.Unavailable, http.StatusServiceUnavailable, "Try again later · 请稍后重试"},
}

// notAllowed is the answer to a known path under a method it does not have, which a gateway never passes on.
var notAllowed = kind{"method-not-allowed", http.StatusMethodNotAllowed, "Method not allowed · 方法不允许"}

// internal is everything that the caller can do nothing about.
var internal = kind{"internal", http.StatusInternalServerError, "An error on our side · 系统内部错误"}

// typePrefix begins the type of every problem; the fault's kind follows. The names are part of the contract.
const typePrefix = "urn:shixin:problem:"

// Refuse answers a request with the problem document of an error, and logs what has to be seen: denials (401, 403) as
// warnings and errors that are no fault as errors. A log line names the route by its pattern, never by the path that
// was asked for, and holds nothing of the query or the body.
func Refuse(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	k, f := classify(err)
	p := problem{Type: typePrefix + string(k.fault), Title: k.title, Status: k.status, Instance: "urn:request:" + RequestID(r.Context())}
	if f != nil {
		p.Detail, p.Errors, p.Day, p.Quota = f.Detail, f.Fields, f.Day, f.Quota
	}
	switch k.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer") // required by RFC 9110, section 15.5.2
		record(r, log, slog.LevelWarn, "denied", k, err)
	case http.StatusForbidden:
		record(r, log, slog.LevelWarn, "denied", k, err)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		wait := time.Second
		if f != nil && f.RetryAfter > wait {
			wait = f.RetryAfter
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		record(r, log, slog.LevelWarn, "put off", k, err)
	case http.StatusInternalServerError:
		record(r, log, slog.LevelError, "failed", k, err)
	}
	write(w, p)
}

// write sends a problem document. It cannot fail but for the connection, about which nothing is to be done.
func write(w http.ResponseWriter, p problem) {
	body, err := marshal(p)
	if err != nil { // strings and numbers only
		body = []byte(`{}`)
	}
	w.Header().Del("ETag")
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}

// classify finds how an error is answered. The fault is nil where the error has no text for the caller.
func classify(err error) (kind, *fault.Fault) {
	f, isFault := errors.AsType[*fault.Fault](err)
	for _, k := range kinds {
		if isFault && f.Kind == k.fault {
			return k, f
		}
	}
	for _, k := range kinds {
		if errors.Is(err, k.fault) {
			return k, nil
		}
	}
	// What ran out of time was undone or will be found done by a retry under the same idempotency key.
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return kinds[len(kinds)-1], nil
	}
	return internal, nil
}

// record writes the log line of a refusal.
func record(r *http.Request, log *slog.Logger, level slog.Level, message string, k kind, err error) {
	caller := Caller(r.Context())
	log.LogAttrs(r.Context(), level, message,
		slog.String("request", RequestID(r.Context())),
		slog.Int("status", k.status),
		slog.String("kind", string(k.fault)),
		slog.String("route", r.Pattern),
		slog.String("action", action(r.Context())),
		slog.String("role", string(caller.Role)),
		slog.String("account", caller.Account),
		slog.String("error", err.Error()),
	)
}
