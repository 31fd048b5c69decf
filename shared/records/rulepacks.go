package records

import (
	"context"
	"fmt"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/squeeze"
	"shixin/shared/table"
)

// Book is the stored versions of a rule pack. Before it is stored first, its version is 0.
type Book struct {
	State   compliance.Book
	version int64
}

// Version counts how often the book was stored, for If-Match.
func (b Book) Version() int { return int(b.version) }

// Book reads what was drafted of a rule pack; empty where nothing was.
func (s *Store) Book(ctx context.Context, now time.Time, name string) (Book, error) {
	b := Book{State: compliance.Book{Name: name}}
	v, err := s.load(ctx, now, bookKey(name), &b.State)
	b.version = v
	return b, err
}

// Books reads what was drafted of all rule packs, by name.
func (s *Store) Books(ctx context.Context, now time.Time) ([]Book, error) {
	var all []Book
	r := table.Range{Now: now, Partition: bookKey("").Partition, Limit: table.MaxPage}
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			b := Book{version: item.Version}
			if err := decode(item, &b.State); err != nil {
				return nil, err
			}
			all = append(all, b)
		}
		if r.After = page.Next; r.After == "" {
			return all, nil
		}
	}
}

// PutBook stores a book over the one that was read.
func (b *Batch) PutBook(before Book, after compliance.Book) {
	b.add("rulepack", put(bookKey(after.Name), before.version, after))
}

// pinned is a text that is kept for whoever judges again, compressed.
type pinned struct {
	Text []byte `json:"text"`
}

// Pinned reads a text by its sum; nil where it is not kept.
func (s *Store) Pinned(ctx context.Context, now time.Time, sum string) ([]byte, error) {
	var p pinned
	v, err := s.load(ctx, now, pinnedKey(sum), &p)
	if err != nil || v == 0 {
		return nil, err
	}
	text, err := squeeze.Unpack(p.Text)
	if err != nil {
		return nil, fmt.Errorf("%w: a text of family %s: %w", ErrDamaged, famRulePack, err)
	}
	return text, nil
}

// PutPinned keeps a text under its sum: there is one text of a sum, so that it may be put over itself.
func (b *Batch) PutPinned(sum string, text []byte) {
	if _, has := b.at[pinnedKey(sum)]; !has {
		b.add("pinned", table.PutOp(table.Item{Key: pinnedKey(sum), Version: 1, Doc: encode(pinned{squeeze.Pack(text)})}, table.Condition{}))
	}
}
