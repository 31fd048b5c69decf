package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"shixin/infra/local/devclock"
	"shixin/infra/local/issuer"
	"shixin/shared/access"
	"shixin/shared/blob/inbox"
	"shixin/shared/fault"
	"shixin/shared/web"
)

// root puts what only the local run answers in front of the gateway.
func (r *Running) root(front http.Handler) http.Handler {
	dev := web.New([]web.Route{
		{Method: "POST", Path: "/dev/token", Token: web.Optional, Handle: r.token},
		{Method: "POST", Path: "/dev/time", Token: web.Optional, Handle: r.move},
	}, web.Options{Permit: permit, Log: r.config.Log})
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch path := q.URL.Path; {
		case path == "/healthz":
			r.healthz(w, q)
		case path == "/.well-known/jwks.json" && q.Method == http.MethodGet:
			r.issuer.Keys(w, q)
		case path == "/.well-known/openid-configuration" && q.Method == http.MethodGet:
			r.issuer.Discovery(w, q)
		case !r.isReady() && (q.Header.Get("Authorization") == "" || path == "/dev/token" || path == "/dev/time"):
			// The clock stands where the demonstration has it. Only that has a token before the first is given out here.
			q = q.WithContext(web.With(q.Context(), rand.Text(), r.clock.Now(), access.Principal{}))
			web.Refuse(w, q, r.config.Log, fault.New(fault.Unavailable, "the register is starting; /healthz says when it is ready", "系统正在启动,就绪状态见 /healthz"))
		case strings.HasPrefix(path, inbox.Path): // where S3 stands in AWS
			r.inbox.ServeHTTP(w, q)
		case path == "/dev/run" && q.Method == http.MethodPost: // it may take longer than any call of the API
			q = q.WithContext(web.With(q.Context(), rand.Text(), r.clock.Now(), access.Principal{}))
			if err := r.run(w, q); err != nil {
				web.Refuse(w, q, r.config.Log, err)
			}
		case strings.HasPrefix(path, "/dev/"):
			dev.ServeHTTP(w, q)
		default:
			front.ServeHTTP(w, q)
		}
	})
}

func permit(context.Context, access.Principal, string) error { return nil }

func (r *Running) healthz(w http.ResponseWriter, _ *http.Request) {
	if !r.isReady() {
		http.Error(w, "not ready yet", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n")) // an error here is the caller's broken connection
}

func (r *Running) isReady() bool {
	select {
	case <-r.ready:
		return true
	default:
		return false
	}
}

func (r *Running) token(w http.ResponseWriter, q *http.Request) error {
	var in issuer.Request
	if err := web.Decode(q, &in); err != nil {
		return err
	}
	token, err := r.issuer.Token(q.Context(), in)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]string{"access_token": token})
}

func (r *Running) move(w http.ResponseWriter, q *http.Request) error {
	var in struct {
		Now string `json:"now"`
	}
	if err := web.Decode(q, &in); err != nil {
		return err
	}
	to, err := time.Parse(time.RFC3339, in.Now)
	if err != nil {
		return fault.At("/now", "not a time of RFC 3339 with its offset, such as 2027-01-05T09:00:00+08:00", "不是带时区偏移的 RFC 3339 时间,例如 2027-01-05T09:00:00+08:00")
	}
	switch err := r.clock.Move(to); {
	case errors.Is(err, devclock.ErrBack):
		return fault.At("/now", "the development clock only moves forward; it shows "+r.clock.Now().Format(time.RFC3339), "开发时钟只能向前调整,当前为 "+r.clock.Now().Format(time.RFC3339))
	case errors.Is(err, devclock.ErrEnd):
		return fault.At("/now", "days of the register end with the year 2999", "名录日期止于 2999 年")
	case err != nil:
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]string{"now": r.clock.Now().Format(time.RFC3339Nano)})
}

// run fires all schedules of a function and waits until what they sent is worked off.
func (r *Running) run(w http.ResponseWriter, q *http.Request) error {
	var in struct {
		Function string `json:"function"`
	}
	if err := web.Decode(q, &in); err != nil {
		return err
	}
	if err := r.Run(q.Context(), in.Function); err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"function": in.Function, "now": r.clock.Now().Format(time.RFC3339Nano)})
}

// Run fires all schedules of a function, by name, and returns when what they caused is done. A function that has none
// is a fault of kind Invalid.
func (r *Running) Run(ctx context.Context, function string) error {
	var names []string
	fired := false
	for _, s := range r.template.Schedules {
		if !slices.Contains(names, s.Function) {
			names = append(names, s.Function)
		}
		if s.Function != function {
			continue
		}
		fired = true
		if err := r.fire(ctx, s, r.clock.Now()); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	if !fired {
		list := strings.Join(names, ", ")
		return fault.At("/function", "no function that has a schedule; those are "+list, "该函数没有定时任务,可用:"+list)
	}
	return r.Settle(ctx)
}
