package compliance

import (
	"shixin/shared/subject"
)

// Outcome is what a rule says about an enterprise. Unknown is never a pass.
type Outcome string

// The outcomes.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	Unknown       Outcome = "unknown"
	NotApplicable Outcome = "not-applicable"
)

// Outcomes lists the outcomes.
func Outcomes() []Outcome { return []Outcome{Pass, Fail, Unknown, NotApplicable} }

// RuleListed is the rule that neither an enterprise nor a party of it is on the list. The pack that holds it has the same name.
const RuleListed = "listed"

// RuleReportLate is the rule that figures are reported when they are due. So is called the pack that holds it where no other has it.
const RuleReportLate = "report-late"

// Why a rule could not be judged.
const (
	ReasonList       = "list-unreadable"  // the run's snapshot of the list is missing or damaged
	ReasonNotAdopted = "list-not-adopted" // a list-ref names a list of which nothing is known here
	ReasonIsolated   = "isolated"         // the enterprise's stored item is damaged, or judging it failed
	ReasonMissing    = "inputs-missing"   // the inputs name what is not reported, not set, or known of too few peers
	ReasonComputing  = "not-computable"   // what is reported cannot be reckoned with, as where a divisor is 0
	ReasonFigures    = "figures-damaged"  // the enterprise's stored figures cannot be read
)

// InputKind is what sort of fact an input is.
type InputKind string

// The kinds of inputs. The empty kind is an identifier that was looked up on the list.
const (
	OfFigure    InputKind = "figure"    // a reported figure
	OfHistory   InputKind = "history"   // several figures of one indicator in one number
	OfPeers     InputKind = "peers"     // a percentile of comparable enterprises, or how many they are
	OfParameter InputKind = "parameter" // a threshold of the rule pack, as it is where the enterprise lies
	OfParties   InputKind = "parties"   // how many parties the enterprise has
	OfFinding   InputKind = "finding"   // another finding of the enterprise, as it was before the run
	OfTrait     InputKind = "trait"     // what the enterprise is: its size, region, sectors
)

// Input is one fact that a verdict rests on. It is comparable: a finding has changed when its inputs have.
type Input struct {
	Of        Role           `json:"of"`               // self, or the party's role
	Scheme    subject.Scheme `json:"scheme,omitempty"` // of the identifier
	Value     string         `json:"value"`            // masked where it is personal; a number in decimal; empty where nothing is known
	Listing   string         `json:"listing,omitempty"`
	Regime    string         `json:"regime,omitempty"`
	Ground    string         `json:"ground,omitempty"`
	Published bool           `json:"published"`        // the enterprise may see it: all but what rests on an unpublished listing
	Reason    string         `json:"reason,omitempty"` // why nothing is known of it

	Kind     InputKind `json:"kind,omitempty"`
	Name     string    `json:"name,omitempty"`     // of the indicator, parameter, rule or trait; with peers, indicator.percentile
	Period   string    `json:"period,omitempty"`   // YYYY-MM or YYYY-MM-DD; of a history, its newest and oldest one with a slash between
	Mark     string    `json:"mark,omitempty"`     // of a figure: self, checked, measured
	Revision int       `json:"revision,omitempty"` // of the report that a figure is of
	Group    string    `json:"group,omitempty"`    // of peers: whom they were compared with: sector/region/size
	Wider    bool      `json:"wider,omitempty"`    // of peers: that group is wider than the enterprise's own, which was too small
	Members  int       `json:"members,omitempty"`  // of peers
	SetBy    string    `json:"set_by,omitempty"`   // of a parameter: law, authority
}

// Verdict is what one rule says about one enterprise.
type Verdict struct {
	Rule    string
	Pack    string
	Outcome Outcome
	Reason  string  // with Unknown
	Inputs  []Input // with Fail, and with Unknown where an identifier is the cause; in the order of the parties
	// Severity is the rule's: how much a finding of it weighs. That of the rule listed follows from the inputs instead.
	Severity string `json:"-"`
}

// Key names the verdict's rule among those of all packs.
func (v Verdict) Key() string { return RuleKey(v.Pack, v.Rule) }

// Listed is the rule that neither an enterprise nor a party of it is on the list, which is nil where it cannot be read. One that is listed
// decides, whatever is not known of the others. The reason comes with Unknown; the inputs are those that Verdict has.
func Listed(e Enterprise, list *List) (outcome Outcome, reason string, inputs []Input) {
	if list == nil {
		return Unknown, ReasonList, nil
	}
	var hits, gaps []Input
	look := func(role Role, ref subject.Ref) {
		at := Input{Of: role, Scheme: ref.Scheme, Value: ref.Shown}
		listings, known := list.Of(ref)
		if !known {
			at.Reason = ReasonNotAdopted
			gaps = append(gaps, at)
			return
		}
		for _, l := range listings {
			at.Listing, at.Regime, at.Ground, at.Published = l.ID, l.Regime, l.Ground, l.Published
			hits = append(hits, at)
		}
	}
	look(Self, subject.Ref{Scheme: subject.USCC, Key: e.USCC, Shown: e.USCC})
	for _, p := range e.Parties {
		look(p.Role, p.Ref)
	}
	switch {
	case len(hits) > 0:
		return Fail, "", hits
	case len(gaps) > 0:
		return Unknown, ReasonNotAdopted, gaps
	}
	return Pass, "", nil
}
