// Package search provides the looking up of names: one at a time, and whole files of them.
package search

import (
	"net/http"
	"strconv"
	"strings"

	"shixin/shared/boot"
	"shixin/shared/boot/notifying"
	"shixin/shared/boot/searching"
	"shixin/shared/querylog"
	"shixin/shared/screening"
	"shixin/shared/watching"
	"shixin/shared/web"
	"shixin/shared/web/calling"
	"shixin/shared/web/sheet"
	"shixin/shared/web/telling"
	"shixin/shared/web/validate"
)

// Deps is what the handlers need.
type Deps struct {
	Screening *screening.Screening
	Watching  *watching.Watching // knows what was told apart
}

// Function makes the Lambda function from its ports.
func Function(p boot.Ports) boot.HTTP {
	return p.Serve(Routes(Deps{Screening: searching.New(p), Watching: notifying.New(p)}))
}

// Routes is the function's route table.
func Routes(d Deps) []web.Route {
	h := handlers(d)
	verdicts := web.OneOf(string(screening.Match), string(screening.Possible), string(screening.Clear), string(screening.Unchecked))
	return []web.Route{
		{Method: "POST", Path: "/v1/search", Action: "search.names", Token: web.Optional, Handle: h.search},
		{Method: "POST", Path: "/v1/screenings", Action: "screening.create", Token: web.Required, Handle: h.create},
		{Method: "POST", Path: "/v1/screenings/{id}/start", Action: "screening.start", Token: web.Required, Bodiless: true, Handle: h.start},
		{Method: "GET", Path: "/v1/screenings/{id}", Action: "screening.read", Token: web.Required, Handle: h.progress},
		{Method: "GET", Path: "/v1/screenings/{id}/results", Action: "screening.results", Token: web.Required,
			Query: map[string]web.Check{"limit": nil, "cursor": nil, "verdict": verdicts}, Handle: h.results},

		{Method: "GET", Path: "/v1/index", Action: "index.read", Token: web.Required, Handle: h.index},
		{Method: "POST", Path: "/v1/index/release", Action: "index.release", Token: web.Required, Handle: h.release},
	}
}

type handlers Deps

func (h handlers) search(w http.ResponseWriter, r *http.Request) error {
	var q screening.Query
	if err := web.Decode(r, &q); err != nil {
		return err
	}
	ctx := r.Context()
	if err := h.Screening.Queries.Admit(ctx, web.Caller(ctx), web.Now(ctx)); err != nil {
		return err
	}
	answer, err := h.Screening.Search(ctx, web.Caller(ctx), web.Now(ctx), q)
	if err != nil {
		return err
	}
	asked := answer.Asked
	asked.Purpose, asked.Reference = q.Purpose, q.Reference
	if err := telling.Tell(h.Screening.Queries, r, asked); err != nil {
		return err
	}
	noted, err := h.note(r, q, answer)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, noted)
}

func (h handlers) create(w http.ResponseWriter, r *http.Request) error {
	return calling.With(w, r, web.Decode, func(c calling.Call, order screening.Order) (*calling.Reply, error) {
		if err := h.Screening.Queries.Admit(r.Context(), c.Who, c.Now); err != nil {
			return nil, err
		}
		return h.Screening.Create(r.Context(), c, order)
	})
}

func (h handlers) start(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	return calling.Do(w, r, func(c calling.Call) (*calling.Reply, error) { return h.Screening.Start(r.Context(), c, id) })
}

func (h handlers) progress(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	ctx := r.Context()
	reply, err := h.Screening.Read(ctx, web.Caller(ctx), web.Now(ctx), id)
	if err != nil {
		return err
	}
	return calling.Answer(w, reply)
}

func (h handlers) results(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	q, ctx := web.Query(r), r.Context()
	var from screening.ResultPlace
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, place, err := h.Screening.Results(ctx, web.Caller(ctx), web.Now(ctx), id, screening.Verdict(q.Get("verdict")), from, q.Limit())
	if err != nil {
		return err
	}
	if len(items) > 0 { // the file was counted when it was looked up
		asked := querylog.Query{What: []string{id}, Verdicts: map[string]int{}, Personal: true}
		for _, i := range items {
			asked.Verdicts[string(i.Verdict)]++
		}
		if err := telling.Tell(h.Screening.Queries, r, asked); err != nil {
			return err
		}
	}
	rows, err := h.noteRows(r, items)
	if err != nil {
		return err
	}
	return sheet.Page(w, r, rows, place, header, line)
}

// header is that of the results as CSV: a line a row, with the strongest of its listings and the note on it, and the others by their ids.
var header = []string{"line", "reference", "verdict", "listing", "name", "score", "identifiers", "others", "detail", "note"}

func line(r notedRow) []string {
	cells := []string{strconv.Itoa(r.Line), r.Reference, string(r.Verdict), "", "", "", "", "", r.Detail, ""}
	for n, i := range r.Items {
		if n > 0 {
			cells[7] = strings.TrimSpace(cells[7] + " " + i.Listing)
			continue
		}
		var ids []string
		for _, id := range i.Identifiers {
			ids = append(ids, id.Scheme+" "+id.Value)
		}
		cells[3], cells[4], cells[5], cells[6] = i.Listing, i.Name, strconv.FormatFloat(i.Score, 'f', -1, 64), strings.Join(ids, "; ")
		cells[9] = brief(i.Note)
	}
	return cells
}

// brief is a note in a cell: what the caller has said, whether it still holds, and of whom it is confirmed that they are others.
func brief(n *watching.Note) string {
	if n == nil {
		return ""
	}
	var said []string
	if n.Outcome != nil {
		said = append(said, n.Outcome.Outcome)
	}
	if n.Quiet {
		said = append(said, "quiet")
	}
	for _, c := range n.Confirmed {
		said = append(said, "not "+c.USCC)
	}
	return strings.Join(said, "; ")
}

func (h handlers) index(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	view, err := h.Screening.Index(ctx, web.Now(ctx))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, view)
}

func (h handlers) release(w http.ResponseWriter, r *http.Request) error {
	return calling.With(w, r, validate.Decode, func(c calling.Call, in screening.Release) (*calling.Reply, error) {
		return h.Screening.Release(r.Context(), c, in)
	})
}
