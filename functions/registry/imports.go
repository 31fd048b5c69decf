package registry

import (
	"net/http"

	"shixin/shared/register"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/rows"
	"shixin/shared/web/validate"
)

// literals are the columns of an import's CSV that hold numbers or truth values.
func literals(column string) bool {
	return column == "conviction/sentence_months" || column == "decided/published"
}

func (h handlers) importList(w http.ResponseWriter, r *http.Request) error {
	read, err := rows.Into[register.Row](r, register.MaxRows, literals)
	if err != nil {
		return err
	}
	list := make([]register.ImportRow, len(read))
	for i, x := range read {
		list[i] = register.ImportRow{Line: x.Line, Row: x.Value, Err: x.Err}
		if x.Err == nil {
			list[i].Err = validate.Struct(&list[i].Row)
		}
	}
	return calling.Do(w, r, func(c calling.Call) (*calling.Reply, error) { return h.Register.Import(r.Context(), c, list) })
}

func (h handlers) adopt(w http.ResponseWriter, r *http.Request) error {
	return calling.Do(w, r, func(c calling.Call) (*calling.Reply, error) {
		id, err := web.ID(r, "id")
		if err != nil {
			return nil, err
		}
		return h.Register.Adopt(r.Context(), c, id)
	})
}

func (h handlers) showImport(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx := r.Context()
	reply, err := h.Register.ShowImport(ctx, web.Caller(ctx), web.Now(ctx), id)
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}
