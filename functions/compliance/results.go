package compliance

import (
	"net/http"

	"shixin/shared/compliance"
	"shixin/shared/supervision"
	"shixin/shared/web"
	"shixin/shared/web/sheet"
)

func (h handlers) results(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var from supervision.ResultPlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, place, err := h.Supervision.Results(ctx, web.Caller(ctx), web.Now(ctx), id, supervision.ResultFilter{Outcome: compliance.Outcome(q.Get("outcome")), Rule: q.Get("rule"), Pack: q.Get("pack")}, from, q.Limit())
	if err == nil {
		err = h.tellList(r, id, len(items), noneOfThose)
	}
	if err != nil {
		return err
	}
	return sheet.Page(w, r, items, place, []string{"uscc", "rule", "pack", "outcome", "reason"},
		func(i compliance.Result) []string {
			return []string{i.USCC, i.Rule, i.Pack, string(i.Outcome), i.Reason}
		})
}
