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

// Call is what a request brings besides its body.
type Call = repeat.Call

// Reply is an answer that can be given again.
type Reply = repeat.Reply

// Read is what the request brings besides its body. An idempotency key counts for POST alone: any other method may be repeated as it is.
func Read(r *http.Request) (Call, error) {
	ctx := r.Context()
	c := Call{Who: web.Caller(ctx), Now: web.Now(ctx)}
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
func Answer(w http.ResponseWriter, reply *Reply) error {
	if reply.Version > 0 {
		w.Header().Set("ETag", web.ETag(reply.Version))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(reply.Status)
	_, err := w.Write(reply.Body)
	return err
}

// Do answers a request with what do makes of the call.
func Do(w http.ResponseWriter, r *http.Request, do func(Call) (*Reply, error)) error {
	call, err := Read(r)
	if err != nil {
		return err
	}
	reply, err := do(call)
	if err != nil {
		return err
	}
	return Answer(w, reply)
}

// With is [Do] with a body, which decode reads: [web.Decode], or that of web/validate.
func With[B any](w http.ResponseWriter, r *http.Request, decode func(*http.Request, any) error, do func(Call, B) (*Reply, error)) error {
	var body B
	if err := decode(r, &body); err != nil {
		return err
	}
	return Do(w, r, func(call Call) (*Reply, error) { return do(call, body) })
}

// OnRecord is [With] a body that says something of the record whose id stands in the path.
func OnRecord[B any](w http.ResponseWriter, r *http.Request, do func(ctx context.Context, call Call, id string, body B) (*Reply, error)) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	return With(w, r, web.Decode, func(call Call, body B) (*Reply, error) { return do(r.Context(), call, id, body) })
}
