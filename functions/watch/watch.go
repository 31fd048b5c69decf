// Package watch provides the calls about watch lists, their alerts, and the log of who asked what.
package watch

import (
	"net/http"

	"shixin/shared/boot"
	"shixin/shared/boot/asking"
	"shixin/shared/querylog"
	"shixin/shared/querylog/ledger"
	"shixin/shared/records"
	"shixin/shared/web"
)

// Deps is what the handlers need.
type Deps struct {
	Ledger  *ledger.Ledger
	Queries *querylog.Log
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP {
	store := &records.Store{Table: p.Table}
	return p.Serve(Routes(Deps{
		Ledger:  &ledger.Ledger{Store: store, Hash: p.Hash, Policy: p.Policy, Log: p.Log},
		Queries: asking.New(p),
	}))
}

// Routes is the function's route table.
func Routes(d Deps) []web.Route {
	h := handlers(d)
	return []web.Route{
		{Method: "GET", Path: "/v1/queries", Action: "query.read", Token: web.Required,
			Query: map[string]web.Check{"from": web.Day, "to": web.Day, "caller": nil, "limit": nil, "cursor": nil}, Handle: h.queries},
	}
}

type handlers Deps

// tell hands a query to the log before it is answered.
func (h handlers) tell(r *http.Request, q querylog.Query) error {
	ctx := r.Context()
	q.Request, q.At, q.Route = web.RequestID(ctx), web.Now(ctx), web.RouteOf(r)
	return h.Queries.Tell(ctx, web.Caller(ctx), q)
}
