// Package listing provides the procedure of one listing: what may be done from each state, by whom, and what follows.
//
// It is a pure core. [Decide] turns a command into events or a refusal; folding a listing's events gives its state
// ([Fold]); nothing here reads a clock, a store or a random source. Everything that may be done stands in one table of
// shared/procedure (see transition.go) that Decide runs and that [Allowed] and the documentation are computed from.
package listing

import (
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/procedure"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// State is where a listing stands.
type State string

// The states.
const (
	None      State = ""          // before the proposal
	Proposed  State = "proposed"  // 拟列入
	Noticed   State = "noticed"   // 已告知
	Listed    State = "listed"    // 已列入
	Dropped   State = "dropped"   // 不予列入
	Withdrawn State = "withdrawn" // 已撤回
	Removed   State = "removed"   // 已移出
)

var states = procedure.States[State]{
	None: "尚未提出", Proposed: "拟列入", Noticed: "已告知", Listed: "已列入", Dropped: "不予列入", Withdrawn: "已撤回", Removed: "已移出",
}

// Cause is why a listing was removed.
type Cause string

// The causes.
const (
	Expiry     Cause = "expiry"
	Appeal     Cause = "appeal"
	Repair     Cause = "repair"
	Revocation Cause = "revocation" // as if never listed
	Identity   Cause = "identity"   // not this subject
)

// Text is the commitment to a text that must not stand in an event: the base64url of SHA-256 over a random salt and
// the text. Text and salt lie in the listing's sealed item, and go with it.
type Text string

// Actor is who took a step.
type Actor struct {
	Person    string       `json:"person,omitempty"` // the natural person by whom two persons are compared
	Account   string       `json:"account,omitempty"`
	Role      access.Role  `json:"role,omitempty"`
	Authority string       `json:"authority,omitempty"`
	Level     access.Level `json:"level,omitempty"`
	Region    string       `json:"region,omitempty"`
	Subject   bool         `json:"subject,omitempty"` // the listed subject itself
	Clock     bool         `json:"clock,omitempty"`   // the register's clock, writing down what is already true
}

// Acts refuses an actor of whom it is not known which natural person they are: two could not be told apart. The subject is known by being the
// subject. The clock takes no step but its own.
func (a Actor) Acts(ofClock bool) *fault.Fault {
	switch {
	case a.Clock && !ofClock:
		return fault.New(fault.Forbidden, "this step is taken by a person, not by the clock", "该步骤应由自然人办理")
	case a.Person == "" && !a.Clock && !a.Subject:
		return fault.New(fault.Forbidden, "the account names no natural person, so it cannot take a step", "账号未关联自然人,不得办理")
	}
	return nil
}

// Hand is one step with who took it and when.
type Hand struct {
	By Actor     `json:"by"`
	At time.Time `json:"at"`
}

// Name is one name of a subject. A person's text is sealed, an organisation's stands in clear.
type Name struct {
	Text   string `json:"text,omitempty"`
	Sealed Text   `json:"sealed,omitempty"`
	Lang   string `json:"lang,omitempty"` // BCP 47
}

// Subject is whom a listing is about.
type Subject struct {
	Kind        subject.Kind  `json:"kind"`
	Names       []Name        `json:"names"`
	Identifiers []subject.Ref `json:"identifiers"`
	// Birth is known from a cn-id or was given. It is sealed; what the procedure asks of it stands in Adult.
	Birth Text `json:"birth,omitempty"`
	// Adult is the day of the eighteenth birthday, empty where the birth is not known.
	Adult workday.Day `json:"adult,omitempty"`
}

// Evidence is a document by title and digest.
type Evidence struct {
	Title  Text   `json:"title"`
	SHA256 string `json:"sha256"` // 64 lower-case hex digits
}

// Conviction is the judgment on which some grounds rest.
type Conviction struct {
	Document       Text        `json:"document"`
	OffenceOn      workday.Day `json:"offence_on"`
	SentenceMonths int         `json:"sentence_months"`
}

// Content is what a proposal says; an amendment replaces it.
type Content struct {
	Subject    Subject     `json:"subject"`
	Facts      Text        `json:"facts"`
	LegalBasis []Text      `json:"legal_basis"`
	Evidence   []Evidence  `json:"evidence,omitempty"`
	Conviction *Conviction `json:"conviction,omitempty"`
}

// Authority is the body whose listing it is.
type Authority struct {
	ID     string       `json:"id"`
	Level  access.Level `json:"level"`
	Region string       `json:"region"`
}

// Elsewhere is a decision that was taken outside this register and is adopted here by a second person.
type Elsewhere struct {
	Document  Text        `json:"document"`
	On        workday.Day `json:"on"`
	Authority string      `json:"authority,omitempty"`
	ServedOn  workday.Day `json:"served_on,omitempty"`
	Until     workday.Day `json:"until,omitempty"`
	Published bool        `json:"published"`
}

// Notice is the notice in force.
type Notice struct {
	Hand
	Method   string      `json:"method"`
	ServedAt time.Time   `json:"served_at"`
	Until    workday.Day `json:"until,omitempty"`   // last day for a statement
	Pending  bool        `json:"pending,omitempty"` // the calendar does not reach: Until is not known yet
	SetBy    string      `json:"set_by"`            // regime or authority
	Receipt  *Evidence   `json:"receipt,omitempty"`
}

// Statement is what the subject said, or that it waived saying anything.
type Statement struct {
	Hand
	N     int    `json:"n"`
	Kind  string `json:"kind"` // statement, hearing, waiver
	Text  Text   `json:"text"`
	Round int    `json:"round"` // counted from 0, one more for each return
}

// Answer is what a decision says to a statement.
type Answer struct {
	Statement int  `json:"statement"`
	Text      Text `json:"text"`
}

// Ruling is an outcome with its reasons.
type Ruling struct {
	Hand
	Outcome string   `json:"outcome"`
	Reasons Text     `json:"reasons"`
	Answers []Answer `json:"answers,omitempty"`
}

// Service is a delivery of a decision or a removal.
type Service struct {
	Hand
	Of       string    `json:"of"` // decision, removal
	Method   string    `json:"method"`
	ServedAt time.Time `json:"served_at"`
	Receipt  *Evidence `json:"receipt,omitempty"`
}

// Change is what a correction, a varied outcome or a stay alters.
type Change struct {
	Names       []Name        `json:"names,omitempty"`
	Identifiers []subject.Ref `json:"identifiers,omitempty"`
	Birth       Text          `json:"birth,omitempty"` // with identifiers that state a birth, as in Subject
	Adult       workday.Day   `json:"adult,omitempty"`
	Until       workday.Day   `json:"until,omitempty"`
	Measures    []string      `json:"measures,omitzero"` // empty: none stays
	What        []string      `json:"what,omitempty"`    // measures, publication
}

// Request is anything asked of a listing after its decision.
type Request struct {
	Hand
	N        int         `json:"n"`
	Kind     string      `json:"kind"`
	Grounds  Text        `json:"grounds"`
	Evidence []Evidence  `json:"evidence,omitempty"`
	Change   *Change     `json:"change,omitempty"`
	Until    workday.Day `json:"until,omitempty"`
	Outcome  *Ruling     `json:"outcome,omitempty"`
	Varied   *Change     `json:"varied,omitempty"`
	Lapsed   bool        `json:"lapsed,omitempty"` // the listing went before it was decided
}

// Open reports whether the request still waits for its outcome.
func (r *Request) Open() bool { return r.Outcome == nil && !r.Lapsed }

// Stay suspends measures, publication or both to the end of a day.
type Stay struct {
	What    []string    `json:"what"`
	Until   workday.Day `json:"until"`
	Request int         `json:"request"`
}

// Term is how long the listing lasts; From is empty until the term has started, Until is empty without an end.
type Term struct {
	From  workday.Day `json:"from,omitempty"`
	Until workday.Day `json:"until,omitempty"`
}

// Removal is how a listing ended.
type Removal struct {
	Hand
	Cause   Cause       `json:"cause"`
	On      workday.Day `json:"on"`
	Request int         `json:"request,omitempty"`
}

// Listing is what the events of one listing fold to.
type Listing struct {
	ID            string      `json:"id"`
	Version       int         `json:"version"` // number of events
	Head          string      `json:"head"`    // hash of the last event
	Regime        string      `json:"regime"`
	RegimeVersion string      `json:"regime_version"`
	Ground        string      `json:"ground"`
	Authority     Authority   `json:"authority"`
	State         State       `json:"state"`
	Content       Content     `json:"content"`
	Proposal      Hand        `json:"proposal"`
	Prepared      []string    `json:"prepared"` // natural persons who proposed, amended, served notice or recorded a waiver: none of them decides
	Round         int         `json:"round"`
	Returned      time.Time   `json:"returned,omitzero"`
	Import        string      `json:"import,omitempty"`
	Elsewhere     *Elsewhere  `json:"elsewhere,omitempty"`
	Notice        *Notice     `json:"notice,omitempty"`
	Statements    []Statement `json:"statements,omitempty"`
	Consent       *Ruling     `json:"consent,omitempty"`
	Decision      *Ruling     `json:"decision,omitempty"`
	Services      []Service   `json:"services,omitempty"`
	Term          Term        `json:"term"`
	Measures      []string    `json:"measures,omitempty"`
	Publication   *Ruling     `json:"publication,omitempty"` // the publication in force, nil when there is none
	Stays         []Stay      `json:"stays,omitempty"`
	Requests      []Request   `json:"requests,omitempty"`
	Removal       *Removal    `json:"removal,omitempty"`
}

// Published reports whether the public may see the listing on a day: it is listed, published, and publication is not stayed.
func (l *Listing) Published(on workday.Day) bool {
	return l.State == Listed && l.Publication != nil && !l.stayed("publication", on)
}

// InForce is the measures that apply on a day.
func (l *Listing) InForce(on workday.Day) []string {
	if l.State != Listed || l.stayed("measures", on) {
		return nil
	}
	return l.Measures
}

func (l *Listing) stayed(what string, on workday.Day) bool {
	return slices.ContainsFunc(l.Stays, func(s Stay) bool { return on <= s.Until && slices.Contains(s.What, what) })
}

// WasNoticed reports whether the subject has been told: from then on it may see the listing.
func (l *Listing) WasNoticed() bool { return l.Notice != nil || l.Round > 0 || l.Decision != nil }

// Waived reports whether the subject waived its statement to the notice in force.
func (l *Listing) Waived() bool {
	return slices.ContainsFunc(l.Statements, func(s Statement) bool { return s.Kind == "waiver" && s.Round == l.Round })
}

// Request returns the request numbered n.
func (l *Listing) Request(n int) (*Request, bool) {
	if n < 1 || n > len(l.Requests) {
		return nil, false
	}
	return &l.Requests[n-1], true
}
