package compliance

import (
	"net/http"

	"shixin/shared/duty"
	"shixin/shared/supervision/desk"
	"shixin/shared/supervision/rungs"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/validate"
)

// rungRoutes is the part of the route table about what authorities do about findings.
func rungRoutes(d Deps) []web.Route {
	h := handlers(d)
	paged := map[string]web.Check{"limit": nil, "cursor": nil}
	work := map[string]web.Check{"limit": nil, "cursor": nil, "kind": words(duty.Kinds()), "late": web.OneOf("true", "false")}
	const actions, one = "/v1/enterprises/{uscc}/actions", "/v1/enterprises/{uscc}/actions/{id}"
	step := func(name string, handle web.Handle) web.Route {
		return web.Route{Method: "POST", Path: one + "/" + name, Action: "action." + name, Token: web.Required, Handle: handle}
	}
	return []web.Route{
		{Method: "POST", Path: actions, Action: "action.take", Token: web.Required, Handle: h.takeRung},
		{Method: "GET", Path: actions, Action: "action.list", Token: web.Required, Query: paged, Handle: h.actions},
		{Method: "GET", Path: one, Action: "action.read", Token: web.Required, Handle: h.action},
		{Method: "GET", Path: one + "/events", Action: "action.read", Token: web.Required, Query: paged, Handle: h.actionEvents},
		step("notice", act(h, rungs.Notice.Step)),
		step("replies", act(h, rungs.Said.Step)),
		step("evidence", act(h, rungs.Cure.Step)),
		step("record", act(h, rungs.Record.Step)),
		step("extension", act(h, rungs.Extension.Step)),
		step("outcome", act(h, rungs.Outcome.Step)),
		step("announcement", act(h, rungs.Announcement.Step)),
		step("publication", act(h, rungs.Publication.Step)),
		step("contests", act(h, rungs.Contest.Step)),
		{Method: "POST", Path: one + "/contests/{n}/outcome", Action: "action.resolution", Token: web.Required, Handle: h.resolution},
		{Method: "POST", Path: "/v1/enterprises/{uscc}/proposals/{id}/dismissal", Action: "proposal.dismissal", Token: web.Required, Handle: h.dismissal},
		{Method: "GET", Path: "/v1/rectifications", Action: "rectification.list", Token: web.Optional, Query: paged, Handle: h.rectifications},
		{Method: "GET", Path: "/v1/work", Action: "work.read", Token: web.Required, Query: work, Handle: h.work},
		{Method: "GET", Path: "/v1/statistics", Action: "statistics.read", Token: web.Optional, Handle: h.statistics},
		{Method: "GET", Path: "/v1/ladder", Action: "ladder.read", Token: web.Optional, Handle: h.ladder},
	}
}

// changing reads the enterprise, the call and its body, and answers with what a step on them makes.
func changing[B any](w http.ResponseWriter, r *http.Request, step func(c rungs.Call, uscc string, body B) (*rungs.Reply, error)) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, validate.Decode, func(c calling.Call, body B) (*calling.Reply, error) { return step(c, code, body) })
}

// act makes the handler of one step from the body that it reads.
func act[B any](h handlers, step func(B) rungs.Step) web.Handle {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.ID(r, "id")
		if err != nil {
			return err
		}
		return changing(w, r, func(c rungs.Call, uscc string, body B) (*rungs.Reply, error) {
			return h.Rungs.Step(r.Context(), c, uscc, id, step(body))
		})
	}
}

func (h handlers) takeRung(w http.ResponseWriter, r *http.Request) error {
	return changing(w, r, func(c rungs.Call, uscc string, body rungs.Taking) (*rungs.Reply, error) {
		return h.Rungs.Take(r.Context(), c, uscc, body)
	})
}

func (h handlers) resolution(w http.ResponseWriter, r *http.Request) error {
	return act(h, func(x rungs.Resolution) rungs.Step { return x.Step(web.Count(r, "n")) })(w, r)
}

func (h handlers) dismissal(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	return changing(w, r, func(c rungs.Call, uscc string, body rungs.Dismissal) (*rungs.Reply, error) {
		return h.Rungs.Dismiss(r.Context(), c, uscc, id, body)
	})
}

func (h handlers) actions(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var after string
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	listed, err := h.Rungs.List(ctx, web.Caller(ctx), web.Now(ctx), code, after, q.Limit())
	if err == nil {
		err = h.tellOf(r, code, len(listed.Items), ofPersons)
	}
	if err != nil {
		return err
	}
	cursor, err := web.NextCursor(q, web.Behind(listed.Next))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, struct {
		*rungs.Listed
		Cursor string `json:"next_cursor,omitempty"`
	}{listed, cursor})
}

func (h handlers) action(w http.ResponseWriter, r *http.Request) error {
	code, id, err := ofEnterprise(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	reply, err := h.Rungs.Read(ctx, web.Caller(ctx), web.Now(ctx), code, id)
	if err == nil {
		err = h.tellOf(r, code, 1, ofPersons)
	}
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}

func (h handlers) actionEvents(w http.ResponseWriter, r *http.Request) error {
	code, id, err := ofEnterprise(r)
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var after int
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	items, last, err := h.Rungs.Events(ctx, web.Caller(ctx), web.Now(ctx), code, id, after, q.Limit())
	if err == nil {
		err = h.tellOf(r, code, len(items), ofPersons)
	}
	if err != nil {
		return err
	}
	return web.Page(w, q, items, web.Behind(last))
}

func (h handlers) rectifications(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var after string
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	items, next, err := h.Rungs.Rectifications(ctx, web.Now(ctx), after, q.Limit())
	if err != nil {
		return err
	}
	return web.Page(w, q, items, web.Behind(next))
}

func (h handlers) work(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var from desk.Place
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, next, err := h.Desk.Work(ctx, web.Caller(ctx), web.Now(ctx), desk.Filter{Kind: q.Get("kind"), Late: q.Get("late") == "true"}, from, q.Limit())
	if err == nil {
		err = h.tellList(r, "work", len(items), noneOfThose)
	}
	if err != nil {
		return err
	}
	return web.Page(w, q, items, next)
}

func (h handlers) statistics(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	figures, err := h.Tally.Read(ctx, web.Now(ctx))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, figures)
}

func (h handlers) ladder(w http.ResponseWriter, _ *http.Request) error {
	law, err := h.Rungs.Law()
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, law)
}
