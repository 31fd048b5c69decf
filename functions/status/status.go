// Package status provides exact checks: of one identifier, of many, and changes since. It writes nothing and links least.
package status

import (
	"net/http"
	"strconv"

	"shixin/shared/boot"
	"shixin/shared/boot/asking"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/register/lookup"
	"shixin/shared/subject"
	"shixin/shared/web"
	"shixin/shared/web/telling"
)

// Deps is what the handlers need.
type Deps struct {
	Lookup  *lookup.Lookup
	Queries *querylog.Log
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP {
	store := &records.Store{Table: p.Table}
	return p.Serve(Routes(Deps{
		Lookup:  &lookup.Lookup{Store: store, Hash: p.Hash, Policy: p.Policy},
		Queries: asking.New(p),
	}))
}

// Routes is the function's route table.
func Routes(d Deps) []web.Route {
	h := handlers(d)
	return []web.Route{
		{Method: "GET", Path: "/v1/status/{scheme}/{value}", Action: "status.one", Token: web.Optional, Handle: h.one},
		{Method: "POST", Path: "/v1/status", Action: "status.batch", Token: web.Required, Handle: h.many},
		{Method: "GET", Path: "/v1/changes", Action: "changes.read", Token: web.Required,
			Query: map[string]web.Check{"after": web.Number(0, 1<<53), "limit": nil}, Handle: h.changes},
	}
}

type handlers Deps

func (h handlers) one(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := h.Queries.Admit(ctx, web.Caller(ctx), web.Now(ctx)); err != nil {
		return err
	}
	one, err := h.Lookup.One(ctx, web.Caller(ctx), web.Now(ctx), r.PathValue("scheme"), r.PathValue("value"))
	if err != nil {
		return err
	}
	if err := h.tell(r, one.Asked, "", ""); err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, one)
}

func (h handlers) many(w http.ResponseWriter, r *http.Request) error {
	var q lookup.Query
	if err := web.Decode(r, &q); err != nil {
		return err
	}
	ctx := r.Context()
	if err := q.Check(web.Now(ctx)); err != nil {
		return err
	}
	if err := h.Queries.Admit(ctx, web.Caller(ctx), web.Now(ctx)); err != nil {
		return err
	}
	many, err := h.Lookup.Many(ctx, web.Caller(ctx), web.Now(ctx), q)
	if err != nil {
		return err
	}
	if err := h.tell(r, many.Asked, q.Purpose, q.Reference); err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, many)
}

// tell hands the query to the log before it is answered.
func (h handlers) tell(r *http.Request, q querylog.Query, purpose, reference string) error {
	q.Purpose, q.Reference = purpose, reference
	return telling.Tell(h.Queries, r, q)
}

func (h handlers) changes(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	after := q.Number("after", 0)
	changes, err := h.Lookup.Changes(ctx, web.Caller(ctx), web.Now(ctx), after, q.Limit())
	if err != nil {
		return err
	}
	if len(changes.Items) > 0 { // a look that finds nothing tells nothing
		// Nobody is named in the call, so it counts as no identifier.
		asked := querylog.Query{What: []string{strconv.FormatInt(after, 10)}, ListVersion: changes.ListVersion, Verdicts: map[string]int{"shown": len(changes.Items)}}
		for _, c := range changes.Items {
			asked.Personal = asked.Personal || c.Kind == subject.Person
		}
		if err := telling.Tell(h.Queries, r, asked); err != nil {
			return err
		}
	}
	return web.JSON(w, http.StatusOK, changes)
}
