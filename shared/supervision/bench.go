package supervision

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"shixin/shared/blob"
	"shixin/shared/compliance"
	"shixin/shared/records"
)

// lists keeps the snapshot and the distributions of the run that a process worked on last.
type lists struct {
	mu    sync.Mutex
	run   string
	list  *compliance.List
	peers []byte
}

// bench makes a judge of what the run has pinned. A snapshot that is gone or damaged leaves the list unknown, and so it is with the figures of
// peers; what cannot be fetched at the moment is an error.
func (s *Supervision) bench(ctx context.Context, now time.Time, run compliance.Run) (Bench, error) {
	m := Material{At: run.Pins.At}
	var err error
	if m.Indicators, err = s.library(ctx, now, run.Pins.Indicators); err != nil {
		return nil, err
	}
	for _, p := range run.Pins.Packs {
		text, err := s.text(ctx, now, p.Sum)
		if err != nil {
			return nil, err
		}
		m.Packs = append(m.Packs, text)
	}
	if m.List, m.Peers, err = s.measured(ctx, run); err != nil {
		return nil, err
	}
	return s.Rules.Bench(m)
}

// measured reads what a run's plan has made: the list and the distributions of peers.
func (s *Supervision) measured(ctx context.Context, run compliance.Run) (*compliance.List, []byte, error) {
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	if s.lists.run == run.ID {
		return s.lists.list, s.lists.peers, nil
	}
	whole := true
	alarm := func(what string, err error) {
		whole = false // not kept: it may be put right while the run goes on
		s.log().ErrorContext(ctx, what+" cannot be read", "alarm", "snapshot", "run", run.ID, "error", err)
	}
	var list *compliance.List
	body, err := s.Blobs.Get(ctx, blobOf(run.ID, run.Pins.Snapshot))
	if err == nil {
		list, err = readList(body, run)
	} else if !errors.Is(err, blob.ErrNotFound) {
		return nil, nil, err
	}
	if err != nil {
		alarm("the snapshot of the list", err)
	}
	var peers []byte
	if run.Pins.Peers != "" {
		peers, err = s.Blobs.Get(ctx, peersBlob(run.ID, run.Pins.Peers))
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return nil, nil, err
		}
		if err == nil && sumOf(peers) != run.Pins.Peers {
			err = fmt.Errorf("%w: they are not those that the run has pinned", records.ErrDamaged)
		}
		if err != nil {
			peers = nil
			alarm("the figures of peers", err)
		}
	}
	if whole {
		s.lists.run, s.lists.list, s.lists.peers = run.ID, list, peers
	}
	return list, peers, nil
}

func readList(body []byte, run compliance.Run) (*compliance.List, error) {
	if sumOf(body) != run.Pins.Snapshot {
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
