package supervision

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/journal"
	"shixin/shared/records"
	"shixin/shared/table"
)

// blobOf is the name of a run's snapshot of the list, by its sum: two workers that plan it at the same time, between which another run has handed
// on its fold, key their snapshots otherwise, and do not write over each other.
func blobOf(run, sum string) string { return "runs/" + run + "/list-" + sum }

// plan makes a planned run's snapshot, does its first pass, and sets it running. Done twice, or cut off anywhere and done again, it comes to
// the same. After a slice the rest is left to a new message.
func (s *Supervision) plan(ctx context.Context, now time.Time, run records.Run) error {
	slice, cancel := context.WithTimeout(ctx, s.slice())
	defer cancel()
	r := run.State
	listed, err := s.prepare(ctx, slice, now, &r)
	if err == nil && listed {
		err = s.survey(ctx, slice, now, &r)
	}
	if damaged, ok := errors.AsType[*unplannable](err); ok {
		s.log().ErrorContext(ctx, "an audit run could not be planned", "alarm", "audit", "run", r.ID, "error", err)
		r.State, r.Reason, r.Closed, r.Fold, r.Survey = compliance.Failed, damaged.reason, &now, nil, nil
		b := &records.Batch{}
		b.PutRun(run, r)
		return lostIsFine(s.Store.Commit(ctx, now, b))
	}
	if err != nil {
		return err
	}
	planned := listed && r.Survey == nil
	if planned {
		r.State = compliance.Running
	}
	b := &records.Batch{}
	b.PutRun(run, r)
	if err := s.Store.Commit(ctx, now, b); err != nil {
		return lostIsFine(err)
	}
	if !planned {
		return s.Queue.Send(ctx, planMessage(r.ID))
	}
	if len(r.Plan) == 0 {
		return s.finish(ctx, now, r.ID)
	}
	return s.send(ctx, r.ID, r.Plan, nil)
}

// prepare pins the texts of the run's packs and indicators, and makes its snapshot of the list; false where the slice is over before it is made.
func (s *Supervision) prepare(ctx, slice context.Context, now time.Time, r *compliance.Run) (done bool, err error) {
	if r.Pins.Snapshot != "" {
		return true, nil
	}
	if r.Pins.Indicators == "" {
		if err := s.pinTexts(ctx, now, r); err != nil {
			return false, err
		}
	}
	return s.snapshot(ctx, slice, now, r)
}

// pinTexts pins the versions of rule packs that are in force at the run's moment, and the indicators, and keeps their texts for whoever judges
// again.
func (s *Supervision) pinTexts(ctx context.Context, now time.Time, r *compliance.Run) error {
	l, err := s.Indicators()
	if err != nil {
		return err
	}
	h, err := s.shelf(ctx, now)
	if err != nil {
		return err
	}
	editions, err := h.ordered(*r)
	if err != nil {
		return err
	}
	text := libraryText(l)
	r.Pins.Indicators, r.Pins.Packs = sumOf(text), nil
	if err := s.keep(ctx, now, r.Pins.Indicators, text); err != nil {
		return err
	}
	texts := map[string][]byte{}
	for _, e := range editions {
		p, err := s.edition(ctx, now, h, e)
		if errors.Is(err, records.ErrDamaged) {
			return &unplannable{"a rule pack cannot be read", err}
		}
		if err != nil {
			return err
		}
		if err := s.Rules.Check(p.Text, l); err != nil { // it was drafted for other indicators
			return &unplannable{"the rule pack " + p.Name() + " does not fit the indicators", err}
		}
		pack := p.Pack
		pack.Sum = e.Sum
		r.Pins.Packs, texts[e.Sum] = append(r.Pins.Packs, pack), p.Text
	}
	if r.Trial == nil && len(r.Packs) == 0 {
		r.Pins.Packs = onceLate(r.Pins.Packs)
	}
	for _, p := range r.Pins.Packs {
		if err := s.keep(ctx, now, p.Sum, texts[p.Sum]); err != nil {
			return err
		}
	}
	return nil
}

// onceLate leaves out the pack of the rule that figures are reported in time where another one for every sector has the rule: it is applied in
// each run over all packs, whatever else is published.
func onceLate(packs []compliance.Pack) []compliance.Pack {
	if !slices.ContainsFunc(packs, func(p compliance.Pack) bool {
		return len(p.Sectors) == 0 && slices.Contains(p.Rules, compliance.RuleReportLate)
	}) {
		return packs
	}
	return slices.DeleteFunc(packs, func(p compliance.Pack) bool { return p.ID == compliance.RuleReportLate })
}

// ordered is the editions that a run judges by.
func (h *shelf) ordered(r compliance.Run) ([]compliance.Edition, error) {
	var out []compliance.Edition
	if t := r.Trial; t != nil {
		b, _ := h.book(t.Pack)
		for _, version := range []int{t.Against, t.Version} {
			if e, has := b.State.Edition(version); has {
				out = append(out, e)
			} else if version > 0 {
				return nil, &unplannable{"there is no version " + strconv.Itoa(version) + " of the rule pack " + t.Pack, errors.New("supervision: a trial")}
			}
		}
		return out, nil
	}
	if len(r.Packs) == 0 {
		for _, b := range h.books {
			if e, has := b.State.On(r.Pins.At); has {
				out = append(out, e)
			}
		}
		return out, nil
	}
	for _, name := range r.Packs {
		n, _ := parseNamed(name)
		e, has := h.find(n, r.Pins.At)
		if !has {
			return nil, &unplannable{"the rule pack " + name + " is not in force", errors.New("supervision: an order")}
		}
		out = append(out, e)
	}
	return out, nil
}

// unplannable says that trying again cannot help.
type unplannable struct {
	reason string
	err    error
}

func (u *unplannable) Error() string { return u.reason + ": " + u.err.Error() }

// span is how many journal entries are fetched at a time, and ahead how many such fetches run at once.
const (
	span  = table.MaxPage
	ahead = 4
)

// entries reads the journal after one entry up to another, in order.
func (s *Supervision) entries(ctx context.Context, now time.Time, from, last int64, do func(journal.Entry) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type fetched struct {
		entries []records.StoredEntry
		err     error
	}
	var waiting []chan fetched
	fetch := func() {
		upto := min(from+span, last)
		if from == upto {
			return
		}
		c := make(chan fetched, 1)
		waiting = append(waiting, c)
		go func(after int64) {
			entries, err := s.Store.Entries(ctx, now, after, upto, span)
			c <- fetched{entries, err}
		}(from)
		from = upto
	}
	for range ahead {
		fetch()
	}
	for len(waiting) > 0 {
		f := <-waiting[0]
		if f.err != nil {
			if errors.Is(f.err, records.ErrDamaged) {
				return &unplannable{"the journal cannot be read", f.err}
			}
			return f.err
		}
		waiting = waiting[1:]
		fetch()
		for _, e := range f.entries {
			if err := do(e.Entry); err != nil {
				return &unplannable{"the journal is not in order", err}
			}
		}
	}
	return nil
}

// again sends the messages of an unfinished run.
func (s *Supervision) again(ctx context.Context, now time.Time, run compliance.Run) error {
	if run.State != compliance.Running {
		return s.Queue.Send(ctx, planMessage(run.ID))
	}
	all, err := s.Store.AllProgress(ctx, now, run)
	if err != nil {
		return err
	}
	done := map[int]bool{}
	for _, p := range all {
		if p.Done {
			done[p.Shard] = true
		}
	}
	if len(done) == len(run.Plan) { // none is left but to close it
		return s.Queue.Send(ctx, planMessage(run.ID))
	}
	return s.send(ctx, run.ID, run.Plan, done)
}
