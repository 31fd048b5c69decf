package supervision

import (
	"context"
	"errors"
	"fmt"

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

// group is how many registrations are read at a time; a Write holds as many of them as fit.
const (
	group         = 96
	maxGroupBytes = 3 << 20
)

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
	receipt := newReceipt()
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
			receipt.reject(row.Line, err)
			continue
		}
		lines[row.USCC] = row.Line
		good = append(good, row)
	}
	if err := storeRows(receipt, parentsFirst(good), group, func(r Row) int { return r.Line }, func(rows []Row) ([]error, error) {
		return s.importGroup(ctx, call, rows, known)
	}); err != nil {
		return nil, err
	}
	return s.receive(ctx, call, receipt)
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
