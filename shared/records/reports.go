package records

import (
	"context"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/table"
)

// PutReport stores a report; there is none of its period and revision yet.
func (b *Batch) PutReport(uscc string, r compliance.Report) {
	b.add("report", put(reportKey(uscc, r.Period, r.Revision), 0, r))
}

// PutFigures stores the figures that the reports of an enterprise come to, over what was read whole.
func (b *Batch) PutFigures(before Enterprise, figures []byte, reports int) {
	b.putJudged(before, before.State.Enterprise(), figures, reports)
}

// ReportPlace is where a page of reports goes on: behind a period's revision.
type ReportPlace struct {
	Period   indicator.Period `json:"p"`
	Revision int              `json:"r"`
}

// Reports reads the reports of an enterprise, the newest period first, of a period the newest revision first; months and days lie among
// each other by their spelling. Where only is a period, those of it alone.
func (s *Store) Reports(ctx context.Context, now time.Time, uscc string, only indicator.Period, after *ReportPlace, limit int) (all []compliance.Report, more bool, err error) {
	r := table.Range{Now: now, Partition: reportKey(uscc, only, 0).Partition, From: reportSort, To: reportSort + "~", Backward: true, Limit: limit}
	if only.Unit != "" {
		r.From, r.To = reportKey(uscc, only, 0).Sort, reportKey(uscc, only, maxRevision).Sort
	}
	if after != nil {
		r.After = reportKey(uscc, after.Period, after.Revision).Sort
	}
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			var r compliance.Report
			if err := decode(item, &r); err != nil {
				return nil, false, err
			}
			all = append(all, r)
		}
		if r.After = page.Next; r.After == "" || len(all) > 0 {
			return all, r.After != "", nil
		}
	}
}

// AllReports reads all reports of an enterprise.
func (s *Store) AllReports(ctx context.Context, now time.Time, uscc string) (all []compliance.Report, err error) {
	var after *ReportPlace
	for more := true; more; {
		var some []compliance.Report
		if some, more, err = s.Reports(ctx, now, uscc, indicator.Period{}, after, table.MaxPage); err != nil {
			return nil, err
		}
		if all = append(all, some...); len(some) > 0 {
			last := some[len(some)-1]
			after = &ReportPlace{last.Period, last.Revision}
		}
	}
	return all, nil
}

// LastRevision is the newest revision of the reports of a period, 0 where there is none.
func (s *Store) LastRevision(ctx context.Context, now time.Time, uscc string, p indicator.Period) (int, error) {
	last, _, err := s.Reports(ctx, now, uscc, p, nil, 1)
	if err != nil || len(last) == 0 {
		return 0, err
	}
	return last[0].Revision, nil
}
