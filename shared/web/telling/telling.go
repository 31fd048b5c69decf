// Package telling provides the way from a request to the log of queries, which is told of a call before it is answered.
package telling

import (
	"net/http"

	"shixin/shared/querylog"
	"shixin/shared/web"
)

// Tell hands a call to the log: q says what it asks and what it will be shown, the request who asks, when and by which route. An error is
// the call's answer ([querylog.Log.Tell]).
func Tell(l *querylog.Log, r *http.Request, q querylog.Query) error {
	ctx := r.Context()
	q.Request, q.At, q.Route = web.RequestID(ctx), web.Now(ctx), web.RouteOf(r)
	return l.Tell(ctx, web.Caller(ctx), q)
}
