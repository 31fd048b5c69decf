// Package registry provides the authorities' calls: regimes, the life of a listing, imports.
package registry

import (
	"net/http"

	"shixin/shared/boot"
	"shixin/shared/boot/asking"
	"shixin/shared/boot/registering"
	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/register"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/rows"
	"shixin/shared/web/validate"
)

// Deps is what the handlers need.
type Deps struct {
	Register *register.Register
	Queries  *querylog.Log
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP {
	return p.Serve(Routes(Deps{Register: registering.New(p), Queries: asking.New(p)}))
}

// Routes is the function's route table.
func Routes(d Deps) []web.Route {
	h := handlers(d)
	list := map[string]web.Check{
		"state":      web.OneOf("proposed", "noticed", "listed", "dropped", "withdrawn", "removed"),
		"due_before": web.Day, "limit": nil, "cursor": nil,
	}
	paged := map[string]web.Check{"limit": nil, "cursor": nil}
	return []web.Route{
		{Method: "GET", Path: "/v1/regimes", Action: "regimes.read", Token: web.Optional, Query: paged, Handle: h.regimes},
		{Method: "GET", Path: "/v1/regimes/{id}", Action: "regimes.read", Token: web.Optional, Handle: h.regime},

		{Method: "POST", Path: "/v1/listings", Action: "listing.propose", Token: web.Required, Handle: h.propose},
		{Method: "GET", Path: "/v1/listings", Action: "listing.list", Token: web.Required, Query: list, Handle: h.list},
		{Method: "GET", Path: "/v1/listings/{id}", Action: "listing.read", Token: web.Optional, Handle: h.show},
		{Method: "GET", Path: "/v1/listings/{id}/events", Action: "listing.events", Token: web.Required, Query: paged, Handle: h.events},
		{Method: "PATCH", Path: "/v1/listings/{id}", Action: "listing.amend", Token: web.Required, Handle: take(h, register.Amendment.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/withdrawal", Action: "listing.withdrawal", Token: web.Required, Sparing: true, Handle: take(h, register.Withdrawal.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/notice", Action: "listing.notice", Token: web.Required, Handle: take(h, register.Notice.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/statements", Action: "listing.statements", Token: web.Required, Handle: take(h, register.Statement.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/consent", Action: "listing.consent", Token: web.Required, Handle: take(h, register.Consent.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/decision", Action: "listing.decision", Token: web.Required, Handle: take(h, register.Decision.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/service", Action: "listing.service", Token: web.Required, Handle: take(h, register.Service.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/term", Action: "listing.term", Token: web.Required, Handle: take(h, register.TermStart.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/publication", Action: "listing.publication", Token: web.Required, Handle: take(h, register.Publication.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/requests", Action: "listing.requests", Token: web.Required, Handle: take(h, register.Request.Step)},
		{Method: "POST", Path: "/v1/listings/{id}/requests/{n}/outcome", Action: "listing.outcome", Token: web.Required, Handle: h.outcome},

		{Method: "POST", Path: "/v1/imports", Action: "import.create", Token: web.Required, Accepts: rows.Media, Handle: h.importList},
		{Method: "POST", Path: "/v1/imports/{id}/adoption", Action: "import.adoption", Token: web.Required, Bodiless: true, Handle: h.adopt},
		{Method: "GET", Path: "/v1/imports/{id}", Action: "import.read", Token: web.Required, Handle: h.showImport},
	}
}

type handlers Deps

// take makes the handler of one step from the body that it reads.
func take[B any](h handlers, step func(B) (register.Step, error)) web.Handle {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body B
		if err := validate.Decode(r, &body); err != nil {
			return err
		}
		s, err := step(body)
		if err != nil {
			return err
		}
		return h.take(w, r, s)
	}
}

func (h handlers) take(w http.ResponseWriter, r *http.Request, s register.Step) error {
	return calling.Do(w, r, func(c calling.Call) (*calling.Reply, error) {
		id, err := web.ID(r, "id")
		if err != nil {
			return nil, err
		}
		return h.Register.Take(r.Context(), c, id, s)
	})
}

func (h handlers) outcome(w http.ResponseWriter, r *http.Request) error {
	n := web.Count(r, "n")
	return take(h, func(o register.Outcome) (register.Step, error) {
		s, err := o.Step(n)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "the listing has no request of that number", "该名单没有此编号的申请")
		}
		return s, err
	})(w, r)
}

func (h handlers) propose(w http.ResponseWriter, r *http.Request) error {
	return calling.With(w, r, validate.Decode, func(c calling.Call, body register.Proposal) (*calling.Reply, error) {
		return h.Register.Propose(r.Context(), c, body)
	})
}
