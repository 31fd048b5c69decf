package action

import (
	"slices"

	"shixin/shared/access"
	"shixin/shared/duty"
	"shixin/shared/ladder"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Waits is the steps that an action waits for: who owes each, from when it is possible and by when it is due.
func Waits(a Action, rules Rules) []duty.Wait {
	w := waits{a: &a, rules: rules}
	switch a.State {
	case Taken:
		w.add(duty.Wait{Step: "notice", For: duty.Officer})
	case Noticed:
		w.noticed()
	}
	if n := a.Announcement; n != nil {
		reply := w.until(duty.Wait{Step: "replies", For: duty.Subject, May: true}, n.Reply, rules.Rung.Publication.Reply)
		publication := duty.Wait{Step: "publication", For: duty.Decider}
		if !a.waived() {
			w.add(reply)
			if reply.By != "" {
				publication.From = reply.By.AddDays(1)
			}
		}
		if a.waived() || reply.By != "" {
			w.add(publication)
		}
	}
	for i := range a.Contests {
		if c := &a.Contests[i]; c.Open() {
			wait := duty.Wait{Step: outcomeStep(c.N), For: duty.Decider}
			if clock := rules.Rung.Publication.Contest; clock.Within != nil {
				wait = w.clock(wait, clock, workday.DayOf(c.At))
			}
			w.add(wait)
		}
	}
	return w.all
}

type waits struct {
	a     *Action
	rules Rules
	all   []duty.Wait
}

func (w *waits) add(x duty.Wait) { w.all = append(w.all, x) }

// noticed is what an action waits for that the enterprise knows of.
func (w *waits) noticed() {
	a, r := w.a, w.rules.Rung
	replied := slices.ContainsFunc(a.Replies, func(x Reply) bool { return x.To == ToNotice })
	reply := w.until(duty.Wait{Step: "replies", For: duty.Subject, May: true}, a.Notice.Reply, clockOf(r, "reply"))
	if !replied {
		w.add(reply)
	}
	last := reply
	if d := a.Deadline(); d != nil {
		last = w.until(duty.Wait{Step: "evidence", For: duty.Subject}, *d, clockOf(r, "deadline"))
		if len(a.Evidence) == 0 {
			w.add(last)
		}
	}
	if r.Record && a.Record == nil {
		wait := duty.Wait{Step: "record", For: duty.Officer}
		if i := a.Content.Interview; i != nil {
			wait.From = workday.DayOf(i.At)
		}
		w.add(wait)
		return
	}
	outcome := duty.Wait{Step: "outcome"}
	start := workday.Day("")
	switch {
	case len(a.Evidence) > 0:
		start = workday.DayOf(a.Evidence[len(a.Evidence)-1].At)
	case last.By != "":
		start = last.By
		outcome.From = last.By.AddDays(1)
	default:
		return // nothing is shown, and the end of the time is not known yet
	}
	if c := clockOf(r, "assessment"); c.Within != nil {
		outcome = w.clock(outcome, c, start)
	}
	for _, role := range []access.Role{access.Officer, access.Decider} {
		if slices.Contains(r.Close.Roles, role) {
			outcome.For = string(role)
			w.add(outcome)
		}
	}
}

func clockOf(r *ladder.Rung, step string) regime.Clock {
	if c := r.Clock(step); c != nil {
		return *c
	}
	return regime.Clock{}
}

// until fills in the last day of a deadline.
func (w *waits) until(x duty.Wait, d Deadline, c regime.Clock) duty.Wait {
	x.SetBy, x.Basis = d.SetBy, c.Source.Cite
	by, known := d.By(w.rules.Calendar)
	if !known {
		x.Pending, x.Start, x.Days = "calendar", d.From, d.WorkingDays
		return x
	}
	x.By = by
	return x
}

// clock fills in the last day of a clock that the ladder states.
func (w *waits) clock(x duty.Wait, c regime.Clock, from workday.Day) duty.Wait {
	x.SetBy, x.Basis = "ladder", c.Source.Cite
	by, known := c.Within.After(from, w.rules.Calendar)
	if !known {
		x.Pending, x.Start, x.Days = "calendar", from, c.Within.WorkingDays
		return x
	}
	x.By = by
	return x
}

// Item is what waits of an action, as work queues show it.
func Item(a Action, rules Rules) duty.Item {
	return duty.Item{Kind: duty.Action, ID: a.ID, Authority: a.Authority.ID, Level: a.Authority.Level, Region: a.Authority.Region, Sectors: a.Sectors,
		State: string(a.State), USCC: a.USCC, Rung: a.Rung, Since: a.Taken.At, Waits: Waits(a, rules)}
}
