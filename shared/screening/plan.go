package screening

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/records"
	"shixin/shared/screening/sheet"
	"shixin/shared/squeeze"
)

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
