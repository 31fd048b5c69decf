package screening

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/screening/sheet"
	"shixin/shared/squeeze"
)

const (
	windowBytes = 4 << 20 // of a file that are in memory
	defaultPage = 5000    // rows that are looked up at a time
)

// Work does one slice of a screening: it reads the file through and pins the list, then looks rows up page by page. A page of results and how
// far it came are kept so that work that is killed anywhere goes on where it stopped, and gives what it would have given. A message that is
// late, doubled, or for a screening that is done changes nothing.
func (s *Screening) Work(ctx context.Context, body string, now time.Time) error {
	var m struct {
		Screening string `json:"screening"`
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil || m.Screening == "" {
		return fault.New(fault.Malformed, `the message must be {"screening": id}`, "")
	}
	sc, found, err := s.Store.Screening(ctx, now, m.Screening)
	if err != nil || !found || !sc.Open() {
		return err
	}
	began := time.Now()
	if sc.State == records.ScreeningPlanned {
		err = s.plan(ctx, now, sc)
	}
	for err == nil && sc.State == records.ScreeningRunning {
		if err = s.page(ctx, now, sc); err == nil && sc.Open() && time.Since(began) > s.slice() {
			s.send(ctx, sc.ID)
			return nil
		}
	}
	switch {
	case records.IsLost(err):
		return nil // another worker is at it
	case errors.Is(err, blob.ErrNotFound):
		// Another worker may have closed it, and have no more use for the file.
		fail(sc, fault.New(fault.Conflict, "the file is gone; send it again as a new screening", "文件已不存在,请新建批量查询后重新上传"))
		if err := s.commit(ctx, now, sc); err != nil && !records.IsLost(err) {
			return err
		}
		return nil
	case err != nil:
		return err
	}
	return s.dropUpload(ctx, now, sc)
}

func (s *Screening) commit(ctx context.Context, now time.Time, sc *records.Screening) error {
	b := &records.Batch{}
	b.PutScreening(sc)
	err := s.Store.Commit(ctx, now, b)
	if err == nil {
		sc.Stored()
	}
	return err
}

// page looks up the next rows and keeps their results, with how far it came. Where a page ends depends on nothing but the file.
func (s *Screening) page(ctx context.Context, now time.Time, sc *records.Screening) error {
	v, err := s.pinnedView(ctx, sc)
	if err != nil {
		return err
	}
	rows, cursor, err := s.rows(ctx, sc)
	if err != nil {
		return err
	}
	results, err := s.lookUp(ctx, sc, v, rows)
	if err != nil {
		return err
	}
	if len(results) > 0 {
		var counts records.ScreeningCounts
		for i := range results {
			results[i].count(&counts)
		}
		sealed, err := s.Seal.Seal(ctx, squeeze.Pack(encode(results)), []byte(resultsOf(sc.ID, sc.Cursor.Page)))
		if err != nil {
			return err
		}
		if err := s.Blobs.Put(ctx, resultsOf(sc.ID, sc.Cursor.Page), sealed); err != nil {
			return err
		}
		sc.Counts.Add(counts)
		sc.Pages = append(sc.Pages, counts)
		cursor.Page++
	}
	sc.Cursor = cursor
	if cursor.Offset < sc.Size {
		return s.commit(ctx, now, sc)
	}
	if err := s.tellFile(ctx, sc); err != nil {
		return err
	}
	closed := moment(now)
	sc.State, sc.Closed, sc.Expires = records.ScreeningClosed, &closed, closed.Add(KeptFor)
	return s.commit(ctx, now, sc)
}

// tellFile tells the log of queries of a whole file; telling it twice changes nothing.
func (s *Screening) tellFile(ctx context.Context, sc *records.Screening) error {
	var purpose []byte
	if len(sc.Purpose) > 0 {
		var err error
		if purpose, err = s.Seal.Open(ctx, sc.Purpose, purposeBound(sc.ID)); err != nil {
			return err
		}
	}
	c := sc.Counts
	return s.Queries.Tell(ctx, sc.By, querylog.Query{Request: "screening-" + sc.ID, At: sc.Pins.At, Route: "POST /v1/screenings", Purpose: string(purpose), What: []string{sc.Digest}, Count: c.Rows(),
		Invalid: c.Unchecked, ListVersion: sc.Pins.ListVersion, Personal: sc.All,
		Verdicts: map[string]int{string(Match): c.Match, string(Possible): c.Possible, string(Clear): c.Clear, string(Unchecked): c.Unchecked}})
}

func resultsOf(id string, page int) string { return fmt.Sprintf("screenings/%s/results/%d", id, page) }

// rows reads the rows of the next page and where the file goes on behind them.
func (s *Screening) rows(ctx context.Context, sc *records.Screening) (rows []sheet.Row, cursor records.ScreeningCursor, err error) {
	var layout sheet.Layout
	if err := json.Unmarshal(sc.Layout, &layout); err != nil {
		return nil, cursor, err
	}
	size := s.PageSize
	if size == 0 {
		size = defaultPage
	}
	cursor = sc.Cursor
	var text []byte
	behind := cursor.Offset // where the file goes on behind text
	for len(rows) < size && cursor.Offset < sc.Size {
		row, n, lines, ok := layout.Next(text, cursor.Line, behind >= sc.Size)
		if !ok {
			more, err := s.Uploads.Read(ctx, uploadOf(sc.ID), behind, windowBytes/4)
			if err != nil {
				return nil, cursor, err
			}
			if len(more) == 0 {
				return nil, cursor, short(sc, behind)
			}
			text, behind = append(bytes.Clone(text), more...), behind+int64(len(more))
			continue
		}
		text = text[n:]
		cursor.Offset, cursor.Line = cursor.Offset+int64(n), cursor.Line+lines
		if row.Line > 0 {
			rows, cursor.Rows = append(rows, row), cursor.Rows+1
		}
	}
	return rows, cursor, nil
}

// short is a file that has become shorter than it was, as one has that another worker was done with.
func short(sc *records.Screening, at int64) error {
	return fmt.Errorf("screening: the file of %s ends at %d and had %d bytes: %w", sc.ID, at, sc.Size, blob.ErrNotFound)
}
