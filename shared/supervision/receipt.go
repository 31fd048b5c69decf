package supervision

import (
	"context"
	"errors"
	"slices"

	"shixin/shared/fault"
	"shixin/shared/records"
)

// Rejection is one thing that is wrong with one line.
type Rejection struct {
	Line    int    `json:"line"`    // from 1, a CSV header included
	Pointer string `json:"pointer"` // "" where the whole row is meant
	Detail  string `json:"detail"`
}

// Receipt is the answer to the bulk call. A row that is rejected stops no other.
type Receipt struct {
	Accepted int         `json:"accepted"`
	Total    int         `json:"rejected_total"` // rows
	Rejected []Rejection `json:"rejected"`       // of the first rows that were

	room int // bytes that are left for the rejected
}

// MaxRows is how many rows one bulk call may have.
const MaxRows = 5000

// How much of what was rejected an answer names.
const (
	maxRejections    = 1000   // in an answer
	maxRejectedBytes = 100000 // of an answer, which has to fit an item
)

func newReceipt() *Receipt { return &Receipt{Rejected: []Rejection{}, room: maxRejectedBytes} }

// reject notes all that is wrong with a row, as far as the answer has room.
func (r *Receipt) reject(line int, err error) {
	r.Total++
	fields := []fault.Field{{Detail: err.Error()}}
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		fields[0].Detail = f.Detail
		if len(f.Fields) > 0 {
			fields = f.Fields
		}
	}
	for _, f := range fields {
		if r.room -= len(f.Pointer) + len(f.Detail) + 40; len(r.Rejected) == maxRejections || r.room < 0 {
			return
		}
		r.Rejected = append(r.Rejected, Rejection{Line: line, Pointer: f.Pointer, Detail: f.Detail})
	}
}

// storeRows hands rows to a store, so many at a time, and notes which were refused.
func storeRows[R any](receipt *Receipt, rows []R, atOnce int, line func(R) int, store func([]R) (refused []error, err error)) error {
	for some := range slices.Chunk(rows, atOnce) {
		refused, err := store(some)
		if err != nil {
			return err
		}
		for i, err := range refused {
			if err != nil {
				receipt.reject(line(some[i]), err)
			} else {
				receipt.Accepted++
			}
		}
	}
	return nil
}

// receive answers a bulk call with its receipt.
func (s *Supervision) receive(ctx context.Context, call Call, receipt *Receipt) (*Reply, error) {
	slices.SortStableFunc(receipt.Rejected, func(a, b Rejection) int { return a.Line - b.Line })
	reply := &Reply{Status: 200, Body: encode(receipt)}
	if call.Once == nil {
		return reply, nil
	}
	// The same call twice at once: both have done the same, the first answer stands.
	return s.kept().Once(ctx, call, func() (*Reply, error) {
		b := &records.Batch{}
		if err := s.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, s.Store.Commit(ctx, call.Now, b)
	})
}
