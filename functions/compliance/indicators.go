package compliance

import (
	"net/http"

	"shixin/shared/compliance/indicator"
	"shixin/shared/web"
)

// indicatorView is an indicator as the API shows it: its definition, and by when figures of a period are in.
type indicatorView struct {
	indicator.Definition
	Due dueView `json:"due"`
}

// dueView is days after the period has ended.
type dueView struct {
	Days  int    `json:"days"`
	SetBy string `json:"set_by"`
}

// indicators lists what enterprises report, by name.
func (h handlers) indicators(w http.ResponseWriter, r *http.Request) error {
	library, err := h.Supervision.Indicators()
	if err != nil {
		return err
	}
	q := web.Query(r)
	var from int
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	views := []indicatorView{}
	sector := q.Get("sector")
	for i := from; i < library.Len(); i++ {
		d := library.At(i)
		if sector != "" && !d.For([]string{sector}) {
			continue
		}
		if len(views) == q.Limit() {
			return web.Page(w, q, views, &i)
		}
		views = append(views, indicatorView{*d, dueView{library.Due.In(d.Period), library.Due.SetBy}})
	}
	return web.List(w, views, "")
}
