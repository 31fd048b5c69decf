// Package screening provides the looking up of names in the list: one at a time, and whole files of them.
//
// Names are looked up in an index that is made from the journal: an immutable segment, and behind it what the journal has got since, so that an
// answer covers every effect that was acknowledged before it. What an index cannot answer for is refused, or unchecked, and never clear.
package screening

import (
	"log/slog"
	"time"

	"shixin/shared/access"
	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/querylog"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/repeat"
)

// Policy answers what a role may do at all (shared/access/policy).
type Policy interface {
	Role(p access.Principal, action string) error
}

// The logical names of the queues.
const (
	IndexQueue     = register.IndexQueue // {}: the index is to be brought up to date
	ScreeningQueue = "screening"         // {"screening": id}: it has work left
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
	Log     *slog.Logger  // takes alarms; slog.Default when nil
	Queries *querylog.Log // is told of every file whose rows were looked up; of a single query its handler tells it

	Slice    time.Duration // Slice when zero
	PageSize int           // rows of a result page; 5,000 when zero

	views views
	pin   pin
}

func (s *Screening) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

func (s *Screening) keeper() repeat.Keeper { return repeat.Keeper{Store: s.Store, Seal: s.Seal} }

func unavailable(en, zh string) error {
	f := fault.New(fault.Unavailable, en, zh)
	f.RetryAfter = 5 * time.Second
	return f
}

func notFound() error { return fault.New(fault.NotFound, "there is no such record", "没有该记录") }
