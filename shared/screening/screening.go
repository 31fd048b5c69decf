// Package screening provides the looking up of names in the list: one at a time, and whole files of them.
//
// Names are looked up in an index that is made from the journal: an immutable segment, and behind it what the journal has got since, so that an
// answer covers every effect that was acknowledged before it. What an index cannot answer for is refused, or unchecked, and never clear.
package screening

import (
	"context"
	"log/slog"
	"time"

	"shixin/shared/access"
	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/repeat"
)

// Policy answers what a role may do at all (shared/access/policy).
type Policy interface {
	Role(p access.Principal, action string) error
}

// The logical names of the queues.
const (
	IndexQueue     = "index"     // {}: the index is to be brought up to date
	ScreeningQueue = "screening" // {"screening": id}: it has work left
)

// Slice is how long a worker goes on before it leaves the rest to a new message.
const Slice = 40 * time.Second

// Screening is the application. Uploads is needed for files only.
type Screening struct {
	Store   *records.Store
	Blobs   blob.Store
	Uploads blob.Uploads
	Queue   queue.Sender
	Hash    keys.Hasher
	Seal    keys.Sealer
	Policy  Policy
	Log     *slog.Logger // takes alarms; slog.Default when nil
	// Asked is told of every query before it is answered; nil tells nobody. Where it fails, a query about a person is not answered.
	Asked func(ctx context.Context, q Asked) error

	Slice    time.Duration // Slice when zero
	PageSize int           // rows of a result page; 5,000 when zero

	views views
	pin   pin
}

// Asked is one query, or one whole file, as the log of queries knows it: who asked, what for, and what the answer was. It holds no name.
type Asked struct {
	Who         access.Principal
	At          time.Time
	Purpose     string
	Reference   string
	Hash        string // keyed hash of what was asked for
	Personal    bool   // it is, or may be, about a person
	ListVersion int64
	Verdict     string // the strongest of the answer: match, possible, clear; of a file: closed
	Count       int    // names that were looked up
}

func (s *Screening) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

func (s *Screening) keeper() repeat.Keeper { return repeat.Keeper{Store: s.Store, Seal: s.Seal} }

// tell tells the log of queries. Where that cannot be, queries about persons stop.
func (s *Screening) tell(ctx context.Context, q Asked) error {
	if s.Asked == nil {
		return nil
	}
	err := s.Asked(ctx, q)
	if err == nil || !q.Personal {
		if err != nil {
			s.log().ErrorContext(ctx, "a query was not logged", "alarm", "querylog", "error", err)
		}
		return nil
	}
	s.log().ErrorContext(ctx, "a query about a person was not logged and not answered", "alarm", "querylog", "error", err)
	return unavailable("the log of queries cannot be written, and without it persons are not looked up; try again", "查询日志无法写入,暂停涉及个人的查询,请稍后重试")
}

func unavailable(en, zh string) error {
	f := fault.New(fault.Unavailable, en, zh)
	f.RetryAfter = 5 * time.Second
	return f
}

func notFound() error { return fault.New(fault.NotFound, "there is no such record", "没有该记录") }
