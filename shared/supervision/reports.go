package supervision

import (
	"context"
	"fmt"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/records"
)

// ReportView is a report as the API shows it.
type ReportView struct {
	ID         string             `json:"id"`
	Period     indicator.Period   `json:"period"`
	Revision   int                `json:"revision"`
	Indicators map[string]float64 `json:"indicators"`
	Source     string             `json:"source"`
	Reason     *string            `json:"reason"` // of a correction
	At         time.Time          `json:"at"`
	By         string             `json:"by"`   // the role of who reported
	Late       bool               `json:"late"` // it came after the day that it was due on
	Authority  string             `json:"authority,omitempty"`
}

func viewReport(l *indicator.Library, r compliance.Report, reason string) ReportView {
	v := ReportView{ID: fmt.Sprintf("%s-r%d", r.Period, r.Revision), Period: r.Period, Revision: r.Revision, Indicators: r.Indicators, Source: r.Source, At: r.At,
		By: r.Role, Late: r.Revision == 1 && r.Period.N <= indicator.LastDue(r.Period.Unit, r.At, l.Due).N, Authority: r.Authority}
	if reason != "" {
		v.Reason = &reason
	}
	return v
}

// Reports is a page of an enterprise's reports, and what it ought to report.
type Reports struct {
	Items    []ReportView          `json:"items"`
	Expected []compliance.Expected `json:"expected"`
	Next     *ReportPlace          `json:"-"`
}

// ReportPlace is where a page of reports goes on.
type ReportPlace = records.ReportPlace

// ReadReports answers a page of an enterprise's reports, each revision of each period, the newest first, with the periods for which it reports
// and what is late. Both sides see the same.
func (s *Supervision) ReadReports(ctx context.Context, who access.Principal, now time.Time, uscc string, only indicator.Period, from *ReportPlace, limit int) (*Reports, error) {
	l, err := s.Indicators()
	if err != nil {
		return nil, err
	}
	stored, err := s.Store.Whole(ctx, now, uscc)
	if err != nil {
		return nil, err
	}
	if stored[0].Version == 0 {
		return nil, notFound()
	}
	if err := s.Policy.Allow(who, "report.read", resourceOf(who, stored[0].State)); err != nil {
		return nil, err
	}
	e, err := s.withFigures(ctx, now, l, stored[0])
	if err != nil {
		return nil, err
	}
	out := &Reports{Items: []ReportView{}}
	out.Expected = compliance.Expectations(l, e.State.Enterprise(), now, has(l, &e.figures))
	all, more, err := s.Store.Reports(ctx, now, uscc, only, from, limit)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		var reason []byte
		if r.Reason != nil {
			if reason, err = s.Seal.Open(ctx, r.Reason, boundReport(uscc)); err != nil {
				return nil, err
			}
		}
		out.Items = append(out.Items, viewReport(l, r, string(reason)))
	}
	if n := len(all); more && n > 0 {
		out.Next = &ReportPlace{Period: all[n-1].Period, Revision: all[n-1].Revision}
	}
	return out, nil
}

// has tells whether a figure is there.
func has(l *indicator.Library, f *indicator.Figures) func(position, n int) bool {
	return func(position, n int) bool {
		d := l.At(position)
		_, ok := f.Get(l, d.Name, indicator.Period{Unit: d.Period, N: n})
		return ok
	}
}
