package watch

import (
	"net/http"

	"shixin/shared/querylog"
	"shixin/shared/subject"
	"shixin/shared/watching"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/telling"
)

// alerts is what GET of alerts answers: those behind after, and up to which list version they are complete.
type alerts struct {
	Items       []watching.AlertView `json:"items"`
	ListVersion int64                `json:"list_version"`
}

func (h handlers) alerts(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	items, version, err := h.Watching.Alerts(ctx, web.Caller(ctx), web.Now(ctx), q.Get("after"), q.Limit())
	if err != nil {
		return err
	}
	if len(items) > 0 { // a look that finds nothing tells nothing; nobody is named in it, so it counts as no identifier
		asked := querylog.Query{What: []string{q.Get("after")}, ListVersion: version, Verdicts: map[string]int{}}
		for _, a := range items {
			asked.Verdicts[verdict(a)]++
			asked.Personal = asked.Personal || a.Kind != subject.Organization
		}
		if err := telling.Tell(h.Queries, r, asked); err != nil {
			return err
		}
	}
	return web.JSON(w, http.StatusOK, alerts{Items: items, ListVersion: version})
}

func verdict(a watching.AlertView) string {
	if a.Verdict == "" {
		return a.Type
	}
	return a.Verdict
}

func (h handlers) settle(w http.ResponseWriter, r *http.Request) error {
	return calling.OnRecord(w, r, h.Watching.Settle)
}

func (h handlers) settleHit(w http.ResponseWriter, r *http.Request) error {
	return calling.OnRecord(w, r, h.Watching.SettleHit)
}

func (h handlers) confirm(w http.ResponseWriter, r *http.Request) error {
	return calling.OnRecord(w, r, h.Watching.Confirm)
}

func (h handlers) distinctions(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx := r.Context()
	items, err := h.Watching.Confirmations(ctx, web.Caller(ctx), web.Now(ctx), id)
	if err == nil { // whose listing it is they do not say: it may be a person's
		asked := querylog.Query{What: []string{id}, Count: 1, Verdicts: map[string]int{"shown": len(items)}, Personal: true}
		err = telling.Tell(h.Queries, r, asked)
	}
	if err != nil {
		return err
	}
	return web.List(w, items, "")
}
