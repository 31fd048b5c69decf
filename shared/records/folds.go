package records

import (
	"context"
	"time"

	"shixin/shared/compliance"
)

// Fold is the newest fold of the journal that a run has made whole: the next run goes on from there. None before the first.
type Fold struct {
	At      *compliance.FoldAt `json:"at,omitempty"`
	Key     []byte             `json:"key,omitempty"`
	Retired []string           `json:"retired,omitempty"` // blobs of the fold before, which go with the next one: a run may still go on from them

	version int64
}

// Fold reads where the newest fold lies, strongly.
func (s *Store) Fold(ctx context.Context, now time.Time) (Fold, error) {
	var f Fold
	v, err := s.load(ctx, now, foldKey(), &f)
	f.version = v
	return f, err
}

// PutFold stores where the newest fold lies over the one that was read; it fails, as "fold", when another run was first.
func (b *Batch) PutFold(before, after Fold) { b.add("fold", put(foldKey(), before.version, after)) }
