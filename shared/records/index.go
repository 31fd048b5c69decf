package records

import (
	"context"
	"time"

	"shixin/shared/table"
)

// IndexPart is one part of a segment of the index of names: bytes of one blob.
type IndexPart struct {
	Blob   string `json:"blob"`
	SHA256 string `json:"sha256"` // of what is sealed in it
}

// Segment is one immutable segment of the index of names.
type Segment struct {
	ListVersion int64       `json:"list_version"` // every effect up to this entry is in it
	Algorithm   string      `json:"algorithm"`    // of the comparison of names that it was made for
	BuiltAt     time.Time   `json:"built_at"`
	Entities    int         `json:"entities"` // subjects in force when it was made
	Sections    []int       `json:"sections"` // bytes of each section, one after the other
	Parts       []IndexPart `json:"parts"`
	Damaged     []string    `json:"damaged,omitempty"` // listings whose names could not be read when it was made
}

// Held is a segment that was made and is not used, because the list shrank by more than is usual.
type Held struct {
	ListVersion int64     `json:"list_version"`
	Entities    int       `json:"entities"`
	Was         int       `json:"was"` // subjects in force in the segment in use, on the same day
	Since       time.Time `json:"since"`
}

// Release is a person's word that a list which shrank is right.
type Release struct {
	ListVersion int64     `json:"list_version"` // up to which the loss is accepted
	Account     string    `json:"account"`
	Person      string    `json:"person"`
	Reasons     string    `json:"reasons"`
	At          time.Time `json:"at"`
}

// Retired is a segment that is no more in use, and since when.
type Retired struct {
	Segment Segment   `json:"segment"`
	Since   time.Time `json:"since"`
}

// Index says which segment of the index of names is in use.
type Index struct {
	Segment   *Segment  `json:"segment,omitempty"` // nil before the first
	Confirmed time.Time `json:"confirmed"`         // when an indexer last found it whole and as new as it has to be
	Held      *Held     `json:"held,omitempty"`
	Release   *Release  `json:"release,omitempty"`
	Retired   []Retired `json:"retired,omitempty"`

	version int64
}

// Version counts the changes of the index.
func (i *Index) Version() int { return int(i.version) }

// Index reads which segment is in use, strongly. An index that was never made is the empty one.
func (s *Store) Index(ctx context.Context, now time.Time) (Index, error) {
	var i Index
	v, err := s.load(ctx, now, indexKey(), &i)
	i.version = v
	return i, err
}

// PutIndex stores which segment is in use over the index that was read; it fails, as "index", when another has changed it.
func (b *Batch) PutIndex(i Index) { b.add("index", put(indexKey(), i.version, i)) }

func indexKey() table.Key { return table.Key{Partition: famIndex, Sort: "manifest"} }
