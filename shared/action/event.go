package action

import (
	"fmt"
	"slices"
	"time"

	"shixin/shared/listing"
	"shixin/shared/procedure"
	"shixin/shared/workday"
)

// Event is one step that was taken. Prev is the hash of the event before it in its action, so that none can be changed or left out.
type Event struct {
	N     int           `json:"n"`
	Type  string        `json:"type"`
	At    time.Time     `json:"at"`
	Actor listing.Actor `json:"actor"`
	Data  Data          `json:"data"`
	Prev  string        `json:"prev"`
}

// Data is what an event says. The part of its type is set and no other.
type Data struct {
	Taken     *TakenData     `json:"taken,omitempty"`
	Noticed   *NoticedData   `json:"noticed,omitempty"`
	Replied   *RepliedData   `json:"replied,omitempty"`
	Shown     *ShownData     `json:"shown,omitempty"`
	Recorded  *RecordedData  `json:"recorded,omitempty"`
	Extended  *ExtendedData  `json:"extended,omitempty"`
	Assessed  *AssessedData  `json:"assessed,omitempty"`
	Announced *AnnouncedData `json:"announced,omitempty"`
	Published *PublishedData `json:"published,omitempty"`
	Contested *ContestedData `json:"contested,omitempty"`
	Resolved  *ResolvedData  `json:"resolved,omitempty"`
}

// The parts of the events.
type (
	// TakenData opens an action.
	TakenData struct {
		ID        string            `json:"id"`
		USCC      string            `json:"uscc"`
		Rung      string            `json:"rung"`
		Ladder    string            `json:"ladder"`
		Authority listing.Authority `json:"authority"`
		Sectors   []string          `json:"sectors"`
		Proposal  string            `json:"proposal,omitempty"`
		Content   Content           `json:"content"`
	}
	// NoticedData is the notice with the time for a reply.
	NoticedData struct {
		Method   string            `json:"method"`
		ServedAt time.Time         `json:"served_at"`
		Reply    Deadline          `json:"reply"`
		Receipt  *listing.Evidence `json:"receipt,omitempty"`
	}
	// RepliedData is a reply.
	RepliedData struct {
		N      int          `json:"n"`
		To     string       `json:"to"`
		Waiver bool         `json:"waiver,omitempty"`
		Text   listing.Text `json:"text"`
	}
	// ShownData is evidence of the cure.
	ShownData struct {
		N         int                `json:"n"`
		Text      listing.Text       `json:"text"`
		Documents []listing.Evidence `json:"documents,omitempty"`
	}
	// RecordedData is what was said at the interview.
	RecordedData struct {
		HeldAt       time.Time      `json:"held_at"`
		Participants []listing.Text `json:"participants"`
		Text         listing.Text   `json:"text"`
	}
	// ExtendedData is the new deadline.
	ExtendedData struct {
		Deadline Deadline     `json:"deadline"`
		Reasons  listing.Text `json:"reasons"`
	}
	// AssessedData closes the action. Lapsed are contests that have no object any more.
	AssessedData struct {
		Outcome string       `json:"outcome"`
		Reasons listing.Text `json:"reasons"`
		Lifts   bool         `json:"lifts,omitempty"` // a publication in force ends with it
		Lapsed  []int        `json:"lapsed,omitempty"`
	}
	// AnnouncedData is the prior notice of a publication.
	AnnouncedData struct {
		Method   string            `json:"method"`
		ServedAt time.Time         `json:"served_at"`
		Reply    Deadline          `json:"reply"`
		Reasons  listing.Text      `json:"reasons"`
		Receipt  *listing.Evidence `json:"receipt,omitempty"`
	}
	// PublishedData decides what was announced. Lapsed are contests of an earlier publication that ran out.
	PublishedData struct {
		Outcome    string           `json:"outcome"`
		Reasons    listing.Text     `json:"reasons"`
		LegalBasis []string         `json:"legal_basis,omitempty"`
		Until      workday.Day      `json:"until,omitempty"`
		Answers    []listing.Answer `json:"answers,omitempty"`
		Lapsed     []int            `json:"lapsed,omitempty"`
	}
	// ContestedData is a contest of the publication.
	ContestedData struct {
		N         int                `json:"n"`
		Grounds   listing.Text       `json:"grounds"`
		Documents []listing.Evidence `json:"documents,omitempty"`
	}
	// ResolvedData is the outcome of a contest.
	ResolvedData struct {
		N       int          `json:"n"`
		Outcome string       `json:"outcome"`
		Reasons listing.Text `json:"reasons"`
	}
)

// kind is the type of the one part that is set; empty where none or several are.
func (d Data) kind() string {
	kind := ""
	for _, part := range []struct {
		name string
		set  bool
	}{
		{"taken", d.Taken != nil}, {"noticed", d.Noticed != nil}, {"replied", d.Replied != nil}, {"shown", d.Shown != nil},
		{"recorded", d.Recorded != nil}, {"extended", d.Extended != nil}, {"assessed", d.Assessed != nil}, {"announced", d.Announced != nil},
		{"published", d.Published != nil}, {"contested", d.Contested != nil}, {"resolved", d.Resolved != nil},
	} {
		switch {
		case part.set && kind != "":
			return ""
		case part.set:
			kind = part.name
		}
	}
	return kind
}

// Hash is the lower-case hex SHA-256 of the event's stored bytes.
func (e Event) Hash() string { return procedure.Hash(e) }

// Fold applies events in order to an action and checks number, chain and type of each.
func Fold(a Action, events ...Event) (Action, error) {
	for _, e := range events {
		if e.N != a.Version+1 || e.Prev != a.Head || e.Type == "" || e.Type != e.Data.kind() || !a.bears(e.Data) {
			return a, fmt.Errorf("action %s: event %d does not follow event %d", a.ID, e.N, a.Version)
		}
		a = a.apply(e)
		a.Version, a.Head = e.N, e.Hash()
	}
	return a, nil
}

// bears reports whether an event speaks of what the action has, so that no stored bytes can break a fold.
func (a *Action) bears(d Data) bool {
	lacks := func(n int) bool { return n < 1 || n > len(a.Contests) }
	switch {
	case (d.Taken != nil) != (a.Version == 0):
		return false
	case d.Resolved != nil:
		return !lacks(d.Resolved.N)
	case d.Assessed != nil:
		return !slices.ContainsFunc(d.Assessed.Lapsed, lacks) && (!d.Assessed.Lifts || a.Publication != nil)
	case d.Published != nil:
		return a.Announcement != nil && !slices.ContainsFunc(d.Published.Lapsed, lacks)
	}
	return true
}

// apply is the state after one event. It never changes what the action before it points to.
func (a Action) apply(e Event) Action {
	hand := listing.Hand{By: e.Actor, At: e.At}
	switch d := e.Data; {
	case d.Taken != nil:
		t := d.Taken
		a.ID, a.USCC, a.Rung, a.Ladder, a.Authority, a.Sectors = t.ID, t.USCC, t.Rung, t.Ladder, t.Authority, t.Sectors
		a.Content, a.Proposal, a.Taken, a.State = t.Content, t.Proposal, hand, Taken
		a.Prepared = []string{e.Actor.Person}
		if t.Content.Listing != nil {
			a.State = Referred
		}
	case d.Noticed != nil:
		n := d.Noticed
		a.Notice = &Notice{Hand: hand, Method: n.Method, ServedAt: n.ServedAt, Reply: n.Reply, Receipt: n.Receipt}
		a.State = Noticed
		a.prepared(e.Actor)
	case d.Replied != nil:
		r := Reply{Hand: hand, N: d.Replied.N, To: d.Replied.To, Waiver: d.Replied.Waiver, Text: d.Replied.Text}
		if r.To == ToAnnouncement && a.Announcement != nil {
			r.Round = a.Announcement.Round
		}
		a.Replies = append(slices.Clip(a.Replies), r)
		if r.Waiver {
			a.prepared(e.Actor) // a waiver lets the decision come early, so who vouches for it does not take the decision
		}
	case d.Shown != nil:
		a.Evidence = append(slices.Clip(a.Evidence), Evidence{Hand: hand, N: d.Shown.N, Text: d.Shown.Text, Documents: d.Shown.Documents})
	case d.Recorded != nil:
		a.Record = &Record{Hand: hand, HeldAt: d.Recorded.HeldAt, Participants: d.Recorded.Participants, Text: d.Recorded.Text}
		a.prepared(e.Actor)
	case d.Extended != nil:
		a.Extensions = append(slices.Clip(a.Extensions), Extension{Hand: hand, Deadline: d.Extended.Deadline, Reasons: d.Extended.Reasons})
	case d.Assessed != nil:
		a.State = Closed
		a.Assessment = &Assessment{Hand: hand, Outcome: d.Assessed.Outcome, Reasons: d.Assessed.Reasons}
		if d.Assessed.Outcome != NotCured {
			a.Announcement = nil
		}
		if d.Assessed.Lifts {
			a.lift(hand, d.Assessed.Outcome)
		}
		a.lapse(d.Assessed.Lapsed)
	case d.Announced != nil:
		n := d.Announced
		a.Announcement = &Announcement{Hand: hand, Method: n.Method, ServedAt: n.ServedAt, Reply: n.Reply, Reasons: n.Reasons, Receipt: n.Receipt, Round: a.Announced}
		a.Announced++
		a.prepared(e.Actor)
	case d.Published != nil:
		a.Announcement = nil
		if d.Published.Outcome == "publish" {
			a.Publication = &Publication{Hand: hand, Reasons: d.Published.Reasons, LegalBasis: d.Published.LegalBasis, Until: d.Published.Until, Answers: d.Published.Answers}
		}
		a.lapse(d.Published.Lapsed)
	case d.Contested != nil:
		a.Contests = append(slices.Clip(a.Contests), Contest{Hand: hand, N: d.Contested.N, Grounds: d.Contested.Grounds, Documents: d.Contested.Documents})
	case d.Resolved != nil:
		a.Contests = slices.Clone(a.Contests)
		a.Contests[d.Resolved.N-1].Outcome = &listing.Ruling{Hand: hand, Outcome: d.Resolved.Outcome, Reasons: d.Resolved.Reasons}
		if d.Resolved.Outcome == "granted" {
			a.lift(hand, ByContest)
		}
	}
	return a
}

func (a *Action) prepared(by listing.Actor) {
	if !by.Subject && !slices.Contains(a.Prepared, by.Person) {
		a.Prepared = append(slices.Clip(a.Prepared), by.Person)
	}
}

func (a *Action) lift(hand listing.Hand, cause string) {
	if a.Publication == nil {
		return
	}
	p := *a.Publication
	p.Lifted = &Lifted{Hand: hand, Cause: cause}
	a.Publication = &p
}

func (a *Action) lapse(numbers []int) {
	if len(numbers) == 0 {
		return
	}
	a.Contests = slices.Clone(a.Contests)
	for _, n := range numbers {
		a.Contests[n-1].Lapsed = true
	}
}
