package records

import (
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/table"
)

// Shards is in how many parts all enterprises lie. It is fixed: another number would move every enterprise.
const Shards = 256

// ShardOf is the part that an enterprise lies in.
func ShardOf(uscc string) int {
	sum := sha256.Sum256([]byte(uscc))
	return int(sum[0])
}

// Enterprise is a stored enterprise. Version is 0 where there is none. What lies in its shard is read by [Store.Whole] alone.
type Enterprise struct {
	State   compliance.Registration
	Version int64
	Figures []byte // packed (indicator.Figures)
	Reports int    // how many reports they rest on
	Damaged error  // set where an item of it cannot be read; its code is known even then
	shard   int64  // that item's version
}

// Enterprise reads an enterprise strongly.
func (s *Store) Enterprise(ctx context.Context, now time.Time, uscc string) (Enterprise, error) {
	var e Enterprise
	v, err := s.load(ctx, now, enterpriseKey(uscc), &e.State)
	e.Version = v
	return e, err
}

// Enterprises reads at most 1,000 enterprises, none named twice, in the order of their codes. One that cannot be read is Damaged.
func (s *Store) Enterprises(ctx context.Context, now time.Time, usccs []string) ([]Enterprise, error) {
	out := make([]Enterprise, len(usccs))
	if len(usccs) == 0 {
		return out, nil
	}
	at := map[table.Key]int{}
	keys := make([]table.Key, len(usccs))
	for i, u := range usccs {
		keys[i] = enterpriseKey(u)
		at[keys[i]] = i
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		e := &out[at[item.Key]]
		e.Version = item.Version
		if e.Damaged = decode(item, &e.State); e.Damaged != nil {
			e.State = compliance.Registration{USCC: usccs[at[item.Key]]}
		}
	}
	return out, nil
}

// JudgedOf reads what a run judges of one enterprise; its Damaged is set where that cannot be read or is absent.
func (s *Store) JudgedOf(ctx context.Context, now time.Time, uscc string) (Judged, error) {
	var j Judged
	version, err := s.load(ctx, now, shardKey(ShardOf(uscc), uscc), &j)
	switch {
	case errors.Is(err, ErrDamaged):
		j, j.Damaged, err = Judged{}, err, nil
	case err == nil && version == 0:
		j.Damaged = ErrDamaged
	}
	j.USCC = uscc
	return j, err
}

// Whole reads at most 500 enterprises, none named twice, in the order of their codes, each with what lies in its shard: as whoever
// changes one needs it.
func (s *Store) Whole(ctx context.Context, now time.Time, usccs ...string) ([]Enterprise, error) {
	out := make([]Enterprise, len(usccs))
	if len(usccs) == 0 {
		return out, nil
	}
	at := map[table.Key]int{}
	var keys []table.Key
	for i, u := range usccs {
		for _, k := range []table.Key{enterpriseKey(u), shardKey(ShardOf(u), u)} {
			at[k] = i
			keys = append(keys, k)
		}
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		e := &out[at[item.Key]]
		if item.Key == enterpriseKey(usccs[at[item.Key]]) {
			if err := decode(item, &e.State); err != nil {
				return nil, err
			}
			e.Version = item.Version
			continue
		}
		var j Judged
		e.Damaged = decode(item, &j)
		e.Figures, e.Reports, e.shard = j.Figures, j.Reports, item.Version
	}
	return out, nil
}

// PutEnterprise stores an enterprise over the one that was read whole, with the keys by which those it is linked to find it. Where its
// revision is a new one, what a run judges is stored in its shard too, and kept under the revision.
func (b *Batch) PutEnterprise(before Enterprise, after compliance.Registration) {
	b.over(enterpriseKey(after.USCC))
	b.add("enterprise", put(enterpriseKey(after.USCC), before.Version, after))
	b.putLinks(before.State, after)
	if before.State.Revision == after.Revision {
		return
	}
	b.putJudged(before, after.Enterprise(), before.Figures, before.Reports)
	// The enterprise's own condition orders this one.
	b.add("enterprise", table.PutOp(table.Item{Key: revisionKey(after.USCC, after.Revision), Version: int64(after.Revision), Doc: encode(after.Enterprise())}, table.Condition{}))
}

func (b *Batch) putJudged(before Enterprise, after compliance.Enterprise, figures []byte, reports int) {
	b.add("enterprise", put(shardKey(ShardOf(after.USCC), after.USCC), before.shard, Judged{Enterprise: after, Figures: figures, Reports: reports}))
}

// CheckEnterprise makes a batch fail, as "enterprise", unless the enterprise is as it was read. What the batch puts itself is under
// that condition already.
func (b *Batch) CheckEnterprise(e Enterprise) {
	if _, has := b.at[enterpriseKey(e.State.USCC)]; !has {
		b.add("enterprise", table.CheckOp(enterpriseKey(e.State.USCC), table.Is(e.Version)))
	}
}

// KnowShard remembers that a shard has enterprises. Once is enough in a batch.
func (b *Batch) KnowShard(shard int) {
	if _, has := b.at[knownShardKey(shard)]; !has {
		b.add("shard", table.PutOp(table.Item{Key: knownShardKey(shard), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
}

// KnownShards lists the shards that have enterprises, ascending.
func (s *Store) KnownShards(ctx context.Context, now time.Time) ([]int, error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: knownShardKey(0).Partition, Limit: table.MaxPage})
	if err != nil {
		return nil, err
	}
	shards := make([]int, 0, len(page.Items))
	for _, item := range page.Items {
		n, err := strconv.Atoi(item.Sort)
		if err != nil || n < 0 || n >= Shards {
			return nil, errors.New("records: the list of shards is damaged")
		}
		shards = append(shards, n)
	}
	return shards, nil
}

// Judged is what a run judges of one enterprise. Damaged is set where the stored item cannot be read; its code is known even then.
type Judged struct {
	compliance.Enterprise
	Figures []byte `json:"fig,omitempty"` // packed (indicator.Figures)
	Reports int    `json:"rep,omitempty"` // how many reports they rest on
	Damaged error  `json:"-"`
}

// Shard reads at most limit enterprises of a shard behind one of them, in order; more tells whether there are further ones.
func (s *Store) Shard(ctx context.Context, now time.Time, shard int, after string, limit int, eventual bool) (all []Judged, more bool, err error) {
	r := table.Range{Now: now, Partition: shardKey(shard, "").Partition, After: after, Eventual: eventual}
	for len(all) < limit {
		r.Limit = min(table.MaxPage, limit-len(all))
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			j := Judged{}
			j.Damaged = decode(item, &j)
			j.USCC = item.Sort
			all = append(all, j)
		}
		if page.Next == "" {
			return all, false, nil
		}
		r.After = page.Next
	}
	return all, true, nil
}

// Revision reads what was judged of an enterprise at one of its revisions; false when there is none.
func (s *Store) Revision(ctx context.Context, now time.Time, uscc string, n int) (compliance.Enterprise, bool, error) {
	e := compliance.Enterprise{USCC: uscc}
	v, err := s.load(ctx, now, revisionKey(uscc, n), &e)
	return e, v > 0, err
}
