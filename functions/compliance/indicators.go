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
	sector := web.Query(r).Get("sector")
	return web.PageOf(w, r, library.Len(), func(i int) (indicatorView, bool) {
		d := library.At(i)
		return indicatorView{*d, dueView{library.Due.In(d.Period), library.Due.SetBy}}, sector == "" || d.For([]string{sector})
	})
}
