package compliance

import (
	"net/http"

	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/supervision"
	"shixin/shared/web"
	"shixin/shared/web/calling"
)

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
	if err == nil {
		err = h.tellOf(r, code, len(items), ofPersons)
	}
	if err != nil {
		return err
	}
	var place *int
	if skip += len(items); more {
		place = &skip
	}
	return web.Page(w, q, items, place)
}

// ofEnterprise reads which enterprise, and which finding or action of it, the path names.
func ofEnterprise(r *http.Request) (code, id string, err error) {
	if code, err = uscc(r); err == nil {
		id, err = web.ID(r, "id")
	}
	return code, id, err
}

func (h handlers) proof(w http.ResponseWriter, r *http.Request) error {
	code, id, err := ofEnterprise(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p, err := h.Supervision.Prove(ctx, web.Caller(ctx), web.Now(ctx), code, id)
	if err == nil {
		err = h.tellOf(r, code, 1, ofPersons)
	}
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, p)
}

func (h handlers) contest(w http.ResponseWriter, r *http.Request) error {
	code, id, err := ofEnterprise(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, in supervision.Objection) (*calling.Reply, error) {
		return h.Supervision.Contest(r.Context(), c, code, id, in)
	})
}

func (h handlers) ruling(w http.ResponseWriter, r *http.Request) error {
	code, id, err := ofEnterprise(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, in supervision.Ruling) (*calling.Reply, error) {
		return h.Supervision.Rule(r.Context(), c, code, id, in)
	})
}

func (h handlers) comparison(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	with := q.Get("with")
	if with == "" {
		return fault.Parameter(fault.Malformed, "with", "is required: the id of an earlier run", "必填:用于比较的先前检查批次")
	}
	var from supervision.ComparePlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	c, err := h.Supervision.Compare(ctx, web.Caller(ctx), web.Now(ctx), id, with, compliance.Change(q.Get("change")), from, q.Limit())
	if err == nil {
		err = h.tellList(r, id+" "+with, len(c.Items), noneOfThose)
	}
	if err != nil {
		return err
	}
	cursor, err := web.NextCursor(q, c.Next)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, struct {
		*supervision.Comparison
		Cursor string `json:"next_cursor,omitempty"`
	}{c, cursor})
}
