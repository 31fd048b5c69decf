package compliance

import (
	"bytes"
	stdcsv "encoding/csv"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"shixin/shared/compliance"
	"shixin/shared/supervision"
	"shixin/shared/web"
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
	items, place, err := h.Supervision.Results(ctx, web.Caller(ctx), web.Now(ctx), id, compliance.Outcome(q.Get("outcome")), from, q.Limit())
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept")
	if !prefersCSV(r.Header.Values("Accept")) {
		return web.Page(w, q, items, place)
	}
	cursor := ""
	if place != nil {
		if cursor, err = q.Next(place); err != nil {
			return err
		}
	}
	return writeCSV(w, r, items, cursor)
}

// writeCSV writes a page as CSV (RFC 4180) with its header; where there is a next page, the Link header says where (RFC 8288).
func writeCSV(w http.ResponseWriter, r *http.Request, items []compliance.Result, cursor string) error {
	var b bytes.Buffer
	out := stdcsv.NewWriter(&b)
	out.UseCRLF = true
	lines := [][]string{{"uscc", "rule", "pack", "outcome", "reason"}}
	for _, i := range items {
		lines = append(lines, []string{safe(i.USCC), safe(i.Rule), safe(i.Pack), safe(string(i.Outcome)), safe(i.Reason)})
	}
	if err := out.WriteAll(lines); err != nil {
		return err
	}
	if cursor != "" {
		query := r.URL.Query()
		query.Set("cursor", cursor)
		next := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
		w.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(b.Bytes())
	return err
}

// safe keeps a spreadsheet from taking a cell for a formula.
func safe(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// prefersCSV reports whether Accept names text/csv with more weight than application/json (RFC 9110, section 12.5.1).
func prefersCSV(accept []string) bool {
	weight := map[string]float64{}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if v, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(v, 64); err != nil {
				q = 0
			}
		}
		weight[media] = max(weight[media], q)
	}
	text := max(weight["text/csv"], weight["text/*"])
	return text > max(weight["application/json"], weight["application/*"]) && text > 0
}
