package server

import (
	"context"
	"fmt"
	"strings"

	"shixin/shared/table"
)

// guarded is the table as a function's role sees it: the template's Keys, which are a condition on dynamodb:LeadingKeys
// there, hold here too. So a permission that is missing fails on the first machine and not in the cloud.
type guarded struct {
	table.Table
	function string
	keys     map[string][]string // "read", "put", "delete": patterns with an optional * at the end
}

func (g guarded) allow(action string, key table.Key) error {
	for _, pattern := range g.keys[action] {
		prefix, open := strings.CutSuffix(pattern, "*")
		if key.Partition == pattern || open && strings.HasPrefix(key.Partition, prefix) {
			return nil
		}
	}
	family, _, _ := strings.Cut(key.Partition, "#")
	return fmt.Errorf("the role of %s may not %s %q: see Keys in template.yaml", g.function, action, family)
}

func (g guarded) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	for _, key := range r.Keys {
		if err := g.allow("read", key); err != nil {
			return nil, err
		}
	}
	return g.Table.Get(ctx, r)
}

func (g guarded) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := g.allow("read", table.Key{Partition: r.Partition}); err != nil {
		return table.Page{}, err
	}
	return g.Table.Query(ctx, r)
}

func (g guarded) Write(ctx context.Context, b table.Batch) error {
	for _, op := range b.Ops {
		action := map[table.OpKind]string{table.Put: "put", table.Delete: "delete", table.Check: "read"}[op.Kind]
		if err := g.allow(action, op.Item.Key); err != nil {
			return err
		}
	}
	return g.Table.Write(ctx, b)
}
