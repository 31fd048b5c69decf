package tabletest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"shixin/shared/table"
)

// Model is the port at its plainest, a sorted map under a lock. Drivers are compared with it; it passes the contract suite itself.
type Model struct {
	mu    sync.Mutex
	items map[table.Key]table.Item
}

var _ table.Table = (*Model)(nil)

// NewModel returns an empty model.
func NewModel() *Model { return &Model{items: map[table.Key]table.Item{}} }

// there returns the item under a key, unless it has expired.
func (m *Model) there(k table.Key, now time.Time) (table.Item, bool) {
	it, ok := m.items[k]
	return it, ok && !table.Expired(it.ExpiresUnix(), now)
}

func own(i table.Item) table.Item {
	i.Doc = bytes.Clone(i.Doc)
	if i.Expires.IsZero() {
		i.Expires = time.Time{}
	} else {
		i.Expires = time.Unix(i.ExpiresUnix(), 0).UTC()
	}
	return i
}

// Get returns the items that are there.
func (m *Model) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var items []table.Item
	for _, k := range r.Keys {
		if it, ok := m.there(k, r.Now); ok {
			items = append(items, own(it))
		}
	}
	return items, ctx.Err()
}

// Query returns a page.
func (m *Model) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := r.Validate(); err != nil {
		return table.Page{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []table.Item
	for k := range m.items {
		it, ok := m.there(k, r.Now)
		if ok && k.Partition == r.Partition && k.Sort >= r.From && (r.To == "" || k.Sort <= r.To) {
			found = append(found, own(it))
		}
	}
	slices.SortFunc(found, func(a, b table.Item) int {
		if r.Backward {
			a, b = b, a
		}
		return strings.Compare(a.Sort, b.Sort)
	})
	if r.After != "" {
		found = slices.DeleteFunc(found, func(i table.Item) bool {
			return r.Backward && i.Sort >= r.After || !r.Backward && i.Sort <= r.After
		})
	}
	var page table.Page
	size := 0
	for _, it := range found {
		if len(page.Items) == r.Limit || size >= table.MaxPageBytes {
			page.Next = page.Items[len(page.Items)-1].Sort
			break
		}
		page.Items = append(page.Items, it)
		size += len(it.Doc)
	}
	return page, ctx.Err()
}

// Write applies all operations or none.
func (m *Model) Write(ctx context.Context, b table.Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var failed []int
	for i, op := range b.Ops {
		it, ok := m.there(op.Item.Key, b.Now)
		if !op.If.Holds(ok, it.Version) {
			failed = append(failed, i)
		}
	}
	if failed != nil {
		return &table.Conflict{Failed: failed}
	}
	for _, op := range b.Ops {
		switch op.Kind {
		case table.Put:
			m.items[op.Item.Key] = own(op.Item)
		case table.Delete:
			delete(m.items, op.Item.Key)
		}
	}
	return nil
}
