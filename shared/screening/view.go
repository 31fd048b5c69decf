package screening

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"shixin/shared/blob"
	"shixin/shared/keys"
	"shixin/shared/naming"
	"shixin/shared/queue"
	"shixin/shared/records"
)

const (
	// maxTail is how many effects behind a segment one process takes up. A segment further back is older than allowed.
	maxTail = 5000
	// tidyTail is how many of them make it ask for a new segment.
	tidyTail = 500
	// maxAge is how long ago an indexer may have found the segment whole and as new as it has to be.
	maxAge = 48 * time.Hour
	// pageOfTail is how many effects are taken up at a time.
	pageOfTail = 400
	// manifestFor is how long a process trusts what it read about which segment is in use.
	manifestFor = 10 * time.Second
	// patience is how long a query waits for an indexer that makes the list answerable again.
	patience = 8 * time.Second
	pause    = 100 * time.Millisecond
	// mostDamaged is how many listings without readable names an index is made of at the most. Of more it is not the listings that are damaged.
	mostDamaged = 100
)

// view is what is searched at one list version: a segment, and what the journal has got since. It does not change.
type view struct {
	version int64
	meta    *records.Segment // of base; nil before the first segment
	base    *segment
	tail    map[string]*Card // by listing; nil is one that is not in force any more. The cards in base of these listings do not count
	public  *naming.Tail     // of what anyone may search
	rest    *naming.Tail
	refs    func() map[string][]*Card // the tail by identifier, made at the first use
	damaged []*Card                   // of the tail: where names of base are missing, the tail has the card too
}

// views keeps the newest view of a process.
type views struct {
	turn   sync.Mutex // held by who makes a newer view
	newest atomic.Pointer[view]
	read   atomic.Pointer[manifest]
	hinted atomic.Int64 // the machine's time of the last hint to the indexer, in Unix nanoseconds
}

// manifest is what was read about which segment is in use.
type manifest struct {
	segment   *records.Segment
	confirmed time.Time
	at        time.Time // the machine's time at which it was read
}

// old reports whether the segment was found whole too long ago.
func (m *manifest) old(now time.Time) bool { return m.segment != nil && now.Sub(m.confirmed) > maxAge }

// stale reports whether it has to be read again.
func (m *manifest) stale(now time.Time) bool {
	return m == nil || time.Since(m.at) >= manifestFor || m.old(now)
}

// lost turns the errors of a store that has not got what was written into errSegment.
func lost(err error) error {
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, keys.ErrNotOpened) {
		return fmt.Errorf("%w: %w", errSegment, err)
	}
	return err
}

// current is a view that covers every effect acknowledged before the call. Where there is none that it may answer from, it is a fault of
// kind fault.Unavailable; first it waits a while for the indexer to make one.
func (s *Screening) current(ctx context.Context, now time.Time) (*view, error) {
	head, err := s.Store.Head(ctx, now)
	if err != nil {
		return nil, err
	}
	if v := s.views.newest.Load(); v != nil && v.version >= head.N && !s.views.read.Load().stale(now) {
		return v, nil
	}
	v, err := s.renew(ctx, now, head)
	for waited := time.Duration(0); errors.Is(err, errOld) && waited < patience; waited += pause {
		s.hint(ctx)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		s.views.read.Store(nil)
		v, err = s.renew(ctx, now, head)
	}
	switch {
	case errors.Is(err, errSegment):
		s.log().ErrorContext(ctx, "the index of names cannot be read", "alarm", "index", "error", err)
		s.hint(ctx)
		return nil, unavailable("the index of names is damaged and is made anew; nothing was looked up, try again", "名称索引受损,正在重建;本次未查询,请稍后重试")
	case errors.Is(err, errOld):
		s.log().ErrorContext(ctx, "the index of names is too old", "alarm", "index", "error", err)
		return nil, unavailable("the index of names is older than allowed and is brought up to date; nothing was looked up, try again", "名称索引过旧,正在更新;本次未查询,请稍后重试")
	}
	return v, err
}

// errOld says that the segment in use is older than allowed.
var errOld = errors.New("screening: the segment of the index is older than allowed")

// renew makes the newest view of this process cover the head.
func (s *Screening) renew(ctx context.Context, now time.Time, head records.Head) (*view, error) {
	s.views.turn.Lock()
	defer s.views.turn.Unlock()
	v, read := s.views.newest.Load(), s.views.read.Load()
	if v != nil && v.version >= head.N && !read.stale(now) {
		return v, nil
	}
	if v == nil || read.stale(now) || head.N-v.version > tidyTail {
		index, err := s.Store.Index(ctx, now)
		if err != nil {
			return nil, err
		}
		read = &manifest{segment: index.Segment, confirmed: index.Confirmed, at: time.Now()}
		if read.old(now) {
			return nil, fmt.Errorf("%w: it was last confirmed at %s", errOld, index.Confirmed.Format(time.RFC3339))
		}
		if v, err = s.onSegment(ctx, v, index.Segment, head.N); err != nil {
			return nil, err
		}
	}
	from := int64(0)
	if v.meta != nil {
		from = v.meta.ListVersion
	}
	if behind := head.N - from; behind > maxTail {
		return nil, fmt.Errorf("%w: %d effects came since", errOld, behind)
	} else if behind > tidyTail {
		s.hint(ctx)
	}
	if len(v.damaged) > 0 || v.meta != nil && len(v.meta.Damaged) > 0 && v.version == v.meta.ListVersion {
		var err error
		if v, err = s.again(ctx, now, v); err != nil {
			return nil, err
		}
	}
	if v.version < head.N {
		var err error
		if v, err = s.advance(ctx, now, v, head.N); err != nil {
			return nil, err
		}
	}
	s.views.newest.Store(v)
	s.views.read.Store(read)
	return v, nil
}

// onSegment is the view over the segment in use: the one that is there, where it is over this segment, else a new one without a tail.
func (s *Screening) onSegment(ctx context.Context, v *view, meta *records.Segment, head int64) (*view, error) {
	switch {
	case meta == nil && v != nil && v.meta == nil:
		return v, nil
	case meta == nil:
		return emptyView()
	case meta.ListVersion > head:
		return nil, fmt.Errorf("%w: it is of list version %d and the journal ends at %d", errSegment, meta.ListVersion, head)
	case v != nil && v.meta != nil && same(*v.meta, *meta):
		return v, nil
	}
	base, err := s.load(ctx, *meta)
	if err != nil {
		return nil, err
	}
	made, err := emptyView()
	if err != nil {
		return nil, err
	}
	made.version, made.meta, made.base = meta.ListVersion, meta, base
	return made, nil
}

// emptyView is the view of an empty journal.
func emptyView() (*view, error) {
	nothing, err := none()
	if err != nil {
		return nil, err
	}
	v := &view{base: &segment{public: nothing, rest: nothing}, tail: map[string]*Card{}}
	v.sort()
	return v, nil
}

// same reports whether two records are of one segment.
func same(a, b records.Segment) bool {
	return a.ListVersion == b.ListVersion && slices.Equal(a.Parts, b.Parts)
}

// advance is the view after the effects up to a list version. A listing that they touch counts as it stands now, which is so or newer; in the
// latter case the effect that made it so is after that version, and touches it again.
func (s *Screening) advance(ctx context.Context, now time.Time, v *view, upto int64) (*view, error) {
	next := &view{version: v.version, meta: v.meta, base: v.base, tail: maps.Clone(v.tail)}
	for next.version < upto {
		entries, err := s.Store.Entries(ctx, now, next.version, upto, pageOfTail)
		if err != nil {
			return nil, err
		}
		cards, err := s.touched(ctx, now, entries)
		if err != nil {
			return nil, err
		}
		maps.Copy(next.tail, cards)
		next.version = entries[len(entries)-1].N
	}
	next.sort()
	if n := len(next.damaged); n > mostDamaged {
		return nil, fmt.Errorf("screening: the names of %d listings cannot be read", n)
	}
	return next, nil
}

// again is the view after another look at the listings whose names could not be read: they may have been restored.
func (s *Screening) again(ctx context.Context, now time.Time, v *view) (*view, error) {
	ids := map[string]bool{}
	for _, c := range v.damaged {
		ids[c.Listing] = true
	}
	if v.meta != nil {
		for _, id := range v.meta.Damaged {
			ids[id] = true
		}
	}
	next := &view{version: v.version, meta: v.meta, base: v.base, tail: maps.Clone(v.tail)}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(ids)), pageOfTail) {
		cards, err := s.cards(ctx, now, some, ids)
		if err != nil {
			return nil, err
		}
		maps.Copy(next.tail, cards)
	}
	next.sort()
	return next, nil
}

// touched is the cards of the listings that effects have changed: their own, and those whose term they lengthen.
func (s *Screening) touched(ctx context.Context, now time.Time, entries []records.StoredEntry) (map[string]*Card, error) {
	ids, capped, refs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		ids[e.Listing] = true
		if e.Standing.Cap == nil {
			continue
		}
		capped[e.Listing] = true
		for _, r := range append(slices.Clone(e.Identifiers), e.Left...) {
			refs[r.ID()] = true
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(refs)), pageOfTail) {
		all, err := s.Store.Records(ctx, now, some)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			for _, h := range r.Record.Listings {
				if last := h.Spans[len(h.Spans)-1]; last.Standing.Cap != nil {
					ids[h.Listing], capped[h.Listing] = true, true
				}
			}
		}
	}
	out := map[string]*Card{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(ids)), pageOfTail) {
		cards, err := s.cards(ctx, now, some, capped)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, cards)
	}
	return out, nil
}

// sort makes what is searched of the cards of the tail. A listing that anyone may find hides nothing but itself in the rest, and the
// other way round.
func (v *view) sort() {
	var added [2][]naming.Entity
	var hidden [2][]string
	for i, c := range byListing(v.tail) {
		if c.Damaged {
			v.damaged = append(v.damaged, c)
		}
		at := 1
		if c.withoutStay() {
			at = 0
		}
		added[at] = append(added[at], entity(c, i))
		hidden[1-at] = append(hidden[1-at], c.Listing)
	}
	for id, c := range v.tail {
		if c == nil {
			hidden[0], hidden[1] = append(hidden[0], id), append(hidden[1], id)
		}
	}
	var none *naming.Tail
	v.public, v.rest = none.With(added[0], hidden[0]), none.With(added[1], hidden[1])
	v.refs = sync.OnceValue(func() map[string][]*Card {
		by := map[string][]*Card{}
		for _, c := range byListing(v.tail) {
			for _, r := range c.Refs {
				by[r.ID()] = append(by[r.ID()], c)
			}
		}
		return by
	})
}

// byListing is the cards of a tail that are in force, by their listing.
func byListing(tail map[string]*Card) []*Card {
	var cards []*Card
	for _, c := range tail {
		if c != nil {
			cards = append(cards, c)
		}
	}
	slices.SortFunc(cards, func(a, b *Card) int { return cmp.Compare(a.Listing, b.Listing) })
	return cards
}

// hint asks for the index to be brought up to date, at most once a second. A sweep finds what is lost.
func (s *Screening) hint(ctx context.Context) {
	last, now := s.views.hinted.Load(), time.Now().UnixNano()
	if now-last < int64(time.Second) || !s.views.hinted.CompareAndSwap(last, now) {
		return
	}
	if err := s.Queue.Send(ctx, queue.Message{Queue: IndexQueue, Body: "{}"}); err != nil {
		s.log().WarnContext(ctx, "the indexer was not told", "error", err)
	}
}
