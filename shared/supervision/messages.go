package supervision

import (
	"context"
	"errors"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/queue"
	"shixin/shared/records"
)

// planMessage asks for the run to be planned, or closed where all its shards are done.
func planMessage(run string) queue.Message {
	return queue.Message{Queue: Queue, Body: string(encode(work{Run: run}))}
}

func shardMessage(run string, shard int) queue.Message {
	return queue.Message{Queue: Queue, Body: string(encode(work{Run: run, Shard: &shard}))}
}

// send hands the shards of a plan that are not done to the workers.
func (s *Supervision) send(ctx context.Context, run string, plan compliance.Plan, done map[int]bool) error {
	var messages []queue.Message
	for _, share := range plan {
		if !done[share.Shard] {
			messages = append(messages, shardMessage(run, share.Shard))
		}
	}
	return s.Queue.Send(ctx, messages...)
}

// hint sends a message about what is written already: if it is lost, the next sweep finds the run.
func (s *Supervision) hint(ctx context.Context, m queue.Message) {
	if err := s.Queue.Send(ctx, m); err != nil {
		s.log().WarnContext(ctx, "a message was not sent; the next sweep sends it", "queue", m.Queue, "error", err)
	}
}

// Sweep sends the messages of all unfinished runs anew. Schedules and each start of the local run call it, so that a message that
// was lost, doubled or late changes nothing.
func (s *Supervision) Sweep(ctx context.Context, now time.Time) error {
	ids, err := s.Store.OpenRuns(ctx, now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		run, found, err := s.Store.Run(ctx, now, id)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := s.again(ctx, now, run.State); err != nil {
			return err
		}
	}
	return nil
}

// lostIsFine takes what another worker has done meanwhile for done.
func lostIsFine(err error) error {
	if _, lost := errors.AsType[*records.Lost](err); lost {
		return nil
	}
	return err
}
