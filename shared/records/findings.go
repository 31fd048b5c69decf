package records

import (
	"context"
	"strings"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/table"
)

// Finding is a stored finding. Before it is stored first, its version is 0.
type Finding struct {
	USCC    string
	State   compliance.Finding
	version int64
}

// Findings reads the findings of the enterprises first to last of a shard, both included, by enterprise and rule.
func (s *Store) Findings(ctx context.Context, now time.Time, shard int, first, last string) ([]Finding, error) {
	r := table.Range{Now: now, Partition: findingKey(shard, "", "").Partition, From: first + "#", To: last + "#~", Limit: table.MaxPage}
	var all []Finding
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			f := Finding{version: item.Version}
			f.USCC, _, _ = strings.Cut(item.Sort, "#")
			if err := decode(item, &f.State); err != nil {
				return nil, err
			}
			all = append(all, f)
		}
		if page.Next == "" {
			return all, nil
		}
		r.After = page.Next
	}
}

// PutFinding stores a finding over the one that was read.
func (b *Batch) PutFinding(before Finding, after compliance.Finding) {
	b.add("finding", put(findingKey(ShardOf(before.USCC), before.USCC, after.Rule), before.version, after))
}
