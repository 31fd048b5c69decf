package listing

import (
	"time"

	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Command is one thing asked of a listing. Its texts are already sealed; its identifiers are already hashed.
type Command interface {
	// Step is the name of the step as the API and "allowed" spell it.
	Step() string
}

// Propose opens a listing.
type Propose struct {
	ID            string
	Regime        string
	RegimeVersion string
	Ground        string
	Authority     Authority
	Content       Content
	Import        string     // id of the import that carried it, if any
	Elsewhere     *Elsewhere // a decision already taken elsewhere, for [Adopt]
}

// Amend replaces what the proposal says; a nil part stays.
type Amend struct{ Content Content }

// Withdraw takes a proposal back before notice.
type Withdraw struct{ Reasons Text } // empty where none are given

// GiveNotice tells the subject what is proposed.
type GiveNotice struct {
	Method       string
	ServedAt     time.Time
	RespondUntil workday.Day
	Receipt      *Evidence
}

// MakeStatement records what the subject says.
type MakeStatement struct {
	Kind string
	Text Text
}

// GiveConsent is the word of the authority one level up.
type GiveConsent struct {
	Outcome string // granted, refused
	Reasons Text
}

// Determine decides a proposal.
type Determine struct {
	Outcome string // list, drop, return
	Reasons Text
	Answers []Answer
}

// Serve records the service of a decision or a removal.
type Serve struct {
	Of       string
	Method   string
	ServedAt time.Time
	Receipt  *Evidence
}

// StartTerm says when the event happened with which the term starts.
type StartTerm struct {
	From     workday.Day
	Document Text
}

// Publish shows the listing to the public.
type Publish struct{ Reasons Text }

// Ask files a request.
type Ask struct {
	Kind     string
	Grounds  Text
	Evidence []Evidence
	Change   *Change
	Until    workday.Day
}

// Resolve decides a request.
type Resolve struct {
	N       int
	Outcome string // granted, refused, varied
	Reasons Text
	Change  *Change
}

// Adopt makes a decision taken elsewhere a listing here.
type Adopt struct{}

// Expire writes down that the term has run out.
type Expire struct{}

// Step names the command.
func (Propose) Step() string       { return "proposal" }
func (Amend) Step() string         { return "amendment" }
func (Withdraw) Step() string      { return "withdrawal" }
func (GiveNotice) Step() string    { return "notice" }
func (MakeStatement) Step() string { return "statements" }
func (GiveConsent) Step() string   { return "consent" }
func (Determine) Step() string     { return "decision" }
func (Serve) Step() string         { return "service" }
func (StartTerm) Step() string     { return "term" }
func (Publish) Step() string       { return "publication" }
func (c Ask) Step() string         { return "requests:" + c.Kind }
func (c Resolve) Step() string     { return outcomeStep(c.N) }
func (Adopt) Step() string         { return "adoption" }
func (Expire) Step() string        { return "expiry" }

// Adult is the day of the eighteenth birthday, empty where the birth is not known.
func Adult(birth workday.Day) workday.Day {
	if birth == "" {
		return ""
	}
	return birth.AddYears(18)
}

// NewSubject fills in what the procedure asks of a birth.
func NewSubject(kind subject.Kind, names []Name, identifiers []subject.Ref, birth workday.Day, sealed Text) Subject {
	return Subject{Kind: kind, Names: names, Identifiers: identifiers, Birth: sealed, Adult: Adult(birth)}
}
