package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shixin/shared/inquiry"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// AskedFor is how long it is remembered that a query is in the log: longer than any queue keeps its message.
const AskedFor = 30 * 24 * time.Hour

// MaxQueries is how many records one Write appends to a chain: beside their marks it puts the part, the head, the chain's
// place in the index and the caller's quota.
const MaxQueries = table.MaxOps - 4

func queryHeadKey(caller string, day workday.Day) table.Key {
	return table.Key{Partition: famQuery + "#" + string(day) + "#" + caller, Sort: "head"}
}
func queryPartKey(caller string, day workday.Day, first int64) table.Key {
	return table.Key{Partition: famQuery + "#" + string(day) + "#" + caller, Sort: fmt.Sprintf("part#%012d", first)}
}
func queryChainKey(caller string, day workday.Day) table.Key {
	return table.Key{Partition: famQuery, Sort: string(day) + "#" + caller}
}
func askedKey(request string) table.Key {
	return table.Key{Partition: famAsked + "#" + request, Sort: "mark"}
}
func quotaKey(caller string) table.Key {
	return table.Key{Partition: famQuota + "#" + caller, Sort: "state"}
}

// QueryChain names a chain of the log of queries.
type QueryChain struct {
	Caller string
	Day    workday.Day
}

// QueryDay is a stored head of a chain.
type QueryDay struct {
	QueryChain
	State   inquiry.Day
	version int64
}

// queryPart is the records that were appended in one Write.
type queryPart struct {
	Records []inquiry.Record `json:"records"`
}

// QueryDay reads where a chain stands, strongly; a new one is at 0.
func (s *Store) QueryDay(ctx context.Context, now time.Time, chain QueryChain) (QueryDay, error) {
	d := QueryDay{QueryChain: chain}
	v, err := s.load(ctx, now, queryHeadKey(chain.Caller, chain.Day), &d.State)
	d.version = v
	return d, err
}

// QueryDays reads where a caller's chains of the days before a chain's stand, at most so many days back; those that there are. The read is
// eventual: a query of yesterday's that is still under way is nothing to wait for.
func (s *Store) QueryDays(ctx context.Context, now time.Time, chain QueryChain, back int) (out []inquiry.Day, err error) {
	var keys []table.Key
	for n := 1; n <= back; n++ {
		keys = append(keys, queryHeadKey(chain.Caller, chain.Day.AddDays(-n)))
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys, Eventual: true})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		var d inquiry.Day
		if err := decode(item, &d); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Logged tells which requests are in the log already, of at most 1,000.
func (s *Store) Logged(ctx context.Context, now time.Time, requests []string) (map[string]bool, error) {
	keys := make([]table.Key, len(requests))
	for i, id := range requests {
		keys[i] = askedKey(id)
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, item := range items {
		out[strings.TrimPrefix(item.Partition, famAsked+"#")] = true
	}
	return out, nil
}

// AppendQueries stores new records of a chain, at most MaxQueries, with its head after them. It fails, as "chain", when the chain was
// appended to meanwhile, and as "asked" when one of the requests is in the log already.
func (b *Batch) AppendQueries(now time.Time, before QueryDay, after inquiry.Day, records []inquiry.Record) {
	b.add("chain", put(queryHeadKey(before.Caller, before.Day), before.version, after))
	b.add("chain", put(queryPartKey(before.Caller, before.Day, records[0].N), 0, queryPart{records}))
	if before.version == 0 {
		b.add("chain", table.PutOp(table.Item{Key: queryChainKey(before.Caller, before.Day), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
	for _, r := range records {
		mark := table.Item{Key: askedKey(r.ID), Version: 1, Expires: now.Add(AskedFor), Doc: []byte("{}")}
		b.add("asked", table.PutOp(mark, table.Condition{Kind: table.Absent}))
	}
}

// Quota is the mark of a caller that has used up the identifiers of a day. The zero one is of none.
type Quota struct {
	Day   workday.Day `json:"day"`
	Limit int64       `json:"limit"` // how many they were
}

// PutExhausted marks that a caller has used up its quota of a day, which was limit; the mark goes with the day.
func (b *Batch) PutExhausted(chain QueryChain, limit int64) {
	item := table.Item{Key: quotaKey(chain.Caller), Version: 1, Expires: chain.Day.AddDays(1).Start(), Doc: encode(Quota{chain.Day, limit})}
	b.add("quota", table.PutOp(item, table.Condition{}))
}

// Exhausted is the quota that a caller has used up, the zero one when it has not. The read is eventual.
func (s *Store) Exhausted(ctx context.Context, now time.Time, caller string) (q Quota, err error) {
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: []table.Key{quotaKey(caller)}, Eventual: true})
	if err != nil || len(items) == 0 {
		return q, err
	}
	return q, decode(items[0], &q)
}

// QueryChains reads a page of all chains from a day to another, by day and caller, behind a place.
func (s *Store) QueryChains(ctx context.Context, now time.Time, from, to workday.Day, after string, limit int) (chains []QueryChain, more bool, err error) {
	r := table.Range{Now: now, Partition: famQuery, From: string(from) + "#", To: string(to) + "#\U0010ffff", Limit: limit}
	if after > r.From {
		r.After = after
	}
	page, err := s.Table.Query(ctx, r)
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		day, caller, _ := strings.Cut(item.Sort, "#")
		chains = append(chains, QueryChain{Caller: caller, Day: workday.Day(day)})
	}
	return chains, page.Next != "", nil
}

// Place is where the index has a chain, for [Store.QueryChains] to go on behind.
func (c QueryChain) Place() string { return queryChainKey(c.Caller, c.Day).Sort }

// Queries reads records of a chain after number n in order, at least one where there is one, and not many more than limit.
func (s *Store) Queries(ctx context.Context, now time.Time, chain QueryChain, n int64, limit int) ([]inquiry.Record, error) {
	// The part that holds record n+1 is the last one that begins at it or before.
	first := queryPartKey(chain.Caller, chain.Day, n+1)
	least := queryPartKey(chain.Caller, chain.Day, 0)
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: first.Partition, From: least.Sort, To: first.Sort, Backward: true, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	r := table.Range{Now: now, Partition: first.Partition, From: page.Items[0].Sort, To: "part#~", Limit: 8}
	var out []inquiry.Record
	for {
		if page, err = s.Table.Query(ctx, r); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			var p queryPart
			if err := decode(item, &p); err != nil {
				return nil, err
			}
			for _, q := range p.Records {
				if q.N > n {
					out = append(out, q)
				}
			}
			if len(out) >= limit {
				return out, nil
			}
		}
		if page.Next == "" {
			return out, nil
		}
		r.After = page.Next
	}
}
