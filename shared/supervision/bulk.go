package supervision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/table"
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
	Line    int    `json:"line"`    // from 1, a CSV header included
	Pointer string `json:"pointer"` // "" where the whole row is meant
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
	group            = 96 // rows that are read at a time; a Write holds as many of them as fit
	maxGroupBytes    = 3 << 20
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
	if err := s.know(ctx, call); err != nil {
		return nil, err
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
	good = parentsFirst(good)
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
	slices.SortStableFunc(receipt.Rejected, func(a, b Rejection) int { return a.Line - b.Line })
	return s.receive(ctx, call, receipt)
}

// receive answers a bulk call with its receipt.
func (s *Supervision) receive(ctx context.Context, call Call, receipt *Receipt) (*Reply, error) {
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

// importGroup stores some rows in as few Writes as hold them; refused says of each why it is not among them.
func (s *Supervision) importGroup(ctx context.Context, call Call, rows []Row, known map[int]bool) (refused []error, err error) {
	usccs := make([]string, len(rows))
	for i, r := range rows {
		usccs[i] = r.USCC
	}
	refused = make([]error, len(rows))
	done := 0
	err = repeat.Retry(ctx, func() error {
		stored, err := s.Store.Whole(ctx, call.Now, usccs[done:]...)
		if err != nil {
			return err
		}
		for done < len(rows) {
			n, err := s.importSome(ctx, call, rows[done:], stored, refused[done:], known)
			if err != nil {
				return err
			}
			done, stored = done+n, stored[n:]
		}
		return nil
	})
	return refused, err
}

// importSome stores the first rows, as many as one Write holds, and returns how many.
func (s *Supervision) importSome(ctx context.Context, call Call, rows []Row, stored []records.Enterprise, refused []error, known map[int]bool) (n int, err error) {
	b := &records.Batch{}
	fresh := map[string]compliance.Registration{}
	shards := map[int]bool{}
	var elsewhere []compliance.Enterprise
	for i, row := range rows {
		one := &records.Batch{}
		after, err := s.importRow(ctx, call, one, stored[i], row, fresh)
		if _, isFault := errors.AsType[*fault.Fault](err); err != nil && (!isFault || errors.Is(err, fault.Unavailable)) {
			return 0, err
		}
		shard := records.ShardOf(row.USCC)
		newShard := err == nil && stored[i].Version == 0 && !known[shard] && !shards[shard]
		marks := len(shards)
		if newShard {
			marks++
		}
		if n > 0 && (b.Len()+one.Len()+marks > table.MaxOps || b.Bytes()+one.Bytes() > maxGroupBytes) {
			break
		}
		if refused[i] = err; err == nil {
			b.Join(one)
			if moved(stored[i].State, after) {
				elsewhere = append(elsewhere, after.Enterprise())
			}
			fresh[row.USCC] = after
			if newShard {
				shards[shard] = true
			}
		}
		n++
	}
	for shard := range shards {
		b.KnowShard(shard)
	}
	if b.Len() > 0 {
		if err := s.Store.Commit(ctx, call.Now, b); err != nil {
			return 0, err
		}
	}
	for shard := range shards {
		known[shard] = true
	}
	for _, after := range fresh {
		s.leave(ctx, call.Now, after)
	}
	s.rerank(ctx, call.Now, elsewhere...)
	return n, nil
}

// importRow puts what a row asks for into a batch of its own. The registration that it leads to may be one that is stored already.
func (s *Supervision) importRow(ctx context.Context, call Call, b *records.Batch, stored records.Enterprise, row Row, fresh map[string]compliance.Registration) (compliance.Registration, error) {
	const action = "enterprise.import"
	if stored.Version > 0 {
		if err := s.Policy.Allow(call.Who, action, resourceOf(call.Who, stored.State)); err != nil {
			return stored.State, fault.New(fault.Forbidden, "the enterprise is registered and is not yours to change", "该企业已登记,您无权修改")
		}
	}
	before, err := s.open(ctx, stored.State)
	if err != nil {
		return stored.State, err
	}
	after, next, err := s.registration(ctx, call, row.USCC, row.Enterprise, stored.State, before)
	if err != nil {
		return after, err
	}
	if err := s.mayHave(call.Who, action, stored, after); err != nil {
		return after, err
	}
	if err := s.parents(ctx, call, b, stored.State, after, fresh); err != nil {
		return after, err
	}
	after, changed, err := s.store(ctx, call.Now, call.Who.Person, b, stored, after, before, next)
	if !changed {
		*b = records.Batch{} // nothing is put, so there is nothing to check
		after.Leaving = nil
	}
	return after, err
}
