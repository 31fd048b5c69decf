package screening

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/squeeze"
)

// Result is what was found for one row of a file.
type Result struct {
	Line      int     `json:"line"`                // of the file, from 1
	Reference string  `json:"reference,omitempty"` // the sender's own
	Verdict   Verdict `json:"verdict"`
	Detail    string  `json:"detail,omitempty"` // why it is unchecked, or what was left out
	Items     []Item  `json:"items,omitempty"`  // at most 5, the strongest first
	// Side is the keyed hash of whom the row means, where something was found ([side.Of]): under it the caller's notes are found. It is shown to nobody.
	Side string `json:"side,omitempty"`
}

func (r *Result) count(c *records.ScreeningCounts) {
	switch r.Verdict {
	case Match:
		c.Match++
	case Possible:
		c.Possible++
	case Clear:
		c.Clear++
	default:
		c.Unchecked++
	}
}

// has is how many rows of a page have a verdict; empty is any.
func has(c records.ScreeningCounts, v Verdict) int {
	switch v {
	case Match:
		return c.Match
	case Possible:
		return c.Possible
	case Clear:
		return c.Clear
	case Unchecked:
		return c.Unchecked
	}
	return c.Rows()
}

// ResultPlace is where a list of results goes on.
type ResultPlace struct {
	Page  int `json:"p"`
	Index int `json:"i"` // in the page
}

// pagesOfAnswer is how many pages are opened for one answer.
const pagesOfAnswer = 20

// Results lists the results of a closed screening in the order of its rows, those of one verdict or all. next is nil at the end.
func (s *Screening) Results(ctx context.Context, who access.Principal, now time.Time, id string, verdict Verdict, from ResultPlace, limit int) (results []Result, next *ResultPlace, err error) {
	sc, err := s.own(ctx, who, now, id)
	if err != nil {
		return nil, nil, err
	}
	switch sc.State {
	case records.ScreeningClosed:
	case records.ScreeningFailed:
		return nil, nil, hasFailed(sc)
	default:
		return nil, nil, fault.New(fault.Conflict, fmt.Sprintf("the screening is %s; its results are there when it is closed", sc.State), "批量查询尚未完成,完成后方可读取结果")
	}
	results = []Result{}
	opened := 0
	for at := from; at.Page < len(sc.Pages); at = (ResultPlace{Page: at.Page + 1}) {
		if has(sc.Pages[at.Page], verdict) == 0 {
			continue
		}
		if opened++; opened > pagesOfAnswer {
			return results, &at, nil
		}
		page, err := s.openResults(ctx, id, at.Page)
		if err != nil {
			return nil, nil, err
		}
		for ; at.Index < len(page); at.Index++ {
			if verdict != "" && page[at.Index].Verdict != verdict {
				continue
			}
			if len(results) == limit {
				return results, &at, nil
			}
			results = append(results, page[at.Index])
		}
	}
	return results, nil, nil
}

func (s *Screening) openResults(ctx context.Context, id string, page int) ([]Result, error) {
	sealed, err := s.Blobs.Get(ctx, resultsOf(id, page))
	if err != nil {
		return nil, err
	}
	packed, err := s.Seal.Open(ctx, sealed, []byte(resultsOf(id, page)))
	if err == nil {
		packed, err = squeeze.Unpack(packed)
	}
	if err != nil {
		return nil, err
	}
	var results []Result
	return results, json.Unmarshal(packed, &results)
}

// dropUpload removes the file of a screening that has no more use for it. Its address takes no other.
func (s *Screening) dropUpload(ctx context.Context, now time.Time, sc *records.Screening) error {
	if !sc.Kept || sc.Open() {
		return nil
	}
	if err := s.Uploads.Close(ctx, uploadOf(sc.ID)); err != nil {
		return err
	}
	sc.Kept = false
	if err := s.commit(ctx, now, sc); err != nil && !records.IsLost(err) {
		return err
	}
	return nil
}

// untouched is how long a screening that expired is left as it is: whoever asked for its results right before reads them to the end.
const untouched = time.Minute

// Sweep sends for screenings with work left, and removes what has had its time: files, results, and screenings that expired.
func (s *Screening) Sweep(ctx context.Context, now time.Time) error {
	ids, err := s.Store.Screenings(ctx, now)
	if err != nil {
		return err
	}
	var all []error
	for _, id := range ids {
		sc, found, err := s.Store.Screening(ctx, now, id)
		switch {
		case err != nil:
		case !found || now.Sub(sc.Expires) > untouched:
			err = s.forget(ctx, now, id, sc)
		case sc.Open():
			s.send(ctx, id)
		default:
			err = s.dropUpload(ctx, now, sc)
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}

// forget removes everything of a screening, its record last.
func (s *Screening) forget(ctx context.Context, now time.Time, id string, sc *records.Screening) error {
	if err := s.Uploads.Delete(ctx, uploadOf(id)); err != nil {
		return err
	}
	for page := range len(sc.Pages) + 1 { // one may be there that no record knows of
		if err := s.Blobs.Delete(ctx, resultsOf(id, page)); err != nil {
			return err
		}
	}
	if sc.Pins != nil {
		if err := s.Blobs.Delete(ctx, sc.Pins.Tail.Blob); err != nil {
			return err
		}
	}
	b := &records.Batch{}
	b.DropScreening(id)
	return s.Store.Commit(ctx, now, b)
}

// pinned names the segments, by their first blob, that screenings with work left have pinned.
func (s *Screening) pinned(ctx context.Context, now time.Time) (map[string]bool, error) {
	ids, err := s.Store.Screenings(ctx, now)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, id := range ids {
		sc, found, err := s.Store.Screening(ctx, now, id)
		if err != nil {
			return nil, err
		}
		if found && sc.Open() && sc.Pins != nil && sc.Pins.Segment != nil {
			out[blobOf(*sc.Pins.Segment)] = true
		}
	}
	return out, nil
}
