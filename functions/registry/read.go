package registry

import (
	"net/http"

	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/regime"
	"shixin/shared/register"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/workday"
)

func (h handlers) show(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx := r.Context()
	reply, err := h.Register.Show(ctx, web.Caller(ctx), web.Now(ctx), id)
	if err == nil {
		err = h.tell(r, id, reply.Body)
	}
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}

func (h handlers) list(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	f := register.Filter{State: listing.State(q.Get("state")), DueBefore: workday.Day(q.Get("due_before"))}
	var from register.Place
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, next, err := h.Register.List(ctx, web.Caller(ctx), web.Now(ctx), f, from, q.Limit())
	if err == nil {
		err = h.tell(r, q.Get("state")+" "+q.Get("due_before"), items...)
	}
	if err != nil {
		return err
	}
	return web.Page(w, q, items, next)
}

func (h handlers) events(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var after int
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	items, last, err := h.Register.Events(ctx, web.Caller(ctx), web.Now(ctx), id, after, q.Limit())
	if err == nil {
		err = h.tell(r, id, nil) // whose listing it is is not in its events
	}
	if err != nil {
		return err
	}
	return web.Page(w, q, items, web.Behind(last))
}

// regimeView is the text of a regime in effect today, and all its texts through time.
type regimeView struct {
	ID string `json:"id"`
	regime.Version
	Name     regime.Text      `json:"name"`
	Versions []regime.Version `json:"versions"`
}

func (h handlers) regimes(w http.ResponseWriter, r *http.Request) error {
	library, err := h.Register.Regimes()
	if err != nil {
		return err
	}
	today := workday.DayOf(web.Now(r.Context()))
	return web.PageOf(w, r, len(library.Regimes), func(i int) (regimeView, bool) { return viewRegime(library, library.Regimes[i], today), true })
}

func (h handlers) regime(w http.ResponseWriter, r *http.Request) error {
	library, err := h.Register.Regimes()
	if err != nil {
		return err
	}
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	rg, ok := library.Regime(id)
	if !ok {
		return fault.New(fault.NotFound, "there is no such regime", "没有该名单制度")
	}
	return web.JSON(w, http.StatusOK, viewRegime(library, *rg, workday.DayOf(web.Now(r.Context()))))
}

func viewRegime(library regime.Library, r regime.Regime, today workday.Day) regimeView {
	v := regimeView{ID: r.ID, Name: r.Name, Versions: r.Versions}
	if now, err := library.In(r.ID, today); err == nil {
		v.Version = *now
	}
	return v
}
