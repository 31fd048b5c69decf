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
	Damaged error // set where the stored item cannot be read; its enterprise is known even then
	version int64
}

// Version counts how often the finding was stored, for If-Match.
func (f Finding) Version() int { return int(f.version) }

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
			f.Damaged = decode(item, &f.State)
			all = append(all, f)
		}
		if page.Next == "" {
			return all, nil
		}
		r.After = page.Next
	}
}

// FindingsOf reads the findings of one enterprise, by rule.
func (s *Store) FindingsOf(ctx context.Context, now time.Time, uscc string) ([]Finding, error) {
	return s.Findings(ctx, now, ShardOf(uscc), uscc, uscc)
}

// PutFinding stores a finding over the one that was read.
func (b *Batch) PutFinding(before Finding, after compliance.Finding) {
	b.add("finding", put(findingKey(ShardOf(before.USCC), before.USCC, after.Key()), before.version, after))
}
