package supervision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
)

// Comparison is a page of what two runs say differently.
type Comparison struct {
	Items []compliance.Difference `json:"items"`
	// Totals counts the changes of each rule over both runs; nil where they are too large to be counted in one answer.
	Totals map[string]map[compliance.Change]int `json:"totals"`
	Next   *ComparePlace                        `json:"-"`
}

// ComparePlace is where a page of a comparison goes on: at a shard, behind some of its differences.
type ComparePlace struct {
	Shard int `json:"s"`
	Skip  int `json:"k,omitempty"`
}

// maxCompared is how many enterprises two runs may have for their totals to be counted in one answer.
const maxCompared = 60000

// Compare answers what a run says differently from an earlier one, those changes of one kind where one is asked for. Both are closed.
func (s *Supervision) Compare(ctx context.Context, who access.Principal, now time.Time, id, with string, only compliance.Change, from ComparePlace, limit int) (*Comparison, error) {
	after, err := s.run(ctx, who, "audit.results", now, id)
	if err != nil {
		return nil, err
	}
	before, err := s.run(ctx, who, "audit.results", now, with)
	if errors.Is(err, fault.NotFound) {
		err = fault.Parameter(fault.Invalid, "with", "there is no such run", "没有该检查批次")
	}
	if err != nil {
		return nil, err
	}
	if before.ID == after.ID {
		return nil, fault.Parameter(fault.Invalid, "with", "must be another run", "须为另一检查批次")
	}
	for _, r := range []compliance.Run{before, after} {
		if r.State != compliance.Closed {
			return nil, fault.New(fault.Conflict, fmt.Sprintf("run %s is %s; compare closed runs", r.ID, r.State), "仅可比较已结束的检查批次")
		}
	}
	shards := shardsOf(before, after)
	c := &Comparison{Items: []compliance.Difference{}}
	count := before.Counts.Enterprises+after.Counts.Enterprises <= maxCompared
	if count {
		c.Totals = map[string]map[compliance.Change]int{}
	}
	scanned := 0
	for _, shard := range shards {
		full := c.Next != nil
		if shard < from.Shard && !count || full && !count {
			continue
		}
		if scanned >= maxCompared && !count {
			c.Next = &ComparePlace{Shard: shard}
			return c, nil
		}
		differences, n, err := s.compareShard(ctx, now, before.ID, after.ID, shard)
		if err != nil {
			return nil, err
		}
		scanned += n
		for i, d := range differences {
			if count {
				if c.Totals[d.Rule] == nil {
					c.Totals[d.Rule] = map[compliance.Change]int{}
				}
				c.Totals[d.Rule][d.Change]++
			}
			if c.Next != nil || shard < from.Shard || shard == from.Shard && i < from.Skip || only != "" && d.Change != only {
				continue
			}
			if len(c.Items) == limit {
				c.Next = &ComparePlace{Shard: shard, Skip: i}
				continue
			}
			c.Items = append(c.Items, d)
		}
	}
	return c, nil
}

// shardsOf lists the shards that any of the runs has looked at, ascending.
func shardsOf(runs ...compliance.Run) []int {
	var shards []int
	for _, r := range runs {
		for _, share := range r.Plan {
			shards = append(shards, share.Shard)
		}
	}
	slices.Sort(shards)
	return slices.Compact(shards)
}

// compareShard compares two runs in one shard, and says how many enterprises they have there.
func (s *Supervision) compareShard(ctx context.Context, now time.Time, before, after string, shard int) ([]compliance.Difference, int, error) {
	was, err := s.shardResults(ctx, now, before, shard)
	if err != nil {
		return nil, 0, err
	}
	is, err := s.shardResults(ctx, now, after, shard)
	if err != nil {
		return nil, 0, err
	}
	n := 0
	for _, all := range [][]compliance.Result{was, is} {
		for i, r := range all {
			if i == 0 || all[i-1].USCC != r.USCC {
				n++
			}
		}
	}
	return compliance.Compare(was, is), n, nil
}

// shardResults reads all results of a run in a shard, in the order of the enterprises.
func (s *Supervision) shardResults(ctx context.Context, now time.Time, run string, shard int) ([]compliance.Result, error) {
	var all []compliance.Result
	after := ""
	for more := true; more; {
		var pages []records.Outcomes
		var err error
		if pages, more, err = s.Store.ShardOutcomes(ctx, now, run, shard, after, fewPages); err != nil {
			return nil, err
		}
		for _, p := range pages {
			after = p.After
			results, err := p.Page.Results()
			if err != nil {
				return nil, err
			}
			all = append(all, results...)
		}
	}
	slices.SortStableFunc(all, func(a, b compliance.Result) int { return strings.Compare(a.USCC, b.USCC) })
	return all, nil
}
