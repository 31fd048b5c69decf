package supervision

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
)

// RunView is a run as the API shows it.
type RunView struct {
	ID       string              `json:"id"`
	State    compliance.RunState `json:"state"`
	Scope    compliance.Scope    `json:"scope"`
	At       time.Time           `json:"at"`
	Schedule *time.Time          `json:"scheduled,omitempty"`
	Closed   *time.Time          `json:"closed,omitempty"`
	Reason   string              `json:"reason,omitempty"`
	compliance.Counts
	Shards ShardsView      `json:"shards"`
	Pins   compliance.Pins `json:"pins"`
}

// ShardsView is how many of the run's shards are done.
type ShardsView struct {
	Total int `json:"total"`
	Done  int `json:"done"`
}

// Audit answers with one run.
func (s *Supervision) Audit(ctx context.Context, who access.Principal, now time.Time, id string) (*RunView, error) {
	run, err := s.run(ctx, who, "audit.read", now, id)
	if err != nil {
		return nil, err
	}
	return s.viewRun(ctx, now, run)
}

// run reads a run that the caller may do something with.
func (s *Supervision) run(ctx context.Context, who access.Principal, action string, now time.Time, id string) (compliance.Run, error) {
	run, found, err := s.Store.Run(ctx, now, id)
	if err == nil && !found {
		err = notFound()
	}
	if err == nil {
		err = s.Policy.Allow(who, action, audit(run.State.Authority, run.State.Region(), false))
	}
	return run.State, err
}

func (s *Supervision) viewRun(ctx context.Context, now time.Time, run compliance.Run) (*RunView, error) {
	v := &RunView{ID: run.ID, State: run.State, Scope: run.Scope, At: run.At, Schedule: run.Scheduled, Closed: run.Closed, Reason: run.Reason, Counts: run.Counts, Pins: run.Pins}
	if run.State != compliance.Running && run.State != compliance.Closed {
		return v, nil
	}
	shards, err := s.Store.AllProgress(ctx, now, run.ID)
	if err != nil {
		return nil, err
	}
	var counts compliance.Counts
	for _, p := range shards {
		counts.Add(p.Counts)
		v.Shards.Total++
		if p.Done {
			v.Shards.Done++
		}
	}
	if run.State == compliance.Running {
		v.Counts = counts
	}
	return v, nil
}

// Audits answers a page of the runs that the caller may read, newest first, behind one of them. next is the id to go on behind,
// empty at the end; a page may hold fewer than the limit.
func (s *Supervision) Audits(ctx context.Context, who access.Principal, now time.Time, after string, limit int) (views []RunView, next string, err error) {
	views = []RunView{}
	for scanned := 0; ; {
		heads, more, err := s.Store.Runs(ctx, now, after, limit)
		if err != nil {
			return nil, "", err
		}
		for i, h := range heads {
			after = h.ID
			scanned++
			if s.Policy.Allow(who, "audit.read", audit(h.Authority, compliance.Run{Scope: h.Scope}.Region(), false)) != nil {
				continue
			}
			run, found, err := s.Store.Run(ctx, now, h.ID)
			if err != nil {
				return nil, "", err
			}
			if !found {
				continue
			}
			v, err := s.viewRun(ctx, now, run.State)
			if err != nil {
				return nil, "", err
			}
			views = append(views, *v)
			if len(views) == limit {
				if !more && i == len(heads)-1 {
					after = ""
				}
				return views, after, nil
			}
		}
		if !more {
			return views, "", nil
		}
		if scanned >= maxScan {
			return views, after, nil
		}
	}
}

// ResultPlace is where a page of results goes on: behind a stored page, and some results of the next one.
type ResultPlace struct {
	After string `json:"a,omitempty"`
	Skip  int    `json:"k,omitempty"`
}

// maxPages bounds how many stored pages one page of results looks through, and fewPages how many are read at a time.
const (
	maxPages = 256
	fewPages = 8
)

// Results answers a page of a run's outcomes, those of one kind where one is asked for. A page may hold fewer than the limit.
func (s *Supervision) Results(ctx context.Context, who access.Principal, now time.Time, id string, only compliance.Outcome, from ResultPlace, limit int) ([]compliance.Result, *ResultPlace, error) {
	if _, err := s.run(ctx, who, "audit.results", now, id); err != nil {
		return nil, nil, err
	}
	out := []compliance.Result{}
	for scanned := 0; ; {
		pages, more, err := s.Store.Outcomes(ctx, now, id, from.After, fewPages)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range pages {
			results, err := p.Page.Results()
			if err != nil {
				return nil, nil, err
			}
			for i := min(from.Skip, len(results)); i < len(results); i++ {
				if only != "" && results[i].Outcome != only {
					continue
				}
				if len(out) == limit {
					return out, &ResultPlace{After: from.After, Skip: i}, nil
				}
				out = append(out, results[i])
			}
			from = ResultPlace{After: p.After}
			scanned++
		}
		if !more {
			return out, nil, nil
		}
		if scanned >= maxPages {
			return out, &from, nil
		}
	}
}

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
		view := viewFinding(finding, who.Role != access.Enterprise)
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

func viewFinding(f compliance.Finding, full bool) FindingView {
	v := FindingView{ID: f.ID, Rule: f.Rule, Pack: f.Pack, Outcome: f.Outcome, Reason: f.Reason, State: f.State, Severity: f.Severity(),
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
	return v
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
