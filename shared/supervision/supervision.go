// Package supervision provides the checking of enterprises: their registration, audit runs, and what runs have found.
//
// HTTP handlers and workers all call it. It asks policy who may see and do what, asks shared/compliance what a rule says, and
// commits each page of a run, its outcomes with its changed findings and how far it came, in one Write.
package supervision

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Policy answers who may do what (shared/access/policy).
type Policy interface {
	Role(p access.Principal, action string) error
	Allow(p access.Principal, action string, r policy.Resource) error
}

// Queue is the logical name of the queue of the runs' work.
const Queue = "audit"

// Slice is how long a worker goes on before it leaves the rest to a new message.
const Slice = 40 * time.Second

// Supervision is the application. Store and Queue are always needed; Hash and Seal for registrations; Policy for callers; Regimes and
// Calendar to start a run; Blobs to plan and work on one. Functions that load data are called on first use.
type Supervision struct {
	Store    *records.Store
	Blobs    blob.Store
	Queue    queue.Sender
	Hash     keys.Hasher
	Seal     keys.Sealer
	Policy   Policy
	Regimes  func() (regime.Library, error)
	Calendar func() (workday.Calendar, error)
	Log      *slog.Logger  // takes alarms; slog.Default when nil
	Slice    time.Duration // Slice when zero
	PageSize int           // enterprises a page of a run; 200 when zero

	lists lists
}

func (s *Supervision) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// Call is what a call brings besides its content.
type Call struct {
	Who     access.Principal
	Now     time.Time
	IfMatch *int          // the version that the caller saw, or web.NoVersion; nil when it did not say, 0 for any
	Once    *records.Once // its idempotency key; nil without one
}

// Reply is an answer that can be given again: Body is JSON.
type Reply struct {
	Status  int    `json:"status"`
	Version int    `json:"version,omitempty"` // for the ETag; 0 without one
	Body    []byte `json:"body"`
}

// again returns the answer that was given to the same call before, nil when it was not made yet.
func (s *Supervision) again(ctx context.Context, call Call) (*Reply, error) {
	if call.Once == nil {
		return nil, nil
	}
	sealed, err := s.Store.Answered(ctx, call.Now, *call.Once)
	if err != nil || sealed == nil {
		return nil, err
	}
	plain, err := s.Seal.Open(ctx, sealed, call.Once.Bound())
	if err != nil {
		return nil, err
	}
	var reply Reply
	return &reply, json.Unmarshal(plain, &reply)
}

// keep puts the reply into the batch that it answers for.
func (s *Supervision) keep(ctx context.Context, call Call, reply *Reply, b *records.Batch) error {
	if call.Once == nil {
		return nil
	}
	sealed, err := s.Seal.Seal(ctx, encode(reply), call.Once.Bound())
	if err != nil {
		return err
	}
	b.PutAnswer(*call.Once, call.Now, sealed)
	return nil
}

// maxAttempts bounds how often a change is decided anew because others wrote meanwhile.
const maxAttempts = 20

// retry runs try until it does not meet what another wrote meanwhile.
func retry(try func() error) error {
	for range maxAttempts {
		err := try()
		if _, lost := errors.AsType[*records.Lost](err); !lost {
			return err
		}
	}
	f := fault.New(fault.Unavailable, "too many others write at the same time; try again", "并发写入过多,请稍后重试")
	f.RetryAfter = time.Second
	return f
}

func notFound() error { return fault.New(fault.NotFound, "there is no such record", "没有该记录") }

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("supervision: plain data: " + err.Error())
	}
	return b
}
