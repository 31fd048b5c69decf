package watch

import (
	"fmt"
	"net/http"

	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/subject"
	"shixin/shared/watching"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/rows"
	"shixin/shared/web/telling"
)

// body is a list in JSON. Purpose and Reference hold for all entries that state none of their own.
type body struct {
	Purpose   string            `json:"purpose,omitempty"`
	Reference string            `json:"reference,omitempty"`
	Entries   *[]watching.Input `json:"entries"`
}

func (h handlers) lists(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	items, err := h.Watching.Lists(ctx, web.Caller(ctx), web.Now(ctx))
	if err != nil {
		return err
	}
	return web.List(w, items, "")
}

// shownList is one list with a page of its entries.
type shownList struct {
	watching.ListView
	Items      []watching.EntryView `json:"items"`
	NextCursor string               `json:"next_cursor,omitempty"`
}

func (h handlers) list(w http.ResponseWriter, r *http.Request) error {
	name, err := web.ID(r, "name")
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var from watching.Place
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	view, items, next, err := h.Watching.Read(ctx, web.Caller(ctx), web.Now(ctx), name, from, q.Limit())
	if err != nil {
		return err
	}
	cursor, err := web.NextCursor(q, next)
	if err != nil {
		return err
	}
	if view.Version > 0 {
		w.Header().Set("ETag", web.ETag(view.Version))
	}
	return web.JSON(w, http.StatusOK, shownList{ListView: view, Items: items, NextCursor: cursor})
}

func (h handlers) put(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	if !isName(r.PathValue("name")) {
		return fault.Parameter(fault.Invalid, "name", "must be a name of at most 40 letters, digits, _ and -, with no number longer than 8 digits",
			"须为最多 40 位的名称(字母、数字、_、-),且不含超过 8 位的数字")
	}
	part := watching.Part{Part: int(q.Number("part", 1)), Parts: int(q.Number("parts", 1))}
	if part.Part > part.Parts {
		return fault.Parameter(fault.Malformed, "part", "must not be above parts", "不得大于 parts")
	}
	read, err := readRows(r)
	if err != nil {
		return err
	}
	call, err := calling.Read(r)
	if err != nil {
		return err
	}
	if err := h.Queries.Admit(ctx, call.Who, call.Now); err != nil {
		return err
	}
	if err := h.tellList(r, read); err != nil {
		return err
	}
	reply, err := h.Watching.Put(ctx, call, r.PathValue("name"), part, read)
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}

// isName keeps identifiers of persons out of the names of lists, which stand in addresses.
func isName(s string) bool {
	if en, _ := web.Name(s); en != "" {
		return false
	}
	digits := 0
	for _, c := range s {
		if '0' <= c && c <= '9' {
			if digits++; digits > 8 {
				return false
			}
		} else {
			digits = 0
		}
	}
	return true
}

// readRows reads the body in any of its three forms.
func readRows(r *http.Request) ([]watching.Row, error) {
	media := web.MediaType(r)
	if media != rows.NDJSON && media != rows.CSV {
		var b body
		if err := web.Decode(r, &b); err != nil {
			return nil, err
		}
		if b.Entries == nil {
			return nil, fault.At("/entries", "is required: a list, empty where nobody is to be watched any more", "必填:数组;不再关注任何对象时可为空")
		}
		if len(*b.Entries) > watching.MaxRows {
			return nil, fault.At("/entries", fmt.Sprintf("at most %d in one call; send the rest as further parts", watching.MaxRows), "每次最多 20,000 条,其余请分部发送")
		}
		out := make([]watching.Row, len(*b.Entries))
		for i, in := range *b.Entries {
			if in.Purpose == "" {
				in.Purpose = b.Purpose
			}
			if in.Reference == "" {
				in.Reference = b.Reference
			}
			out[i] = watching.Row{Line: i + 1, Input: in}
		}
		return out, nil
	}
	read, err := rows.Into[watching.Input](r, watching.MaxRows, nil)
	if err != nil {
		return nil, err
	}
	out := make([]watching.Row, len(read))
	for i, x := range read {
		out[i] = watching.Row{Line: x.Line, Input: x.Value, Err: x.Err}
	}
	return out, nil
}

// tellList hands a watch list to the log of queries: whoever watches somebody asks for whatever the list will say.
func (h handlers) tellList(r *http.Request, read []watching.Row) error {
	q := querylog.Query{Verdicts: map[string]int{}}
	for _, row := range read {
		in := row.Input
		if in.Purpose != "" && q.Purpose == "" {
			q.Purpose, q.Reference = in.Purpose, in.Reference
		}
		if in.Name != "" {
			q.What = append(q.What, "name\x00"+in.Name)
			q.Count++
			q.Personal = q.Personal || in.Kind != subject.Organization
		}
		for _, raw := range in.Identifiers {
			q.Count++
			id, err := subject.Parse(raw.Scheme, raw.Value)
			if err != nil {
				q.Invalid++
				continue
			}
			q.What, q.Identifiers = append(q.What, id.Normal()), append(q.Identifiers, id)
			q.Personal = q.Personal || id.Scheme.Personal()
		}
	}
	q.Purpose, q.Reference = q.Purpose[:min(len(q.Purpose), 300)], q.Reference[:min(len(q.Reference), 300)]
	return telling.Tell(h.Queries, r, q)
}
