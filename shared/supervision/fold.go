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
			f := &folding{run: r, fold: fold, at: from.at}
			f.fold.Spent = f.own(fold.Spent) // another run's are its own to let go
			if r.Fold != nil && from.at != r.Fold {
				if left, err := s.readFold(ctx, r.Fold); err == nil {
					f.fold.Spent = f.own(slices.Concat(f.fold.Spent, left.Spent, blobsOf(left.ListFold, r.Fold)))
				}
			}
			return f, nil
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

// own is those of some blobs that the run has made.
func (f *folding) own(names []string) (out []string) {
	for _, name := range names {
		if strings.HasPrefix(name, foldsOf(f.run.ID)) {
			out = append(out, name)
		}
	}
	return out
}

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
// of the fold before with the next hand-on. Where another run or another worker is first, it looks again at which the newest is.
func (s *Supervision) handOn(ctx context.Context, now time.Time, newest records.Fold, f *folding) error {
	if f.at == nil {
		return nil
	}
	made := blobsOf(f.fold.ListFold, f.at)
	gone, needed := slices.Clone(f.fold.Spent), made
	for {
		if newest.At != nil && newest.At.Blob == f.at.Blob { // nothing was added, or it is handed on already
			break
		}
		var before []string
		if newest.At != nil {
			fold, err := s.readFold(ctx, newest.At)
			if err != nil && !unreadable(err) {
				return err
			}
			before = blobsOf(fold.ListFold, newest.At)
		}
		if newest.At != nil && newest.At.N > f.at.N { // nobody goes on from a fold that is behind, but the newest may have been made from it
			gone = append(gone, f.own(made)...)
			needed = append(before, newest.Retired...)
			break
		}
		after := records.Fold{At: f.at, Key: f.run.Key}
		for _, name := range before {
			if !slices.Contains(made, name) {
				after.Retired = append(after.Retired, name)
			}
		}
		b := &records.Batch{}
		b.PutFold(newest, after)
		err := s.Store.Commit(ctx, now, b)
		if err == nil {
			gone = append(gone, newest.Retired...) // but for what this one still has, which has not gone on from the fold before
			break
		}
		if !records.IsLost(err) {
			return err
		}
		if newest, err = s.Store.Fold(ctx, now); err != nil {
			return err
		}
	}
	for _, name := range gone {
		if slices.Contains(needed, name) {
			continue
		}
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
