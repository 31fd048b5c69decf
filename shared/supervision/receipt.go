package supervision

import (
	"context"
	"slices"

	"shixin/shared/fault"
	"shixin/shared/records"
)

// Receipt is the answer to the bulk call. A row that is rejected stops no other.
type Receipt struct {
	Accepted int              `json:"accepted"`
	Total    int              `json:"rejected_total"` // rows
	Rejected []fault.Rejected `json:"rejected"`       // of the first rows that were

	room int // bytes that are left for the rejected
}

// MaxRows is how many rows one bulk call may have.
const MaxRows = 5000

// How much of what was rejected an answer names.
const (
	maxRejections    = 1000   // in an answer
	maxRejectedBytes = 100000 // of an answer, which has to fit an item
)

func newReceipt() *Receipt { return &Receipt{Rejected: []fault.Rejected{}, room: maxRejectedBytes} }

// reject notes all that is wrong with a row, as far as the answer has room.
func (r *Receipt) reject(line int, err error) {
	r.Total++
	for _, x := range fault.Reject(line, err) {
		if r.room -= len(x.Pointer) + len(x.Detail) + 40; len(r.Rejected) == maxRejections || r.room < 0 {
			return
		}
		r.Rejected = append(r.Rejected, x)
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
	slices.SortStableFunc(receipt.Rejected, func(a, b fault.Rejected) int { return a.Line - b.Line })
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
