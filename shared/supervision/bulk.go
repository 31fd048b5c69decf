package supervision

import (
	"context"
	"errors"
	"fmt"

	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
)

// Row is one line of the bulk call.
type Row struct {
	Line int
	USCC string
	Enterprise
	Wrong error // what is wrong with the line before anybody looks at what it says; nil when it could be read
}

// Rejection is one thing that is wrong with one line.
type Rejection struct {
	Line    int    `json:"line"` // from 1, a CSV header included
	Pointer string `json:"pointer,omitempty"`
	Detail  string `json:"detail"`
}

// Receipt is the answer to the bulk call. A row that is rejected stops no other.
type Receipt struct {
	Accepted int         `json:"accepted"`
	Total    int         `json:"rejected_total"` // rows
	Rejected []Rejection `json:"rejected"`       // of the first rows that were
}

// MaxRows is how many rows one bulk call may have.
const MaxRows = 5000

const (
	group            = 24     // rows in one Write: three items each, and the marks of their shards
	maxRejections    = 1000   // in an answer
	maxRejectedBytes = 100000 // of an answer, which has to fit an item
)

func (r *Receipt) reject(line int, err error, room *int) {
	r.Total++
	fields := []fault.Field{{Detail: err.Error()}}
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		fields[0].Detail = f.Detail
		if len(f.Fields) > 0 {
			fields = f.Fields
		}
	}
	for _, f := range fields {
		if *room -= len(f.Pointer) + len(f.Detail) + 40; len(r.Rejected) == maxRejections || *room < 0 {
			return
		}
		r.Rejected = append(r.Rejected, Rejection{Line: line, Pointer: f.Pointer, Detail: f.Detail})
	}
}

// Import registers or replaces many enterprises. What one row asks for is done or refused as a PUT would be, without If-Match.
// A row that says what is registered already changes nothing, so that a call may be repeated.
func (s *Supervision) Import(ctx context.Context, call Call, rows []Row) (*Reply, error) {
	if reply, err := s.kept().Again(ctx, call); reply != nil || err != nil {
		return reply, err
	}
	known := map[int]bool{}
	shards, err := s.Store.KnownShards(ctx, call.Now)
	if err != nil {
		return nil, err
	}
	for _, n := range shards {
		known[n] = true
	}
	receipt, room := &Receipt{Rejected: []Rejection{}}, maxRejectedBytes
	lines := map[string]int{}
	var good []Row
	for _, row := range rows {
		err := row.Wrong
		if err == nil {
			if row.USCC, err = ParseUSCC(row.USCC); err != nil {
				err = fault.Fields(fault.Field{Pointer: "/uscc", Detail: err.Error()})
			}
		}
		if err == nil {
			err = row.check(row.USCC)
		}
		if first, twice := lines[row.USCC]; err == nil && twice {
			err = fault.At("/uscc", fmt.Sprintf("line %d has the same enterprise; give each once", first), fmt.Sprintf("与第 %d 行重复,每个企业只能出现一次", first))
		}
		if err != nil {
			receipt.reject(row.Line, err, &room)
			continue
		}
		lines[row.USCC] = row.Line
		good = append(good, row)
	}
	for len(good) > 0 {
		n := min(group, len(good))
		refused, err := s.importGroup(ctx, call, good[:n], known)
		if err != nil {
			return nil, err
		}
		for i, err := range refused {
			if err != nil {
				receipt.reject(good[i].Line, err, &room)
			} else {
				receipt.Accepted++
			}
		}
		good = good[n:]
	}
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

// importGroup stores some rows in one Write; refused says of each why it is not among them.
func (s *Supervision) importGroup(ctx context.Context, call Call, rows []Row, known map[int]bool) (refused []error, err error) {
	usccs := make([]string, len(rows))
	for i, r := range rows {
		usccs[i] = r.USCC
	}
	err = repeat.Retry(ctx, func() error {
		refused = make([]error, len(rows))
		stored, err := s.Store.Enterprises(ctx, call.Now, usccs)
		if err != nil {
			return err
		}
		b := &records.Batch{}
		var fresh []int
		for i, row := range rows {
			err := s.importRow(ctx, call, b, stored[i], row)
			if _, isFault := errors.AsType[*fault.Fault](err); err != nil && (!isFault || errors.Is(err, fault.Unavailable)) {
				return err
			}
			refused[i] = err
			if shard := records.ShardOf(row.USCC); err == nil && stored[i].Version == 0 && !known[shard] {
				b.KnowShard(shard)
				fresh = append(fresh, shard)
			}
		}
		if b.Len() == 0 {
			return nil
		}
		if err := s.Store.Commit(ctx, call.Now, b); err != nil {
			return err
		}
		for _, shard := range fresh {
			known[shard] = true
		}
		return nil
	})
	return refused, err
}

func (s *Supervision) importRow(ctx context.Context, call Call, b *records.Batch, stored records.Enterprise, row Row) error {
	const action = "enterprise.import"
	if stored.Version > 0 {
		if err := s.Policy.Allow(call.Who, action, resourceOf(call.Who, stored.State)); err != nil {
			return fault.New(fault.Forbidden, "the enterprise is registered and is not yours to change", "该企业已登记,您无权修改")
		}
	}
	before, err := s.open(ctx, stored.State)
	if err != nil {
		return err
	}
	var after compliance.Registration
	after, next, err := s.registration(ctx, call, row.USCC, row.Enterprise, stored.State, before)
	if err != nil {
		return err
	}
	if err := s.mayHave(call.Who, action, stored, after); err != nil {
		return err
	}
	_, _, err = s.store(ctx, call.Now, call.Who.Person, b, stored, after, before, next)
	return err
}
