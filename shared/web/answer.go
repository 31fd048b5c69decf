package web

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// JSON writes an answer. It fails, having written nothing, when v has no JSON form.
func JSON(w http.ResponseWriter, status int, v any) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}

// List writes one page of a list: {"items":[...],"next_cursor":"..."}, without the cursor on the last page.
func List[T any](w http.ResponseWriter, items []T, next string) error {
	if items == nil {
		items = []T{}
	}
	return JSON(w, http.StatusOK, struct {
		Items []T    `json:"items"`
		Next  string `json:"next_cursor,omitempty"`
	}{items, next})
}

// Page writes one page of a list with the cursor of the next one, which goes on at a place; nil is that there is none.
func Page[T, P any](w http.ResponseWriter, q *Params, items []T, next *P) error {
	cursor, err := NextCursor(q, next)
	if err != nil {
		return err
	}
	return List(w, items, cursor)
}

// PageOf writes a page of a list of so many that is in memory, from where the cursor says; those that are not shown are left out.
func PageOf[T any](w http.ResponseWriter, r *http.Request, total int, at func(i int) (item T, shown bool)) error {
	q := Query(r)
	var from int
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	var items []T
	for i := from; i < total; i++ {
		item, shown := at(i)
		if shown && len(items) == q.Limit() {
			return Page(w, q, items, &i)
		}
		if shown {
			items = append(items, item)
		}
	}
	return List(w, items, "")
}

// NextCursor is the cursor of the page that goes on at a place, empty where there is none.
func NextCursor[P any](q *Params, next *P) (string, error) {
	if next == nil {
		return "", nil
	}
	return q.Next(next)
}

// Behind is the place behind an id or a number of items, nil for the zero one: there is nothing behind it.
func Behind[P comparable](last P) *P {
	var none P
	if last == none {
		return nil
	}
	return &last
}

// marshal is json.Marshal without the escaping that only HTML needs.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
