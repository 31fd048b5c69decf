package listing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"shixin/shared/procedure"
	"shixin/shared/workday"
)

// Event is one step that was taken. Prev is the hash of the event before it in its listing, so that none can be changed or left out.
type Event struct {
	N     int       `json:"n"`
	Type  string    `json:"type"`
	At    time.Time `json:"at"`
	Actor Actor     `json:"actor"`
	Data  Data      `json:"data"`
	Prev  string    `json:"prev"`
}

// Data is what an event of one type says.
type Data interface{ eventType() string }

// The data of the events.
type (
	// ProposedData opens a listing.
	ProposedData struct {
		ID            string     `json:"id"`
		Regime        string     `json:"regime"`
		RegimeVersion string     `json:"regime_version"`
		Ground        string     `json:"ground"`
		Authority     Authority  `json:"authority"`
		Content       Content    `json:"content"`
		Import        string     `json:"import,omitempty"`
		Elsewhere     *Elsewhere `json:"elsewhere,omitempty"`
	}
	// AmendedData is the proposal as it now stands, whole.
	AmendedData struct {
		Content Content `json:"content"`
	}
	// WithdrawnData takes the proposal back.
	WithdrawnData struct {
		Reasons Text `json:"reasons,omitempty"`
	}
	// NoticedData is a notice with the last day for a statement.
	NoticedData struct {
		Method   string      `json:"method"`
		ServedAt time.Time   `json:"served_at"`
		Until    workday.Day `json:"respond_until,omitempty"`
		Pending  bool        `json:"pending,omitempty"`
		SetBy    string      `json:"set_by"`
		Receipt  *Evidence   `json:"receipt,omitempty"`
	}
	// StatedData is a statement, a hearing or a waiver.
	StatedData struct {
		N    int    `json:"n"`
		Kind string `json:"kind"`
		Text Text   `json:"text"`
	}
	// ConsentedData is the word of the authority one level up.
	ConsentedData struct {
		Outcome string `json:"outcome"`
		Reasons Text   `json:"reasons"`
	}
	// DecidedData is a decision; From, Until and Measures are set when it lists.
	DecidedData struct {
		Outcome  string      `json:"outcome"`
		Reasons  Text        `json:"reasons"`
		Answers  []Answer    `json:"answers,omitempty"`
		From     workday.Day `json:"from,omitempty"`
		Until    workday.Day `json:"until,omitempty"`
		Measures []string    `json:"measures,omitempty"`
	}
	// AdoptedData lists by a decision taken elsewhere.
	AdoptedData struct {
		From      workday.Day `json:"from,omitempty"`
		Until     workday.Day `json:"until,omitempty"`
		Measures  []string    `json:"measures,omitempty"`
		Published bool        `json:"published"`
	}
	// ServedData is the service of a decision or a removal.
	ServedData struct {
		Of       string    `json:"of"`
		Method   string    `json:"method"`
		ServedAt time.Time `json:"served_at"`
		Receipt  *Evidence `json:"receipt,omitempty"`
	}
	// TermStartedData says when the term runs.
	TermStartedData struct {
		From     workday.Day `json:"from"`
		Until    workday.Day `json:"until"`
		Document Text        `json:"document"`
	}
	// PublishedData shows the listing to the public.
	PublishedData struct {
		Reasons Text `json:"reasons"`
	}
	// RequestedData is a request as it was made.
	RequestedData struct {
		N        int         `json:"n"`
		Kind     string      `json:"kind"`
		Grounds  Text        `json:"grounds"`
		Evidence []Evidence  `json:"evidence,omitempty"`
		Change   *Change     `json:"change,omitempty"`
		Until    workday.Day `json:"until,omitempty"`
	}
	// ResolvedData is the outcome of a request and what it did: Effect is empty when nothing changes.
	ResolvedData struct {
		N       int         `json:"n"`
		Kind    string      `json:"kind"`
		Outcome string      `json:"outcome"`
		Reasons Text        `json:"reasons"`
		Effect  string      `json:"effect,omitempty"` // remove, correct, vary, stay, unpublish, reinstate
		Cause   Cause       `json:"cause,omitempty"`
		Change  *Change     `json:"change,omitempty"`
		From    workday.Day `json:"from,omitempty"`   // with reinstate: the term starts anew
		Until   workday.Day `json:"until,omitempty"`  // with reinstate, and the last day of a stay
		Lapsed  []int       `json:"lapsed,omitempty"` // open requests that have no object any more
		// Unpublished says that publication ends with a correction, because the corrected subject may not be shown.
		Unpublished bool `json:"unpublished,omitempty"`
	}
	// ExpiredData writes down that the term ran out on its last day.
	ExpiredData struct {
		Until  workday.Day `json:"until"`
		Lapsed []int       `json:"lapsed,omitempty"`
	}
)

func (ProposedData) eventType() string    { return "proposed" }
func (AmendedData) eventType() string     { return "amended" }
func (WithdrawnData) eventType() string   { return "withdrawn" }
func (NoticedData) eventType() string     { return "noticed" }
func (StatedData) eventType() string      { return "stated" }
func (ConsentedData) eventType() string   { return "consented" }
func (DecidedData) eventType() string     { return "decided" }
func (AdoptedData) eventType() string     { return "adopted" }
func (ServedData) eventType() string      { return "served" }
func (TermStartedData) eventType() string { return "term-started" }
func (PublishedData) eventType() string   { return "published" }
func (RequestedData) eventType() string   { return "requested" }
func (ResolvedData) eventType() string    { return "resolved" }
func (ExpiredData) eventType() string     { return "expired" }

// decoders reads each type's data.
var decoders = map[string]func(json.RawMessage) (Data, error){
	"proposed":     decode[ProposedData],
	"amended":      decode[AmendedData],
	"withdrawn":    decode[WithdrawnData],
	"noticed":      decode[NoticedData],
	"stated":       decode[StatedData],
	"consented":    decode[ConsentedData],
	"decided":      decode[DecidedData],
	"adopted":      decode[AdoptedData],
	"served":       decode[ServedData],
	"term-started": decode[TermStartedData],
	"published":    decode[PublishedData],
	"requested":    decode[RequestedData],
	"resolved":     decode[ResolvedData],
	"expired":      decode[ExpiredData],
}

func decode[T Data](raw json.RawMessage) (Data, error) {
	var d T
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(&d)
	return d, err
}

// UnmarshalJSON reads an event back into its typed form and refuses types and fields that it does not know.
func (e *Event) UnmarshalJSON(b []byte) error {
	type plain Event
	var in struct {
		plain
		Data json.RawMessage `json:"data"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return err
	}
	read, ok := decoders[in.Type]
	if !ok {
		return fmt.Errorf("listing: unknown event type %q", in.Type)
	}
	data, err := read(in.Data)
	if err != nil {
		return fmt.Errorf("listing: event %d: %w", in.N, err)
	}
	*e = Event(in.plain)
	e.Data = data
	return nil
}

// Hash is the lower-case hex SHA-256 of the event's stored bytes.
func (e Event) Hash() string { return procedure.Hash(e) }

// Fold applies events in order to a listing and checks number, chain and type of each.
func Fold(l Listing, events ...Event) (Listing, error) {
	for _, e := range events {
		if e.N != l.Version+1 || e.Prev != l.Head || e.Data == nil || e.Type != e.Data.eventType() || !l.bears(e.Data) {
			return l, fmt.Errorf("listing %s: event %d does not follow event %d", l.ID, e.N, l.Version)
		}
		l = l.apply(e)
		l.Version, l.Head = e.N, e.Hash()
	}
	return l, nil
}

// bears reports whether an event speaks of what the listing has, so that no stored bytes can break a fold.
func (l *Listing) bears(d Data) bool {
	has := func(n int) bool { return 1 <= n && n <= len(l.Requests) }
	lacks := func(n int) bool { return !has(n) }
	if _, opens := d.(ProposedData); opens != (l.Version == 0) {
		return false
	}
	switch d := d.(type) {
	case DecidedData:
		return d.Outcome == "list" || d.Outcome == "drop" || d.Outcome == "return"
	case ResolvedData:
		changes := d.Effect == "correct" || d.Effect == "vary" || d.Effect == "stay"
		return has(d.N) && !slices.ContainsFunc(d.Lapsed, lacks) && (d.Change != nil || !changes)
	case ExpiredData:
		return !slices.ContainsFunc(d.Lapsed, lacks)
	}
	return true
}

// apply is the state after one event. It never changes what the listing before it points to.
func (l Listing) apply(e Event) Listing {
	hand := Hand{By: e.Actor, At: e.At}
	switch d := e.Data.(type) {
	case ProposedData:
		l.ID, l.Regime, l.RegimeVersion, l.Ground, l.Authority = d.ID, d.Regime, d.RegimeVersion, d.Ground, d.Authority
		l.Content, l.Import, l.Elsewhere = d.Content, d.Import, d.Elsewhere
		l.Proposal, l.State = hand, Proposed
		l.Prepared = []string{e.Actor.Person}
	case AmendedData:
		l.Content = d.Content
		l.prepared(e.Actor)
	case WithdrawnData:
		l.State = Withdrawn
	case NoticedData:
		l.Notice = &Notice{Hand: hand, Method: d.Method, ServedAt: d.ServedAt, Until: d.Until, Pending: d.Pending, SetBy: d.SetBy, Receipt: d.Receipt}
		l.State = Noticed
		l.prepared(e.Actor)
	case StatedData:
		l.Statements = append(slices.Clip(l.Statements), Statement{Hand: hand, N: d.N, Kind: d.Kind, Text: d.Text, Round: l.Round})
		if d.Kind == "waiver" && !e.Actor.Subject {
			l.prepared(e.Actor) // a waiver lets the decision come early, so who vouches for it does not take the decision
		}
	case ConsentedData:
		l.Consent = &Ruling{Hand: hand, Outcome: d.Outcome, Reasons: d.Reasons}
	case DecidedData:
		l.applyDecision(hand, d)
	case AdoptedData:
		l.State = Listed
		l.Decision = &Ruling{Hand: hand, Outcome: "list"}
		l.Term, l.Measures = Term{From: d.From, Until: d.Until}, d.Measures
		if d.Published {
			l.Publication = &Ruling{Hand: hand, Outcome: "granted"}
		}
	case ServedData:
		l.Services = append(slices.Clip(l.Services), Service{Hand: hand, Of: d.Of, Method: d.Method, ServedAt: d.ServedAt, Receipt: d.Receipt})
	case TermStartedData:
		l.Term = Term{From: d.From, Until: d.Until}
	case PublishedData:
		l.Publication = &Ruling{Hand: hand, Outcome: "granted", Reasons: d.Reasons}
	case RequestedData:
		l.Requests = append(slices.Clip(l.Requests), Request{Hand: hand, N: d.N, Kind: d.Kind, Grounds: d.Grounds,
			Evidence: d.Evidence, Change: d.Change, Until: d.Until})
	case ResolvedData:
		l.applyOutcome(hand, d)
	case ExpiredData:
		l.remove(hand, Expiry, d.Until.AddDays(1), 0, d.Lapsed)
	}
	return l
}

func (l *Listing) prepared(by Actor) {
	if !slices.Contains(l.Prepared, by.Person) {
		l.Prepared = append(slices.Clip(l.Prepared), by.Person)
	}
}

func (l *Listing) applyDecision(hand Hand, d DecidedData) {
	if d.Outcome == "return" {
		l.State, l.Notice, l.Consent = Proposed, nil, nil
		l.Round++
		l.Returned = hand.At
		return
	}
	l.Decision = &Ruling{Hand: hand, Outcome: d.Outcome, Reasons: d.Reasons, Answers: d.Answers}
	if d.Outcome == "drop" {
		l.State = Dropped
		return
	}
	l.State = Listed
	l.Term, l.Measures = Term{From: d.From, Until: d.Until}, d.Measures
}

func (l *Listing) applyOutcome(hand Hand, d ResolvedData) {
	l.Requests = slices.Clone(l.Requests)
	r := &l.Requests[d.N-1]
	r.Outcome = &Ruling{Hand: hand, Outcome: d.Outcome, Reasons: d.Reasons}
	switch d.Effect {
	case "remove":
		l.remove(hand, d.Cause, workday.DayOf(hand.At), d.N, d.Lapsed)
	case "correct":
		l.Content.Subject = l.Content.Subject.corrected(d.Change)
		if d.Unpublished {
			l.Publication = nil
		}
	case "vary":
		r.Varied = d.Change
		if d.Change.Until != "" {
			l.Term.Until = d.Change.Until
		}
		if d.Change.Measures != nil {
			l.Measures = d.Change.Measures
		}
	case "stay":
		l.Stays = append(slices.Clip(l.Stays), Stay{What: d.Change.What, Until: d.Until, Request: d.N})
	case "unpublish":
		l.Publication = nil
	case "reinstate":
		l.State, l.Removal = Listed, nil
		l.Term = Term{From: d.From, Until: d.Until}
		l.lapse(d.Lapsed)
	}
}

func (l *Listing) remove(hand Hand, cause Cause, on workday.Day, request int, lapsed []int) {
	l.State = Removed
	l.Removal = &Removal{Hand: hand, Cause: cause, On: on, Request: request}
	l.lapse(lapsed)
}

func (l *Listing) lapse(numbers []int) {
	if len(numbers) == 0 {
		return
	}
	l.Requests = slices.Clone(l.Requests)
	for _, n := range numbers {
		l.Requests[n-1].Lapsed = true
	}
}
