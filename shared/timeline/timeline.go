// Package timeline provides the steps of a record as its callers see them.
//
// An event as stored commits to its texts and holds keyed hashes of personal identifiers. Shown, it has the texts, and the mask in the place of
// the hash, which is handed out to nobody.
package timeline

import (
	"encoding/json"
	"time"

	"shixin/shared/access"
	"shixin/shared/bounded"
	"shixin/shared/listing"
)

// Event is a step as its record keeps it: its number, counted from 1, and what it says. Hash is that of its stored bytes, and Prev that of the
// event before it.
type Event struct {
	N     int
	Type  string
	At    time.Time
	Actor listing.Actor
	Data  any
	Hash  string
	Prev  string
}

// View is one step as the API shows it.
type View struct {
	N     int            `json:"n"`
	Type  string         `json:"type"`
	At    time.Time      `json:"at"`
	Actor Actor          `json:"actor"`
	Data  map[string]any `json:"data"`
	Hash  string         `json:"hash"` // of the event as stored; the next one carries it
	Prev  string         `json:"prev"`
}

// Actor is who took a step. The natural person's id is shown to authorities and auditors only.
type Actor struct {
	Role      access.Role `json:"role"`
	Authority string      `json:"authority,omitempty"`
	Person    string      `json:"person,omitempty"`
	Subject   bool        `json:"subject,omitempty"`
}

// Show shows an event: own to the subject of its record, else to an authority or auditor. text opens a commitment.
func Show(e Event, own bool, text func(listing.Text) string) (View, error) {
	v := View{N: e.N, Type: e.Type, At: e.At, Hash: e.Hash, Prev: e.Prev,
		Actor: Actor{Role: e.Actor.Role, Authority: e.Actor.Authority, Person: e.Actor.Person, Subject: e.Actor.Subject}}
	if own || e.Actor.Subject {
		v.Actor.Person = ""
	}
	if e.Actor.Clock {
		v.Actor.Role = "clock"
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return View{}, err
	}
	if err := json.Unmarshal(data, &v.Data); err != nil {
		return View{}, err
	}
	reveal(v.Data, text)
	return v, nil
}

// Page collects views into a page of at most limit, and tells behind which number the next one goes on: 0 at the end. more tells whether the
// record has further events behind these.
func Page(views []View, more bool, limit int) (items []json.RawMessage, next int) {
	page := bounded.NewPage(limit)
	for _, v := range views {
		if !page.Add(v) {
			return page.Items, next
		}
		next = v.N
	}
	if !more {
		next = 0
	}
	return page.Items, next
}

// reveal puts texts in the place of their commitments, and the mask in the place of a keyed hash.
func reveal(x any, text func(listing.Text) string) any {
	switch x := x.(type) {
	case string:
		return text(listing.Text(x))
	case []any:
		for i := range x {
			x[i] = reveal(x[i], text)
		}
	case map[string]any:
		if _, isRef := x["shown"]; isRef {
			delete(x, "key")
			x["value"] = x["shown"]
			delete(x, "shown")
			return x
		}
		for k := range x {
			switch k {
			case "authority": // written by the authority in clear, whatever it looks like
			case "names":
				revealNames(x[k], text)
			default:
				x[k] = reveal(x[k], text)
			}
		}
	}
	return x
}

// revealNames opens the names of a person. An organisation's stand in clear, whatever they look like.
func revealNames(names any, text func(listing.Text) string) {
	list, _ := names.([]any)
	for _, n := range list {
		name, _ := n.(map[string]any)
		if sealed, is := name["sealed"].(string); is {
			delete(name, "sealed")
			name["text"] = text(listing.Text(sealed))
		}
	}
}
