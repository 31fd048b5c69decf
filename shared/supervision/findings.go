package supervision

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/workday"
)

// FindingView is a finding as the API shows it.
type FindingView struct {
	ID       string                  `json:"id"`
	Rule     string                  `json:"rule"`
	Pack     string                  `json:"pack"`
	Title    string                  `json:"title"`   // the rule in words
	Written  string                  `json:"written"` // the rule as it is written
	Outcome  compliance.Outcome      `json:"outcome"`
	Reason   string                  `json:"reason,omitempty"`
	State    compliance.State        `json:"state"`
	Severity string                  `json:"severity"`
	Inputs   []InputView             `json:"inputs"`
	Basis    []string                `json:"basis"`
	Cure     string                  `json:"cure"`
	Due      *compliance.Due         `json:"due"` // null where no deadline is set, and once it is cured
	Pins     *compliance.FindingPins `json:"pins"`
	Runs     []MarkView              `json:"runs"`
	Contests []ContestView           `json:"contests,omitempty"`
	Version  int                     `json:"version"`
}

// InputView is one fact that a finding rests on: an identifier that was looked up, or something with a kind and a name.
type InputView struct {
	Of         compliance.Role `json:"of"`
	Identifier *Identifier     `json:"identifier,omitempty"`
	Listing    string          `json:"listing,omitempty"`
	Regime     string          `json:"regime,omitempty"`
	Ground     string          `json:"ground,omitempty"`
	Published  *bool           `json:"published,omitempty"`
	Reason     string          `json:"reason,omitempty"`

	Kind     compliance.InputKind `json:"kind,omitempty"`
	Name     string               `json:"name,omitempty"`
	Value    *string              `json:"value,omitempty"` // a number in decimal
	Period   string               `json:"period,omitempty"`
	Mark     string               `json:"mark,omitempty"`
	Revision int                  `json:"revision,omitempty"`
	Group    string               `json:"group,omitempty"`
	Wider    bool                 `json:"wider,omitempty"`
	Members  int                  `json:"members,omitempty"`
	SetBy    string               `json:"set_by,omitempty"`
}

// viewInput shows an input; full is for authorities and auditors.
func viewInput(i compliance.Input, full bool) InputView {
	v := InputView{Of: i.Of, Listing: i.Listing, Regime: i.Regime, Ground: i.Ground, Reason: i.Reason, Kind: i.Kind, Name: i.Name, Period: i.Period,
		Mark: i.Mark, Revision: i.Revision, Group: i.Group, Wider: i.Wider, Members: i.Members, SetBy: i.SetBy}
	if i.Scheme != "" {
		v.Identifier = &Identifier{Scheme: string(i.Scheme), Value: i.Value}
	} else if i.Value != "" {
		v.Value = &i.Value
	}
	if full && i.Listing != "" {
		v.Published = &i.Published
	}
	return v
}

// MarkView is one run that changed the finding, or the last one that found it as it was: "standing".
type MarkView struct {
	Run     string             `json:"run"`
	At      time.Time          `json:"at"`
	Event   compliance.Event   `json:"event"`
	Outcome compliance.Outcome `json:"outcome"`
}

// Findings answers a page of what runs have found of an enterprise, behind an offset. The enterprise itself sees what rests on
// published listings only.
func (s *Supervision) Findings(ctx context.Context, who access.Principal, now time.Time, uscc string, skip, limit int) (views []FindingView, more bool, err error) {
	stored, err := s.Store.Enterprise(ctx, now, uscc)
	if err != nil {
		return nil, false, err
	}
	if stored.Version == 0 {
		return nil, false, notFound()
	}
	if err := s.Policy.Allow(who, "finding.read", resourceOf(who, stored.State)); err != nil {
		return nil, false, err
	}
	found, err := s.Store.FindingsOf(ctx, now, uscc)
	if err != nil {
		return nil, false, err
	}
	texts := s.texts(ctx, now)
	views = []FindingView{}
	for _, f := range found {
		if f.Damaged != nil {
			return nil, false, f.Damaged
		}
		finding, seen := f.State, true
		if who.Role == access.Enterprise {
			finding, seen = finding.Public()
		}
		if !seen {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if len(views) == limit {
			return views, true, nil
		}
		view, err := s.viewFinding(ctx, texts, finding, f.Version(), who.Role != access.Enterprise)
		if err != nil {
			return nil, false, err
		}
		if err := s.standing(ctx, now, uscc, finding, &view); err != nil {
			return nil, false, err
		}
		views = append(views, view)
	}
	return views, false, nil
}

// ruleTexts finds the rule of a finding as it is written; nil where there is no such rule.
type ruleTexts func(f compliance.Finding) (*compliance.RuleText, error)

// texts finds the texts of rules. The packs are read when the first is asked for, and each of them once.
func (s *Supervision) texts(ctx context.Context, now time.Time) ruleTexts {
	var h *shelf
	packs := map[string]*compliance.PackText{}
	return func(f compliance.Finding) (*compliance.RuleText, error) {
		if p, has := packs[f.Pack]; has {
			return p.Rule(f.Rule), nil
		}
		var err error
		if h == nil {
			if h, err = s.shelf(ctx, now); err != nil {
				return nil, err
			}
		}
		n, ok := parseNamed(f.Pack)
		b, has := h.book(n.name)
		if !ok || !has {
			return nil, nil
		}
		e, has := b.State.Edition(n.version)
		if !has {
			return nil, nil
		}
		p, err := s.edition(ctx, now, h, e)
		if err != nil {
			return nil, err
		}
		packs[f.Pack] = p
		return p.Rule(f.Rule), nil
	}
}

func (s *Supervision) viewFinding(ctx context.Context, texts ruleTexts, f compliance.Finding, version int, full bool) (v FindingView, err error) {
	v = FindingView{Version: version, ID: f.ID, Rule: f.Rule, Pack: f.Pack, Outcome: f.Outcome, Reason: f.Reason, State: f.State, Severity: f.Severity(),
		Inputs: []InputView{}, Basis: []string{}, Pins: &f.Pins, Runs: []MarkView{}}
	text, err := texts(f)
	if err != nil {
		return v, err
	}
	if text != nil {
		v.Title, v.Written, v.Cure, v.Basis = text.Title, text.Written, text.Cure, text.Basis
		if v.Due, err = s.dueOf(f, text); err != nil {
			return v, err
		}
	}
	for _, i := range f.Inputs {
		v.Inputs = append(v.Inputs, viewInput(i, full))
	}
	for _, m := range f.Marks {
		v.Runs = append(v.Runs, MarkView{Run: m.Run, At: m.At, Event: m.Event, Outcome: m.Outcome})
	}
	v.Contests, err = s.viewContests(ctx, f)
	return v, err
}

// dueOf is the last day by which a finding is to be cured: the deadline of its rule, from the day of the run that opened it, or opened it again.
func (s *Supervision) dueOf(f compliance.Finding, text *compliance.RuleText) (*compliance.Due, error) {
	if text.Deadline == nil || f.State == compliance.Cured {
		return nil, nil
	}
	calendar, err := s.Calendar()
	if err != nil {
		return nil, err
	}
	clock := compliance.Clock{WorkingDays: &text.Deadline.WorkingDays, SetBy: text.Deadline.SetBy}
	return clock.From(workday.DayOf(f.Opened()), calendar), nil
}

// standing adds the newest run that found an open finding as it was, which leaves no mark of its own: a finding is written only
// when it changes. Its packed outcomes tell.
func (s *Supervision) standing(ctx context.Context, now time.Time, uscc string, f compliance.Finding, v *FindingView) error {
	if f.State == compliance.Cured {
		return nil
	}
	last := f.Marks[len(f.Marks)-1]
	heads, _, err := s.Store.Runs(ctx, now, "", 10)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if h.ID <= last.Run {
			return nil
		}
		page, err := s.Store.OutcomesOf(ctx, now, h.ID, uscc)
		if err != nil {
			return err
		}
		if page == nil {
			continue
		}
		results, err := page.Results()
		if err != nil {
			return err
		}
		for _, r := range results {
			if r.USCC != uscc || r.Key() != f.Key() || r.Outcome != last.Outcome || r.Reason == compliance.ReasonIsolated {
				continue
			}
			run, found, err := s.Store.Run(ctx, now, h.ID)
			if err != nil || !found {
				return err
			}
			if run.State.Trial != nil { // in shadow
				continue
			}
			v.Runs = append(v.Runs, MarkView{Run: h.ID, At: run.State.Pins.At, Event: "standing", Outcome: r.Outcome})
			return nil
		}
	}
	return nil
}
