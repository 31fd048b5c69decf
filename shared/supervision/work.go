package supervision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"shixin/shared/blob"
	"shixin/shared/compliance"
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

// shard goes on with one shard, page after page.
func (s *Supervision) shard(ctx context.Context, now time.Time, run compliance.Run, shard int) error {
	inputs, err := s.inputs(ctx, run)
	if err != nil {
		return err
	}
	length := s.Slice
	if length == 0 {
		length = Slice
	}
	slice, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	progress, found, err := s.Store.Progress(ctx, now, run.ID, shard)
	if err != nil || !found { // a message older than the plan
		return err
	}
	for !progress.State.Done {
		next, err := s.page(ctx, now, run, inputs, progress)
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
func (s *Supervision) page(ctx context.Context, now time.Time, run compliance.Run, inputs compliance.Inputs, at records.Progress) (next records.Progress, err error) {
	size := s.PageSize
	if size == 0 {
		size = defaultPage
	}
	p := at.State
	all, more, err := s.Store.Shard(ctx, now, p.Shard, p.Cursor, size, false)
	if err != nil {
		return next, err
	}
	findings := map[string]records.Finding{}
	if err := s.findings(ctx, now, p.Shard, all, findings); err != nil {
		return next, err
	}
	proposals, err := s.proposing(ctx, now, run, p.Shard, all, findings)
	if err != nil {
		return next, err
	}
	var ranked []weighed
	b := &records.Batch{}
	outcomes := compliance.NewPage(run.Pins.Packs)
	var counts compliance.Counts
	counts.Outcomes = map[compliance.Outcome]int{}
	for i, e := range all {
		if b.Len()+len(run.Pins.Packs)+mostProposal > maxFindings || b.Bytes() > maxFindingsBytes {
			more, all = true, all[:i]
			break
		}
		if e.Damaged == nil && !run.Scope.Covers(e.Enterprise) {
			continue
		}
		verdicts := s.judge(ctx, run, e, inputs)
		if err := outcomes.Add(e.USCC, verdicts); err != nil {
			return next, err
		}
		if verdicts == nil {
			counts.Isolated++
			counts.Outcomes[compliance.Unknown] += len(run.Pins.Packs)
			continue
		}
		counts.Judged++
		ranked = append(ranked, weighed{Enterprise: e.Enterprise})
		pins := compliance.FindingPins{Run: run.ID, ListVersion: run.Pins.ListVersion, At: run.Pins.At, Enterprise: e.Revision, Engine: run.Pins.Engine}
		for _, v := range verdicts {
			counts.Outcomes[v.Outcome]++
			before := findings[e.USCC+"#"+v.Key()]
			before.USCC = e.USCC
			if after, changed := before.State.Next(e.USCC, v, pins); changed {
				b.PutFinding(before, after)
				before.State = after
				findings[e.USCC+"#"+v.Key()] = before
			}
		}
		proposals.add(b, e.Enterprise, verdicts, findings)
	}
	if err := s.rank(ctx, now, run.Pins.At, p.Shard, withFindings(ranked, findings)); err != nil {
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
	if outcomes.Len() > 0 {
		b.PutOutcomes(run.ID, p.Shard, p.Cursor, outcomes)
	}
	next = b.PutProgress(run.ID, at, p)
	return next, s.Store.Commit(ctx, now, b)
}

// findings reads what earlier runs have found of enterprises, by code and rule. One whose findings cannot be read cannot be judged.
func (s *Supervision) findings(ctx context.Context, now time.Time, shard int, all []records.Judged, by map[string]records.Finding) error {
	if len(all) == 0 {
		return nil
	}
	found, err := s.Store.Findings(ctx, now, shard, all[0].USCC, all[len(all)-1].USCC)
	if err != nil {
		return err
	}
	for _, f := range found {
		by[f.USCC+"#"+f.State.Key()] = f
		if f.Damaged == nil {
			continue
		}
		for i := range all {
			if all[i].USCC == f.USCC {
				all[i].Damaged = f.Damaged
			}
		}
	}
	return nil
}

// judge isolates an enterprise that cannot be judged: nil, and an alarm that names it by its code, which is public.
func (s *Supervision) judge(ctx context.Context, run compliance.Run, e records.Judged, inputs compliance.Inputs) (verdicts []compliance.Verdict) {
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
	return compliance.Judge(e.Enterprise, inputs)
}

// finish closes a run whose shards are all done. Of several workers that find it so, one closes it.
func (s *Supervision) finish(ctx context.Context, now time.Time, id string) error {
	run, found, err := s.Store.Run(ctx, now, id)
	if err != nil || !found || run.State.State != compliance.Running {
		return err
	}
	shards, done, err := s.Store.AllDone(ctx, now, id)
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

// lists keeps the snapshot of the run that a process worked on last.
type lists struct {
	mu   sync.Mutex
	run  string
	list *compliance.List
}

// inputs is what the run has pinned. A snapshot that is gone or damaged leaves the list unknown; one that cannot be fetched at the
// moment is an error.
func (s *Supervision) inputs(ctx context.Context, run compliance.Run) (compliance.Inputs, error) {
	in := compliance.Inputs{Packs: run.Pins.Packs}
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	if s.lists.run == run.ID {
		in.List = s.lists.list
		return in, nil
	}
	body, err := s.Blobs.Get(ctx, blobOf(run.ID))
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return in, err
	}
	if err == nil {
		in.List, err = readList(body, run)
	}
	if err != nil { // not kept: it may be put right while the run goes on
		s.log().ErrorContext(ctx, "the snapshot of the list cannot be read", "alarm", "snapshot", "run", run.ID, "error", err)
		return in, nil
	}
	s.lists.run, s.lists.list = run.ID, in.List
	return in, nil
}

func readList(body []byte, run compliance.Run) (*compliance.List, error) {
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != run.Pins.Snapshot {
		return nil, fmt.Errorf("%w: it is not the one that the run has pinned", compliance.ErrSnapshot)
	}
	list, err := compliance.OpenList(body, run.Key)
	if err == nil && list.Version() != run.Pins.ListVersion {
		err = fmt.Errorf("%w: it is of another list version", compliance.ErrSnapshot)
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Rejudge judges an enterprise once more as a run did, at the revision that a finding of it names.
func (s *Supervision) Rejudge(ctx context.Context, now time.Time, runID, uscc string, revision int) ([]compliance.Verdict, error) {
	run, found, err := s.Store.Run(ctx, now, runID)
	if err != nil {
		return nil, err
	}
	e, has, err := s.Store.Revision(ctx, now, uscc, revision)
	if err != nil {
		return nil, err
	}
	if !found || !has {
		return nil, notFound()
	}
	in, err := s.inputs(ctx, run.State)
	if err != nil {
		return nil, err
	}
	return compliance.Judge(e, in), nil
}
