package supervision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/records"
)

// work is a message: a run to be planned or closed, or one of its shards to go on with.
type work struct {
	Run   string `json:"run"`
	Shard *int   `json:"shard,omitempty"`
}

// Work does what a message asks for, as far as the run still needs it. A message for a run that is closed, or for a shard that is
// done, changes nothing. After a slice the rest is left to a new message.
func (s *Supervision) Work(ctx context.Context, body string, now time.Time) error {
	var w work
	if err := json.Unmarshal([]byte(body), &w); err != nil || w.Run == "" || w.Shard != nil && (*w.Shard < 0 || *w.Shard >= records.Shards) {
		return fault.New(fault.Malformed, "the message names no run", "消息未指明检查批次")
	}
	run, found, err := s.Store.Run(ctx, now, w.Run)
	switch {
	case err != nil:
		return err
	case !found || !run.State.Open():
		return nil
	case run.State.State == compliance.Planned:
		return s.plan(ctx, now, run)
	case w.Shard == nil:
		return s.finish(ctx, now, w.Run)
	}
	return s.shard(ctx, now, run.State, *w.Shard)
}

const defaultPage = 200

// slice is how long a worker goes on.
func (s *Supervision) slice() time.Duration {
	if s.Slice == 0 {
		return Slice
	}
	return s.Slice
}

// shard goes on with one shard, page after page.
func (s *Supervision) shard(ctx context.Context, now time.Time, run compliance.Run, shard int) error {
	bench, err := s.bench(ctx, now, run)
	if err != nil {
		return err
	}
	slice, cancel := context.WithTimeout(ctx, s.slice())
	defer cancel()
	progress, planned, err := s.Store.Progress(ctx, now, run, shard)
	if err != nil || !planned {
		return err
	}
	for !progress.State.Done {
		next, err := s.page(ctx, now, run, bench, progress)
		lost, other := errors.AsType[*records.Lost](err)
		switch {
		case other && lost.Has("progress"):
			return nil // another worker is at this shard
		case other && lost.Only("finding", "standing"):
			continue // another run has changed one, or a person a rung: judge the page anew
		case err != nil:
			return err
		}
		if progress = next; !progress.State.Done && slice.Err() != nil {
			return s.Queue.Send(ctx, shardMessage(run.ID, shard))
		}
	}
	return s.finish(ctx, now, run.ID)
}

// The most that one Write of a page holds besides its outcomes and the progress.
const (
	maxFindings      = 90
	maxFindingsBytes = 2 << 20
)

// page judges the next enterprises of a shard and commits their outcomes, the findings that changed, and how far the run came, in one
// Write. Where a page ends depends on nothing but what is stored, so that a run that was cut off stores what it would have stored.
func (s *Supervision) page(ctx context.Context, now time.Time, run compliance.Run, bench Bench, at records.Progress) (next records.Progress, err error) {
	size := s.PageSize
	if size == 0 {
		size = defaultPage
	}
	release := s.slots.take()
	defer release()
	p := at.State
	all, more, err := s.Store.Shard(ctx, now, p.Shard, p.Cursor, size, false)
	if err != nil {
		return next, err
	}
	before, err := s.before(ctx, now, p.Shard, all)
	if err != nil {
		return next, err
	}
	proposals, err := s.proposing(ctx, now, run, p.Shard, all)
	if err != nil {
		return next, err
	}
	var ranked []weighed
	texts := s.texts(ctx, now)
	b := &records.Batch{}
	outcomes := compliance.NewPage(run.Pins.Packs)
	var counts compliance.Counts
	counts.Outcomes = map[compliance.Outcome]int{}
	for i, e := range all {
		if e.Damaged == nil && !run.Scope.Covers(e.Enterprise) {
			continue
		}
		verdicts := s.judge(ctx, run, e, before[e.USCC], bench)
		var found []compliance.Finding
		var changes *records.Batch
		if verdicts != nil && run.Trial == nil { // in shadow nothing is found
			if found, changes, err = s.change(texts, run, bench, e, before[e.USCC], verdicts); err != nil {
				return next, err
			}
			if b.Len() > 0 && b.Len()+changes.Len()+mostProposal > maxFindings || b.Bytes() > maxFindingsBytes {
				more, all = true, all[:i]
				break
			}
		}
		if err := outcomes.Add(e.USCC, verdicts); err != nil {
			return next, err
		}
		if verdicts == nil {
			counts.Isolated++
			counts.Outcomes[compliance.Unknown] += len(outcomes.Rules)
			continue
		}
		counts.Judged++
		for _, v := range verdicts {
			counts.Outcomes[v.Outcome]++
		}
		if run.Trial != nil {
			continue
		}
		b.Join(changes)
		if b.Len() > maxFindings-mostProposal { // of one enterprise alone: it is written ahead of its page, and counts once however often
			if err := s.writeAhead(ctx, now, b); err != nil {
				return next, err
			}
			b = &records.Batch{}
		}
		ranked = append(ranked, weighed{e.Enterprise, found})
		proposals.add(b, e.Enterprise, found)
	}
	if run.Trial != nil {
		results, err := outcomes.Results()
		if err != nil {
			return next, err
		}
		countTrial(&counts, trialOf(*run.Trial, results))
	}
	release()
	if err := s.rank(ctx, now, run.Pins.At, p.Shard, ranked); err != nil {
		return next, err
	}
	if len(all) > 0 {
		p.Cursor = all[len(all)-1].USCC
	}
	planned := p.Counts.Enterprises
	p.Counts.Add(counts)
	p.Counts.Enterprises = max(planned, p.Counts.Judged+p.Counts.Isolated)
	if p.Done = !more; p.Done {
		p.Counts.Enterprises = p.Counts.Judged + p.Counts.Isolated // some may have come since it was planned, or left the scope
	}
	next = b.PutPage(run.ID, at, p, outcomes)
	return next, s.Store.Commit(ctx, now, b)
}

// writeAhead writes findings in as many Writes as hold them.
func (s *Supervision) writeAhead(ctx context.Context, now time.Time, b *records.Batch) error {
	for _, part := range b.Split(maxFindings) {
		if err := s.Store.Commit(ctx, now, part); err != nil {
			return err
		}
	}
	return nil
}

// slots bounds how many pages a process judges at once to what its processors can: each holds a page of enterprises in memory, and workers
// that wait for the disk hold none.
type slots struct {
	once sync.Once
	free chan struct{}
}

// take waits for a slot. What it returns gives it back; a second call changes nothing.
func (s *slots) take() (release func()) {
	s.once.Do(func() { s.free = make(chan struct{}, runtime.GOMAXPROCS(0)) })
	s.free <- struct{}{}
	return sync.OnceFunc(func() { <-s.free })
}

// change is what the run has changed about one enterprise, as operations, and all that is found of it then. This is the one place where both are
// known. What waits of a finding comes before it: where they are so many that another Write has the finding, a run that is cut off between the
// two makes both again.
func (s *Supervision) change(texts ruleTexts, run compliance.Run, bench Bench, e records.Judged, before []records.Finding, verdicts []compliance.Verdict) ([]compliance.Finding, *records.Batch, error) {
	b := &records.Batch{}
	pins := compliance.FindingPins{Run: run.ID, ListVersion: run.Pins.ListVersion, At: run.Pins.At, Enterprise: e.Revision, Engine: run.Pins.Engine, Reports: e.Reports}
	if e.Reports > 0 {
		pins.Figures = sumOf(e.Figures)[:32]
	}
	var figures *indicator.Figures // read when first asked for
	reported := func(p indicator.Period) bool {
		if figures == nil {
			f, _ := indicator.Decode(e.Figures) // of none that can be read nothing is reported
			figures = &f
		}
		return figures.Any(p)
	}
	found := make([]compliance.Finding, len(before))
	for i := range before {
		found[i] = before[i].State
	}
	for _, v := range verdicts {
		key := v.Key()
		i := slices.IndexFunc(found, func(f compliance.Finding) bool { return f.Key() == key })
		had := records.Finding{USCC: e.USCC}
		if i >= 0 {
			had = before[i]
		}
		if (i < 0 || had.State.State == compliance.Cured) && v.Waits(e.Enterprise, bench.Due(), run.Pins.At, reported) {
			continue
		}
		after, changed := had.State.Next(e.USCC, v, pins)
		if !changed {
			continue
		}
		b.PutFinding(had, after)
		if i >= 0 {
			found[i] = after
		} else {
			found = append(found, after)
		}
	}
	for i := range before {
		if after, gone := found[i].Withdraw(run.Pins.Packs, pins); gone {
			b.PutFinding(before[i], after)
			found[i] = after
		}
	}
	all, err := s.waits(texts, e.Enterprise, before, found, bench.Due())
	if err != nil {
		return nil, nil, err
	}
	all.Join(b)
	return found, all, nil
}

// before reads what earlier runs have found of enterprises, by code. One whose findings cannot be read cannot be judged.
func (s *Supervision) before(ctx context.Context, now time.Time, shard int, all []records.Judged) (map[string][]records.Finding, error) {
	by := map[string][]records.Finding{}
	if len(all) == 0 {
		return by, nil
	}
	found, err := s.Store.Findings(ctx, now, shard, all[0].USCC, all[len(all)-1].USCC)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		by[f.USCC] = append(by[f.USCC], f)
		if f.Damaged == nil {
			continue
		}
		for i := range all {
			if all[i].USCC == f.USCC {
				all[i].Damaged = f.Damaged
			}
		}
	}
	return by, nil
}

// judge isolates an enterprise that cannot be judged: nil, and an alarm that names it by its code, which is public.
func (s *Supervision) judge(ctx context.Context, run compliance.Run, e records.Judged, before []records.Finding, bench Bench) (verdicts []compliance.Verdict) {
	if e.Damaged != nil {
		s.log().ErrorContext(ctx, "an enterprise cannot be read", "alarm", "isolated", "run", run.ID, "uscc", e.USCC, "error", e.Damaged)
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			verdicts = nil
			s.log().ErrorContext(ctx, "an enterprise cannot be judged", "alarm", "isolated", "run", run.ID, "uscc", e.USCC, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
		}
	}()
	findings := make([]compliance.Finding, len(before))
	for i, f := range before {
		findings[i] = f.State
	}
	return bench.Judge(e.Enterprise, e.Figures, findings)
}

// finish closes a run whose shards are all done. Of several workers that find it so, one closes it.
func (s *Supervision) finish(ctx context.Context, now time.Time, id string) error {
	run, found, err := s.Store.Run(ctx, now, id)
	if err != nil || !found || run.State.State != compliance.Running {
		return err
	}
	shards, done, err := s.Store.AllDone(ctx, now, run.State)
	if err != nil || !done {
		return err
	}
	after := run.State
	after.Counts = compliance.Counts{}
	for _, p := range shards {
		after.Counts.Add(p.Counts)
	}
	after.State, after.Closed = compliance.Closed, &now
	b := &records.Batch{}
	b.PutRun(run, after)
	return lostIsFine(s.Store.Commit(ctx, now, b))
}
