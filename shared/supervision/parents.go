package supervision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/fault"
	"shixin/shared/records"
)

// maxParents is how many enterprises lie above one, each the branch of the next. No group is so deep; a loop is endless.
const maxParents = 8

// parents checks that the enterprise above is registered and that no enterprise comes to stand above itself, and makes the batch fail
// if any of those above changes meanwhile: else two halves of a loop could be written at once. Fresh are registrations of the same call
// that are not stored yet.
func (s *Supervision) parents(ctx context.Context, call Call, b *records.Batch, stored, after compliance.Registration, fresh map[string]compliance.Registration) error {
	if after.Parent == "" || after.Parent == stored.Parent {
		return nil
	}
	above := after.Parent
	for range maxParents {
		if above == after.USCC {
			return fault.At("/parent", "the enterprise would stand above itself: one of those above this parent is its branch", "上级关系成环:该上级企业的上级中包含本企业")
		}
		at, isFresh := fresh[above]
		if !isFresh {
			e, err := s.Store.Enterprise(ctx, call.Now, above)
			if err != nil {
				return err
			}
			if e.Version == 0 {
				return fault.At("/parent", "no such enterprise is registered; register the parent first", "上级企业未登记,请先登记上级企业")
			}
			b.CheckEnterprise(e)
			at = e.State
		}
		if above = at.Parent; above == "" {
			return nil
		}
	}
	return fault.At("/parent", fmt.Sprintf("more than %d enterprises would lie above it", maxParents), fmt.Sprintf("上级层级超过 %d 级", maxParents))
}

// parentsFirst orders the rows of one call so that an enterprise comes behind the one above it; what stands in a loop comes last.
func parentsFirst(rows []Row) []Row {
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		at[r.USCC] = i
	}
	depth := func(r Row) (n int) {
		for r.Parent != nil && n <= maxParents {
			parent, _ := ParseUSCC(*r.Parent)
			i, here := at[parent]
			if !here {
				break
			}
			r = rows[i]
			n++
		}
		return n
	}
	sorted := slices.Clone(rows)
	depths := make(map[string]int, len(rows))
	for _, r := range rows {
		depths[r.USCC] = depth(r)
	}
	slices.SortStableFunc(sorted, func(a, b Row) int { return depths[a.USCC] - depths[b.USCC] })
	return sorted
}

// BranchesView is the enterprises that name one as their parent.
type BranchesView struct {
	Total int      `json:"total"`          // all of them
	More  bool     `json:"more,omitempty"` // there are more than were counted
	Items []string `json:"items"`          // the first ones that the caller may read
}

// How many branches an answer counts, and how many it shows.
const (
	maxCounted = 1000
	maxShown   = 100
)

// branches finds the enterprises that name one as their parent. To itself all of them are shown: they say that they are of it.
func (s *Supervision) branches(ctx context.Context, who access.Principal, now time.Time, uscc string) (*BranchesView, error) {
	key := relation.Branches(uscc)
	usccs, more, err := s.Store.Linked(ctx, now, key, "", maxShown)
	if err != nil {
		return nil, err
	}
	v := &BranchesView{Total: len(usccs), Items: []string{}}
	if more {
		rest, beyond, err := s.Store.CountLinked(ctx, now, key, usccs[len(usccs)-1], maxCounted-maxShown)
		if err != nil {
			return nil, err
		}
		v.Total, v.More = v.Total+rest, beyond
	}
	stored, err := s.Store.Enterprises(ctx, now, usccs)
	if err != nil {
		return nil, err
	}
	for _, e := range stored {
		own := who.Role == access.Enterprise && who.USCC == uscc
		if e.State.Parent == uscc && (own || s.Policy.Allow(who, "enterprise.read", resourceOf(who, e.State)) == nil) {
			v.Items = append(v.Items, e.State.USCC)
		}
	}
	return v, nil
}
