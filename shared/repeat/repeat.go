// Package repeat provides calls that may be made again: the same call gets the same answer, and what met another's write is tried anew.
//
// An answer is kept for its idempotency key in the same Write as what it answers, sealed, so that either both are there or neither.
package repeat

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/records"
	"shixin/shared/squeeze"
)

// Call is what a call brings besides its content.
type Call struct {
	Who     access.Principal
	Now     time.Time
	IfMatch *int          // the version that the caller saw, 0 for any that exists, below 0 for one that never was; nil when it did not say
	Once    *records.Once // its idempotency key; nil without one
}

// Matches reports whether a record of this version, which exists, is the one that the caller saw, or whether it did not say.
func (c Call) Matches(version int) bool {
	return c.IfMatch == nil || *c.IfMatch == 0 || *c.IfMatch == version
}

// Reply is an answer that can be given again: Body is JSON.
type Reply struct {
	Status  int    `json:"status"`
	Version int    `json:"version,omitempty"` // for the ETag; 0 without one
	Body    []byte `json:"body"`
}

// Keeper keeps answers for seven days.
type Keeper struct {
	Store *records.Store
	Seal  keys.Sealer
}

// Again returns the answer that was given to the same call before, nil when it was not made yet. The same key with another body is Invalid.
func (k Keeper) Again(ctx context.Context, call Call) (*Reply, error) {
	if call.Once == nil {
		return nil, nil
	}
	sealed, err := k.Store.Answered(ctx, call.Now, *call.Once)
	if err != nil || sealed == nil {
		return nil, err
	}
	plain, err := k.Seal.Open(ctx, sealed, call.Once.Bound())
	if err == nil {
		plain, err = squeeze.Unpack(plain)
	}
	if err != nil {
		return nil, err
	}
	var reply Reply
	return &reply, json.Unmarshal(plain, &reply)
}

// Keep puts the reply into the batch that it answers for.
func (k Keeper) Keep(ctx context.Context, call Call, reply *Reply, b *records.Batch) error {
	if call.Once == nil {
		return nil
	}
	plain, err := json.Marshal(reply)
	if err != nil {
		return err
	}
	sealed, err := k.Seal.Seal(ctx, squeeze.Pack(plain), call.Once.Bound())
	if err != nil {
		return err
	}
	b.PutAnswer(*call.Once, call.Now, sealed)
	return nil
}

// Once gives a call that was answered before the same answer, and else tries it until it does not meet what another wrote meanwhile.
// try has to Keep its reply in the batch that it commits.
func (k Keeper) Once(ctx context.Context, call Call, try func() (*Reply, error)) (*Reply, error) {
	var reply *Reply
	err := Retry(ctx, func() (err error) {
		if reply, err = k.Again(ctx, call); reply != nil || err != nil {
			return err
		}
		reply, err = try()
		return err
	})
	if err != nil && call.Once != nil && fault.Of(err) != "" {
		// The same call, made at the same time, may have been answered since the first look, and be itself what refuses this one.
		if again, err := k.Again(ctx, call); again != nil && err == nil {
			return again, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return reply, nil
}

// maxAttempts bounds how often a step is decided anew because others wrote meanwhile.
const maxAttempts = 40

// Retry runs try until it does not meet what another wrote meanwhile (records.Lost). After 40 attempts it is Unavailable.
func Retry(ctx context.Context, try func() error) error {
	for attempt := 0; ; attempt++ {
		err := try()
		lost, ok := errors.AsType[*records.Lost](err)
		if !ok {
			return err
		}
		if attempt == maxAttempts {
			f := fault.New(fault.Unavailable, "too many others write at the same time; try again", "并发写入过多,请稍后重试")
			f.RetryAfter = time.Second
			return f
		}
		most := 4 * time.Millisecond << min(attempt, 6)
		if !lost.Only("head") { // a changed record mostly refuses the step at the next look
			most = time.Millisecond << min(attempt, 6)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(most)):
		}
	}
}
