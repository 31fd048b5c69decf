// Package risk provides the order in which enterprises are looked at: a plain weighted sum of their open findings.
//
// The sum says where to look first, and nothing else: no measure and no rule reads it. Each summand is shown.
package risk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/workday"
)

// Weights are what makes a finding weigh. No law states them: an authority sets them.
type Weights struct {
	Version    string     `yaml:"version" json:"version"`
	From       string     `yaml:"from" json:"from"`     // the day since when they hold
	SetBy      string     `yaml:"set_by" json:"set_by"` // authority
	Severities []Severity `yaml:"severities" json:"severities"`
	Outcomes   []Factor   `yaml:"outcomes" json:"outcomes"` // of a finding that failed, or could not be judged
	Ages       []Age      `yaml:"ages" json:"ages"`         // ascending, the first at 0 days
	Rules      []Factor   `yaml:"rules" json:"rules"`       // all others weigh 100 percent
}

// Severity is what a finding of a severity weighs.
type Severity struct {
	Name   string `yaml:"name" json:"name"`
	Points int    `yaml:"points" json:"points"`
}

// Factor is what a thing of a name does to the weight.
type Factor struct {
	Name    string `yaml:"name" json:"name"`
	Percent int    `yaml:"percent" json:"percent"`
}

// Age is what a finding weighs from so many days after it was opened.
type Age struct {
	Days    int `yaml:"days" json:"days"`
	Percent int `yaml:"percent" json:"percent"`
}

// most bounds each number, so that no sum runs over.
const most = 1000

// Check refuses weights that leave something out, or make a finding weigh nothing: what is open is never out of sight.
func (w Weights) Check() error {
	bad := func(format string, args ...any) error { return fmt.Errorf("risk: "+format, args...) }
	if _, err := workday.ParseDay(w.From); err != nil || w.Version == "" || w.SetBy != "authority" {
		return bad("weights name their version, the day since when they hold, and that an authority set them")
	}
	names := map[string]bool{}
	for _, s := range w.Severities {
		if names["severity "+s.Name] || s.Name == "" || s.Points < 1 || s.Points > most {
			return bad("severity %q: 1 to %d points, each once", s.Name, most)
		}
		names["severity "+s.Name] = true
	}
	for kind, list := range map[string][]Factor{"outcome": w.Outcomes, "rule": w.Rules} {
		for _, f := range list {
			if names[kind+" "+f.Name] || f.Name == "" || f.Percent < 1 || f.Percent > most {
				return bad("%s %q: 1 to %d percent, each once", kind, f.Name, most)
			}
			names[kind+" "+f.Name] = true
		}
	}
	if len(w.Severities) == 0 || !names["outcome fail"] || !names["outcome unknown"] || len(w.Outcomes) != 2 {
		return bad("severities, and the outcomes fail and unknown, have their weights")
	}
	for i, a := range w.Ages {
		if i == 0 && a.Days != 0 || i > 0 && a.Days <= w.Ages[i-1].Days || a.Percent < 1 || a.Percent > most {
			return bad("ages begin at 0 days and ascend, with 1 to %d percent", most)
		}
	}
	if len(w.Ages) == 0 {
		return errors.New("risk: ages have their weights")
	}
	return nil
}

// Points is a weight in hundredths, so that sums are exact.
type Points int64

// MarshalJSON writes points as a number with up to two decimals.
func (p Points) MarshalJSON() ([]byte, error) {
	if p%100 == 0 {
		return fmt.Appendf(nil, "%d", p/100), nil
	}
	return fmt.Appendf(nil, "%d.%02d", p/100, p%100), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Points) UnmarshalJSON(b []byte) error {
	var whole, parts int64
	switch n, err := fmt.Sscanf(string(b), "%d.%2d", &whole, &parts); {
	case n == 0:
		return fmt.Errorf("risk: points: %w", err)
	case whole < 0 || parts < 0:
		return errors.New("risk: points are never below nothing")
	}
	*p = Points(whole*100 + parts)
	return nil
}

// Summand is what one open finding adds: points of its severity, by outcome, age and rule.
type Summand struct {
	Finding        string             `json:"finding"`
	Rule           string             `json:"rule"`
	Pack           string             `json:"pack"`
	Outcome        compliance.Outcome `json:"outcome"`
	State          compliance.State   `json:"state"`
	Severity       string             `json:"severity"`
	Since          workday.Day        `json:"since"` // the day on which it was last opened
	SeverityPoints int                `json:"severity_points"`
	OutcomePercent int                `json:"outcome_percent"`
	AgePercent     int                `json:"age_percent"`
	RulePercent    int                `json:"rule_percent"`
	Points         Points             `json:"points"`
}

// Score is the sum for one enterprise, 0 where nothing is open.
type Score struct {
	Points   Points    `json:"points"`
	Weights  string    `json:"weights"` // their version
	At       time.Time `json:"at"`      // for when the ages are counted
	Summands []Summand `json:"summands"`
}

// Of sums what of an enterprise's findings is open, the heaviest first. A contested finding is open.
func (w Weights) Of(findings []compliance.Finding, at time.Time) Score {
	score := Score{Weights: w.Version, At: at.UTC(), Summands: []Summand{}}
	for _, f := range findings {
		if f.ID == "" || f.State == compliance.Cured {
			continue
		}
		s := Summand{Finding: f.ID, Rule: f.Rule, Pack: f.Pack, Outcome: f.Outcome, State: f.State, Severity: f.Severity(), Since: workday.DayOf(f.Since())}
		s.SeverityPoints = w.severity(s.Severity)
		s.OutcomePercent = factor(w.Outcomes, string(s.Outcome))
		s.AgePercent = w.age(s.Since, workday.DayOf(at))
		s.RulePercent = factor(w.Rules, s.Rule)
		s.Points = Points(int64(s.SeverityPoints) * int64(s.OutcomePercent) * int64(s.AgePercent) * int64(s.RulePercent) / 10000)
		score.Points += s.Points
		score.Summands = append(score.Summands, s)
	}
	slices.SortFunc(score.Summands, func(a, b Summand) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Pack, b.Pack), cmp.Compare(a.Rule, b.Rule))
	})
	return score
}

// Same reports whether two scores order and show an enterprise alike, whenever they were made.
func (s Score) Same(o Score) bool {
	return s.Points == o.Points && s.Weights == o.Weights && slices.Equal(s.Summands, o.Summands)
}

// severity is the points of a severity. One that the weights do not know weighs as the heaviest.
func (w Weights) severity(name string) int {
	heaviest := 0
	for _, s := range w.Severities {
		if s.Name == name {
			return s.Points
		}
		heaviest = max(heaviest, s.Points)
	}
	return heaviest
}

func factor(list []Factor, name string) int {
	for _, f := range list {
		if f.Name == name {
			return f.Percent
		}
	}
	return 100
}

func (w Weights) age(since, today workday.Day) int {
	percent := 100
	for _, a := range w.Ages {
		if since.AddDays(a.Days) <= today {
			percent = a.Percent
		}
	}
	return percent
}
