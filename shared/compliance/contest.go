package compliance

import (
	"slices"
	"time"

	"shixin/shared/fault"
)

// MaxContests is how many contests a finding keeps.
const MaxContests = 10

// ContestState is where a contest stands.
type ContestState string

// The states of a contest.
const (
	Pending ContestState = "pending"
	Granted ContestState = "granted" // the finding was wrong: it is cured, and does not come back for the same inputs
	Refused ContestState = "refused"
	Lapsed  ContestState = "lapsed" // a run cured the finding before there was an outcome
)

// Contest is one objection of an enterprise to a finding. Its texts are sealed: they may name persons.
type Contest struct {
	State  ContestState `json:"state"`
	By     string       `json:"by"` // the account
	At     time.Time    `json:"at"`
	Mark   time.Time    `json:"mark"` // the moment of the last run that had changed the finding by then
	Sealed []byte       `json:"sealed"`
	// The outcome, where there is one.
	Decided   *time.Time `json:"decided,omitempty"`
	DecidedBy string     `json:"decided_by,omitempty"`
	Reasons   []byte     `json:"reasons,omitempty"` // sealed
	// With Granted: what the verdict rested on that is not to be held against the enterprise again.
	Excused []Input `json:"excused,omitempty"`
	Pack    string  `json:"pack,omitempty"`
}

// pending is the contest that waits for its outcome; nil where there is none.
func (f *Finding) pending() *Contest {
	if n := len(f.Contests); n > 0 && f.Contests[n-1].State == Pending {
		return &f.Contests[n-1]
	}
	return nil
}

// Contest opens a contest of a finding that stands. One that was refused can be brought again once a run has changed the finding.
func (f Finding) Contest(c Contest) (Finding, error) {
	c.State, c.Mark = Pending, f.last().At
	switch n := len(f.Contests); {
	case f.State == Cured:
		return f, fault.New(fault.Conflict, "the finding is cured", "该问题已消除")
	case f.pending() != nil:
		return f, fault.New(fault.Conflict, "the finding is contested already; its outcome is awaited", "该问题已有未决异议,请等待处理结果")
	case n > 0 && f.Contests[n-1].State == Refused && f.Contests[n-1].Mark.Equal(c.Mark):
		return f, fault.New(fault.Conflict, "the contest of this finding was refused, and no run has changed it since", "异议已被驳回,且此后检查结果未变化")
	}
	f.Contests = append(slices.Clone(f.Contests), c)
	if over := len(f.Contests) - MaxContests; over > 0 {
		f.Contests = slices.Delete(f.Contests, 0, over)
	}
	f.State = Contested
	return f, nil
}

// Settle gives the pending contest its outcome.
func (f Finding) Settle(granted bool, by string, at time.Time, reasons []byte) (Finding, error) {
	if f.pending() == nil || f.State != Contested {
		return f, fault.New(fault.Conflict, "no contest of this finding waits for an outcome", "该问题没有待处理的异议")
	}
	f.Contests = slices.Clone(f.Contests)
	c := f.pending()
	c.State, c.Decided, c.DecidedBy, c.Reasons = Refused, &at, by, reasons
	f.State = Open
	if granted {
		c.State, c.Excused, c.Pack = Granted, f.Inputs, f.Pack
		f.State = Cured
	}
	return f, nil
}

// excused reports whether a verdict rests on what a granted contest has taken from the enterprise.
func (f Finding) excused(v Verdict) bool {
	n := len(f.Contests)
	return n > 0 && f.State == Cured && f.Contests[n-1].State == Granted && v.Outcome != Pass &&
		f.Contests[n-1].Pack == v.Pack && slices.Equal(f.Contests[n-1].Excused, v.Inputs)
}

// lapse ends a pending contest whose finding is cured.
func (f *Finding) lapse() {
	if f.pending() == nil {
		return
	}
	f.Contests = slices.Clone(f.Contests)
	f.pending().State = Lapsed
}
