package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

// Progress is the stored progress of a run in one shard. Before its first page is judged, its version is 0.
type Progress struct {
	State   compliance.Progress
	version int64
}

// shardEnd is what lies last of a run in a shard: how far it came there, and of a shard whose last page has few bytes that page, so that a
// shard of few enterprises is one plain put.
type shardEnd struct {
	compliance.Progress
	Last json.RawMessage `json:"last,omitempty"`
}

// lastBytes is the most that a page has which lies in the progress of its shard: with it, it is read for one unit.
const lastBytes = 3584

// PutPage stores how far a run came in a shard over what was read, with the outcomes of the page that ends there, if it has any. It returns the
// progress as it is once the batch is committed.
func (b *Batch) PutPage(run string, before Progress, after compliance.Progress, page *compliance.Page) Progress {
	end := shardEnd{Progress: after}
	if page.Len() > 0 {
		doc := pack(page)
		if after.Done && len(doc) <= lastBytes {
			end.Last = doc
		} else {
			key := outcomesKey(run, after.Shard, after.Cursor)
			b.add("outcomes", table.PutOp(table.Item{Key: key, Version: 1, Doc: doc}, table.Is(0)))
		}
	}
	b.add("progress", put(progressKey(run, after.Shard), before.version, end))
	return Progress{State: after, version: before.version + 1}
}

// Progress reads a run's progress in a shard strongly; false when the run does not look at it.
func (s *Store) Progress(ctx context.Context, now time.Time, run compliance.Run, shard int) (Progress, bool, error) {
	share, planned := run.Plan.Of(shard)
	if !planned {
		return Progress{}, false, nil
	}
	p := Progress{State: started(share)}
	v, err := s.load(ctx, now, progressKey(run.ID, shard), &p.State)
	p.version = v
	return p, err == nil, err
}

// started is where a run starts in a shard.
func started(s compliance.Share) compliance.Progress {
	return compliance.Progress{Shard: s.Shard, Counts: compliance.Counts{Enterprises: s.Enterprises}}
}

// AllProgress reads a run's progress in all shards of its plan strongly, in their order.
func (s *Store) AllProgress(ctx context.Context, now time.Time, run compliance.Run) ([]compliance.Progress, error) {
	return s.allProgress(ctx, now, run, false)
}

// SeenProgress is AllProgress for people to read: it may be behind, for half the price.
func (s *Store) SeenProgress(ctx context.Context, now time.Time, run compliance.Run) ([]compliance.Progress, error) {
	return s.allProgress(ctx, now, run, true)
}

func (s *Store) allProgress(ctx context.Context, now time.Time, run compliance.Run, eventual bool) ([]compliance.Progress, error) {
	if len(run.Plan) == 0 {
		return nil, nil
	}
	all := make([]compliance.Progress, len(run.Plan))
	keys := make([]table.Key, len(run.Plan))
	at := make(map[table.Key]int, len(run.Plan))
	for i, share := range run.Plan {
		all[i], keys[i] = started(share), progressKey(run.ID, share.Shard)
		at[keys[i]] = i
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys, Eventual: eventual})
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		p := &all[at[item.Key]]
		*p = compliance.Progress{}
		if err := decode(item, p); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// AllDone is AllProgress where all shards are done, and false otherwise. Workers take the shards in order, so that it mostly needs one
// small read to find one that is not: the last one.
func (s *Store) AllDone(ctx context.Context, now time.Time, run compliance.Run) ([]compliance.Progress, bool, error) {
	if n := len(run.Plan); n > 1 {
		last, _, err := s.Progress(ctx, now, run, run.Plan[n-1].Shard)
		if err != nil || !last.State.Done {
			return nil, false, err
		}
	}
	all, err := s.AllProgress(ctx, now, run)
	for _, p := range all {
		if !p.Done {
			return nil, false, err
		}
	}
	return all, err == nil, err
}

// pack is a page as it is stored.
func pack(p *compliance.Page) []byte {
	plain := encode(p)
	if len(plain) < fewBytes {
		return plain
	}
	return encode(packed{squeeze.Tight(plain)})
}

// packed is a page of outcomes, compressed: its letters repeat. One of few bytes is stored as it is.
type packed struct {
	Page []byte `json:"z"`
}

const fewBytes = 512

// unpack reads a stored page; what lies last in a shard may have none.
func unpack(item table.Item, into *compliance.Page) error {
	if strings.HasSuffix(item.Sort, endOfShard) {
		var end shardEnd
		if err := decode(item, &end); err != nil || end.Last == nil {
			return err
		}
		item.Doc = end.Last
	}
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

// Outcomes is a stored page of outcomes, which may be empty; go on behind After.
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
	first, last := outcomesKey(run, from, ""), progressKey(run, to)
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
	from, to := outcomesKey(run, shard, uscc), progressKey(run, shard)
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: from.Partition, From: from.Sort, To: to.Sort, Limit: 1, Eventual: true})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	var p compliance.Page
	if err := unpack(page.Items[0], &p); err != nil || p.Len() == 0 {
		return nil, err
	}
	return &p, nil
}
