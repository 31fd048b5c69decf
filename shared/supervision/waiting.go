package supervision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/duty"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// findingItem is what waits of a finding, as work queues show it, at the authority that answers for the enterprise: of one that is contested its
// outcome, and of one that stands its cure, as far as the enterprise sees it.
func (s *Supervision) findingItem(texts ruleTexts, e compliance.Enterprise, f compliance.Finding) (duty.Item, error) {
	if f.State == compliance.Contested {
		return s.contestItem(e, f)
	}
	item := duty.Item{Kind: duty.Finding, ID: f.ID, Authority: e.Authority, Sectors: e.Sectors, State: string(f.State), USCC: e.USCC, Rule: f.Rule}
	seen, shown := f.Public()
	if !shown || seen.State != compliance.Open {
		return item, nil
	}
	w, err := s.cure(texts, seen)
	if errors.Is(err, records.ErrDamaged) { // of a text that cannot be read no day is known, which stops neither a run nor a registration
		s.log().Error("the text of a rule pack cannot be read", "alarm", "rulepack", "pack", f.Pack, "error", err)
		return item, nil
	}
	if w != nil {
		item.Since, item.Waits = seen.Opened(), []duty.Wait{*w}
	}
	return item, err
}

// cure is the cure of an open finding, which its enterprise owes by the day that the rule's deadline sets; nil where it sets none.
func (s *Supervision) cure(texts ruleTexts, f compliance.Finding) (*duty.Wait, error) {
	text, err := texts(f)
	if err != nil || text == nil || text.Deadline == nil {
		return nil, err
	}
	due, err := s.dueOf(f, text)
	if err != nil {
		return nil, err
	}
	w := &duty.Wait{Step: "cure", For: duty.Subject, Pending: due.Pending, SetBy: due.SetBy}
	if due.By != nil {
		w.By = *due.By
	} else {
		w.Start, w.Days = workday.DayOf(f.Opened()), text.Deadline.WorkingDays
	}
	return w, nil
}

// contestItem is what waits of a contest of a finding: its outcome.
func (s *Supervision) contestItem(e compliance.Enterprise, f compliance.Finding) (duty.Item, error) {
	item := duty.Item{Kind: duty.Finding, ID: f.ID, Authority: e.Authority, Sectors: e.Sectors, State: string(f.State), USCC: e.USCC, Rule: f.Rule}
	n := len(f.Contests)
	if n == 0 {
		return item, nil
	}
	c := f.Contests[n-1]
	item.Since = c.At
	w := duty.Wait{Step: "contest/outcome", For: duty.Officer}
	due, err := s.due(c.At, func(k compliance.Clocks) compliance.Clock { return k.Contest })
	if due != nil {
		w.Pending, w.SetBy = due.Pending, due.SetBy
		if clocks, err := s.Clocks(); err == nil && due.Pending != "" && clocks.Contest.WorkingDays != nil {
			w.Start, w.Days = workday.DayOf(c.At), *clocks.Contest.WorkingDays
		}
		if due.By != nil {
			w.By = *due.By
		}
	}
	item.Waits = []duty.Wait{w}
	return item, err
}

// late is the finding that stands of figures that an enterprise owes: the first where several packs have the rule; nil where there is none.
func late(found []compliance.Finding) *compliance.Finding {
	for i, f := range found {
		if f.Rule == compliance.RuleReportLate && f.State != compliance.Cured && f.Outcome == compliance.Fail {
			return &found[i]
		}
	}
	return nil
}

// reportItem is what waits of figures that an enterprise owes and has not reported, as its authority's queue of work shows it; nothing of none.
func reportItem(e compliance.Enterprise, f *compliance.Finding, grace indicator.Due) duty.Item {
	item := duty.Item{Kind: duty.Report, ID: e.USCC, Authority: e.Authority, Sectors: e.Sectors, USCC: e.USCC, Rule: compliance.RuleReportLate}
	if f == nil {
		return item
	}
	item.Since = f.Marks[len(f.Marks)-1].At
	w := duty.Wait{Step: "reports", For: duty.Subject, SetBy: grace.SetBy}
	for _, in := range f.Inputs {
		p, err := indicator.ParsePeriod(in.Period)
		if err != nil {
			continue
		}
		if by := p.Due(grace); w.By == "" || by < w.By {
			w.By = by
		}
	}
	item.Waits = []duty.Wait{w}
	return item
}

// waits is what the changes of an enterprise's findings by a run do to queues of work: what stands waits for its cure, a contest that lapses with
// a cure waits no more, and figures that are owed wait until they are reported. It is one operation for each finding that changed, and one.
func (s *Supervision) waits(texts ruleTexts, e compliance.Enterprise, before []records.Finding, after []compliance.Finding, grace indicator.Due) (*records.Batch, error) {
	b, owed := &records.Batch{}, false
	for i, f := range after {
		had := compliance.Finding{}
		if i < len(before) {
			had = before[i].State
		}
		if f.Newest() == had.Newest() {
			continue
		}
		item, err := s.findingItem(texts, e, f)
		if err != nil {
			return nil, err
		}
		b.PutWork(item, had.ID != "" && had.State != compliance.Cured)
		owed = owed || f.Rule == compliance.RuleReportLate
	}
	if owed {
		b.PutWork(reportItem(e, late(after), grace), true)
	}
	return b, nil
}

// handOver puts what waits of an enterprise's findings before whoever answers for it from now on. Each finding is written as it is, so that no step
// on it comes in between.
func (s *Supervision) handOver(ctx context.Context, now time.Time, b *records.Batch, before, after compliance.Enterprise) error {
	l, err := s.Indicators()
	if err != nil {
		return err
	}
	found, err := s.Store.FindingsOf(ctx, now, after.USCC)
	if err != nil {
		return err
	}
	all := make([]compliance.Finding, len(found))
	for i, f := range found {
		all[i] = f.State
	}
	owed, texts := late(all), s.texts(ctx, now)
	moving := &records.Batch{}
	move := func(item duty.Item) {
		if before.Authority != after.Authority {
			moving.PutWork(duty.Item{Kind: item.Kind, ID: item.ID, Authority: before.Authority}, true)
		}
		moving.PutWork(item, false)
	}
	for i, f := range found {
		if f.Damaged != nil {
			continue
		}
		item, err := s.findingItem(texts, after, f.State)
		if err != nil {
			return err
		}
		if len(item.Waits) > 0 || owed == &all[i] {
			moving.PutFinding(f, f.State)
		}
		if len(item.Waits) > 0 {
			move(item)
		}
	}
	if owed != nil {
		move(reportItem(after, owed, l.Due))
	}
	if b.Len()+moving.Len() > table.MaxOps-reserved { // so much waits that it is moved ahead of its enterprise
		return s.writeAhead(ctx, now, moving)
	}
	b.Join(moving)
	return nil
}

// reserved is how many operations a Write of an enterprise has besides its own and those of its findings: its shard, and the answer that is kept.
const reserved = 6

// packItem is what waits of a version of a rule pack: its trial, and then its publication by another person.
func packItem(name string, e compliance.Edition, sectors []string) duty.Item {
	item := duty.Item{Kind: duty.RulePack, ID: fmt.Sprintf("%s-%d", name, e.Version), Sectors: sectors, State: "draft"}
	if e.Drafted == nil {
		return item
	}
	item.Authority, item.Since = e.Drafted.Authority, e.Drafted.At
	switch {
	case !e.Draft():
	case e.Trial == "":
		item.Waits = []duty.Wait{{Step: fmt.Sprintf("versions/%d/trial", e.Version), For: duty.Officer}}
	default:
		item.Waits = []duty.Wait{{Step: fmt.Sprintf("versions/%d/publication", e.Version), For: duty.Decider}}
	}
	return item
}

// Owed is the figures that an enterprise has not reported of periods that have ended, as what waits for it, the newest first.
func (s *Supervision) Owed(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error) {
	l, err := s.Indicators()
	if err != nil {
		return nil, err
	}
	stored, err := s.Store.Whole(ctx, now, who.USCC)
	if err != nil || stored[0].Version == 0 {
		return nil, err
	}
	e, err := s.withFigures(ctx, now, l, stored[0])
	if err != nil {
		return nil, err
	}
	var out []duty.Item
	for _, x := range compliance.Expectations(l, e.State.Enterprise(), now, has(l, &e.figures)) {
		if x.State == "reported" {
			continue
		}
		out = append(out, duty.Item{Kind: duty.Report, ID: x.Period.String(), State: x.State, USCC: who.USCC, Since: x.Period.End().Start(),
			Waits: []duty.Wait{{Step: "reports", For: duty.Subject, By: workday.Day(x.Due), SetBy: x.SetBy}}})
	}
	return out, nil
}

// ToCure is the findings that stand against an enterprise as it sees them: each it may contest, and cures by the day that the rule's deadline sets.
func (s *Supervision) ToCure(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error) {
	found, err := s.Store.FindingsOf(ctx, now, who.USCC)
	if err != nil {
		return nil, err
	}
	texts := s.texts(ctx, now)
	var out []duty.Item
	for _, f := range found {
		if f.Damaged != nil {
			continue
		}
		seen, shown := f.State.Public()
		if !shown || seen.State != compliance.Open {
			continue
		}
		waits := []duty.Wait{{Step: "contest", For: duty.Subject, May: true}}
		w, err := s.cure(texts, seen)
		if err != nil {
			return nil, err
		}
		if w != nil {
			waits = append(waits, *w)
		}
		out = append(out, duty.Item{Kind: duty.Finding, ID: seen.ID, State: string(seen.State), USCC: who.USCC, Rule: seen.Rule, Since: seen.Marks[0].At, Waits: waits})
	}
	return out, nil
}

// know remembers the caller's authority in the directory of those that have records, once a process.
func (s *Supervision) know(ctx context.Context, call Call) error {
	w := call.Who
	if _, known := s.known.Load(w.Authority); known || w.Role != access.Officer || w.Authority == "" {
		return nil
	}
	if err := s.Store.KnowAuthority(ctx, call.Now, listing.Authority{ID: w.Authority, Level: w.Level, Region: w.Region}); err != nil {
		return err
	}
	s.known.Store(w.Authority, true)
	return nil
}
