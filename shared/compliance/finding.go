package compliance

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// MaxMarks is how many marks a finding keeps: its first, and the newest.
const MaxMarks = 20

// State is where a finding stands.
type State string

// The states.
const (
	Open      State = "open"
	Contested State = "contested"
	Cured     State = "cured"
)

// Event is what a run did to a finding.
type Event string

// The events.
const (
	Opened    Event = "opened"
	Changed   Event = "changed"  // it still fails, for other inputs
	Unjudged  Event = "unjudged" // it failed before, and could not be judged: it stays as it was
	Healed    Event = "cured"
	Reopened  Event = "reopened"
	Withdrawn Event = "withdrawn" // its rule is in no version that is in force any more
)

// Mark is one run that changed a finding. A run that found it as it was leaves no mark.
type Mark struct {
	Run         string    `json:"run"`
	At          time.Time `json:"at"` // the run's pinned moment
	ListVersion int64     `json:"list_version"`
	Event       Event     `json:"event"`
	Outcome     Outcome   `json:"outcome"`
	Reason      string    `json:"reason,omitempty"`
	Published   bool      `json:"published,omitempty"` // it rests on a published listing, among others
	Quiet       bool      `json:"quiet,omitempty"`     // of what is published nothing changed
}

// FindingPins is what a finding's inputs were judged with.
type FindingPins struct {
	Run         string    `json:"run"`
	ListVersion int64     `json:"list_version"`
	At          time.Time `json:"at"`
	Enterprise  int       `json:"enterprise,omitempty"` // the revision of the enterprise
	Engine      string    `json:"engine"`
	Reports     int       `json:"reports,omitempty"` // how many reports its figures rest on
	Figures     string    `json:"figures,omitempty"` // the head of the SHA-256 of the packed figures
}

// Finding is one rule that failed, or could not be judged, for one enterprise, from run to run. The zero Finding is none.
type Finding struct {
	ID      string      `json:"id"`
	Rule    string      `json:"rule"`
	Pack    string      `json:"pack"`
	Outcome Outcome     `json:"outcome"` // fail or unknown: of the last run that did not pass
	State   State       `json:"state"`
	Reason  string      `json:"reason,omitempty"`
	Weighs  string      `json:"weighs,omitempty"` // the rule's severity: see Severity
	Inputs  []Input     `json:"inputs,omitempty"`
	Shown   []Input     `json:"shown,omitempty"` // the inputs that the enterprise saw last
	Pins    FindingPins `json:"pins"`
	Marks   []Mark      `json:"marks"`
	// Contests are what the enterprise has said against it, oldest first.
	Contests []Contest `json:"contests,omitempty"`
}

// FindingID names the finding of a rule, by its [RuleKey], about an enterprise. It tells nothing about when the finding was first made.
func FindingID(uscc, key string) string {
	sum := sha256.Sum256([]byte(uscc + "\x00" + key))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// Next is the finding after a run's verdict about an enterprise, and whether that changes what is stored. A run that is not newer
// than the last one that changed it changes nothing, so that a verdict given twice, or late, counts once.
func (f Finding) Next(uscc string, v Verdict, pins FindingPins) (Finding, bool) {
	last := f.last()
	if f.ID != "" && (last.Run == pins.Run || pins.At.Before(last.At)) {
		return f, false
	}
	if f.excused(v) {
		return f, false
	}
	standing := f.ID != "" && f.State != Cured
	m := Mark{Run: pins.Run, At: pins.At, ListVersion: pins.ListVersion, Outcome: v.Outcome, Reason: v.Reason, Event: Changed}
	switch v.Outcome {
	case Pass:
		if !standing {
			return f, false
		}
		f.State, m.Event = Cured, Healed
		f.lapse()
		f.mark(m)
		return f, true
	case Fail:
		public := published(v.Inputs)
		if standing && last.Outcome == Fail {
			if slices.Equal(f.Inputs, v.Inputs) {
				return f, false
			}
			m.Quiet = slices.Equal(published(f.Inputs), public)
		}
		m.Published = len(public) > 0
		if m.Published {
			f.Shown = public
		}
	case Unknown:
		failing := standing && f.Outcome == Fail
		inPublic := failing && len(published(f.Inputs)) > 0
		if standing && last.Outcome == Unknown && last.Reason == v.Reason && (inPublic || slices.Equal(f.Shown, v.Inputs)) {
			return f, false
		}
		if !inPublic {
			f.Shown = v.Inputs
		}
		if failing { // what failed is not forgotten because it cannot be looked at
			m.Event, m.Published = Unjudged, inPublic
			f.mark(m)
			return f, true
		}
	default:
		return f, false
	}
	switch {
	case f.ID == "":
		f.ID, f.Rule, f.State, m.Event = FindingID(uscc, RuleKey(v.Pack, v.Rule)), v.Rule, Open, Opened
	case f.State == Cured:
		f.State, m.Event = Open, Reopened
	}
	f.Pack, f.Outcome, f.Reason, f.Weighs, f.Inputs, f.Pins = v.Pack, v.Outcome, v.Reason, v.Severity, v.Inputs, pins
	f.mark(m)
	return f, true
}

// Opened is the moment of the run that opened the finding, or opened it again.
func (f Finding) Opened() time.Time {
	var at time.Time
	for _, m := range f.Marks {
		if m.Event == Opened || m.Event == Reopened {
			at = m.At
		}
	}
	return at
}

// Key names the finding's rule among those of all packs.
func (f Finding) Key() string { return RuleKey(f.Pack, f.Rule) }

// Since is when the finding was last opened.
func (f Finding) Since() time.Time {
	for _, m := range slices.Backward(f.Marks) {
		if m.Event == Opened || m.Event == Reopened {
			return m.At
		}
	}
	if len(f.Marks) == 0 {
		return time.Time{}
	}
	return f.Marks[0].At
}

// Withdraw ends a finding that stands, whose rule a later version of its pack no longer has; false where that is not so.
func (f Finding) Withdraw(packs []Pack, pins FindingPins) (Finding, bool) {
	last := f.last()
	if f.ID == "" || f.State == Cured || last.Run == pins.Run || pins.At.Before(last.At) {
		return f, false
	}
	i := slices.IndexFunc(packs, func(p Pack) bool { return p.later(f.Pack) })
	if i < 0 || slices.Contains(packs[i].rules(), f.Rule) {
		return f, false
	}
	f.State = Cured
	f.lapse()
	f.mark(Mark{Run: pins.Run, At: pins.At, ListVersion: pins.ListVersion, Outcome: Pass, Event: Withdrawn})
	return f, true
}

// Newest is the run that changed the finding last; empty before the first.
func (f Finding) Newest() string { return f.last().Run }

func (f Finding) last() Mark {
	if len(f.Marks) == 0 {
		return Mark{}
	}
	return f.Marks[len(f.Marks)-1]
}

func (f *Finding) mark(m Mark) {
	marks := append(slices.Clone(f.Marks), m)
	if over := len(marks) - MaxMarks; over > 0 {
		marks = slices.Delete(marks, 1, 1+over)
	}
	f.Marks = marks
}

// published is the inputs that rest on published listings.
func published(inputs []Input) []Input {
	var out []Input
	for _, i := range inputs {
		if i.Published {
			out = append(out, i)
		}
	}
	return out
}

// Public is the finding as the enterprise sees it: as it would be if there were no listings but the published ones. It is false
// where there is nothing to see. What failed on a published listing and now fails on others only looks cured, as the difference
// would tell of them.
func (f Finding) Public() (Finding, bool) {
	seen := Finding{ID: f.ID, Rule: f.Rule, Pack: f.Pack, Weighs: f.Weighs, Inputs: f.Shown, Pins: FindingPins{Engine: f.Pins.Engine}, Contests: f.Contests}
	standing := false
	for _, m := range f.Marks {
		hidden := !m.Published
		m.Published = false
		switch {
		case m.Outcome == Fail && hidden:
			m.Outcome = Pass
		case m.Event == Unjudged && hidden:
			m.Event = Changed // what failed before is not seen, so that this is no more than an unknown
		}
		switch {
		case m.Outcome == Pass:
			if !standing {
				continue
			}
			m.Event, standing = Healed, false
		case m.Quiet && standing:
			continue
		case !standing && len(seen.Marks) == 0:
			m.Event, standing = Opened, true
		case !standing:
			m.Event, standing = Reopened, true
		}
		if m.Outcome != Pass && m.Event != Unjudged {
			seen.Outcome, seen.Reason = m.Outcome, m.Reason
			seen.Pins.Run, seen.Pins.At, seen.Pins.ListVersion = m.Run, m.At, m.ListVersion
		}
		m.Quiet = false
		seen.Marks = append(seen.Marks, m)
	}
	if len(seen.Marks) == 0 {
		return Finding{}, false
	}
	seen.State = Cured
	if standing {
		seen.State = f.State
	}
	return seen, true
}

// Severity is how much a finding weighs: as much as its rule; with the rule listed high where the enterprise itself, or who represents,
// owns or answers for it, is listed.
func (f Finding) Severity() string {
	if f.Weighs != "" {
		return f.Weighs
	}
	severity := "medium"
	for _, i := range f.Inputs {
		if i.Of != Supplier && i.Of != Other && i.Listing != "" {
			severity = "high"
		}
	}
	return severity
}
