package watch

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/querylog/ledger"
	"shixin/shared/web"
	"shixin/shared/web/sheet"
	"shixin/shared/web/telling"
	"shixin/shared/workday"
)

// mostDays is how many days one export may span.
const mostDays = 366

// queries answers GET of the log: a page of the days asked for, the last thirty where none are.
func (h handlers) queries(w http.ResponseWriter, r *http.Request) error {
	q, ctx := web.Query(r), r.Context()
	f := ledger.Filter{From: workday.Day(q.Get("from")), To: workday.Day(q.Get("to")), Caller: q.Get("caller")}
	if f.To == "" {
		f.To = max(workday.DayOf(web.Now(ctx)), f.From)
	}
	if f.From == "" {
		f.From = f.To.AddDays(-30)
	}
	if f.From > f.To || f.From.AddDays(mostDays) < f.To {
		return fault.Parameter(fault.Malformed, "from", "must not be after to, nor more than 366 days before it", "不得晚于 to,且跨度不得超过 366 天")
	}
	var from ledger.Place
	if _, err := q.Cursor(&from); err != nil {
		return err
	}
	items, next, err := h.Ledger.Export(ctx, web.Caller(ctx), web.Now(ctx), f, from, q.Limit())
	if err != nil {
		return err
	}
	if h.Ledger.SeesAll(web.Caller(ctx)) { // who reads its own queries asks about nobody
		err := telling.Tell(h.Queries, r, querylog.Query{What: []string{string(f.From), string(f.To), f.Caller}, Count: len(items), Verdicts: map[string]int{"shown": len(items)}, Personal: true})
		if err != nil {
			return err
		}
	}
	return sheet.Page(w, r, items, next, columns, line)
}

// columns are those of an export as CSV: everything that the hash of a record is made of, and the texts it commits to.
var columns = []string{"caller", "day", "n", "id", "at", "account", "person", "role", "authority", "uscc", "route", "purpose", "reference", "salt", "texts",
	"asked", "identifiers", "invalid", "list_version", "verdicts", "prev", "hash"}

func line(v ledger.View) []string {
	var verdicts []string
	for _, name := range slices.Sorted(maps.Keys(v.Verdicts)) {
		verdicts = append(verdicts, name+"="+strconv.Itoa(v.Verdicts[name]))
	}
	return []string{v.Caller, string(v.Day), strconv.FormatInt(v.N, 10), v.ID, v.At, v.Account, v.Person, string(v.Role),
		v.Authority, v.USCC, v.Route, v.Purpose, v.Reference, v.Salt, v.Texts, v.Asked, strconv.Itoa(v.Identifiers), strconv.Itoa(v.Invalid),
		strconv.FormatInt(v.ListVersion, 10), strings.Join(verdicts, ";"), v.Prev, v.Hash}
}
