package search

import (
	"net/http"

	"shixin/shared/screening"
	"shixin/shared/watching"
	"shixin/shared/web"
)

// noted is a hit with what is known of it: what the caller has said of the same name before, and what authorities have confirmed.
type noted struct {
	screening.Item
	Note *watching.Note `json:"note,omitempty"`
}

// answer is the answer of a search with its notes.
type answer struct {
	screening.Answer
	Items []noted `json:"items"`
}

// notedRow is the result of one row of a file with what is known of its hits.
type notedRow struct {
	screening.Result
	Items []noted `json:"items,omitempty"`
}

// noteRows adds to results of a file what their caller has said of the same rows before, and what authorities have confirmed, as a search does.
func (h handlers) noteRows(r *http.Request, results []screening.Result) ([]notedRow, error) {
	var pairs []watching.Pair
	for _, row := range results {
		for _, i := range row.Items {
			pairs = append(pairs, watching.Pair{Listing: i.Listing, EntrySide: row.Side})
		}
	}
	ctx := r.Context()
	notes, err := h.Watching.NotesOf(ctx, web.Caller(ctx), web.Now(ctx), pairs)
	if err != nil {
		return nil, err
	}
	out := make([]notedRow, len(results))
	for n, row := range results {
		out[n].Result = row
		out[n].Side = ""
		for _, i := range row.Items {
			item := noted{Item: i}
			if note, has := notes[watching.Pair{Listing: i.Listing, EntrySide: row.Side}]; has {
				item.Note = &note
			}
			out[n].Items = append(out[n].Items, item)
		}
	}
	return out, nil
}

func (h handlers) note(r *http.Request, q screening.Query, a screening.Answer) (answer, error) {
	out := answer{Answer: a, Items: make([]noted, len(a.Items))}
	ids := make([]string, len(a.Items))
	for i, item := range a.Items {
		out.Items[i].Item, ids[i] = item, item.Listing
	}
	asked := watching.Asked{Name: q.Name}
	if q.Identifier != nil {
		asked.Identifier = &watching.Identifier{Scheme: q.Identifier.Scheme, Value: q.Identifier.Value}
	}
	ctx := r.Context()
	notes, err := h.Watching.Notes(ctx, web.Caller(ctx), web.Now(ctx), asked, ids)
	for i, id := range ids {
		if n, has := notes[id]; has {
			out.Items[i].Note = &n
		}
	}
	return out, err
}
