package rules

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/regime"
)

// check looks at everything in a pack but its expressions.
func (n *notes) check(p *Pack) {
	if !IsID(p.Name) {
		n.add("/name", "must be words of small letters and digits with hyphens between, at most 40 characters", "须为小写字母、数字和连字符,最多 40 个字符")
	}
	n.text("/title", p.Title)
	for i, s := range p.Sectors {
		if !slices.Contains(indicator.Sectors(), s) || slices.Contains(p.Sectors[:i], s) {
			n.add(fmt.Sprintf("/sectors/%d", i), "must be one of telecom, finance, internet, each once", "须为 telecom、finance、internet 之一且不得重复")
		}
	}
	if len(p.Parameters) > MaxParameters {
		n.add("/parameters", fmt.Sprintf("must have at most %d parameters", MaxParameters), fmt.Sprintf("最多 %d 个参数", MaxParameters))
	}
	for i := range p.Parameters {
		n.parameter(p, i)
	}
	switch {
	case len(p.Rules) == 0:
		n.add("/rules", "must have at least one rule", "至少须有一条规则")
	case len(p.Rules) > MaxRules:
		n.add("/rules", fmt.Sprintf("must have at most %d rules", MaxRules), fmt.Sprintf("最多 %d 条规则", MaxRules))
	}
	for i := range p.Rules[:min(len(p.Rules), MaxRules)] {
		n.rule = p.Rules[i].ID
		n.ruleFields(p, i)
		n.rule = ""
	}
}

func (n *notes) text(pointer string, t regime.Text) {
	if t.Zh == "" || t.En == "" {
		n.add(pointer, "must have a Chinese and an English text, zh and en", "须有中文和英文文本(zh、en)")
	}
	if utf8.RuneCountInString(t.Zh) > 500 || utf8.RuneCountInString(t.En) > 500 {
		n.add(pointer, "must have at most 500 characters", "最多 500 个字符")
	}
}

func (n *notes) source(pointer string, s regime.Source) {
	if s.Cite == "" {
		n.add(pointer+"/cite", "is required: the article it rests on", "必填:所依据的条款")
	}
	if !slices.Contains([]regime.Confidence{regime.Official, regime.Partial, regime.Memory, regime.NotFound, regime.Technical}, s.Confidence) {
		n.add(pointer+"/confidence", "must be one of S, P, M, X, T", "须为 S、P、M、X、T 之一")
	}
}

func (n *notes) setBy(pointer string, s SetBy) {
	if s != ByLaw && s != ByAuthority {
		n.add(pointer, "must be law or authority: who has set the number", "须为 law 或 authority:数值由谁确定")
	}
}

func (n *notes) parameter(p *Pack, i int) {
	at := fmt.Sprintf("/parameters/%d", i)
	q := &p.Parameters[i]
	if !indicator.IsName(q.Name) || reserved[q.Name] {
		n.add(at+"/name", "must be small letters, digits and underscores, at most 40, and no word of CEL", "须为小写字母、数字和下划线,最多 40 个字符,且不得为 CEL 保留字")
	}
	if slices.ContainsFunc(p.Parameters[:i], func(o Parameter) bool { return o.Name == q.Name }) {
		n.add(at+"/name", "is used twice", "名称重复")
	}
	n.text(at+"/title", q.Title)
	n.setBy(at+"/set_by", q.SetBy)
	n.source(at+"/source", q.Source)
	if q.SetBy == ByLaw && q.Source.Confidence == regime.NotFound {
		n.add(at+"/set_by", "a number that was not found in the law is not set by it", "法律中未查明的数值不得标为由法律确定")
	}
	number := func(pointer string, v float64) {
		if math.IsNaN(v) || math.Abs(v) > 1e12 {
			n.add(pointer, "must be a number from -1e12 to 1e12", "须为 -1e12 至 1e12 之间的数")
		}
	}
	if q.Value != nil {
		number(at+"/value", *q.Value)
	}
	for region, v := range sorted(q.Regions) {
		if !isRegion(region) {
			n.add(at+"/regions/"+fault.Token(region), "must be a region of GB/T 2260: six digits", "须为 GB/T 2260 行政区划代码,六位数字")
		}
		number(at+"/regions/"+fault.Token(region), v)
	}
}

func (n *notes) ruleFields(p *Pack, i int) {
	at := fmt.Sprintf("/rules/%d", i)
	r := &p.Rules[i]
	if !IsID(r.ID) {
		n.add(at+"/id", "must be words of small letters and digits with hyphens between, at most 40 characters", "须为小写字母、数字和连字符,最多 40 个字符")
	}
	if slices.ContainsFunc(p.Rules[:i], func(o Rule) bool { return o.ID == r.ID }) {
		n.add(at+"/id", "is used twice", "编号重复")
	}
	n.text(at+"/title", r.Title)
	n.text(at+"/cure", r.Cure)
	n.source(at+"/source", r.Source)
	if r.Severity != Low && r.Severity != Medium && r.Severity != High {
		n.add(at+"/severity", "must be low, medium or high", "须为 low、medium 或 high")
	}
	if d := r.Deadline; d != nil {
		n.setBy(at+"/deadline/set_by", d.SetBy)
		if d.WorkingDays < 1 || d.WorkingDays > 1000 {
			n.add(at+"/deadline/working_days", "must be 1 to 1000; leave the deadline null where there is none", "须为 1 至 1000;无期限时请置 null")
		}
	}
	switch {
	case r.Builtin == "" && r.Fails == "":
		n.add(at+"/fails", "is required: the condition under which the rule fails", "必填:规则不合格的条件")
	case r.Builtin != "" && r.Builtin != Listed && r.Builtin != ReportLate:
		n.add(at+"/builtin", "must be listed or report-late", "须为 listed 或 report-late")
	case r.Builtin != "" && (r.Fails != "" || r.When != ""):
		n.add(at+"/builtin", "stands instead of when and fails", "使用内置规则时不得再写 when、fails")
	}
}
