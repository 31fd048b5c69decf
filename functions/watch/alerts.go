package watch

import (
	"net/http"

	"shixin/shared/querylog"
	"shixin/shared/subject"
	"shixin/shared/watching"
	"shixin/shared/web"
	"shixin/shared/web/calling"
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
	if len(items) > 0 { // a look that finds nothing tells nothing
		asked := querylog.Query{What: []string{q.Get("after")}, Count: len(items), ListVersion: version, Verdicts: map[string]int{}}
		for _, a := range items {
			asked.Verdicts[verdict(a)]++
			asked.Personal = asked.Personal || a.Kind != subject.Organization
		}
		if err := h.tell(r, asked); err != nil {
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
	if err != nil {
		return err
	}
	return web.List(w, items, "")
}
