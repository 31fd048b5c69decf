package registry

import (
	"encoding/json"
	"net/http"

	"shixin/shared/querylog"
	"shixin/shared/subject"
	"shixin/shared/web/telling"
)

// tell hands the reading of listings to the log of queries before it is answered. Shown are the listings of the answer as it shows them;
// one of which that cannot be told is taken for a person's.
func (h handlers) tell(r *http.Request, what string, shown ...json.RawMessage) error {
	q := querylog.Query{What: []string{what}, Count: len(shown), Verdicts: map[string]int{"shown": len(shown)}}
	for _, s := range shown {
		var l struct {
			Subject struct{ Kind subject.Kind }
		}
		if err := json.Unmarshal(s, &l); err != nil || l.Subject.Kind != subject.Organization {
			q.Personal = true
		}
	}
	return telling.Tell(h.Queries, r, q)
}
