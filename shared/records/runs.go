package records

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/squeeze"
	"shixin/shared/table"
)

// Run is a stored audit run. Before it is stored first, its version is 0.
type Run struct {
	State   compliance.Run
	version int64
}

// Run reads a run strongly; false when it is absent.
func (s *Store) Run(ctx context.Context, now time.Time, id string) (Run, bool, error) {
	var r Run
	v, err := s.load(ctx, now, runKey(id), &r.State)
	r.version = v
	return r, v > 0, err
}

// RunHead is what the list of runs holds of each: enough to tell who may see it.
type RunHead struct {
	ID        string           `json:"-"`
	Authority string           `json:"authority,omitempty"`
	Scope     compliance.Scope `json:"scope"`
	At        time.Time        `json:"at"` // the pinned moment; ids are in its order
}

// PutRun stores a run over the one that was read, with its places in the lists of all runs and of the open ones.
func (b *Batch) PutRun(before Run, after compliance.Run) {
	b.add("run", put(runKey(after.ID), before.version, after))
	if before.version == 0 {
		head := RunHead{Authority: after.Authority, Scope: after.Scope, At: after.Pins.At}
		b.add("run", table.PutOp(table.Item{Key: allRunsKey(after.ID), Version: 1, Doc: encode(head)}, table.Condition{}))
	}
	switch open := before.version > 0 && before.State.Open(); {
	case after.Open() && !open:
		b.add("run", table.PutOp(table.Item{Key: openRunKey(after.ID), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	case open && !after.Open():
		b.add("run", table.DeleteOp(openRunKey(after.ID), table.Condition{}))
	}
}

// CheckRun makes a batch fail, as "run", unless the run is as it was read.
func (b *Batch) CheckRun(r Run) {
	b.add("run", table.CheckOp(runKey(r.State.ID), table.Is(r.version)))
}

// PutSchedule remembers which run a schedule's time has started; it fails, as "schedule", when one was started before.
func (b *Batch) PutSchedule(at time.Time, run string) {
	b.add("schedule", put(scheduleKey(at), 0, struct {
		Run string `json:"run"`
	}{run}))
}

// Scheduled is the run that a schedule's time has started, empty when there is none.
func (s *Store) Scheduled(ctx context.Context, now, at time.Time) (string, error) {
	var v struct {
		Run string `json:"run"`
	}
	_, err := s.load(ctx, now, scheduleKey(at), &v)
	return v.Run, err
}

// Runs reads a page of all runs, newest first, behind one of them.
func (s *Store) Runs(ctx context.Context, now time.Time, after string, limit int) (heads []RunHead, more bool, err error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: allRunsKey("").Partition, After: after, Backward: true, Limit: limit})
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		h := RunHead{ID: item.Sort}
		if err := decode(item, &h); err != nil {
			return nil, false, err
		}
		heads = append(heads, h)
	}
	return heads, page.Next != "", nil
}

// OpenRuns lists the ids of runs with work left, oldest first.
func (s *Store) OpenRuns(ctx context.Context, now time.Time) ([]string, error) {
	return s.sorts(ctx, now, openRunKey("").Partition)
}

// Progress is the stored progress of a run in one shard.
type Progress struct {
	State   compliance.Progress
	version int64
}

// PlanProgress stores where a run starts in a shard, whatever an attempt to plan it that was cut off has stored.
func (b *Batch) PlanProgress(run string, p compliance.Progress) {
	b.add("progress", table.PutOp(table.Item{Key: progressKey(run, p.Shard), Version: 1, Doc: encode(p)}, table.Condition{}))
}

// PutProgress stores progress over what was read, and returns it as it is once the batch is committed.
func (b *Batch) PutProgress(run string, before Progress, after compliance.Progress) Progress {
	b.add("progress", put(progressKey(run, after.Shard), before.version, after))
	return Progress{State: after, version: before.version + 1}
}

// Progress reads a run's progress in a shard strongly; false when the run has none there.
func (s *Store) Progress(ctx context.Context, now time.Time, run string, shard int) (Progress, bool, error) {
	var p Progress
	v, err := s.load(ctx, now, progressKey(run, shard), &p.State)
	p.version = v
	return p, v > 0, err
}

// AllProgress reads a run's progress in all its shards strongly, the last shard first.
func (s *Store) AllProgress(ctx context.Context, now time.Time, run string) ([]compliance.Progress, error) {
	all, _, err := s.progress(ctx, now, run, false)
	return all, err
}

// AllDone is AllProgress where all shards are done, and false otherwise. Workers take the shards in order, so that it mostly needs one
// small read to find one that is not.
func (s *Store) AllDone(ctx context.Context, now time.Time, run string) ([]compliance.Progress, bool, error) {
	return s.progress(ctx, now, run, true)
}

func (s *Store) progress(ctx context.Context, now time.Time, run string, untilUndone bool) (all []compliance.Progress, done bool, err error) {
	r := table.Range{Now: now, Partition: runKey(run).Partition, From: progressKey(run, 0).Sort, To: progressKey(run, Shards-1).Sort,
		Backward: true, Limit: Shards}
	if untilUndone {
		r.Limit = 8
	}
	for done = true; ; r.Limit = Shards {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			var p compliance.Progress
			if err := decode(item, &p); err != nil {
				return nil, false, err
			}
			if done = done && p.Done; !done && untilUndone {
				return nil, false, nil
			}
			all = append(all, p)
		}
		if page.Next == "" {
			return all, done, nil
		}
		r.After = page.Next
	}
}

// PutOutcomes stores the outcomes of a page of a shard that ends with the enterprise last. There is none yet.
func (b *Batch) PutOutcomes(run string, shard int, last string, p *compliance.Page) {
	key, plain := outcomesKey(run, shard, last), encode(p)
	if len(plain) < fewBytes {
		b.add("outcomes", put(key, 0, p))
		return
	}
	b.add("outcomes", put(key, 0, packed{squeeze.Tight(plain)}))
}

// packed is a page of outcomes, compressed: its letters repeat. One of few bytes is stored as it is.
type packed struct {
	Page []byte `json:"z"`
}

const fewBytes = 512

func unpack(item table.Item, into *compliance.Page) error {
	var p packed
	if err := decode(item, &p); err != nil || p.Page == nil {
		return errors.Join(err, decode(item, into))
	}
	text, err := squeeze.Loose(p.Page)
	if err != nil {
		return fmt.Errorf("%w: item of family %s: %w", ErrDamaged, famRun, err)
	}
	item.Doc = text
	return decode(item, into)
}

// Outcomes is a stored page of outcomes; go on behind After.
type Outcomes struct {
	Page  compliance.Page
	After string
}

// Outcomes reads stored pages of a run behind a place, at most limit; more tells whether there are further ones.
func (s *Store) Outcomes(ctx context.Context, now time.Time, run, after string, limit int) (pages []Outcomes, more bool, err error) {
	return s.outcomes(ctx, now, run, 0, Shards-1, after, limit)
}

// ShardOutcomes is Outcomes of one shard.
func (s *Store) ShardOutcomes(ctx context.Context, now time.Time, run string, shard int, after string, limit int) (pages []Outcomes, more bool, err error) {
	return s.outcomes(ctx, now, run, shard, shard, after, limit)
}

func (s *Store) outcomes(ctx context.Context, now time.Time, run string, from, to int, after string, limit int) (pages []Outcomes, more bool, err error) {
	first, last := outcomesKey(run, from, ""), outcomesKey(run, to, "~")
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: first.Partition, From: first.Sort, To: last.Sort, After: after, Limit: limit, Eventual: true})
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		o := Outcomes{After: item.Sort}
		if err := unpack(item, &o.Page); err != nil {
			return nil, false, err
		}
		pages = append(pages, o)
	}
	return pages, page.Next != "", nil
}

// OutcomesOf reads the stored page of a run that would hold an enterprise; nil when the run has not come that far.
func (s *Store) OutcomesOf(ctx context.Context, now time.Time, run, uscc string) (*compliance.Page, error) {
	shard := ShardOf(uscc)
	from, to := outcomesKey(run, shard, uscc), outcomesKey(run, shard, "~")
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: from.Partition, From: from.Sort, To: to.Sort, Limit: 1, Eventual: true})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	var p compliance.Page
	return &p, unpack(page.Items[0], &p)
}
