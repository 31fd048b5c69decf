package compliance

import (
	"net/http"

	"shixin/shared/access"
	"shixin/shared/querylog"
	"shixin/shared/web"
	"shixin/shared/web/telling"
)

// Whether a read may show what is known of persons, who stand in an enterprise's record and in what was found about it. It is not answered
// unless it is logged.
const (
	ofPersons   = true
	noneOfThose = false
)

// tellOf hands the reading of records of one enterprise to the log of queries before it is answered. Enterprises, and persons, are shown their
// own only, and so ask about nobody.
func (h handlers) tellOf(r *http.Request, uscc string, shown int, personal bool) error {
	if web.Caller(r.Context()).Role == access.Enterprise {
		return nil
	}
	return telling.Tell(h.Queries, r, querylog.Query{What: []string{uscc}, Count: 1, Verdicts: map[string]int{"shown": shown}, Personal: personal})
}

// tellList is tellOf for a page of whatever there is. Nobody is named in the call, so it counts as no identifier; a page that shows nothing
// tells nothing.
func (h handlers) tellList(r *http.Request, of string, shown int, personal bool) error {
	if role := web.Caller(r.Context()).Role; shown == 0 || role == access.Enterprise || role == access.Person {
		return nil
	}
	return telling.Tell(h.Queries, r, querylog.Query{What: []string{of}, Verdicts: map[string]int{"shown": shown}, Personal: personal})
}
