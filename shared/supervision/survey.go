package supervision

import (
	"context"
	"errors"
	"time"

	"shixin/shared/blob"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/records"
)

// peersBlob is the name of what a run's first pass has counted, by its sum: two workers that count at the same time, between which a report
// comes in, do not write over each other.
func peersBlob(run, sum string) string { return "runs/" + run + "/peers-" + sum[:32] }

// survey does the first pass of a run: it counts the enterprises of its scope in each shard, and the figures of all enterprises, so that
// each is compared with its peers whatever the scope. It plans the shards that it has looked at; where the slice is over before all are,
// the run's Survey says where to go on, and else it is nil and the distributions are pinned.
func (s *Supervision) survey(ctx, slice context.Context, now time.Time, r *compliance.Run) error {
	l, err := s.library(ctx, now, r.Pins.Indicators)
	if err != nil {
		return err
	}
	builder, from, err := s.counted(ctx, l, r)
	if err != nil {
		return err
	}
	if from == 0 {
		r.Plan = nil
	}
	shards, err := s.Store.KnownShards(ctx, now)
	if err != nil {
		return err
	}
	window := indicator.NewWindow(l)
	for _, shard := range shards {
		if shard < from {
			continue
		}
		if slice.Err() != nil && shard > from {
			return s.pause(ctx, r, builder, shard)
		}
		n, err := s.surveyShard(ctx, now, r.Scope, shard, builder, window)
		if err != nil {
			return err
		}
		if n > 0 {
			r.Plan = append(r.Plan, compliance.Share{Shard: shard, Enterprises: n})
		}
	}
	distribution := builder.Distribution().Encode()
	r.Survey, r.Pins.Peers = nil, sumOf(distribution)
	return s.Blobs.Put(ctx, peersBlob(r.ID, r.Pins.Peers), distribution)
}

// counted is what the slices before have counted, and the shard to go on with. What cannot be read is counted anew.
func (s *Supervision) counted(ctx context.Context, l *indicator.Library, r *compliance.Run) (*peers.Builder, int, error) {
	fresh := peers.NewBuilder(l, r.Pins.At)
	if r.Survey == nil {
		return fresh, 0, nil
	}
	body, err := s.Blobs.Get(ctx, peersBlob(r.ID, r.Survey.Counts))
	if errors.Is(err, blob.ErrNotFound) || err == nil && sumOf(body) != r.Survey.Counts {
		return fresh, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	b, err := peers.Restore(l, body)
	if errors.Is(err, peers.ErrDamaged) {
		return fresh, 0, nil
	}
	return b, r.Survey.Shard, err
}

func (s *Supervision) pause(ctx context.Context, r *compliance.Run, b *peers.Builder, shard int) error {
	body := b.Encode()
	r.Survey = &compliance.Survey{Shard: shard, Counts: sumOf(body)}
	return s.Blobs.Put(ctx, peersBlob(r.ID, r.Survey.Counts), body)
}

// surveyShard counts one shard, and says how many of its enterprises are in the scope. A number that is a little old is put right when the shard
// is judged; but a shard that was left out would never be looked at, so that one that looks empty is looked at again, strongly.
func (s *Supervision) surveyShard(ctx context.Context, now time.Time, scope compliance.Scope, shard int, b *peers.Builder, w *indicator.Window) (n int, err error) {
	n, err = s.eachOf(ctx, now, scope, shard, true, func(e records.Judged) {
		if w.Read(e.Figures) == nil {
			b.Add(e.Enterprise, w)
		}
	})
	if err == nil && n == 0 {
		n, err = s.eachOf(ctx, now, scope, shard, false, func(records.Judged) {})
	}
	return n, err
}

// eachOf goes over the enterprises of a shard that can be read, and counts those of the scope and those that cannot.
func (s *Supervision) eachOf(ctx context.Context, now time.Time, scope compliance.Scope, shard int, eventual bool, do func(records.Judged)) (n int, err error) {
	after := ""
	for more := true; more; {
		var all []records.Judged
		if all, more, err = s.Store.Shard(ctx, now, shard, after, defaultPage, eventual); err != nil {
			return 0, err
		}
		for _, e := range all {
			after = e.USCC
			if e.Damaged != nil {
				n++
				continue
			}
			if scope.Covers(e.Enterprise) {
				n++
			}
			do(e)
		}
	}
	return n, nil
}
