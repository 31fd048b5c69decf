package compliance

import (
	"encoding/json"
	"net/http"
	"strconv"

	"shixin/shared/compliance"
	"shixin/shared/compliance/rules"
	"shixin/shared/fault"
	"shixin/shared/supervision"
	"shixin/shared/web"
	"shixin/shared/web/calling"
)

func (h handlers) rulePacks(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	var after string
	if _, err := q.Cursor(&after); err != nil {
		return err
	}
	items, more, err := h.Supervision.RulePacks(ctx, web.Now(ctx), after, q.Limit())
	if err != nil {
		return err
	}
	var place *string
	if more {
		place = &items[len(items)-1].Name
	}
	return web.Page(w, q, items, place)
}

// packName reads the rule pack that the path names.
func packName(r *http.Request) (string, error) {
	name, err := web.ID(r, "name")
	if err == nil && !rules.IsID(name) {
		err = fault.Parameter(fault.Invalid, "name", "must be words of small letters and digits with hyphens between, at most 40 characters", "须为小写字母、数字和连字符,最多 40 个字符")
	}
	return name, err
}

// packVersion reads which version of which rule pack the path names.
func packVersion(r *http.Request) (name string, n int, err error) {
	if name, err = packName(r); err != nil {
		return "", 0, err
	}
	n, err = strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || strconv.Itoa(n) != r.PathValue("n") {
		return "", 0, fault.New(fault.NotFound, "there is no such record", "没有该记录")
	}
	return name, n, nil
}

func (h handlers) rulePack(w http.ResponseWriter, r *http.Request) error {
	name, err := packName(r)
	if err != nil {
		return err
	}
	reply, err := h.Supervision.RulePack(r.Context(), web.Now(r.Context()), name)
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}

func (h handlers) packVersion(w http.ResponseWriter, r *http.Request) error {
	name, n, err := packVersion(r)
	if err != nil {
		return err
	}
	v, err := h.Supervision.PackVersion(r.Context(), web.Now(r.Context()), name, n)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, v)
}

func (h handlers) draft(w http.ResponseWriter, r *http.Request) error {
	name, err := packName(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, pack rules.Pack) (*calling.Reply, error) {
		if pack.Version != "" {
			return nil, fault.At("/version", "is given by the register; leave it out", "由系统编号,请省略")
		}
		text, err := json.Marshal(pack)
		if err != nil {
			return nil, err
		}
		return h.Supervision.Draft(r.Context(), c, name, text)
	})
}

func (h handlers) try(w http.ResponseWriter, r *http.Request) error {
	name, n, err := packVersion(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, order supervision.TrialOrder) (*calling.Reply, error) {
		return h.Supervision.Try(r.Context(), c, name, n, order, web.MaxLimit)
	})
}

func (h handlers) trial(w http.ResponseWriter, r *http.Request) error {
	name, n, err := packVersion(r)
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var from supervision.ResultPlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	v, err := h.Supervision.Trial(ctx, web.Caller(ctx), web.Now(ctx), name, n, compliance.Change(q.Get("change")), from, q.Limit())
	if err == nil {
		err = h.tellList(r, "trial of "+name+" "+strconv.Itoa(n), len(v.Items), noneOfThose)
	}
	if err != nil {
		return err
	}
	cursor, err := web.NextCursor(q, v.Next)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, struct {
		*supervision.TrialView
		Cursor string `json:"next_cursor,omitempty"`
	}{v, cursor})
}

func (h handlers) publishPack(w http.ResponseWriter, r *http.Request) error {
	name, n, err := packVersion(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, in supervision.Issue) (*calling.Reply, error) {
		return h.Supervision.Publish(r.Context(), c, name, n, in)
	})
}
