// Package rules provides rule packs: checks of enterprises written in CEL over reported figures, their compilation, and the judgment
// by them.
//
// A [Pack] is what an officer writes. [Compile] turns it into a [Program], or says what is wrong with it, with line and column. A [Judge]
// applies programs to one enterprise after another: it is a pure function of what a run has pinned and of the enterprise's own data, so
// that judging again gives the same bytes. What is missing makes a rule unknown, by CEL's own handling of unknown values, and never a pass.
package rules

import (
	"strings"

	"shixin/shared/regime"
)

// The limits of a pack.
const (
	MaxRules      = 100
	MaxParameters = 100
	MaxExpression = 2000   // characters of one expression
	MaxNesting    = 40     // how deep expressions may lie in each other
	MaxCost       = 10_000 // of one expression, in the worst case, in CEL's units of cost
	MaxPackCost   = 200_000
)

// Severity is how much a finding weighs.
type Severity string

// The severities.
const (
	Low    Severity = "low"
	Medium Severity = "medium"
	High   Severity = "high"
)

// Builtins are the rules that are not written in CEL.
const (
	Listed     = "listed"      // neither the enterprise nor a party of it is on the list
	ReportLate = "report-late" // the figures that are due were not reported
)

// SetBy says who has set a number.
type SetBy string

// Who sets numbers. What no law gives is the authority's.
const (
	ByLaw       SetBy = "law"
	ByAuthority SetBy = "authority"
)

// Parameter is a number that rules compare with. A nil Value is unset: rules that need it are unknown.
type Parameter struct {
	Name   string        `json:"name" yaml:"name"`
	Title  regime.Text   `json:"title" yaml:"title"`
	Value  *float64      `json:"value" yaml:"value"`
	SetBy  SetBy         `json:"set_by" yaml:"set_by"`
	Source regime.Source `json:"source" yaml:"source"`
	// Regions are the values that differ by jurisdiction, by the region's code in GB/T 2260: 320000 is a province with all that lies in it,
	// 320500 a city. The closest one holds.
	Regions map[string]float64 `json:"regions,omitempty" yaml:"regions"`
}

// Deadline is by when a problem is to be cured, in working days from the finding. A nil Deadline is unset, and nothing is late by it.
type Deadline struct {
	WorkingDays int   `json:"working_days" yaml:"working_days"`
	SetBy       SetBy `json:"set_by" yaml:"set_by"`
}

// Rule is one check. It fails where Fails is true, passes where it is false, does not apply where When is given and false.
type Rule struct {
	ID       string        `json:"id" yaml:"id"`
	Title    regime.Text   `json:"title" yaml:"title"` // the rule in words
	Builtin  string        `json:"builtin,omitempty" yaml:"builtin"`
	When     string        `json:"when,omitempty" yaml:"when"`
	Fails    string        `json:"fails,omitempty" yaml:"fails"`
	Severity Severity      `json:"severity" yaml:"severity"`
	Cure     regime.Text   `json:"cure" yaml:"cure"`
	Deadline *Deadline     `json:"deadline" yaml:"deadline"`
	Source   regime.Source `json:"source" yaml:"source"` // the legal basis
}

// Pack is one version of a set of rules.
type Pack struct {
	Name       string      `json:"name" yaml:"name"`
	Version    string      `json:"version,omitempty" yaml:"version"`
	Title      regime.Text `json:"title" yaml:"title"`
	Sectors    []string    `json:"sectors,omitempty" yaml:"sectors"` // whose enterprises it judges; empty is all
	Parameters []Parameter `json:"parameters,omitempty" yaml:"parameters"`
	Rules      []Rule      `json:"rules" yaml:"rules"`
}

// ListedPack is the pack of the built-in rule that nobody may be listed.
func ListedPack() Pack {
	cite := regime.Source{Cite: "《反电信网络诈骗法》第三十一条 · Anti-Fraud Law, art. 31", Confidence: regime.Official}
	title := regime.Text{Zh: "企业及其关联方未被列入失信名单", En: "Neither the enterprise nor a party of it is on the list"}
	return Pack{Name: Listed, Version: "1", Title: title, Rules: []Rule{{ID: Listed, Title: title, Builtin: Listed, Severity: High, Source: cite,
		Cure: regime.Text{Zh: "更换被列入的关联方，或等待其移出名单；认为有误的，可提出异议", En: "Replace the listed party, or wait for its removal; contest the finding where it is wrong"}}}}
}

// ReportLatePack is the pack of the built-in rule that figures are reported when they are due, as a pack for every sector words it. Runs over all
// packs apply it where no other pack for every sector has the rule.
func ReportLatePack(r Rule) Pack {
	return Pack{Name: ReportLate, Version: "1", Title: r.Title, Rules: []Rule{r}}
}

// At is the value of a parameter in a region: that of the closest jurisdiction that has set one.
func (p *Parameter) At(region string) (v float64, set bool) {
	if p.Value != nil {
		v, set = *p.Value, true
	}
	if len(region) != 6 || len(p.Regions) == 0 {
		return v, set
	}
	for _, r := range []string{region[:2] + "0000", region[:4] + "00", region} {
		if own, ok := p.Regions[r]; ok {
			v, set = own, true
		}
	}
	return v, set
}

// IsID reports whether a text can name a pack or a rule: words of small letters and digits with single hyphens between, at most 40.
func IsID(s string) bool {
	if len(s) > 40 {
		return false
	}
	for word := range strings.SplitSeq(s, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}
