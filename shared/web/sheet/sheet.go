// Package sheet provides pages of a list as CSV, to callers who prefer it to JSON.
package sheet

import (
	"bytes"
	"encoding/csv"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"shixin/shared/web"
)

// Page writes a page of a list as the caller prefers it: as web.Page does, or as CSV with a line of each item under the header.
func Page[T, P any](w http.ResponseWriter, r *http.Request, items []T, next *P, header []string, line func(T) []string) error {
	q := web.Query(r)
	w.Header().Set("Vary", "Accept")
	if !preferred(r.Header.Values("Accept")) {
		return web.Page(w, q, items, next)
	}
	cursor, err := web.NextCursor(q, next)
	if err != nil {
		return err
	}
	lines := make([][]string, len(items))
	for i, item := range items {
		lines[i] = line(item)
	}
	return write(w, r, header, lines, cursor)
}

// preferred reports whether Accept names text/csv with more weight than application/json (RFC 9110, section 12.5.1).
func preferred(accept []string) bool {
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

// write writes a page as CSV (RFC 4180) under a header; where there is a next page, the Link header says where (RFC 8288). A cell that a
// spreadsheet would take for a formula gets an apostrophe in front.
func write(w http.ResponseWriter, r *http.Request, header []string, lines [][]string, cursor string) error {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	if err := out.Write(header); err != nil {
		return err
	}
	for _, line := range lines {
		cells := make([]string, len(line))
		for i, cell := range line {
			cells[i] = safe(cell)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	if out.Flush(); out.Error() != nil {
		return out.Error()
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

func safe(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
