package ladder

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/fault"
	"shixin/shared/workday"
)

// Failing is a finding that stands: its rule fails, and nobody contests it. What could not be judged supports no rung.
type Failing struct {
	ID       string    `json:"id"`
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Since    time.Time `json:"since"`    // it failed first, or failed again
	Repeated bool      `json:"repeated"` // it was cured before
}

// Past is a rung that was taken towards an enterprise.
type Past struct {
	ID       string    `json:"id"`
	Rung     string    `json:"rung"`
	Findings []string  `json:"findings,omitempty"`
	At       time.Time `json:"at"`
	Closed   bool      `json:"closed,omitempty"`
	Outcome  string    `json:"outcome,omitempty"` // cured, not_cured, withdrawn; empty while it is open
}

// Available is a ground of a regime as it is on the day of a run.
type Available struct {
	Regime, Ground string
	InForce        bool
}

// Why is one sentence of why a rung is proposed, or why it cannot be taken.
type Why struct {
	Code    string `json:"code"` // severity, repeated, after, document, ground
	Finding string `json:"finding,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Action  string `json:"action,omitempty"` // the earlier rung
	Text    string `json:"text"`
}

// Proposal is the rung that a run proposes. It takes nothing: a person does, or dismisses it.
type Proposal struct {
	ID       string   `json:"id"` // the same for the same rung and findings
	Rung     string   `json:"rung"`
	Ladder   string   `json:"ladder"`
	Findings []string `json:"findings"`
	Reasons  []Why    `json:"reasons"`
	// Grounds are those in force on which a listing could be proposed, as REGIME/GROUND.
	Grounds []string `json:"grounds,omitempty"`
	// Needs says what a person must bring that no run can know, and Obstacles why the rung cannot be taken at all.
	Needs     []Why `json:"needs,omitempty"`
	Obstacles []Why `json:"obstacles,omitempty"`
}

// Case is all that a proposal is made from.
type Case struct {
	USCC    string
	Sectors []string
	Failing []Failing
	Past    []Past
	Grounds []Available
}

// Propose is the next rung for an enterprise, and why; nil where no rung is supported. A finding about which a rung is open waits for
// that rung, so that nothing is taken twice for it. The highest rung that any finding supports is proposed, with all that support it.
func (v *Version) Propose(c Case) *Proposal {
	var best *Proposal
	rank := -1
	for _, f := range c.Failing {
		if slices.ContainsFunc(c.Past, func(p Past) bool { return !p.Closed && slices.Contains(p.Findings, f.ID) }) {
			continue
		}
		n, reason := v.next(f, c.Past)
		switch {
		case n < 0 || n < rank:
			continue
		case n > rank:
			rank = n
			best = &Proposal{Rung: v.Rungs[n].ID, Ladder: v.Version}
		}
		best.Findings = append(best.Findings, f.ID)
		best.Reasons = append(best.Reasons, reason)
	}
	if best == nil {
		return nil
	}
	if r := &v.Rungs[rank]; r.Proposes() {
		best.listing(r, c)
	}
	best.ID = proposalID(c, best)
	return best
}

// next is the highest rung that a finding supports, and why; -1 where it supports none. Each rung is proposed once for a finding: one that
// was taken and withdrawn is a person's decision, one that was closed as not cured leads on.
func (v *Version) next(f Failing, past []Past) (int, Why) {
	for n := len(v.Rungs) - 1; n >= 0; n-- {
		r := &v.Rungs[n]
		if _, taken := f.taken(r.ID, past); taken {
			return -1, Why{}
		}
		for _, s := range r.Supports {
			if why, ok := v.supported(s, f, past); ok {
				return n, why
			}
		}
	}
	return -1, Why{}
}

// taken is the last time that a rung was taken for the finding since it opened. What was assessed as cured and fails all the same counts as
// not taken.
func (f Failing) taken(rung string, past []Past) (Past, bool) {
	for i := len(past) - 1; i >= 0; i-- {
		if p := past[i]; p.Rung == rung && p.Outcome != "cured" && slices.Contains(p.Findings, f.ID) && !p.At.Before(f.Since) {
			return p, true
		}
	}
	return Past{}, false
}

// supported tells whether a finding supports a rung in one of its ways, and why.
func (v *Version) supported(s Support, f Failing, past []Past) (Why, bool) {
	if len(s.Severities) > 0 && !slices.Contains(s.Severities, f.Severity) || s.Repeated && !f.Repeated {
		return Why{}, false
	}
	why := Why{Code: "severity", Finding: f.ID, Rule: f.Rule, Text: fault.Both(
		fmt.Sprintf("the rule %s fails since %s, with severity %s", f.Rule, workday.DayOf(f.Since), f.Severity),
		fmt.Sprintf("规则%s自%s起不合格,严重程度为%s", f.Rule, workday.DayOf(f.Since), f.Severity))}
	if s.Repeated {
		why.Code = "repeated"
		why.Text = fault.Both(fmt.Sprintf("the rule %s was cured, and fails again since %s", f.Rule, workday.DayOf(f.Since)),
			fmt.Sprintf("规则%s曾经整改,自%s起再次不合格", f.Rule, workday.DayOf(f.Since)))
	}
	if s.After == "" {
		return why, true
	}
	before, taken := f.taken(s.After, past)
	if !taken || before.Outcome != "not_cured" {
		return Why{}, false
	}
	lower, _ := v.Rung(s.After)
	why.Code, why.Action = "after", before.ID
	why.Text = fault.Both(
		fmt.Sprintf("%s of %s was closed as not cured, and the rule %s still fails", lower.Name.En, workday.DayOf(before.At), f.Rule),
		fmt.Sprintf("%s于%s采取,评估为未整改,规则%s仍不合格", lower.Name.Zh, workday.DayOf(before.At), f.Rule))
	return why, true
}

// listing says on which grounds a listing could be proposed, and what is missing for it.
func (p *Proposal) listing(r *Rung, c Case) {
	for _, g := range r.Grounds {
		fits := g.Fits(c.Sectors) && slices.ContainsFunc(c.Grounds, func(a Available) bool { return a.InForce && a.Regime == g.Regime && a.Ground == g.Ground })
		if !fits {
			continue
		}
		p.Grounds = append(p.Grounds, g.Regime+"/"+g.Ground)
		p.Needs = append(p.Needs, Why{Code: "document", Text: fault.Both(
			fmt.Sprintf("on the ground %s of %s: %s", g.Ground, g.Regime, g.Decision.En),
			fmt.Sprintf("依%s的%s列入,须载明%s", g.Regime, g.Ground, g.Decision.Zh))})
	}
	if len(p.Grounds) == 0 {
		p.Obstacles = append(p.Obstacles, Why{Code: "ground", Text: fault.Both(
			"no ground in force fits the enterprise: supervision by itself leads to no listing",
			"没有适用于该企业的现行列入事由:监管措施本身不产生列入")})
	}
}

// proposalID names a proposal by its rung and by the findings in the state in which they support it, so that one that was dismissed is not made
// again before something has changed.
func proposalID(c Case, p *Proposal) string {
	var b strings.Builder
	b.WriteString(c.USCC + "\x00" + p.Rung)
	for i, id := range p.Findings {
		since := ""
		for _, f := range c.Failing {
			if f.ID == id {
				since = f.Since.UTC().Format(time.RFC3339Nano)
			}
		}
		last := p.Reasons[i].Action
		for _, past := range c.Past {
			if slices.Contains(past.Findings, id) {
				last = past.ID
			}
		}
		b.WriteString("\x00" + id + "\x00" + since + "\x00" + last)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
