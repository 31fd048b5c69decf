package supervision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/records"
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
