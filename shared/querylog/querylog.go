// Package querylog provides the telling of who asked what: a function that answers a query hands it to the log's queue first.
//
// It writes nothing to the table and links least, because status does this for every signed-in query. What was asked leaves the
// process as a keyed hash; purpose and reference, which may speak of a person, are sealed under a key made for this one query. Appending to the chains,
// counting and export stand in querylog/ledger.
package querylog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/keys"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/subject"
)

// Queue is the logical name of the log's queue.
const Queue = "querylog"

// DailyIdentifiers is how many identifiers a caller may ask for in a day where nothing else is configured.
const DailyIdentifiers = 5_000_000

// patience is how long a query waits for its hand-over.
const patience = 3 * time.Second

// Log hands queries to the log. Store is read for [Log.Admit] only. All fields but Log are needed.
type Log struct {
	Store *records.Store
	Queue queue.Sender
	Hash  keys.Hasher
	Log   *slog.Logger // slog.Default when nil

	quotas quotas
}

// Query is what the log is told of one call.
type Query struct {
	Request   string // id of the request (web.RequestID)
	At        time.Time
	Route     string // for example POST /v1/status
	Purpose   string
	Reference string
	// What was asked, in order, in forms that do not change: of it only a keyed hash is kept.
	What []string
	// Identifiers are those of What that could be read.
	Identifiers []subject.Identifier
	Count       int // identifiers, names or listings asked for
	Invalid     int // of them, those that could not be read
	ListVersion int64
	Verdicts    map[string]int
	// Personal says that the query is about a person, or may be. It is not answered unless it is logged.
	Personal bool
}

// Message is the body of a message of the log's queue: a record without its place in a chain.
type Message struct {
	Record inquiry.Record `json:"record"`
	Trail  inquiry.Trail  `json:"trail"`
}

// Tell hands a query of a signed-in caller to the log, and nothing of a caller without a token. Where the log cannot be told, a
// personal query fails with fault.Unavailable and a public one goes on, with an alarm.
func (l *Log) Tell(ctx context.Context, who access.Principal, q Query) error {
	if who.Role == access.Anonymous {
		return nil
	}
	err := l.tell(ctx, who, q)
	if err == nil {
		return nil
	}
	l.log().ErrorContext(ctx, "a query was not logged", "alarm", "query-log", "request", q.Request, "route", q.Route, "personal", q.Personal, "error", err)
	if !q.Personal {
		return nil
	}
	f := fault.New(fault.Unavailable, "the query could not be logged, and a query about persons is not answered without; try again", "查询日志暂不可写,涉及个人的查询须留痕后方可答复,请稍后重试")
	f.RetryAfter = 5 * time.Second
	return f
}

func (l *Log) tell(ctx context.Context, who access.Principal, q Query) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	m := Message{Record: inquiry.Record{
		ID: q.Request, At: q.At.UTC().Truncate(time.Millisecond), Account: who.Account, Person: who.Person, Role: who.Role, Route: q.Route,
		Identifiers: q.Count, Invalid: q.Invalid, ListVersion: q.ListVersion, Verdicts: q.Verdicts,
	}}
	switch who.Role {
	case access.Officer, access.Decider:
		m.Record.Authority = who.Authority
	case access.Enterprise:
		m.Record.USCC = who.USCC
	}
	var err error
	if m.Record.Asked, err = l.asked(ctx, q.What); err != nil {
		return err
	}
	if m.Trail, err = l.trail(ctx, q.Identifiers); err != nil {
		return err
	}
	if q.Purpose != "" || q.Reference != "" {
		if m.Record.Sealed, m.Record.Texts, err = Seal(ctx, l.Hash, q.Request, q.Purpose, q.Reference); err != nil {
			return err
		}
	}
	body, err := encode(m)
	if err != nil {
		return err
	}
	return l.Queue.Send(ctx, queue.Message{Queue: Queue, Body: body})
}

// encode is json.Marshal without the escapes for HTML, which would make names six times as long.
func encode(m Message) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return string(bytes.TrimSpace(b.Bytes())), err
}

// asked is the keyed hash of all that was asked, each part with its length.
func (l *Log) asked(ctx context.Context, what []string) (string, error) {
	var b bytes.Buffer
	b.WriteString("\x00shixin asked")
	for _, w := range what {
		fmt.Fprintf(&b, "\x00%d\x00%s", len(w), w)
	}
	return l.Hash.Hash(ctx, b.String())
}

// endChars is how many characters of a hash tell two places apart: 60 bits.
const endChars = 12

func (l *Log) trail(ctx context.Context, ids []subject.Identifier) (t inquiry.Trail, err error) {
	steps, ends, around := inquiry.Walk(ids)
	t.Steps = steps
	for _, list := range []struct {
		from []string
		to   *[]string
	}{{ends, &t.Ends}, {around, &t.Near}} {
		for _, place := range list.from {
			hash, err := l.Hash.Hash(ctx, "\x00shixin place\x00"+place)
			if err != nil {
				return t, err
			}
			*list.to = append(*list.to, hash[len(hash)-endChars:])
		}
	}
	return t, nil
}

func (l *Log) log() *slog.Logger {
	if l.Log == nil {
		return slog.Default()
	}
	return l.Log
}

// quotas remembers for a minute what was read of callers' quotas.
type quotas struct {
	mu   sync.Mutex
	seen map[string]standing
}
