package compliance

import (
	"net/http"
	"strings"

	"shixin/shared/compliance/indicator"
	"shixin/shared/supervision"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/rows"
)

// period accepts periods.
func period(v string) (en, zh string) {
	if _, err := indicator.ParsePeriod(v); err == nil {
		return "", ""
	}
	return "must be a month YYYY-MM or a day YYYY-MM-DD", "须为月份 YYYY-MM 或日期 YYYY-MM-DD"
}

func (h handlers) report(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	return calling.With(w, r, web.Decode, func(c calling.Call, in supervision.Report) (*calling.Reply, error) {
		return h.Supervision.Report(r.Context(), c, code, in)
	})
}

func (h handlers) reports(w http.ResponseWriter, r *http.Request) error {
	code, err := uscc(r)
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var from *supervision.ReportPlace
	var place supervision.ReportPlace
	sent, err := q.Cursor(&place)
	if err != nil {
		return err
	}
	if sent {
		from = &place
	}
	only, _ := indicator.ParsePeriod(q.Get("period")) // checked by the route; none where it was not sent
	read, err := h.Supervision.ReadReports(ctx, web.Caller(ctx), web.Now(ctx), code, only, from, q.Limit())
	if err == nil {
		err = h.tellOf(r, code, len(read.Items), noneOfThose)
	}
	if err != nil {
		return err
	}
	cursor, err := web.NextCursor(q, read.Next)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, struct {
		*supervision.Reports
		Cursor string `json:"next_cursor,omitempty"`
	}{read, cursor})
}

func (h handlers) importReports(w http.ResponseWriter, r *http.Request) error {
	type row struct {
		USCC string `json:"uscc"`
		supervision.Report
	}
	read, err := rows.Into[row](r, supervision.MaxRows, func(column string) bool { return strings.HasPrefix(column, "indicators/") })
	if err != nil {
		return err
	}
	list := make([]supervision.ReportRow, len(read))
	for i, x := range read {
		list[i] = supervision.ReportRow{Line: x.Line, USCC: x.Value.USCC, Report: x.Value.Report, Wrong: x.Err}
	}
	return calling.Do(w, r, func(c calling.Call) (*calling.Reply, error) { return h.Supervision.ImportReports(r.Context(), c, list) })
}
