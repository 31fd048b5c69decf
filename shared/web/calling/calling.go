// Package calling provides the way from a request to the application's call, with its If-Match and idempotency key, and from the
// reply back to the answer.
package calling

import (
	"context"
	"net/http"

	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/web"
)

// Read is what the request brings besides its body. An idempotency key counts for POST alone: any other method may be repeated as it is.
func Read(r *http.Request) (repeat.Call, error) {
	ctx := r.Context()
	c := repeat.Call{Who: web.Caller(ctx), Now: web.Now(ctx)}
	version, present, err := web.IfMatch(r)
	if err != nil {
		return c, err
	}
	if present {
		c.IfMatch = &version
	}
	key, present, err := web.IdempotencyKey(r)
	if err != nil || !present || r.Method != http.MethodPost {
		return c, err
	}
	hash, err := web.BodyHash(r)
	c.Once = &records.Once{Caller: c.Who.Account, Route: r.Method + " " + r.URL.Path, Key: key, Body: hash}
	return c, err
}

// Answer writes a reply as it was made, now or the first time.
func Answer(w http.ResponseWriter, reply *repeat.Reply) error {
	if reply.Version > 0 {
		w.Header().Set("ETag", web.ETag(reply.Version))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(reply.Status)
	_, err := w.Write(reply.Body)
	return err
}

// OnRecord answers a call that says something of the record whose id stands in the path: it reads the body, the id and the call, and hands them on.
func OnRecord[B any](w http.ResponseWriter, r *http.Request, do func(ctx context.Context, call repeat.Call, id string, body B) (*repeat.Reply, error)) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	var body B
	if err := web.Decode(r, &body); err != nil {
		return err
	}
	call, err := Read(r)
	if err != nil {
		return err
	}
	reply, err := do(r.Context(), call, id, body)
	if err != nil {
		return err
	}
	return Answer(w, reply)
}
