package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime"
	"runtime/debug"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
)

// within is how long a handler has. API Gateway gives up after 29 seconds, and the answer has to travel.
const within = 28 * time.Second

// Options is what the routes of a function have in common.
type Options struct {
	// Permit says whether the caller's role may ever make a call; a refusal is a fault of kind fault.Forbidden.
	Permit func(ctx context.Context, caller access.Principal, action string) error
	// CursorKey is the secret under which cursors are authenticated. Routes without a cursor do not need it.
	CursorKey func(ctx context.Context) ([]byte, error)
	// Log takes denials and errors; slog.Default when nil.
	Log *slog.Logger
}

// New serves a table of routes. Each call is checked in the order of the contract, and the first check that fails is
// the answer: token (401), size (413), media type (415), what cannot be read (400), role (403); then the route's Handle.
//
// New panics on a table that net/http cannot serve: a malformed pattern, or two routes that overlap.
func New(routes []Route, opts Options) http.Handler {
	if opts.Permit == nil {
		panic("web: Options.Permit is missing")
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	mux := http.NewServeMux()
	for _, route := range routes {
		mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, r *http.Request) {
			serve(w, r, route, opts)
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if RequestID(r.Context()) == "" {
			r = r.WithContext(With(r.Context(), rand.Text(), Now(r.Context()), Caller(r.Context())))
		}
		escaped := r.URL.EscapedPath()
		if path.Clean(escaped) != escaped { // the mux would redirect
			Refuse(w, r, opts.Log, fault.New(fault.NotFound, "there is no such path", "没有该路径"))
			return
		}
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var miss missed
		h.ServeHTTP(&miss, r)
		if miss.status != http.StatusMethodNotAllowed {
			Refuse(w, r, opts.Log, fault.New(fault.NotFound, "there is no such path", "没有该路径"))
			return
		}
		w.Header().Set("Allow", miss.Header().Get("Allow"))
		write(w, problem{
			Type: typePrefix + string(notAllowed.fault), Title: notAllowed.title, Status: notAllowed.status,
			Detail:   fault.Both("the path has other methods; see Allow", "该路径使用其他方法,见 Allow"),
			Instance: "urn:request:" + RequestID(r.Context()),
		})
	})
}

// serve answers one call of one route.
func serve(w http.ResponseWriter, r *http.Request, route Route, opts Options) {
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	p := &prepared{route: route}
	r = r.WithContext(context.WithValue(ctx, preparedKey, p))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	tracked := &tracker{ResponseWriter: w}
	err := guard(func() error {
		if err := p.check(r, opts); err != nil {
			return err
		}
		return route.Handle(tracked, r)
	})
	switch {
	case err == nil:
	case tracked.wrote:
		record(r, opts.Log, slog.LevelError, "failed after the answer", internal, err)
	default:
		Refuse(w, r, opts.Log, err)
	}
}

// check runs everything that comes before the handler.
func (p *prepared) check(r *http.Request, opts Options) error {
	ctx := r.Context()
	caller := Caller(ctx)
	if p.route.Token != Optional && caller.Role == access.Anonymous {
		return fault.New(fault.Unauthenticated, "sign in: send a bearer token", "请登录:需发送 bearer 令牌")
	}
	if err := p.readBody(r); err != nil {
		return err
	}
	if err := p.readQuery(r, opts); err != nil {
		return err
	}
	if err := opts.Permit(ctx, caller, p.route.Action); err != nil {
		return err
	}
	if p.route.Bodiless && len(p.body) > 0 {
		return Decode(r, &struct{}{})
	}
	return nil
}

// guard turns a panic into an error. The panic's own text may quote data and is kept only where the runtime wrote it.
func guard(f func() error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		reason := fmt.Sprintf("%T", v)
		if e, ok := v.(runtime.Error); ok {
			reason = e.Error()
		}
		err = fmt.Errorf("web: panic: %s\n%s", reason, debug.Stack())
	}()
	return f()
}

// tracker knows whether an answer has begun.
type tracker struct {
	http.ResponseWriter
	wrote bool
}

func (t *tracker) WriteHeader(status int) {
	t.wrote = true
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(b []byte) (int, error) {
	t.wrote = true
	return t.ResponseWriter.Write(b)
}

// missed takes the mux's own answer to a call that no route matches.
type missed struct {
	header http.Header
	status int
}

func (m *missed) Header() http.Header {
	if m.header == nil {
		m.header = http.Header{}
	}
	return m.header
}
func (m *missed) Write(b []byte) (int, error) { return len(b), nil }
func (m *missed) WriteHeader(status int)      { m.status = status }

// prepared is what New has read of a request before its handler runs.
type prepared struct {
	route  Route
	body   []byte
	params Params
}

const preparedKey contextKey = callKey + 1

// preparedOf is nil for a request that did not come through New.
func preparedOf(ctx context.Context) *prepared {
	p, _ := ctx.Value(preparedKey).(*prepared)
	return p
}

// action is the action of the route that serves a request.
func action(ctx context.Context) string {
	if p := preparedOf(ctx); p != nil {
		return p.route.Action
	}
	return ""
}

// ID is a path parameter that is a record's id: [A-Za-z0-9_-]{1,40}. Anything else names no record and is
// fault.NotFound.
func ID(r *http.Request, name string) (string, error) {
	id := r.PathValue(name)
	if !isID(id) {
		return "", fault.New(fault.NotFound, "there is no such record", "没有该记录")
	}
	return id, nil
}

// Count is a path parameter that counts something, from 1; 0 where it is no such number, which nothing has.
func Count(r *http.Request, name string) int {
	n := 0
	for _, c := range r.PathValue(name) {
		if c < '0' || c > '9' || n > 100_000 || n == 0 && c == '0' { // a number has one spelling
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func isID(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}
