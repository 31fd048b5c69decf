package register

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/bounded"
	"shixin/shared/workday"
)

// lapsed adds the listings whose term has run out and of which the clock has not written it down yet: they are removed already, and stand in no
// queue of removed ones. It goes on from a day, and behind a listing of that day, and returns where to go on itself; nil when it is through.
func (r *Register) lapsed(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, out *bounded.Page) (*Place, error) {
	var clock clockMeta
	written, err := r.Store.Meta(ctx, now, "clock", &clock)
	if err != nil {
		return nil, err
	}
	at := Place{Day: firstDay}
	if written > 0 {
		at.Day = clock.Day.AddDays(1)
	}
	if from.Day >= at.Day {
		at = from
	}
	began := time.Now()
	for at.Day < workday.DayOf(now) {
		if out.Full() || time.Since(began) > mostLooking {
			return &at, nil
		}
		ids, more, err := r.Store.Ending(ctx, now, at.Day, at.After, 100)
		if err != nil {
			return nil, err
		}
		stored, err := r.Store.Listings(ctx, now, ids)
		if err != nil {
			return nil, err
		}
		for i := range stored {
			view, shown, err := r.viewOf(ctx, who, now, f, &stored[i])
			if err != nil {
				return nil, err
			}
			// One whose term was changed may be remembered on several days, and ends on one of them.
			shown = shown && view.Term != nil && view.Term.Until != nil && *view.Term.Until == at.Day && f.takes(view)
			if shown && !out.Add(view) {
				return &at, nil
			}
			at.After = stored[i].State.ID
		}
		if more {
			at.After = ids[len(ids)-1] // even where that one is gone
		} else {
			at = Place{Day: at.Day.AddDays(1)}
		}
	}
	return nil, nil
}

// mostLooking is how long one page looks for days on which terms have ended: most days have none, and as a rule the clock is not a day late.
const mostLooking = 5 * time.Second

// takes reports whether something of a listing is due before the day of the filter, where it has one.
func (f Filter) takes(v View) bool {
	return f.DueBefore == "" || len(v.Due) > 0 && v.Due[0].By != nil && *v.Due[0].By < f.DueBefore
}
