// Package watch provides the calls about watch lists, their alerts, and the log of who asked what.
package watch

import (
	"shixin/shared/boot"
	"shixin/shared/boot/asking"
	"shixin/shared/boot/notifying"
	"shixin/shared/querylog"
	"shixin/shared/querylog/ledger"
	"shixin/shared/records"
	"shixin/shared/watching"
	"shixin/shared/web"
	"shixin/shared/web/rows"
)

// Deps is what the handlers need.
type Deps struct {
	Ledger   *ledger.Ledger
	Queries  *querylog.Log
	Watching *watching.Watching
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP {
	store := &records.Store{Table: p.Table}
	return p.Serve(Routes(Deps{
		Ledger:   &ledger.Ledger{Store: store, Hash: p.Hash, Policy: p.Policy, Log: p.Log},
		Queries:  asking.New(p),
		Watching: notifying.New(p),
	}))
}

// Routes is the function's route table.
func Routes(d Deps) []web.Route {
	h := handlers(d)
	paged := map[string]web.Check{"limit": nil, "cursor": nil}
	parts := map[string]web.Check{"part": web.Number(1, watching.MaxParts), "parts": web.Number(1, watching.MaxParts)}
	return []web.Route{
		{Method: "GET", Path: "/v1/watchlists", Action: "watchlist.read", Token: web.Required, Handle: h.lists},
		{Method: "GET", Path: "/v1/watchlists/{name}", Action: "watchlist.read", Token: web.Required, Query: paged, Handle: h.list},
		{Method: "PUT", Path: "/v1/watchlists/{name}", Action: "watchlist.put", Token: web.Required, Query: parts,
			Accepts: append([]string{"application/json"}, rows.Media...), Handle: h.put},
		{Method: "GET", Path: "/v1/alerts", Action: "alert.read", Token: web.Required, Query: map[string]web.Check{"after": web.Name, "limit": nil}, Handle: h.alerts},
		{Method: "POST", Path: "/v1/alerts/{id}/outcome", Action: "alert.outcome", Token: web.Required, Handle: h.settle},
		{Method: "POST", Path: "/v1/listings/{id}/outcome", Action: "alert.outcome", Token: web.Required, Handle: h.settleHit},
		{Method: "GET", Path: "/v1/listings/{id}/distinctions", Action: "distinction.read", Token: web.Optional, Handle: h.distinctions},
		{Method: "POST", Path: "/v1/listings/{id}/distinctions", Action: "distinction.confirm", Token: web.Required, Handle: h.confirm},

		{Method: "GET", Path: "/v1/queries", Action: "query.read", Token: web.Required,
			Query: map[string]web.Check{"from": web.Day, "to": web.Day, "caller": nil, "limit": nil, "cursor": nil}, Handle: h.queries},
	}
}

type handlers Deps
