package screening

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/screening/sheet"
	"shixin/shared/squeeze"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

const (
	// windowBytes is how much of a file is in memory.
	windowBytes = 4 << 20
	defaultPage = 5000
	// itemsOfRow is how many listings a row's result names.
	itemsOfRow = 5
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

// plan reads the file through, so that nothing is looked up of one that is wrong, and pins what all rows will meet.
func (s *Screening) plan(ctx context.Context, now time.Time, sc *records.Screening) error {
	var layout sheet.Layout
	if err := json.Unmarshal(sc.Layout, &layout); err != nil {
		return err
	}
	if err := s.readThrough(ctx, sc, &layout); err != nil {
		if fault.Of(err) != fault.Invalid && fault.Of(err) != fault.TooLarge {
			return err
		}
		fail(sc, err)
		return s.commit(ctx, now, sc)
	}
	v, err := s.current(ctx, now)
	if err != nil {
		return err
	}
	tail, err := s.putTail(ctx, sc.ID, v.tail)
	if err != nil {
		return err
	}
	sc.Layout, sc.State = encode(layout), records.ScreeningRunning
	sc.Cursor = records.ScreeningCursor{Offset: layout.Start, Line: layout.Line}
	sc.Pins = &records.ScreeningPins{ListVersion: v.version, Algorithm: naming.Algorithm, At: moment(now), Segment: v.meta, Tail: tail}
	if err = s.commit(ctx, now, sc); records.IsLost(err) {
		return errors.Join(err, s.dropTail(ctx, now, sc.ID, tail))
	}
	return err
}

// putTail keeps what came since the segment. Its name is of what is in it: two workers that plan at the same time, between which there is an effect, do
// not write over each other.
func (s *Screening) putTail(ctx context.Context, id string, tail map[string]*Card) (records.IndexPart, error) {
	body := squeeze.Pack(encode(tail))
	sum := sha256.Sum256(body)
	return s.putSealed(ctx, fmt.Sprintf("screenings/%s/tail-%s", id, hex.EncodeToString(sum[:8])), body)
}

// dropTail removes what a worker has kept in vain because another has planned the screening, unless that one has kept the same.
func (s *Screening) dropTail(ctx context.Context, now time.Time, id string, tail records.IndexPart) error {
	sc, _, err := s.Store.Screening(ctx, now, id)
	if err != nil || sc.Pins != nil && sc.Pins.Tail.Blob == tail.Blob {
		return err
	}
	return s.Blobs.Delete(ctx, tail.Blob)
}

// readThrough counts the rows of a file and tells its encoding for certain. A fault says what is wrong with all of it.
func (s *Screening) readThrough(ctx context.Context, sc *records.Screening, layout *sheet.Layout) error {
	sum := sha256.New()
	rows, notUTF8, notGB := 0, 0, 0
	text, at := []byte(nil), int64(0) // what is in memory, and where the file goes on behind it
	for skipped := false; ; {
		more, err := s.Uploads.Read(ctx, uploadOf(sc.ID), at, windowBytes)
		if err != nil {
			return err
		}
		if len(more) == 0 && at < sc.Size {
			return short(sc, at)
		}
		at += int64(len(more))
		sum.Write(more)
		text = append(text, more...)
		if !skipped { // the header, which lies within the first window
			text, skipped = text[min(int64(len(text)), layout.Start):], true
		}
		end := at >= sc.Size
		for {
			row, isUTF8, isGB, n, ok := layout.Count(text, end)
			if !ok {
				break
			}
			text = text[n:]
			if !row {
				continue
			}
			if rows++; rows > MaxRows {
				return fault.New(fault.TooLarge, "the file has more than 1,000,000 rows; look it up in parts", "文件超过 1,000,000 行,请分文件查询")
			}
			if !isUTF8 {
				notUTF8++
			}
			if !isGB {
				notGB++
			}
		}
		if end {
			break
		}
		text = bytes.Clone(text) // what lies before it is let go
	}
	switch {
	case rows == 0:
		return fault.New(fault.Invalid, "the file has no rows", "文件没有数据行")
	case sc.Declared > 0 && sc.Declared != rows:
		return fault.New(fault.Invalid, fmt.Sprintf("the file has %d rows and %d were announced; did the upload stop half-way?", rows, sc.Declared),
			fmt.Sprintf("文件有 %d 行,申报为 %d 行,上传可能中断", rows, sc.Declared))
	}
	layout.GB18030 = notUTF8 > 0 && notGB < notUTF8 // where neither fits every row, those it does not fit are unchecked
	sc.Rows = rows
	digest, err := s.Hash.Hash(ctx, "file\x00"+hex.EncodeToString(sum.Sum(nil)))
	sc.Digest = digest
	return err
}

// pin is the view that a process worked with last.
type pin struct {
	mu   sync.Mutex
	id   string
	view *view
}

// pinnedView is what all rows of a screening meet. One that is gone or damaged is nil: then no row can be checked.
func (s *Screening) pinnedView(ctx context.Context, sc *records.Screening) (*view, error) {
	s.pin.mu.Lock()
	defer s.pin.mu.Unlock()
	if s.pin.id == sc.ID {
		return s.pin.view, nil
	}
	v, err := s.openPins(ctx, sc)
	if errors.Is(err, errSegment) { // not kept: it may be put right while the work goes on
		s.log().ErrorContext(ctx, "what a screening has pinned cannot be read; its rows are unchecked", "alarm", "index", "screening", sc.ID, "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.pin.id, s.pin.view = sc.ID, v
	return v, nil
}

func (s *Screening) openPins(ctx context.Context, sc *records.Screening) (*view, error) {
	if sc.Pins.Algorithm != naming.Algorithm {
		return nil, fmt.Errorf("%w: the comparison of names has changed", errSegment)
	}
	v, err := emptyView()
	if err != nil {
		return nil, err
	}
	if sc.Pins.Segment != nil {
		if in := s.views.newest.Load(); in != nil && in.meta != nil && same(*in.meta, *sc.Pins.Segment) {
			v.base = in.base
		} else if v.base, err = s.load(ctx, *sc.Pins.Segment); err != nil {
			return nil, err
		}
	}
	tail, err := s.getSealed(ctx, sc.Pins.Tail)
	if err == nil {
		tail, err = squeeze.Unpack(tail)
	}
	if err != nil {
		return nil, err
	}
	v.version, v.meta = sc.Pins.ListVersion, sc.Pins.Segment
	v.tail = map[string]*Card{}
	if err := json.Unmarshal(tail, &v.tail); err != nil {
		return nil, fmt.Errorf("%w: %w", errSegment, err)
	}
	v.sort()
	return v, nil
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

// lookUp looks rows up on all processors.
func (s *Screening) lookUp(ctx context.Context, sc *records.Screening, v *view, rows []sheet.Row) ([]Result, error) {
	results := make([]Result, len(rows))
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	next := make(chan int, len(rows))
	for i := range rows {
		next <- i
	}
	close(next)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				var err error
				if results[i], err = s.row(ctx, sc, v, rows[i]); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return results, errors.Join(failed, ctx.Err())
}

// row looks one row up. What goes wrong with it alone leaves it unchecked, and costs no other row.
func (s *Screening) row(ctx context.Context, sc *records.Screening, v *view, row sheet.Row) (r Result, err error) {
	r = Result{Line: row.Line, Reference: row.Reference, Verdict: Unchecked}
	defer func() {
		if p := recover(); p != nil {
			r = Result{Line: row.Line, Reference: row.Reference, Verdict: Unchecked, Detail: fault.Both("the row could not be compared", "该行无法比对")}
			err = nil
			s.log().ErrorContext(ctx, "a row cannot be compared", "alarm", "isolated", "screening", sc.ID, "line", row.Line, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	switch {
	case row.Wrong != "":
		r.Detail = row.Wrong
		return r, nil
	case v == nil:
		r.Detail = fault.Both("the index of names could not be read", "名称索引无法读取")
		return r, nil
	}
	w, wrong, err := s.understand(ctx, sc, row)
	if err != nil {
		return r, err
	}
	if wrong != "" {
		r.Detail = wrong
		return r, nil
	}
	found, err := v.find(w, sc.All, workday.DayOf(sc.Pins.At))
	if errors.Is(err, errSegment) {
		r.Detail = fault.Both("the index of names could not be read", "名称索引无法读取")
		return r, nil
	}
	if err != nil {
		return r, err
	}
	switch r.Items = found.items; {
	case len(r.Items) > 0:
		r.Verdict, r.Detail = r.Items[0].Verdict, found.missing
	case found.nothing != "" || found.missing != "":
		r.Detail = cmp.Or(found.nothing, found.missing)
	default:
		r.Verdict = Clear
		if found.narrowed > 0 {
			r.Detail = fault.Both(fmt.Sprintf("%d names that are alike were left out: what else the row says of them does not fit", found.narrowed),
				fmt.Sprintf("有 %d 个近似名称因其他信息不符而排除", found.narrowed))
		}
	}
	return r, nil
}

// understand checks a row as a query is checked; wrong says why it cannot be looked up.
func (s *Screening) understand(ctx context.Context, sc *records.Screening, row sheet.Row) (w wanted, wrong string, err error) {
	w = wanted{name: row.Name, kind: subject.Kind(row.Kind), region: row.Region, birthYear: row.BirthYear, limit: itemsOfRow, threshold: sc.Threshold}
	if en, zh := wrongName(row.Name); en != "" && (row.Identifier == nil || row.Name != "") {
		return w, fault.Both("name "+en, "名称"+zh), nil
	}
	if field, f := w.wrongField(sc.Pins.At); f != nil {
		return w, field + " " + f.Detail, nil
	}
	if en, zh := wrongLine(row.Reference); en != "" {
		return w, fault.Both("reference "+en, "reference "+zh), nil
	}
	if row.Identifier == nil {
		return w, "", nil
	}
	ref, refusal, err := s.identify(ctx, sc.By, Identifier(*row.Identifier), len(sc.Purpose) > 0)
	if err != nil {
		return w, "", err
	}
	if refusal != nil {
		detail := refusal.Error()
		if f, ok := errors.AsType[*fault.Fault](refusal); ok {
			detail = f.Detail
		}
		return w, "identifier: " + detail, nil
	}
	w.ref = ref
	return w, "", nil
}
