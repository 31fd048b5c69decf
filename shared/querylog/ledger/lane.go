package ledger

import (
	"context"
	"errors"
	"sync"
	"time"

	"shixin/shared/inquiry"
	"shixin/shared/querylog"
	"shixin/shared/records"
)

// lanes lets one process append to a chain one Write at a time: it would only lose against itself at the chain's head. What comes while
// a Write is under way goes into the next one together.
type lanes struct {
	mu     sync.Mutex
	chains map[records.QueryChain]*lane
}

type lane struct {
	users int // those who wait or write; the lane goes with the last
	write sync.Mutex
	next  *group
}

// group is what one Write will append.
type group struct {
	batch []querylog.Message
	done  chan struct{}
	err   error
}

// errUnended is what the others of a group learn when its Write ended in a panic.
var errUnended = errors.New("ledger: the append that was to hold the message did not end")

// together appends messages of one chain, in one Write with those of others who come at the same time.
func (l *Ledger) together(ctx context.Context, now time.Time, chain records.QueryChain, batch []querylog.Message, alarms inquiry.Alarms) error {
	l.lanes.mu.Lock()
	if l.lanes.chains == nil {
		l.lanes.chains = map[records.QueryChain]*lane{}
	}
	at := l.lanes.chains[chain]
	if at == nil {
		at = &lane{}
		l.lanes.chains[chain] = at
	}
	at.users++
	g := at.next
	first := g == nil || len(g.batch)+len(batch) > records.MaxQueries
	if first {
		g = &group{done: make(chan struct{})}
		at.next = g
	}
	g.batch = append(g.batch, batch...)
	l.lanes.mu.Unlock()
	defer func() {
		l.lanes.mu.Lock()
		defer l.lanes.mu.Unlock()
		if at.users--; at.users == 0 {
			delete(l.lanes.chains, chain)
		}
	}()
	if !first {
		select {
		case <-g.done:
			return g.err
		case <-ctx.Done(): // it may be appended all the same, and then the message changes nothing when it comes again
			return ctx.Err()
		}
	}
	at.write.Lock()
	defer at.write.Unlock()
	l.lanes.mu.Lock()
	if at.next == g {
		at.next = nil // who comes now comes into the next one
	}
	l.lanes.mu.Unlock()
	defer close(g.done)
	g.err = errUnended
	g.err = l.append(ctx, now, chain, g.batch, alarms)
	return g.err
}
