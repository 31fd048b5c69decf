// Package compliance provides the calls about enterprises, audit runs and what they have found.
package compliance

import (
	"net/http"

	"shixin/shared/boot"
	"shixin/shared/boot/supervising"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/supervision"
	"shixin/shared/web"
)

// Deps is what the handlers need.
type Deps struct{ Supervision *supervision.Supervision }

// The media types of the bulk call.
const (
	ndjson = "application/x-ndjson"
	csv    = "text/csv"
)

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP { return p.Serve(Routes(Deps{Supervision: supervising.New(p)})) }

// Routes is the function's route table.
func Routes(d Deps) []web.Route {
	h := handlers(d)
	paged := map[string]web.Check{"limit": nil, "cursor": nil}
	results := map[string]web.Check{"limit": nil, "cursor": nil, "outcome": outcomes()}
	return []web.Route{
		{Method: "GET", Path: "/v1/enterprises", Action: "enterprise.list", Token: web.Required, Query: paged, Handle: h.enterprises},
		{Method: "POST", Path: "/v1/enterprises", Action: "enterprise.import", Token: web.Required, Accepts: []string{ndjson, csv}, Handle: h.imports},
		{Method: "GET", Path: "/v1/enterprises/{uscc}", Action: "enterprise.read", Token: web.Required, Handle: h.enterprise},
		{Method: "PUT", Path: "/v1/enterprises/{uscc}", Action: "enterprise.put", Token: web.Required, Handle: h.put},
		{Method: "GET", Path: "/v1/enterprises/{uscc}/findings", Action: "finding.read", Token: web.Required, Query: paged, Handle: h.findings},

		{Method: "POST", Path: "/v1/audits", Action: "audit.create", Token: web.Required, Handle: h.start},
		{Method: "GET", Path: "/v1/audits", Action: "audit.list", Token: web.Required, Query: paged, Handle: h.audits},
		{Method: "GET", Path: "/v1/audits/{id}", Action: "audit.read", Token: web.Required, Handle: h.audit},
		{Method: "GET", Path: "/v1/audits/{id}/results", Action: "audit.results", Token: web.Required, Query: results, Handle: h.results},
	}
}

type handlers Deps

func outcomes() web.Check {
	var names []string
	for _, o := range compliance.Outcomes() {
		names = append(names, string(o))
	}
	return web.OneOf(names...)
}

// call is what the request brings besides its body.
func call(r *http.Request) (supervision.Call, error) {
	ctx := r.Context()
	c := supervision.Call{Who: web.Caller(ctx), Now: web.Now(ctx)}
	version, present, err := web.IfMatch(r)
	if err != nil {
		return c, err
	}
	if present {
		c.IfMatch = &version
	}
	key, present, err := web.IdempotencyKey(r)
	if err != nil || !present || r.Method != http.MethodPost {
		return c, err
	}
	hash, err := web.BodyHash(r)
	c.Once = &records.Once{Caller: c.Who.Account, Route: r.Method + " " + r.URL.Path, Key: key, Body: hash}
	return c, err
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

// answer writes a reply as it was made, now or the first time.
func answer(w http.ResponseWriter, reply *supervision.Reply) error {
	if reply.Version > 0 {
		w.Header().Set("ETag", web.ETag(reply.Version))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(reply.Status)
	_, err := w.Write(reply.Body)
	return err
}

// next makes the cursor of the next page, if there is one.
func next[P any](q *web.Params, place *P) (string, error) {
	if place == nil {
		return "", nil
	}
	return q.Next(place)
}

func (h handlers) put(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	var body supervision.Enterprise
	if err := web.Decode(r, &body); err != nil {
		return err
	}
	c, err := call(r)
	if err != nil {
		return err
	}
	reply, err := h.Supervision.Put(r.Context(), c, code, body)
	if err != nil {
		return err
	}
	return answer(w, reply)
}

func (h handlers) imports(w http.ResponseWriter, r *http.Request) error {
	body, err := web.Body(r)
	if err != nil {
		return err
	}
	rows, err := readRows(web.MediaType(r), body)
	if err != nil {
		return err
	}
	c, err := call(r)
	if err != nil {
		return err
	}
	reply, err := h.Supervision.Import(r.Context(), c, rows)
	if err != nil {
		return err
	}
	return answer(w, reply)
}

func (h handlers) enterprise(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	reply, err := h.Supervision.Read(ctx, web.Caller(ctx), web.Now(ctx), code)
	if err != nil {
		return err
	}
	return answer(w, reply)
}

func (h handlers) enterprises(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var from supervision.EnterprisePlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, place, err := h.Supervision.List(ctx, web.Caller(ctx), web.Now(ctx), from, q.Limit())
	if err != nil {
		return err
	}
	cursor, err := next(q, place)
	if err != nil {
		return err
	}
	return web.List(w, items, cursor)
}

func (h handlers) findings(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var skip int
	if _, err := q.Cursor(&skip); err != nil {
		return err
	}
	items, more, err := h.Supervision.Findings(ctx, web.Caller(ctx), web.Now(ctx), code, skip, q.Limit())
	if err != nil {
		return err
	}
	var place *int
	if skip += len(items); more {
		place = &skip
	}
	cursor, err := next(q, place)
	if err != nil {
		return err
	}
	return web.List(w, items, cursor)
}

func (h handlers) start(w http.ResponseWriter, r *http.Request) error {
	var order supervision.Order
	if err := web.Decode(r, &order); err != nil {
		return err
	}
	c, err := call(r)
	if err != nil {
		return err
	}
	reply, err := h.Supervision.Start(r.Context(), c, order)
	if err != nil {
		return err
	}
	return answer(w, reply)
}

func (h handlers) audits(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var after string
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	items, after, err := h.Supervision.Audits(ctx, web.Caller(ctx), web.Now(ctx), after, q.Limit())
	if err != nil {
		return err
	}
	var place *string
	if after != "" {
		place = &after
	}
	cursor, err := next(q, place)
	if err != nil {
		return err
	}
	return web.List(w, items, cursor)
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
