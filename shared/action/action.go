// Package action provides the procedure of one rung that an authority takes towards an enterprise, from its taking to its assessment.
//
// It is a pure core, as shared/listing is: [Decide] turns a command into events or a refusal, folding the events gives the state
// ([Fold]), and everything that may be done stands in one table of shared/procedure. What a rung asks for is data of the ladder.
package action

import (
	"slices"
	"time"

	"shixin/shared/ladder"
	"shixin/shared/listing"
	"shixin/shared/procedure"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// State is where an action stands.
type State string

// The states.
const (
	None     State = ""         // before it is taken
	Taken    State = "taken"    // 已采取, the enterprise does not know of it yet
	Noticed  State = "noticed"  // 已通知
	Closed   State = "closed"   // 已办结
	Referred State = "referred" // 已移送: it proposed a listing, whose own procedure goes on
)

var states = procedure.States[State]{None: "尚未采取", Taken: "已采取", Noticed: "已通知", Closed: "已办结", Referred: "已移送"}

// The assessments with which an action closes.
const (
	Cured     = "cured"
	NotCured  = "not_cured"
	Withdrawn = "withdrawn"
)

// What a reply is about.
const (
	ToNotice       = "notice"
	ToAnnouncement = "announcement"
)

// Why an action is no longer shown in public.
const (
	ByCure       = "cured"
	ByWithdrawal = "withdrawn"
	ByContest    = "contest"
)

// Deadline is a last day: one that somebody named, or so many working days after a day. The calendar may not reach as far yet.
type Deadline struct {
	Day         workday.Day `json:"day,omitempty"`
	From        workday.Day `json:"from,omitempty"`
	WorkingDays int         `json:"working_days,omitempty"`
	SetBy       string      `json:"set_by"` // ladder or authority
}

// By is the last day; false where it lies beyond the calendar.
func (d Deadline) By(c workday.Calendar) (workday.Day, bool) {
	if d.Day != "" {
		return d.Day, true
	}
	return c.Add(d.From, d.WorkingDays)
}

// Interview is when and where an interview is held, and with whom.
type Interview struct {
	At           time.Time      `json:"at"`
	Place        listing.Text   `json:"place"`
	Participants []listing.Text `json:"participants"`
}

// Content is what an action says when it is taken.
type Content struct {
	Reason     listing.Text   `json:"reason"`
	LegalBasis []listing.Text `json:"legal_basis"`
	Findings   []string       `json:"findings,omitempty"` // ids
	Interview  *Interview     `json:"interview,omitempty"`
	Task       listing.Text   `json:"task,omitempty"`
	Deadline   *Deadline      `json:"deadline,omitempty"` // in working days it runs from the notice
	Listing    *Listing       `json:"listing,omitempty"`  // with the rung that proposes one
}

// Listing is the proposal that the last rung makes, and the decision it rests on.
type Listing struct {
	ID       string       `json:"id"`
	Regime   string       `json:"regime"`
	Ground   string       `json:"ground"`
	Document listing.Text `json:"document"`
}

// Notice tells the enterprise of the action.
type Notice struct {
	listing.Hand
	Method   string            `json:"method"`
	ServedAt time.Time         `json:"served_at"`
	Reply    Deadline          `json:"reply"`
	Receipt  *listing.Evidence `json:"receipt,omitempty"`
}

// Reply is what the enterprise says, or that it waives its reply to the announcement.
type Reply struct {
	listing.Hand
	N      int          `json:"n"`
	To     string       `json:"to"` // notice, announcement
	Round  int          `json:"round,omitempty"`
	Waiver bool         `json:"waiver,omitempty"`
	Text   listing.Text `json:"text"`
}

// Evidence is what the enterprise shows of the cure.
type Evidence struct {
	listing.Hand
	N         int                `json:"n"`
	Text      listing.Text       `json:"text"`
	Documents []listing.Evidence `json:"documents,omitempty"`
}

// Record is what was said at an interview.
type Record struct {
	listing.Hand
	HeldAt       time.Time      `json:"held_at"`
	Participants []listing.Text `json:"participants"`
	Text         listing.Text   `json:"text"`
}

// Extension moves the deadline to a later day.
type Extension struct {
	listing.Hand
	Deadline Deadline     `json:"deadline"`
	Reasons  listing.Text `json:"reasons"`
}

// Assessment is with what the action closed.
type Assessment struct {
	listing.Hand
	Outcome string       `json:"outcome"`
	Reasons listing.Text `json:"reasons"`
}

// Announcement is the prior notice that the action is to be shown in public.
type Announcement struct {
	listing.Hand
	Method   string            `json:"method"`
	ServedAt time.Time         `json:"served_at"`
	Reply    Deadline          `json:"reply"`
	Reasons  listing.Text      `json:"reasons"`
	Round    int               `json:"round"` // counted from 0
	Receipt  *listing.Evidence `json:"receipt,omitempty"`
}

// Publication is the decision to show the action in public. What the public sees of it stands in clear.
type Publication struct {
	listing.Hand
	Reasons    listing.Text     `json:"reasons"`
	LegalBasis []string         `json:"legal_basis"` // in clear: it is shown
	Until      workday.Day      `json:"until"`       // the last day on which it is shown
	Answers    []listing.Answer `json:"answers,omitempty"`
	Lifted     *Lifted          `json:"lifted,omitempty"`
}

// Lifted is how a publication ended before its last day.
type Lifted struct {
	listing.Hand
	Cause string `json:"cause"`
}

// Contest is what the enterprise holds against a publication.
type Contest struct {
	listing.Hand
	N         int                `json:"n"`
	Grounds   listing.Text       `json:"grounds"`
	Documents []listing.Evidence `json:"documents,omitempty"`
	Outcome   *listing.Ruling    `json:"outcome,omitempty"`
	Lapsed    bool               `json:"lapsed,omitempty"` // the publication went before it was decided
}

// Open reports whether the contest waits for its outcome.
func (c *Contest) Open() bool { return c.Outcome == nil && !c.Lapsed }

// Action is what the events of one action fold to.
type Action struct {
	ID           string            `json:"id"`
	Version      int               `json:"version"` // number of events
	Head         string            `json:"head"`    // hash of the last event
	USCC         string            `json:"uscc"`
	Rung         string            `json:"rung"`
	Ladder       string            `json:"ladder"` // version under which it was taken
	Authority    listing.Authority `json:"authority"`
	Sectors      []string          `json:"sectors"`
	State        State             `json:"state"`
	Content      Content           `json:"content"`
	Proposal     string            `json:"proposal,omitempty"` // of the run's proposal that it took up
	Taken        listing.Hand      `json:"taken"`
	Prepared     []string          `json:"prepared"` // natural persons who took it, served its notice, announced its publication or recorded for the enterprise
	Notice       *Notice           `json:"notice,omitempty"`
	Replies      []Reply           `json:"replies,omitempty"`
	Evidence     []Evidence        `json:"evidence,omitempty"`
	Record       *Record           `json:"record,omitempty"`
	Extensions   []Extension       `json:"extensions,omitempty"`
	Assessment   *Assessment       `json:"assessment,omitempty"`
	Announcement *Announcement     `json:"announcement,omitempty"` // the one that waits for its decision
	Announced    int               `json:"announced,omitempty"`    // how many there were
	Publication  *Publication      `json:"publication,omitempty"`
	Contests     []Contest         `json:"contests,omitempty"`
}

// Rules is the law that an action is judged by.
type Rules struct {
	Ladder   *ladder.Version
	Rung     *ladder.Rung
	Calendar workday.Calendar
}

// Deadline is the deadline in force, nil where there is none.
func (a *Action) Deadline() *Deadline {
	d := a.Content.Deadline
	if n := len(a.Extensions); n > 0 {
		d = &a.Extensions[n-1].Deadline
	}
	if d == nil {
		return nil
	}
	running := *d
	if running.Day == "" && running.From == "" {
		if a.Notice == nil {
			return nil // it runs from the notice
		}
		running.From = workday.DayOf(a.Notice.ServedAt)
	}
	return &running
}

// Published reports whether the public sees the action on a day.
func (a *Action) Published(on workday.Day) bool {
	return a.Publication != nil && a.Publication.Lifted == nil && on <= a.Publication.Until
}

// WasNoticed reports whether the enterprise has been told: from then on it sees the action.
func (a *Action) WasNoticed() bool { return a.Notice != nil }

// Contest returns the contest numbered n.
func (a *Action) Contest(n int) (*Contest, bool) {
	if n < 1 || n > len(a.Contests) {
		return nil, false
	}
	return &a.Contests[n-1], true
}

// Finished reports whether nothing more can come of it but a contest or a later cure of what is shown in public.
func (a *Action) Finished() bool { return a.State == Closed || a.State == Referred }

// waived reports whether the enterprise waived its reply to the announcement that waits.
func (a *Action) waived() bool {
	return a.Announcement != nil && slices.ContainsFunc(a.Replies, func(r Reply) bool {
		return r.To == ToAnnouncement && r.Waiver && r.Round == a.Announcement.Round
	})
}

// deadline makes a deadline of what a caller said, of the ladder's clock where it said nothing; false where neither says anything.
func deadline(said *Deadline, c *regime.Clock, from workday.Day, calendar workday.Calendar) (Deadline, bool) {
	if said != nil {
		d := *said
		d.SetBy = "authority"
		if d.Day == "" {
			d.From = from
		}
		return d, true
	}
	if c == nil || c.Within == nil {
		return Deadline{}, false
	}
	if c.Within.WorkingDays > 0 {
		return Deadline{From: from, WorkingDays: c.Within.WorkingDays, SetBy: "ladder"}, true
	}
	by, _ := c.Within.After(from, calendar)
	return Deadline{Day: by, SetBy: "ladder"}, true
}
