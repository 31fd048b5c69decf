package screening

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/workday"
)

const (
	// confirmEvery is how often an indexer writes down that a segment is whole, when nothing else changes.
	confirmEvery = time.Hour
	// keepRetired is how long a segment is kept that is no more in use, for processes and screenings that still read it.
	keepRetired = 24 * time.Hour
	mostRetired = 100
	// A list that lost more than this share of its subjects at once, and more than a few, is held back. The share is set by whoever
	// runs the register: no law gives one.
	maxShrink = 0.2
	fewLost   = 20
	// stepOfBuild is how many effects one step of an indexer takes up at the least, and mostOfBuild at the most. Each ends with a segment that can be used.
	stepOfBuild = maxTail
	mostOfBuild = 20 * maxTail
)

// reach is up to which effect a step goes from a segment of so many entities. Each step writes them all: were it as short over a long list as over a
// short one, a list of a million that is indexed anew would be written two hundred times.
func reach(version int64, entities int, head int64) int64 {
	return min(head, version+min(max(stepOfBuild, int64(entities)/4), mostOfBuild))
}

// Build brings the index up to date: it reads the segment in use, adds what the journal has got since, and makes the segment that holds both,
// in steps that may end anywhere. A segment that cannot be read, or was made for another comparison of names, is made anew from the journal.
func (s *Screening) Build(ctx context.Context, now time.Time) error {
	began := time.Now()
	for {
		step := time.Now()
		more, err := s.step(ctx, now)
		if err != nil {
			if _, other := errors.AsType[*records.Lost](err); other {
				return nil // another indexer is at it
			}
			return err
		}
		if !more {
			return nil
		}
		if time.Since(began)+time.Since(step) > s.slice() { // another step takes as long: of a long list most of a slice
			return s.Queue.Send(ctx, queue.Message{Queue: IndexQueue, Body: "{}"})
		}
	}
}

func (s *Screening) slice() time.Duration {
	if s.Slice > 0 {
		return s.Slice
	}
	return Slice
}

// step makes one segment, or finds that none is needed. more tells whether the journal goes on.
func (s *Screening) step(ctx context.Context, now time.Time) (more bool, err error) {
	index, err := s.Store.Index(ctx, now)
	if err != nil {
		return false, err
	}
	head, err := s.Store.Head(ctx, now)
	if err != nil {
		return false, err
	}
	v, err := s.onSegment(ctx, nil, index.Segment, head.N)
	damaged := errors.Is(err, errSegment)
	if damaged {
		s.log().ErrorContext(ctx, "a segment of the index of names is made anew", "alarm", "index", "error", err)
		v, err = emptyView()
	}
	if err != nil {
		return false, err
	}
	restored := false
	if index.Segment != nil && len(index.Segment.Damaged) > 0 && !damaged {
		if v, err = s.again(ctx, now, v); err != nil {
			return false, err
		}
		restored = len(v.damaged) < len(index.Segment.Damaged)
	}
	if v.version == head.N && !damaged && !restored {
		return false, s.confirm(ctx, now, index)
	}
	entities := 0
	if v.meta != nil {
		entities = v.meta.Entities
	}
	upto := reach(v.version, entities, head.N)
	if v, err = s.advance(ctx, now, v, upto); err != nil {
		return false, err
	}
	today := workday.DayOf(now)
	cards, was, err := v.all(today)
	if err != nil {
		return false, err
	}
	if index.Segment != nil && !damaged && shrank(len(cards), was) && (index.Release == nil || index.Release.ListVersion < upto) {
		return false, s.hold(ctx, now, index, records.Held{ListVersion: upto, Entities: len(cards), Was: was, Since: moment(now)})
	}
	made, err := s.write(ctx, now, upto, cards)
	if err != nil {
		return false, err
	}
	return upto < head.N, s.use(ctx, now, index, made)
}

// all is the cards of everything in force on a day, by listing, and how many the segment had on that day without what came since.
func (v *view) all(today workday.Day) (cards []*Card, was int, err error) {
	for _, section := range []section{v.base.public, v.base.rest} {
		for i := range section.cards.at {
			c, err := section.card(i)
			if err != nil {
				return nil, 0, err
			}
			if !c.inForce(today) {
				continue
			}
			was++
			if _, newer := v.tail[c.Listing]; !newer {
				cards = append(cards, c)
			}
		}
	}
	for _, c := range byListing(v.tail) {
		if c.inForce(today) {
			cards = append(cards, c)
		}
	}
	slices.SortFunc(cards, func(a, b *Card) int { return strings.Compare(a.Listing, b.Listing) })
	return cards, was, nil
}

// shrank reports whether a list lost so much at once that a person has to look at it.
func shrank(now, was int) bool {
	return was-now > fewLost && float64(was-now) > maxShrink*float64(was)
}

// use makes a segment the one in use, and retires the one before.
func (s *Screening) use(ctx context.Context, now time.Time, index records.Index, made records.Segment) error {
	if index.Segment != nil && !same(*index.Segment, made) {
		index.Retired = append(index.Retired, records.Retired{Segment: *index.Segment, Since: moment(now)})
	}
	index.Segment, index.Confirmed, index.Held = &made, moment(now), nil
	if _, err := s.dropRetired(ctx, now, &index); err != nil {
		return err
	}
	return s.commitIndex(ctx, now, index)
}

func (s *Screening) commitIndex(ctx context.Context, now time.Time, index records.Index) error {
	b := &records.Batch{}
	b.PutIndex(index)
	return s.Store.Commit(ctx, now, b)
}

// dropRetired removes segments that were retired long enough ago, or are too many, and that no file being worked on has pinned.
func (s *Screening) dropRetired(ctx context.Context, now time.Time, index *records.Index) (gone int, err error) {
	if len(index.Retired) == 0 {
		return 0, nil
	}
	pinned, err := s.pinned(ctx, now)
	if err != nil {
		return 0, err
	}
	var keep []records.Retired
	for i, r := range index.Retired {
		old := now.Sub(r.Since) >= keepRetired || len(index.Retired)-i > mostRetired
		if !old || pinned[blobOf(r.Segment)] {
			keep = append(keep, r)
			continue
		}
		gone++
		if blobOf(r.Segment) == blobOf(*index.Segment) {
			continue // it was made again, byte for byte
		}
		for _, p := range r.Segment.Parts {
			if err := s.Blobs.Delete(ctx, p.Blob); err != nil {
				return gone, err
			}
		}
	}
	index.Retired = keep
	return gone, nil
}

// hold leaves the segment in use as it is and rings. Queries go on with it and with what came since, which says the same, as long as that is
// not too much.
func (s *Screening) hold(ctx context.Context, now time.Time, index records.Index, held records.Held) error {
	s.log().ErrorContext(ctx, "the list shrank by more than is usual: the index of names is held back until a person releases it", "alarm", "shrunk",
		"list_version", held.ListVersion, "entities", held.Entities, "was", held.Was)
	if index.Held != nil {
		held.Since = index.Held.Since
	}
	index.Held, index.Confirmed = &held, moment(now)
	return s.commitIndex(ctx, now, index)
}

// confirm writes down that the segment in use is whole and as new as the journal.
func (s *Screening) confirm(ctx context.Context, now time.Time, index records.Index) error {
	if index.Segment == nil {
		return nil
	}
	gone, err := s.dropRetired(ctx, now, &index)
	if err != nil || gone == 0 && now.Sub(index.Confirmed) < confirmEvery && index.Held == nil {
		return err
	}
	index.Confirmed, index.Held = moment(now), nil
	return s.commitIndex(ctx, now, index)
}

// blobOf names a segment by its first blob; one without anything has none.
func blobOf(seg records.Segment) string {
	if len(seg.Parts) == 0 {
		return ""
	}
	return seg.Parts[0].Blob
}

// IndexView is what GET /v1/index shows.
type IndexView struct {
	ListVersion int64         `json:"list_version"` // of the segment in use
	Behind      int64         `json:"behind"`       // effects since
	Entities    int           `json:"entities"`
	Damaged     []string      `json:"damaged,omitempty"` // listings in it whose names could not be read
	Algorithm   string        `json:"algorithm"`
	BuiltAt     *time.Time    `json:"built_at"`
	ConfirmedAt *time.Time    `json:"confirmed_at"`
	Held        *records.Held `json:"held"`
}

// Index shows which segment is in use, and whether a newer one is held back.
func (s *Screening) Index(ctx context.Context, now time.Time) (IndexView, error) {
	index, err := s.Store.Index(ctx, now)
	if err != nil {
		return IndexView{}, err
	}
	head, err := s.Store.Head(ctx, now)
	if err != nil {
		return IndexView{}, err
	}
	v := IndexView{Behind: head.N, Algorithm: naming.Algorithm, Held: index.Held}
	if seg := index.Segment; seg != nil {
		v.ListVersion, v.Behind, v.Entities, v.Damaged, v.Algorithm = seg.ListVersion, head.N-seg.ListVersion, seg.Entities, seg.Damaged, seg.Algorithm
		v.BuiltAt, v.ConfirmedAt = &seg.BuiltAt, &index.Confirmed
	}
	return v, nil
}

// Release is the body of POST /v1/index/release: a person's word that the list really shrank.
type Release struct {
	ListVersion int64  `json:"list_version"` // as held shows it
	Reasons     string `json:"reasons" validate:"required,max=2000,text"`
}

// Release lets an index be used that is held back.
func (s *Screening) Release(ctx context.Context, call repeat.Call, in Release) (*repeat.Reply, error) {
	reply, err := s.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		index, err := s.Store.Index(ctx, call.Now)
		if err != nil {
			return nil, err
		}
		switch {
		case index.Held == nil:
			return nil, fault.New(fault.Conflict, "nothing is held back", "没有被暂停启用的索引")
		case index.Held.ListVersion != in.ListVersion:
			return nil, fault.New(fault.Conflict, fmt.Sprintf("what is held back is list version %d; look at it again", index.Held.ListVersion),
				fmt.Sprintf("被暂停启用的名录版本为 %d,请重新核对", index.Held.ListVersion))
		}
		index.Release = release(call.Who, in, call.Now)
		b := &records.Batch{}
		b.PutIndex(index)
		reply := &repeat.Reply{Status: 202, Body: encode(index.Release)}
		if err := s.keeper().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, s.Store.Commit(ctx, call.Now, b)
	})
	if err == nil {
		s.hint(ctx)
	}
	return reply, err
}

func release(who access.Principal, in Release, at time.Time) *records.Release {
	return &records.Release{ListVersion: in.ListVersion, Account: who.Account, Person: who.Person, Reasons: in.Reasons, At: at.UTC().Truncate(time.Millisecond)}
}
