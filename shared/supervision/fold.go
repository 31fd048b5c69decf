package supervision

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"shixin/shared/blob"
	"shixin/shared/compliance"
	"shixin/shared/records"
)

// foldStep is how many journal entries are brought into a fold at a time: they lie packed in memory until then, some hundred bytes each.
const foldStep = 100_000

// folding is a run's fold of the journal while a slice goes on with it.
type folding struct {
	run  *compliance.Run
	fold storedFold
	at   *compliance.FoldAt // where it lies; nil while it is empty
}

// storedFold is what the blob of a FoldAt holds.
type storedFold struct {
	compliance.ListFold
	Spent []string `json:"spent,omitempty"` // blobs of the run that its fold does without by now; they go when it is whole
}

// snapshot goes on with the fold of the journal up to the run's list version, from the newest fold that there is, and makes the run's snapshot of
// the list from it. Where the slice is over before, the run's Fold says where to go on, and done is false. A fold of which something is gone or
// damaged is begun anew.
func (s *Supervision) snapshot(ctx, slice context.Context, now time.Time, r *compliance.Run) (done bool, err error) {
	newest, err := s.Store.Fold(ctx, now)
	if err != nil {
		return false, err
	}
	f, err := s.begin(ctx, newest, r)
	if err != nil {
		return false, err
	}
	var body []byte
	for again := false; ; again = true {
		if done, err = s.goOn(ctx, slice, now, f); err == nil && done {
			body, err = f.fold.Snapshot(r.Key, r.Pins.At, s.foldPart(ctx))
		}
		if !unreadable(err) || again {
			break
		}
		s.log().WarnContext(ctx, "the fold of the journal cannot be read; it is begun anew", "run", r.ID, "error", err)
		f.fold, f.at = storedFold{}, nil
	}
	if err == nil {
		err = s.putFold(ctx, f)
	}
	if r.Fold = f.at; err != nil || !done {
		return false, err
	}
	sum := sumOf(body)
	if err := s.Blobs.Put(ctx, blobOf(r.ID, sum), body); err != nil {
		return false, err
	}
	r.Pins.Snapshot, r.Fold = sum, nil
	return true, s.handOn(ctx, now, newest, f)
}

// unreadable reports that a fold has to be begun anew.
func unreadable(err error) bool {
	return errors.Is(err, compliance.ErrFold) || errors.Is(err, blob.ErrNotFound)
}

// begin reads the fold that a run goes on with: its own or the newest, whichever came further, unless that has entries which the run must not see;
// else an empty one.
func (s *Supervision) begin(ctx context.Context, newest records.Fold, r *compliance.Run) (*folding, error) {
	type start struct {
		at  *compliance.FoldAt
		key []byte
	}
	var starts []start
	for _, from := range []start{{r.Fold, r.Key}, {newest.At, newest.Key}} {
		if from.at != nil && from.at.N <= r.Pins.ListVersion {
			starts = append(starts, from)
		}
	}
	slices.SortStableFunc(starts, func(a, b start) int { return cmp.Compare(b.at.N, a.at.N) })
	for _, from := range starts {
		fold, err := s.readFold(ctx, from.at)
		if err == nil {
			r.Key = from.key
			return &folding{run: r, fold: fold, at: from.at}, nil
		}
		if !unreadable(err) {
			return nil, err
		}
	}
	return &folding{run: r}, nil
}

func (s *Supervision) readFold(ctx context.Context, at *compliance.FoldAt) (f storedFold, err error) {
	body, err := s.Blobs.Get(ctx, at.Blob)
	if err != nil {
		return f, err
	}
	if sumOf(body) != at.SHA256 || json.Unmarshal(body, &f) != nil || f.N != at.N {
		return storedFold{}, compliance.ErrFold
	}
	return f, nil
}

func (s *Supervision) foldPart(ctx context.Context) func(compliance.Part) ([]byte, error) {
	return func(p compliance.Part) ([]byte, error) { return s.Blobs.Get(ctx, p.Blob) }
}

// goOn folds step after step, until the run's list version or the end of the slice, at least one.
func (s *Supervision) goOn(ctx, slice context.Context, now time.Time, f *folding) (done bool, err error) {
	step := int64(s.FoldStep)
	if step == 0 {
		step = foldStep
	}
	for first := f.fold.N; f.fold.N < f.run.Pins.ListVersion; {
		if f.fold.N > first && slice.Err() != nil {
			return false, nil
		}
		b := compliance.NewFolder(f.run.Key, f.fold.ListFold)
		if err := s.entries(ctx, now, f.fold.N, min(f.fold.N+step, f.run.Pins.ListVersion), b.Add); err != nil {
			return false, err
		}
		err := b.Merge(s.foldPart(ctx), func(body []byte) (compliance.Part, error) {
			p := compliance.Part{SHA256: sumOf(body)}
			p.Blob = f.blob(p.SHA256)
			return p, s.Blobs.Put(ctx, p.Blob, body)
		})
		if err != nil {
			return false, err
		}
		f.spend(b.ListFold)
		f.fold.ListFold = b.ListFold
	}
	return true, nil
}

// blob is the name of a part of a run's fold, or of the whole, by its sum: the same step makes the same blobs.
func (f *folding) blob(sum string) string { return foldsOf(f.run.ID) + sum[:32] }

func foldsOf(run string) string { return "lists/" + run + "/" }

// spend notes which of the run's parts the next fold does without. They stay until the run's fold is whole: a slice that is cut off, or a second worker
// at the same run, goes on from them. Those of other runs are not the run's to delete.
func (f *folding) spend(next compliance.ListFold) {
	for _, p := range f.fold.Parts {
		still := slices.ContainsFunc(next.Parts, func(o compliance.Part) bool { return o.Blob == p.Blob })
		if !still && strings.HasPrefix(p.Blob, foldsOf(f.run.ID)) {
			f.fold.Spent = append(f.fold.Spent, p.Blob)
		}
	}
}

// putFold stores how far the fold came, unless that is where it began.
func (s *Supervision) putFold(ctx context.Context, f *folding) error {
	if f.fold.N == 0 || f.at != nil && f.at.N == f.fold.N {
		return nil
	}
	if f.at != nil && strings.HasPrefix(f.at.Blob, foldsOf(f.run.ID)) {
		f.fold.Spent = append(f.fold.Spent, f.at.Blob)
	}
	body := encode(f.fold)
	at := compliance.FoldAt{N: f.fold.N, SHA256: sumOf(body)}
	at.Blob = f.blob(at.SHA256)
	f.at = &at
	return s.Blobs.Put(ctx, at.Blob, body)
}

// handOn makes a whole fold the newest, from which the next run goes on, unless another run has come further. What nobody goes on from goes, that
// of the fold before with the next hand-on.
func (s *Supervision) handOn(ctx context.Context, now time.Time, newest records.Fold, f *folding) error {
	if f.at == nil {
		return nil
	}
	if newest.At != nil && newest.At.Blob == f.at.Blob { // nothing was added
		return nil
	}
	gone := slices.Clone(f.fold.Spent)
	if newest.At == nil || newest.At.N <= f.at.N {
		after := records.Fold{At: f.at, Key: f.run.Key}
		if newest.At != nil {
			before, err := s.readFold(ctx, newest.At)
			if err != nil && !unreadable(err) {
				return err
			}
			for _, name := range blobsOf(before.ListFold, newest.At) {
				if !slices.Contains(blobsOf(f.fold.ListFold, f.at), name) {
					after.Retired = append(after.Retired, name)
				}
			}
		}
		b := &records.Batch{}
		b.PutFold(newest, after)
		switch err := s.Store.Commit(ctx, now, b); {
		case records.IsLost(err): // another run was first, or another worker at this one, whose fold has the same blobs: they stay
		case err != nil:
			return err
		default:
			gone = append(gone, newest.Retired...)
		}
	} else { // nobody will go on from a fold that is behind
		for _, name := range blobsOf(f.fold.ListFold, f.at) {
			if strings.HasPrefix(name, foldsOf(f.run.ID)) {
				gone = append(gone, name)
			}
		}
	}
	for _, name := range gone {
		if err := s.Blobs.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// blobsOf names the blobs of a fold.
func blobsOf(f compliance.ListFold, at *compliance.FoldAt) []string {
	out := []string{at.Blob}
	for _, p := range f.Parts {
		out = append(out, p.Blob)
	}
	return out
}
