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
