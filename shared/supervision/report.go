package supervision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/subject"
)

// Report is the body of POST /v1/enterprises/{uscc}/reports, and with a code one row of POST /v1/reports.
type Report struct {
	Period     string             `json:"period"`
	Indicators map[string]float64 `json:"indicators"`
	Source     string             `json:"source,omitempty"` // self where it is left out
	Reason     string             `json:"reason,omitempty"` // of a correction
}

// MaxIndicators is how many figures one report may have.
const MaxIndicators = indicator.MaxSeries

// read turns a report into what is kept, as far as it can be told without the enterprise.
func (r *Report) read(call Call) (compliance.Report, error) {
	out := compliance.Report{Indicators: r.Indicators, Source: r.Source, At: call.Now.UTC(), Role: string(call.Who.Role), By: call.Who.Account,
		Person: call.Who.Person, Authority: call.Who.Authority}
	var w fault.Wrong
	p, err := indicator.ParsePeriod(r.Period)
	if err != nil {
		p = indicator.Period{}
	}
	out.Period = p
	if en, zh := indicator.CheckPeriod(p, call.Now); en != "" {
		w.Add("/period", en, zh)
	}
	if len(r.Indicators) == 0 || len(r.Indicators) > MaxIndicators {
		w.Add("/indicators", fmt.Sprintf("1 to %d figures by the names of their indicators", MaxIndicators), "按指标名称给出 1 至 256 项数值")
	}
	if out.Source == "" {
		out.Source = indicator.Self.String()
	}
	switch mark, ok := indicator.ParseMark(out.Source); {
	case !ok:
		w.Add("/source", "must be self, checked or measured", "须为 self、checked 或 measured")
	case mark != indicator.Self && call.Who.Role == access.Enterprise:
		w.Add("/source", "an enterprise reports its own figures: self; what is checked or measured, its authority enters", "企业仅可填写 self;checked 与 measured 由主管部门录入")
	}
	if r.Reason != "" {
		w.Err("/reason", subject.CheckText(r.Reason, 5000))
	}
	return out, w.Fault()
}

// boundReport is what the reason of a report is sealed with.
func boundReport(uscc string) []byte { return []byte("report " + uscc) }

// place puts a report into a batch behind what is stored, and returns what is stored once the batch is committed. Revision is the newest
// one of the reports of its period, -1 where the figures tell. A report that says what is known already is nothing new: it is false then.
func (s *Supervision) place(ctx context.Context, call Call, l *indicator.Library, b *records.Batch, e *enterprise, r compliance.Report, reason string, revision int) (compliance.Report, bool, error) {
	var w fault.Wrong
	for _, f := range l.Check("/indicators", r.Period, e.State.Sectors, r.Indicators) {
		w.Err(f.Pointer, errors.New(f.Detail))
	}
	if oldest := e.figures.Oldest(r.Period.Unit); oldest.Unit != "" && r.Period.N < oldest.N {
		w.Add("/period", fmt.Sprintf("is older than what is looked at; the first is %s", oldest), fmt.Sprintf("早于仍被查看的期间,最早为 %s", oldest))
	}
	if w.Any() {
		return r, false, w.Fault()
	}
	if revision < 0 {
		revision = lastRevision(l, &e.figures, r.Period)
	}
	if revision > 0 && r.Says(l, &e.figures) {
		r.Revision = revision
		return r, false, nil
	}
	if call.IfMatch != nil && (revision == 0 || !call.Matches(revision)) {
		return r, false, stale()
	}
	if fields := r.Overrules(l, &e.figures); fields != nil {
		return r, false, fault.Fields(fields...)
	}
	if r.Revision, r.N = revision+1, e.Reports+1; r.Revision > 1 && reason == "" {
		return r, false, fault.At("/reason", "figures of this period are reported already: say why they are otherwise", "该期间已有报送数据,请说明更正原因")
	}
	if reason != "" {
		sealed, err := s.Seal.Seal(ctx, []byte(reason), boundReport(e.State.USCC))
		if err != nil {
			return r, false, err
		}
		r.Reason = sealed
	}
	r.Apply(l, &e.figures)
	e.Reports = r.N
	b.PutReport(e.State.USCC, r)
	return r, true, nil
}

// lastRevision is the newest revision of the reports of a period, as far as figures of it are kept.
func lastRevision(l *indicator.Library, f *indicator.Figures, p indicator.Period) int {
	last := 0
	for _, d := range l.All() {
		if had, ok := f.Get(l, d.Name, p); ok {
			last = max(last, had.Revision)
		}
	}
	return last
}

// enterprise is an enterprise with its figures.
type enterprise struct {
	records.Enterprise
	before  records.Enterprise
	figures indicator.Figures
}

// withFigures reads the figures of an enterprise. Where they cannot be read, they are what its reports come to.
func (s *Supervision) withFigures(ctx context.Context, now time.Time, l *indicator.Library, e records.Enterprise) (*enterprise, error) {
	out := &enterprise{Enterprise: e, before: e}
	var err error
	if e.Damaged == nil {
		if out.figures, err = indicator.Decode(e.Figures); err == nil {
			return out, nil
		}
	}
	reports, err := s.Store.AllReports(ctx, now, e.State.USCC)
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		out.Reports = max(out.Reports, r.N)
	}
	out.figures = compliance.Fold(l, reports, out.Reports)
	return out, nil
}

// Report takes the figures of a period.
func (s *Supervision) Report(ctx context.Context, call Call, uscc string, in Report) (*Reply, error) {
	r, err := in.read(call)
	if err != nil {
		return nil, err
	}
	l, err := s.Indicators()
	if err != nil {
		return nil, err
	}
	revision := -1
	return s.kept().Once(ctx, call, func() (*Reply, error) {
		stored, err := s.Store.Whole(ctx, call.Now, uscc)
		if err != nil {
			return nil, err
		}
		if stored[0].Version == 0 {
			return nil, notFound()
		}
		if err := s.Policy.Allow(call.Who, "report.create", resourceOf(call.Who, stored[0].State)); err != nil {
			return nil, err
		}
		e, err := s.withFigures(ctx, call.Now, l, stored[0])
		if err != nil {
			return nil, err
		}
		b := &records.Batch{}
		placed, changed, err := s.place(ctx, call, l, b, e, r, in.Reason, revision)
		if err != nil {
			return nil, err
		}
		view := viewReport(l, placed, in.Reason)
		reply := &Reply{Status: 200, Version: placed.Revision, Body: encode(view)}
		if changed {
			reply.Status = 201
			b.PutFigures(e.before, e.figures.Encode(), e.Reports)
		}
		if err := s.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		if b.Len() == 0 {
			return reply, nil
		}
		err = s.Store.Commit(ctx, call.Now, b)
		if lost, ok := errors.AsType[*records.Lost](err); ok && lost.Has("report") {
			var unread error
			if revision, unread = s.Store.LastRevision(ctx, call.Now, uscc, r.Period); unread != nil {
				return nil, unread
			}
		}
		return reply, err
	})
}

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
	receipt, room := &Receipt{Rejected: []Rejection{}}, maxRejectedBytes
	good, err := readReports(call, rows, func(line int, err error) { receipt.reject(line, err, &room) })
	if err != nil {
		return nil, err
	}
	for len(good) > 0 {
		n := min(rowsAtOnce, len(good))
		refused, err := s.reportGroup(ctx, call, l, good[:n])
		if err != nil {
			return nil, err
		}
		for i, err := range refused {
			if err != nil {
				receipt.reject(good[i].line, err, &room)
			} else {
				receipt.Accepted++
			}
		}
		good = good[n:]
	}
	slices.SortStableFunc(receipt.Rejected, func(a, b Rejection) int { return a.Line - b.Line })
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
