// Package ledger provides the log of queries as it is kept: appended to in chains, counted, exported and verified.
//
// A chain is the queries of one caller on one day, so that callers never wait for one another and what a day holds is found by its
// name. A record is appended once, however often and however late its message comes: its request's id is marked in the same Write.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/keys"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/workday"
)

// Ledger is the application. Store is always needed, Hash to export, Policy to show.
type Ledger struct {
	Store  *records.Store
	Hash   keys.Hasher
	Policy Policy
	Log    *slog.Logger // takes alarms; slog.Default when nil
	// Alarms are the numbers by which days are judged, needed to append. It is called on first use.
	Alarms func() (inquiry.Alarms, error)
	Quota  int64  // identifiers a caller may ask for in a day; querylog.DailyIdentifiers when zero
	Quotas Quotas // of callers that may ask for another number

	lanes lanes
}

// Append puts messages of the log's queue into their chains. It returns an error for each message, in their order: nil where the log
// has it now, whether it came before or not.
func (l *Ledger) Append(ctx context.Context, bodies []string, now time.Time) []error {
	errs := make([]error, len(bodies))
	alarms, err := l.Alarms()
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	chains := map[records.QueryChain][]int{}
	var order []records.QueryChain
	messages := make([]querylog.Message, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &messages[i]); err != nil || messages[i].Record.ID == "" || messages[i].Record.At.IsZero() {
			errs[i] = fault.New(fault.Malformed, "the message is no query", "消息不是查询记录")
			continue
		}
		r := messages[i].Record
		chain := records.QueryChain{Caller: r.Caller(), Day: r.Day()}
		if chains[chain] == nil {
			order = append(order, chain)
		}
		chains[chain] = append(chains[chain], i)
	}
	for _, chain := range order {
		for part := range slices.Chunk(chains[chain], records.MaxQueries) {
			var batch []querylog.Message
			for _, i := range part {
				batch = append(batch, messages[i])
			}
			if err := l.together(ctx, now, chain, batch, alarms); err != nil {
				for _, i := range part {
					errs[i] = err
				}
			}
		}
	}
	return errs
}

// maxAttempts bounds how often a chain is tried anew because another worker appended to it.
const maxAttempts = 30

// append puts messages of one chain into it, but for those that are in the log already.
func (l *Ledger) append(ctx context.Context, now time.Time, chain records.QueryChain, batch []querylog.Message, alarms inquiry.Alarms) error {
	limits := inquiry.Limits{Quota: l.quota(chain.Caller), Alarms: alarms}
	var ids []string
	for _, m := range batch {
		ids = append(ids, m.Record.ID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for attempt := 0; ; attempt++ {
		known, err := l.Store.Logged(ctx, now, ids)
		if err != nil {
			return err
		}
		day, err := l.Store.QueryDay(ctx, now, chain)
		if err != nil {
			return err
		}
		after := day.State
		if after.N == 0 {
			earlier, err := l.Store.QueryDays(ctx, now, chain, alarms.Past.Days)
			if err != nil {
				return err
			}
			after = inquiry.Begin(earlier)
		}
		var fresh []inquiry.Record
		var told []inquiry.Alarm
		for _, m := range batch {
			if known[m.Record.ID] {
				continue
			}
			known[m.Record.ID] = true
			var r inquiry.Record
			var rings []inquiry.Alarm
			after, r, rings = after.Append(m.Record, m.Trail, limits)
			fresh, told = append(fresh, r), append(told, rings...)
		}
		if len(fresh) == 0 {
			return nil
		}
		for _, a := range told { // before the write: an alarm may ring twice, and is never lost
			l.log().WarnContext(ctx, "a caller's queries ask for a look", "alarm", string(a), "caller", chain.Caller, "day", string(chain.Day),
				"identifiers", after.Identifiers, "in_sequence", after.Steps, "invalid", after.Invalid, "hits", after.Hits)
		}
		b := &records.Batch{}
		b.AppendQueries(now, day, after, fresh)
		if slices.Contains(told, inquiry.Exhausted) && chain.Day >= workday.DayOf(now) { // a late message does not write over the mark of today
			b.PutExhausted(chain, limits.Quota)
		}
		err = l.Store.Commit(ctx, now, b)
		if _, lost := errors.AsType[*records.Lost](err); !lost {
			return err
		}
		if attempt == maxAttempts {
			return fmt.Errorf("ledger: too many workers append to one chain: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(4 * time.Millisecond << min(attempt, 6))):
		}
	}
}

// quota is how many identifiers a caller may ask for in a day.
func (l *Ledger) quota(caller string) int64 {
	if q, own := l.Quotas[caller]; own {
		return q
	}
	if l.Quota == 0 {
		return querylog.DailyIdentifiers
	}
	return l.Quota
}

func (l *Ledger) log() *slog.Logger {
	if l.Log == nil {
		return slog.Default()
	}
	return l.Log
}
