package register

import (
	"context"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/duty"
	"shixin/shared/listing"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Waiting is what of a subject's own listings waits for the subject, oldest first.
func (r *Register) Waiting(ctx context.Context, who access.Principal, now time.Time) ([]duty.Item, error) {
	ids, err := r.Store.ListingsOf(ctx, now, ownRef(who))
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	var out []duty.Item
	for part := range slices.Chunk(ids, 100) {
		stored, err := r.Store.Listings(ctx, now, part)
		if err != nil {
			return nil, err
		}
		for i := range stored {
			rules, err := r.rules(&stored[i].State)
			if err != nil {
				return nil, err
			}
			l := listing.Judged(stored[i].State, rules, now)
			if r.Policy.Allow(who, "listing.read", resource(who, &l, rules, workday.DayOf(now))) != nil {
				continue
			}
			item := listing.Item(l, rules)
			item.Waits = slices.DeleteFunc(item.Waits, func(w duty.Wait) bool { return w.For != duty.Subject })
			out = append(out, item)
		}
	}
	return out, nil
}

// ownRef is the identifier under which a caller is itself a subject.
func ownRef(who access.Principal) subject.Ref {
	if who.Role == access.Person {
		return subject.Ref{Scheme: subject.CNID, Key: who.Subject}
	}
	return subject.Ref{Scheme: subject.USCC, Key: who.USCC}
}
