package supervision

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
)

// FindingView is a finding as the API shows it.
type FindingView struct {
	ID       string                  `json:"id"`
	Rule     string                  `json:"rule"`
	Pack     string                  `json:"pack"`
	Outcome  compliance.Outcome      `json:"outcome"`
	Reason   string                  `json:"reason,omitempty"`
	State    compliance.State        `json:"state"`
	Severity string                  `json:"severity"`
	Inputs   []InputView             `json:"inputs"`
	Basis    []string                `json:"basis"`
	Cure     string                  `json:"cure"`
	Due      *string                 `json:"due"` // no law sets a day for this rule
	Pins     *compliance.FindingPins `json:"pins"`
	Runs     []MarkView              `json:"runs"`
	Contests []ContestView           `json:"contests,omitempty"`
	Version  int                     `json:"version"`
}

// InputView is one fact that a finding rests on.
type InputView struct {
	Of         compliance.Role `json:"of"`
	Identifier Identifier      `json:"identifier"`
	Listing    string          `json:"listing,omitempty"`
	Regime     string          `json:"regime,omitempty"`
	Ground     string          `json:"ground,omitempty"`
	Published  *bool           `json:"published,omitempty"`
	Reason     string          `json:"reason,omitempty"`
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
		view, err := s.viewFinding(ctx, finding, f.Version(), who.Role != access.Enterprise)
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

// The texts of the rule listed.
var (
	cureListed = fault.Both(
		"the listing ends or is lifted, or the enterprise parts from the party; the next run that passes cures the finding by itself",
		"名单期满或者被移出,或者企业不再与该关联方存在关联;下一次检查通过后问题自动消除")
	basisListed = []string{
		"反电信网络诈骗法 第六条(内部控制机制与安全责任制度) · Anti-Telecom and Online Fraud Law, art. 6 (internal control and responsibility)",
		"反电信网络诈骗法 第三十一条(对被认定者的惩戒) · Anti-Telecom and Online Fraud Law, art. 31 (measures against those designated)",
	}
)

func (s *Supervision) viewFinding(ctx context.Context, f compliance.Finding, version int, full bool) (v FindingView, err error) {
	v = FindingView{Version: version, ID: f.ID, Rule: f.Rule, Pack: f.Pack, Outcome: f.Outcome, Reason: f.Reason, State: f.State, Severity: f.Severity(),
		Inputs: []InputView{}, Basis: basisListed, Cure: cureListed, Pins: &f.Pins, Runs: []MarkView{}}
	for _, i := range f.Inputs {
		in := InputView{Of: i.Of, Identifier: Identifier{Scheme: string(i.Scheme), Value: i.Value}, Listing: i.Listing, Regime: i.Regime, Ground: i.Ground, Reason: i.Reason}
		if full && i.Listing != "" {
			in.Published = &i.Published
		}
		v.Inputs = append(v.Inputs, in)
	}
	for _, m := range f.Marks {
		v.Runs = append(v.Runs, MarkView{Run: m.Run, At: m.At, Event: m.Event, Outcome: m.Outcome})
	}
	v.Contests, err = s.viewContests(ctx, f)
	return v, err
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
			if r.USCC != uscc || r.Rule != f.Rule || r.Outcome != last.Outcome || r.Reason == compliance.ReasonIsolated {
				continue
			}
			run, found, err := s.Store.Run(ctx, now, h.ID)
			if err != nil || !found {
				return err
			}
			v.Runs = append(v.Runs, MarkView{Run: h.ID, At: run.State.Pins.At, Event: "standing", Outcome: r.Outcome})
			return nil
		}
	}
	return nil
}
