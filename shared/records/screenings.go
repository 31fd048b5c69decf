package records

import (
	"context"
	"encoding/json"
	"time"

	"shixin/shared/access"
	"shixin/shared/table"
)

// ScreeningState is where a screening stands.
type ScreeningState string

// The states of a screening.
const (
	ScreeningCreated ScreeningState = "created" // waits for its file and for its start
	ScreeningPlanned ScreeningState = "planned" // started; its file is read through and the list is pinned
	ScreeningRunning ScreeningState = "running"
	ScreeningClosed  ScreeningState = "closed"
	ScreeningFailed  ScreeningState = "failed" // nothing was looked up, or not all: Detail says why
)

// ScreeningPins is everything that the results of a screening depend on besides its file.
type ScreeningPins struct {
	ListVersion int64     `json:"list_version"`
	Algorithm   string    `json:"algorithm"`
	At          time.Time `json:"at"`
	Segment     *Segment  `json:"segment,omitempty"`
	Tail        IndexPart `json:"tail"` // what came after the segment
}

// ScreeningCursor is how far a screening came. Everything before it lies in result pages.
type ScreeningCursor struct {
	Offset int64 `json:"offset"` // into the file
	Line   int   `json:"line"`   // of the next row
	Rows   int   `json:"rows"`
	Page   int   `json:"page"` // the number of the next result page
}

// ScreeningCounts counts rows by their verdict.
type ScreeningCounts struct {
	Match     int `json:"match"`
	Possible  int `json:"possible"`
	Clear     int `json:"clear"`
	Unchecked int `json:"unchecked"`
}

// Rows is how many rows there are.
func (c ScreeningCounts) Rows() int { return c.Match + c.Possible + c.Clear + c.Unchecked }

// Add adds the rows of a page.
func (c *ScreeningCounts) Add(p ScreeningCounts) {
	c.Match += p.Match
	c.Possible += p.Possible
	c.Clear += p.Clear
	c.Unchecked += p.Unchecked
}

// Screening is one file of names that is looked up. What it holds of persons lies sealed in blobs.
type Screening struct {
	ID        string            `json:"id"`
	By        access.Principal  `json:"by"`
	All       bool              `json:"all"` // looked up in all of the list, else in what is published
	At        time.Time         `json:"at"`
	Purpose   []byte            `json:"purpose,omitempty"` // sealed
	Format    string            `json:"format"`
	Declared  int               `json:"declared,omitempty"` // rows that the sender says the file has
	Threshold float64           `json:"threshold"`
	State     ScreeningState    `json:"state"`
	Detail    string            `json:"detail,omitempty"` // why it failed
	Kept      bool              `json:"kept,omitempty"`   // the file is there
	Size      int64             `json:"size,omitempty"`   // bytes of the file
	Digest    string            `json:"digest,omitempty"` // keyed hash of the file
	Rows      int               `json:"rows,omitempty"`   // of the file, once it was read through
	Layout    json.RawMessage   `json:"layout,omitempty"` // of the file
	Pins      *ScreeningPins    `json:"pins,omitempty"`
	Cursor    ScreeningCursor   `json:"cursor"`
	Counts    ScreeningCounts   `json:"counts"`
	Pages     []ScreeningCounts `json:"pages,omitempty"` // of each result page
	Closed    *time.Time        `json:"closed,omitempty"`
	Expires   time.Time         `json:"expires"` // then the file and the results are gone

	version int64
}

// Version counts the changes of the screening, for its ETag.
func (s *Screening) Version() int { return int(s.version) }

// Stored says that the screening was written as it is.
func (s *Screening) Stored() { s.version++ }

// Open reports whether the screening has work left.
func (s *Screening) Open() bool {
	return s.State == ScreeningPlanned || s.State == ScreeningRunning
}

// Screening reads a screening strongly; false when it is absent.
func (s *Store) Screening(ctx context.Context, now time.Time, id string) (*Screening, bool, error) {
	sc := &Screening{}
	v, err := s.load(ctx, now, screeningKey(id), sc)
	sc.version = v
	return sc, v > 0, err
}

// PutScreening stores a screening over the one that was read; it fails, as "screening", when another has changed it. A new one gets its
// place in the list of all that keep something.
func (b *Batch) PutScreening(sc *Screening) {
	b.add("screening", put(screeningKey(sc.ID), sc.version, sc))
	if sc.version == 0 {
		b.add("screening", table.PutOp(table.Item{Key: keptScreeningKey(sc.ID), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
}

// DropScreening forgets a screening of which nothing is kept any more.
func (b *Batch) DropScreening(id string) {
	b.add("screening", table.DeleteOp(screeningKey(id), table.Condition{}))
	b.add("screening", table.DeleteOp(keptScreeningKey(id), table.Condition{}))
}

// Screenings lists the ids of all screenings that keep something, oldest first.
func (s *Store) Screenings(ctx context.Context, now time.Time) ([]string, error) {
	return s.sorts(ctx, now, keptScreeningKey("").Partition)
}

func screeningKey(id string) table.Key {
	return table.Key{Partition: famScreening + "#" + id, Sort: "state"}
}
func keptScreeningKey(id string) table.Key { return table.Key{Partition: famScreening, Sort: id} }
