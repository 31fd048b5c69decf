package records

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shixin/shared/access"
	"shixin/shared/table"
)

// ImportState is where an import stands.
type ImportState string

// The states of an import.
const (
	ImportReceived ImportState = "received"
	ImportAdopting ImportState = "adopting"
	ImportAdopted  ImportState = "adopted"
)

// RowFailure is a row that could not become a listing, and why.
type RowFailure struct {
	Line    int    `json:"line"`
	Pointer string `json:"pointer"` // "" where the whole row is meant
	Detail  string `json:"detail"`
}

// Import is one imported list. Its rows lie sealed in chunks until they are listings.
type Import struct {
	ID       string            `json:"id"`
	At       time.Time         `json:"at"`
	Importer access.Principal  `json:"importer"`
	Adopter  *access.Principal `json:"adopter,omitempty"`
	State    ImportState       `json:"state"`
	Rows     int               `json:"rows"`    // accepted
	Decided  int               `json:"decided"` // of these, with a decision taken elsewhere
	Chunks   []int             `json:"chunks"`  // the number of rows in each chunk
	Opened   int               `json:"opened"`  // rows passed in the sweep that opens proposals
	Adopted  int               `json:"adopted"` // rows passed in the sweep that adopts
	Proposed int               `json:"proposed"`
	Listed   int               `json:"listed"`
	Failed   []RowFailure      `json:"failed,omitempty"` // the first 1,000
	Failures int               `json:"failures"`

	version int64
}

// Version counts the changes of the import, for its ETag.
func (i *Import) Version() int { return int(i.version) }

// Stored says that the import was written as it is.
func (i *Import) Stored() { i.version++ }

// maxImportBytes is how much of an import goes in one Write; the rest goes before it, and counts only with the state.
const maxImportBytes = table.MaxWriteBytes - 512<<10

// PutImport stores a new import with its sealed chunks. more adds what belongs to the same Write.
func (s *Store) PutImport(ctx context.Context, now time.Time, imp *Import, chunks [][]byte, more func(*Batch) error) error {
	b := &Batch{}
	for n, c := range chunks {
		item := table.Item{Key: chunkKey(imp.ID, n), Version: 1, Doc: c}
		if b.Bytes()+len(c) > maxImportBytes {
			if err := s.Commit(ctx, now, b); err != nil {
				return err
			}
			b = &Batch{}
		}
		b.add("import", table.PutOp(item, table.Condition{}))
	}
	b.PutImportState(imp)
	b.OpenImport(imp.ID, true)
	if err := more(b); err != nil {
		return err
	}
	return s.Commit(ctx, now, b)
}

// PutImportState stores where an import stands over the version that was read.
func (b *Batch) PutImportState(imp *Import) {
	b.add("import", put(importKey(imp.ID), imp.version, imp))
}

// OpenImport remembers that an import has work left, or that it has none.
func (b *Batch) OpenImport(id string, open bool) {
	if open {
		b.add("open", table.PutOp(table.Item{Key: openImportKey(id), Version: 1, Doc: []byte("{}")}, table.Condition{}))
		return
	}
	b.add("open", table.DeleteOp(openImportKey(id), table.Condition{}))
}

// Import reads an import; false when it is absent.
func (s *Store) Import(ctx context.Context, now time.Time, id string) (*Import, bool, error) {
	imp := &Import{}
	v, err := s.load(ctx, now, importKey(id), imp)
	imp.version = v
	return imp, v > 0, err
}

// ErrNoChunk says that an import's rows are not there: they go when the import is adopted.
var ErrNoChunk = errors.New("records: the import has no such chunk")

// Chunk reads a sealed chunk of an import.
func (s *Store) Chunk(ctx context.Context, now time.Time, id string, n int) ([]byte, error) {
	item, found, err := s.one(ctx, now, chunkKey(id, n))
	if err == nil && !found {
		err = fmt.Errorf("%w: import %s, chunk %d", ErrNoChunk, id, n)
	}
	return item.Doc, err
}

// DropChunks removes the sealed rows of an import that has become listings. It is repeated safely.
func (s *Store) DropChunks(ctx context.Context, now time.Time, imp *Import) error {
	b := &Batch{}
	for n := range imp.Chunks {
		b.add("import", table.DeleteOp(chunkKey(imp.ID, n), table.Condition{}))
		if b.Len() == table.MaxOps-1 {
			if err := s.Commit(ctx, now, b); err != nil {
				return err
			}
			b = &Batch{}
		}
	}
	b.OpenImport(imp.ID, false)
	return s.Commit(ctx, now, b)
}

// OpenImports lists the imports that have work left.
func (s *Store) OpenImports(ctx context.Context, now time.Time) ([]string, error) {
	return s.sorts(ctx, now, openImportKey("").Partition)
}

// IsLost reports whether an error says that others wrote meanwhile.
func IsLost(err error) bool {
	_, ok := errors.AsType[*Lost](err)
	return ok
}
