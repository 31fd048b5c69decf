// Package compliance provides the calls about enterprises, audit runs and what they have found.
package compliance

import (
	"net/http"

	"shixin/shared/boot"
	"shixin/shared/boot/acting"
	"shixin/shared/boot/asking"
	"shixin/shared/boot/supervising"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/supervision"
	"shixin/shared/supervision/desk"
	"shixin/shared/supervision/judging"
	"shixin/shared/supervision/rungs"
	"shixin/shared/supervision/tally"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/rows"
	"shixin/shared/web/telling"
)

// Deps is what the handlers need.
type Deps struct {
	Supervision *supervision.Supervision
	Rungs       *rungs.Rungs
	Desk        *desk.Desk
	Tally       *tally.Tally
	Queries     *querylog.Log
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP {
	s := supervising.New(p)
	s.Rules = judging.New()
	return p.Serve(Routes(Deps{Supervision: s, Rungs: acting.New(p), Desk: acting.Desk(p, s), Tally: acting.Tally(p), Queries: asking.New(p)}))
}

// Routes is the function's route table.
func Routes(d Deps) []web.Route { return append(routes(d), rungRoutes(d)...) }

func routes(d Deps) []web.Route {
	h := handlers(d)
	paged := map[string]web.Check{"limit": nil, "cursor": nil}
	ordered := map[string]web.Check{"limit": nil, "cursor": nil, "order": web.OneOf("risk")}
	results := map[string]web.Check{"limit": nil, "cursor": nil, "outcome": words(compliance.Outcomes()), "rule": web.Name, "pack": web.Name}
	reports := map[string]web.Check{"limit": nil, "cursor": nil, "period": period}
	changes := map[string]web.Check{"limit": nil, "cursor": nil, "change": words(compliance.Changes())}
	comparison := map[string]web.Check{"limit": nil, "cursor": nil, "with": web.Name, "change": words(compliance.Changes())}
	measured := map[string]web.Check{"limit": nil, "cursor": nil, "sector": web.OneOf(indicator.Sectors()...)}
	return []web.Route{
		{Method: "GET", Path: "/v1/indicators", Action: "indicators.read", Token: web.Optional, Query: measured, Handle: h.indicators},
		{Method: "GET", Path: "/v1/enterprises", Action: "enterprise.list", Token: web.Required, Query: ordered, Handle: h.enterprises},
		{Method: "POST", Path: "/v1/enterprises", Action: "enterprise.import", Token: web.Required, Accepts: rows.Media, Handle: h.imports},
		{Method: "GET", Path: "/v1/enterprises/{uscc}", Action: "enterprise.read", Token: web.Required, Handle: h.enterprise},
		{Method: "PUT", Path: "/v1/enterprises/{uscc}", Action: "enterprise.put", Token: web.Required, Handle: h.put},
		{Method: "GET", Path: "/v1/enterprises/{uscc}/relations", Action: "relation.read", Token: web.Required, Handle: h.relations},
		{Method: "POST", Path: "/v1/reports", Action: "report.create", Token: web.Required, Accepts: rows.Media, Handle: h.importReports},
		{Method: "POST", Path: "/v1/enterprises/{uscc}/reports", Action: "report.create", Token: web.Required, Handle: h.report},
		{Method: "GET", Path: "/v1/enterprises/{uscc}/reports", Action: "report.read", Token: web.Required, Query: reports, Handle: h.reports},
		{Method: "GET", Path: "/v1/enterprises/{uscc}/findings", Action: "finding.read", Token: web.Required, Query: paged, Handle: h.findings},
		{Method: "GET", Path: "/v1/enterprises/{uscc}/findings/{id}/proof", Action: "finding.read", Token: web.Required, Handle: h.proof},
		{Method: "POST", Path: "/v1/enterprises/{uscc}/findings/{id}/contest", Action: "finding.contest", Token: web.Required, Handle: h.contest},
		{Method: "POST", Path: "/v1/enterprises/{uscc}/findings/{id}/contest/outcome", Action: "finding.outcome", Token: web.Required, Handle: h.ruling},

		{Method: "GET", Path: "/v1/rulepacks", Action: "rulepack.read", Token: web.Required, Query: paged, Handle: h.rulePacks},
		{Method: "GET", Path: "/v1/rulepacks/{name}", Action: "rulepack.read", Token: web.Required, Handle: h.rulePack},
		{Method: "POST", Path: "/v1/rulepacks/{name}/versions", Action: "rulepack.draft", Token: web.Required, Handle: h.draft},
		{Method: "GET", Path: "/v1/rulepacks/{name}/versions/{n}", Action: "rulepack.read", Token: web.Required, Handle: h.packVersion},
		{Method: "POST", Path: "/v1/rulepacks/{name}/versions/{n}/trial", Action: "rulepack.trial", Token: web.Required, Handle: h.try},
		{Method: "GET", Path: "/v1/rulepacks/{name}/versions/{n}/trial", Action: "rulepack.read", Token: web.Required, Query: changes, Handle: h.trial},
		{Method: "POST", Path: "/v1/rulepacks/{name}/versions/{n}/publication", Action: "rulepack.publication", Token: web.Required, Handle: h.publishPack},

		{Method: "POST", Path: "/v1/audits", Action: "audit.create", Token: web.Required, Handle: h.start},
		{Method: "GET", Path: "/v1/audits", Action: "audit.list", Token: web.Required, Query: paged, Handle: h.audits},
		{Method: "GET", Path: "/v1/audits/{id}", Action: "audit.read", Token: web.Required, Handle: h.audit},
		{Method: "GET", Path: "/v1/audits/{id}/results", Action: "audit.results", Token: web.Required, Query: results, Handle: h.results},
		{Method: "GET", Path: "/v1/audits/{id}/comparison", Action: "audit.results", Token: web.Required, Query: comparison, Handle: h.comparison},
	}
}

type handlers Deps

// words accepts one of some words.
func words[W ~string](all []W) web.Check {
	var names []string
	for _, w := range all {
		names = append(names, string(w))
	}
	return web.OneOf(names...)
}

// uscc reads the enterprise that the path names. What is no code may be an identifier of a person, so it is not repeated.
func uscc(r *http.Request) (string, error) {
	code, err := supervision.ParseUSCC(r.PathValue("uscc"))
	if err != nil {
		return "", fault.Parameter(fault.Invalid, "uscc",
			"must be a unified social credit code: 18 characters with a right check digit", "须为 18 位统一社会信用代码,且校验位正确")
	}
	return code, nil
}

func (h handlers) put(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, body supervision.Enterprise) (*calling.Reply, error) {
		return h.Supervision.Put(r.Context(), c, code, body)
	})
}

func (h handlers) imports(w http.ResponseWriter, r *http.Request) error {
	type row struct {
		USCC string `json:"uscc"`
		supervision.Enterprise
	}
	read, err := rows.Into[row](r, supervision.MaxRows, nil)
	if err != nil {
		return err
	}
	list := make([]supervision.Row, len(read))
	for i, x := range read {
		list[i] = supervision.Row{Line: x.Line, USCC: x.Value.USCC, Enterprise: x.Value.Enterprise, Wrong: x.Err}
	}
	return calling.Do(w, r, func(c calling.Call) (*calling.Reply, error) { return h.Supervision.Import(r.Context(), c, list) })
}

func (h handlers) enterprise(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	reply, err := h.Supervision.Read(ctx, web.Caller(ctx), web.Now(ctx), code)
	if err == nil {
		err = h.tellOf(r, code, 1, ofPersons)
	}
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}

func (h handlers) enterprises(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	if q.Get("order") == "risk" {
		return h.byRisk(w, r)
	}
	var from supervision.EnterprisePlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, place, err := h.Supervision.List(ctx, web.Caller(ctx), web.Now(ctx), from, q.Limit())
	if err == nil {
		err = h.tellList(r, "enterprises", len(items), ofPersons)
	}
	if err != nil {
		return err
	}
	return web.Page(w, q, items, place)
}

func (h handlers) byRisk(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var from supervision.RiskPlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, place, err := h.Supervision.ByRisk(ctx, web.Caller(ctx), web.Now(ctx), from, q.Limit())
	if err == nil {
		err = h.tellList(r, "enterprises by risk", len(items), ofPersons)
	}
	if err != nil {
		return err
	}
	return web.Page(w, q, items, place)
}

func (h handlers) relations(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	view, err := h.Supervision.Relations(ctx, web.Caller(ctx), web.Now(ctx), code)
	if err != nil {
		return err
	}
	// It asks the list for persons, so that it is not answered unless it is logged.
	if err := telling.Tell(h.Queries, r, querylog.Query{
		What: []string{code}, Count: view.Asked, ListVersion: view.ListVersion,
		Verdicts: map[string]int{"listed": len(view.Listed), "clear": view.Asked - len(view.Listed)}, Personal: true,
	}); err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, view)
}

func (h handlers) start(w http.ResponseWriter, r *http.Request) error {
	return calling.With(w, r, web.Decode, func(c calling.Call, order supervision.Order) (*calling.Reply, error) {
		return h.Supervision.Start(r.Context(), c, order)
	})
}

func (h handlers) audits(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var after string
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	items, next, err := h.Supervision.Audits(ctx, web.Caller(ctx), web.Now(ctx), after, q.Limit())
	if err != nil {
		return err
	}
	return web.Page(w, q, items, web.Behind(next))
}

func (h handlers) audit(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx := r.Context()
	run, err := h.Supervision.Audit(ctx, web.Caller(ctx), web.Now(ctx), id)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, run)
}
