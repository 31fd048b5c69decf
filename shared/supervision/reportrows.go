package supervision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
)

// ReportRow is one line of the bulk call.
type ReportRow struct {
	Line int
	USCC string
	Report
	Wrong error // what is wrong with the line before anybody looks at what it says; nil when it could be read
}

// readRow is a row that can be stored as far as it can be told alone.
type readRow struct {
	line   int
	uscc   string
	report compliance.Report
	reason string
}

// rowsAtOnce is how many reports one Write takes, with the figures of their enterprises.
const rowsAtOnce = 48

// ImportReports takes many reports. What one row asks for is done or refused as a single call would be, in the order of the rows; a row that
// says what is reported already changes nothing, so that a call may be repeated.
func (s *Supervision) ImportReports(ctx context.Context, call Call, rows []ReportRow) (*Reply, error) {
	if reply, err := s.kept().Again(ctx, call); reply != nil || err != nil {
		return reply, err
	}
	l, err := s.Indicators()
	if err != nil {
		return nil, err
	}
	receipt := newReceipt()
	good, err := readReports(call, rows, receipt.reject)
	if err != nil {
		return nil, err
	}
	if err := storeRows(receipt, good, rowsAtOnce, func(r readRow) int { return r.line }, func(rows []readRow) ([]error, error) {
		return s.reportGroup(ctx, call, l, rows)
	}); err != nil {
		return nil, err
	}
	return s.receive(ctx, call, receipt)
}

// readReports reads the rows that can be read, those of an enterprise together, and hands the others back.
func readReports(call Call, rows []ReportRow, reject func(line int, err error)) ([]readRow, error) {
	first := map[string]int{}
	by := map[string][]readRow{}
	var usccs []string
	for _, row := range rows {
		err := row.Wrong
		if err == nil {
			if row.USCC, err = ParseUSCC(row.USCC); err != nil {
				err = fault.Fields(fault.Field{Pointer: "/uscc", Detail: err.Error()})
			}
		}
		var r compliance.Report
		if err == nil {
			r, err = row.read(call)
		}
		key := row.USCC + " " + r.Period.String()
		if line, twice := first[key]; err == nil && twice {
			err = fault.At("/period", fmt.Sprintf("line %d has the same enterprise and period; give each once", line), fmt.Sprintf("与第 %d 行的企业及期间重复", line))
		}
		if err != nil {
			reject(row.Line, err)
			continue
		}
		first[key] = row.Line
		if by[row.USCC] == nil {
			usccs = append(usccs, row.USCC)
		}
		by[row.USCC] = append(by[row.USCC], readRow{row.Line, row.USCC, r, row.Reason})
	}
	var good []readRow
	for _, u := range usccs {
		good = append(good, by[u]...)
	}
	return good, nil
}

// reportGroup stores some rows in one Write; refused says of each why it is not among them.
func (s *Supervision) reportGroup(ctx context.Context, call Call, l *indicator.Library, rows []readRow) (refused []error, err error) {
	var usccs []string
	for _, r := range rows {
		if !slices.Contains(usccs, r.uscc) {
			usccs = append(usccs, r.uscc)
		}
	}
	ask := false // for revisions that the figures do not tell
	err = repeat.Retry(ctx, func() error {
		refused = make([]error, len(rows))
		stored, err := s.Store.Whole(ctx, call.Now, usccs...)
		if err != nil {
			return err
		}
		b := &records.Batch{}
		for i, u := range usccs {
			if err := s.reportsOf(ctx, call, l, b, stored[i], u, rows, refused, ask); err != nil {
				return err
			}
		}
		if b.Len() == 0 {
			return nil
		}
		err = s.Store.Commit(ctx, call.Now, b)
		if lost, ok := errors.AsType[*records.Lost](err); ok && lost.Has("report") {
			ask = true
		}
		return err
	})
	return refused, err
}

// reportsOf puts the rows of one enterprise into a batch.
func (s *Supervision) reportsOf(ctx context.Context, call Call, l *indicator.Library, b *records.Batch, stored records.Enterprise, uscc string, rows []readRow, refused []error, ask bool) error {
	var denied error
	if stored.Version == 0 || s.Policy.Allow(call.Who, "report.create", resourceOf(call.Who, stored.State)) != nil {
		denied = fault.At("/uscc", "there is no such enterprise that you may report for", "没有该企业,或者您无权为其报送")
	}
	var e *enterprise
	changed := false
	for i, row := range rows {
		if row.uscc != uscc {
			continue
		}
		if denied != nil {
			refused[i] = denied
			continue
		}
		var err error
		if e == nil {
			if e, err = s.withFigures(ctx, call.Now, l, stored); err != nil {
				return err
			}
		}
		revision := -1
		if ask {
			if revision, err = s.Store.LastRevision(ctx, call.Now, uscc, row.report.Period); err != nil {
				return err
			}
		}
		_, placed, err := s.place(ctx, call, l, b, e, row.report, row.reason, revision)
		if f, isFault := errors.AsType[*fault.Fault](err); err != nil && (!isFault || f.Kind == fault.Unavailable) {
			return err
		}
		refused[i] = err
		changed = changed || placed
	}
	if changed {
		b.PutFigures(e.before, e.figures.Encode(), e.Reports)
	}
	return nil
}
