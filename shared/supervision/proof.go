package supervision

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/blob"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
)

// Proof is a finding judged once more by what its run had pinned: rules, indicators, list, peers, the enterprise and its reports as they were.
type Proof struct {
	Finding string `json:"finding"`
	Rule    string `json:"rule"`
	Pack    string `json:"pack"`
	Run     string `json:"run"`
	// Identical is whether both verdicts are the same, byte by byte; null where it could not be judged again, and Why says so.
	Identical  *bool                `json:"identical"`
	Why        string               `json:"why,omitempty"`
	Found      VerdictView          `json:"found"`
	Again      *VerdictView         `json:"again"`
	Text       *compliance.RuleText `json:"text"` // the rule as it was
	Pins       compliance.Pins      `json:"pins"`
	Enterprise ProofEnterprise      `json:"enterprise"`
}

// ProofEnterprise is as of when the enterprise was judged.
type ProofEnterprise struct {
	Revision int    `json:"revision"`
	Reports  int    `json:"reports"`           // how many of its reports there were
	Figures  string `json:"figures,omitempty"` // the head of the SHA-256 of what they come to
	Same     bool   `json:"figures_same"`      // the reports come to the same bytes again
}

// VerdictView is a verdict as the API shows it.
type VerdictView struct {
	Outcome compliance.Outcome `json:"outcome"`
	Reason  string             `json:"reason,omitempty"`
	Inputs  []InputView        `json:"inputs"`
}

// verdictView shows a verdict; of its inputs those that the caller may see.
func verdictView(v compliance.Verdict, full bool) VerdictView {
	out := VerdictView{Outcome: v.Outcome, Reason: v.Reason, Inputs: []InputView{}}
	for _, in := range v.Inputs {
		if full || in.Published || in.Listing == "" {
			out.Inputs = append(out.Inputs, viewInput(in, full))
		}
	}
	return out
}

// Prove judges a finding of an enterprise again.
func (s *Supervision) Prove(ctx context.Context, who access.Principal, now time.Time, uscc, id string) (*Proof, error) {
	call := Call{Who: who, Now: now}
	_, stored, err := s.finding(ctx, call, "finding.read", uscc, id)
	if err != nil {
		return nil, err
	}
	f, full := stored.State, who.Role != access.Enterprise
	if !full && f.Rule == compliance.RuleListed { // whatever it rests on: what is not published must not show
		return nil, fault.New(fault.Forbidden, "findings about the list are judged again for authorities and auditors; contest it where it is wrong", "涉及名单的问题仅向主管部门和审计人员提供复核,有异议的请提出异议")
	}
	found := compliance.Verdict{Rule: f.Rule, Pack: f.Pack, Outcome: f.Outcome, Reason: f.Reason, Inputs: f.Inputs}
	p := &Proof{Finding: f.ID, Rule: f.Rule, Pack: f.Pack, Run: f.Pins.Run, Found: verdictView(found, full),
		Enterprise: ProofEnterprise{Revision: f.Pins.Enterprise, Reports: f.Pins.Reports, Figures: f.Pins.Figures}}
	run, has, err := s.Store.Run(ctx, now, f.Pins.Run)
	if err != nil {
		return nil, err
	}
	if !has {
		p.Why = fault.Both("the run is not kept", "检查批次未保留")
		return p, nil
	}
	p.Pins = run.State.Pins
	p.Text = s.ruleText(ctx, now, p.Pins, f)
	again, same, err := s.rejudge(ctx, now, run.State, uscc, f)
	if errors.Is(err, records.ErrDamaged) || errors.Is(err, blob.ErrNotFound) {
		p.Why = fault.Both("what the run has pinned cannot be read", "检查批次所固定的依据无法读取")
		s.log().ErrorContext(ctx, "a finding cannot be judged again", "alarm", "proof", "run", run.State.ID, "error", err)
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.Enterprise.Same = same
	if again == nil {
		p.Why = fault.Both("the enterprise or the rule is not among what the run has pinned", "检查批次所固定的依据中没有该企业或者该规则")
		return p, nil
	}
	identical := bytes.Equal(encode(found), encode(*again))
	view := verdictView(*again, full)
	p.Identical, p.Again = &identical, &view
	if p.Pins.Engine != compliance.Engine {
		p.Why = fault.Both("another version of the judgment itself judged it then", "当时使用的判定程序版本不同")
	}
	return p, nil
}

// rejudge is the verdict of a finding's rule by what its run has pinned, and whether the reports of then come to the same figures; nil where
// the enterprise or the rule is not among it.
func (s *Supervision) rejudge(ctx context.Context, now time.Time, run compliance.Run, uscc string, f compliance.Finding) (*compliance.Verdict, bool, error) {
	e, has, err := s.Store.Revision(ctx, now, uscc, f.Pins.Enterprise)
	if err != nil || !has {
		return nil, false, err
	}
	l, err := s.library(ctx, now, run.Pins.Indicators)
	if err != nil {
		return nil, false, err
	}
	reports, err := s.Store.AllReports(ctx, now, uscc)
	if err != nil {
		return nil, false, err
	}
	folded := compliance.Fold(l, reports, f.Pins.Reports)
	figures := folded.Encode()
	same := f.Pins.Reports == 0 || f.Pins.Figures == sumOf(figures)[:32]
	bench, err := s.bench(ctx, now, run)
	if err != nil {
		return nil, same, err
	}
	verdicts := bench.Again(e, figures, f.Inputs)
	i := slices.IndexFunc(verdicts, func(v compliance.Verdict) bool { return v.Key() == f.Key() })
	if i < 0 {
		return nil, same, nil
	}
	return &verdicts[i], same, nil
}

// ruleText is a finding's rule as it was when it was judged; nil where its text is not kept.
func (s *Supervision) ruleText(ctx context.Context, now time.Time, pins compliance.Pins, f compliance.Finding) *compliance.RuleText {
	for _, p := range pins.Packs {
		if p.Name() != f.Pack {
			continue
		}
		text, err := s.packText(ctx, now, p.Sum)
		if err != nil {
			s.log().ErrorContext(ctx, "the text of a rule pack cannot be read", "alarm", "rulepack", "pack", f.Pack, "error", err)
			return nil
		}
		return text.Rule(f.Rule)
	}
	return nil
}
