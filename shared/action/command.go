package action

import (
	"time"

	"shixin/shared/listing"
	"shixin/shared/workday"
)

// Command is one thing asked of an action. Its texts are already sealed.
type Command interface {
	// Step is the name of the step as the API and "allowed" spell it.
	Step() string
}

// The commands.
type (
	// Take takes a rung.
	Take struct {
		ID        string
		USCC      string
		Ladder    string
		Authority listing.Authority
		Sectors   []string
		Proposal  string
		Content   Content
	}
	// GiveNotice tells the enterprise.
	GiveNotice struct {
		Method   string
		ServedAt time.Time
		Reply    *Deadline // nil: the ladder's clock
		Receipt  *listing.Evidence
	}
	// Say is a reply of the enterprise.
	Say struct {
		To     string
		Waiver bool
		Text   listing.Text
	}
	// Show brings evidence of the cure.
	Show struct {
		Text      listing.Text
		Documents []listing.Evidence
	}
	// Recorded is what was said at the interview.
	Recorded struct {
		HeldAt       time.Time
		Participants []listing.Text
		Text         listing.Text
	}
	// Extend moves the deadline.
	Extend struct {
		Deadline Deadline
		Reasons  listing.Text
	}
	// Assess closes the action.
	Assess struct {
		Outcome string
		Reasons listing.Text
	}
	// Announce tells the enterprise that the action is to be shown in public.
	Announce struct {
		Method   string
		ServedAt time.Time
		Reply    *Deadline
		Reasons  listing.Text
		Receipt  *listing.Evidence
	}
	// Publish decides what was announced.
	Publish struct {
		Outcome    string // publish, drop
		Reasons    listing.Text
		LegalBasis []string
		Until      workday.Day
		Answers    []listing.Answer
	}
	// Dispute contests a publication.
	Dispute struct {
		Grounds   listing.Text
		Documents []listing.Evidence
	}
	// Resolve decides a contest.
	Resolve struct {
		N       int
		Outcome string // granted, refused
		Reasons listing.Text
	}
)

// Step names the command.
func (Take) Step() string       { return "taking" }
func (GiveNotice) Step() string { return "notice" }
func (Say) Step() string        { return "replies" }
func (Show) Step() string       { return "evidence" }
func (Recorded) Step() string   { return "record" }
func (Extend) Step() string     { return "extension" }
func (Assess) Step() string     { return "outcome" }
func (Announce) Step() string   { return "announcement" }
func (Publish) Step() string    { return "publication" }
func (Dispute) Step() string    { return "contests" }
func (c Resolve) Step() string  { return outcomeStep(c.N) }
