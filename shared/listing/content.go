package listing

import (
	"fmt"
	"slices"
	"strings"

	"shixin/shared/fault"
	"shixin/shared/regime"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// CheckContent holds what a proposal says against its ground on a day.
func CheckContent(c Content, rules Rules, on workday.Day) *fault.Fault {
	g := rules.Ground
	if !g.In(on) {
		return fault.At("/ground", "the ground is not in effect on "+string(on), "该列入事由在"+string(on)+"未施行")
	}
	if !slices.Contains(g.Subjects, string(c.Subject.Kind)) {
		return fault.At("/subject/kind", "this ground lists only subjects of kind "+strings.Join(g.Subjects, " or "), "该列入事由仅适用于 "+strings.Join(g.Subjects, "、"))
	}
	if f := CheckIdentifiers("/subject/identifiers", c.Subject.Kind, c.Subject.Identifiers); f != nil {
		return f
	}
	return checkConviction(c, g, on)
}

// CheckIdentifiers holds that identifiers fit the kind of subject, are few enough and different.
func CheckIdentifiers(pointer string, kind subject.Kind, ids []subject.Ref) *fault.Fault {
	if len(ids) < 1 || len(ids) > subject.MaxIdentifiers {
		return fault.At(pointer, fmt.Sprintf("1 to %d identifiers", subject.MaxIdentifiers), "标识应为 1 至 20 个")
	}
	seen := map[string]bool{}
	for i, id := range ids {
		at := fmt.Sprintf("%s/%d", pointer, i)
		switch {
		case !id.Scheme.Fits(kind):
			return fault.At(at+"/scheme", fmt.Sprintf("%s does not identify a subject of kind %s", id.Scheme, kind), "该标识类型不适用于此类主体")
		case seen[id.ID()]:
			return fault.At(at+"/value", "stands in the list twice", "标识重复")
		case id.From != "" && id.To != "" && id.To < id.From:
			return fault.At(at+"/to", "must not be before from", "不得早于 from")
		}
		seen[id.ID()] = true
	}
	return nil
}

// corrected is the subject with new names or identifiers. Another cn-id brings its own birth, or none that is known.
func (s Subject) corrected(ch *Change) Subject {
	if ch.Names != nil {
		s.Names = ch.Names
	}
	if ch.Identifiers == nil {
		return s
	}
	another := slices.ContainsFunc(ch.Identifiers, func(id subject.Ref) bool {
		return id.Scheme == subject.CNID && !slices.ContainsFunc(s.Identifiers, func(had subject.Ref) bool { return had.ID() == id.ID() })
	})
	if another && ch.Adult != s.Adult {
		s.Birth, s.Adult = ch.Birth, ch.Adult
	}
	s.Identifiers = ch.Identifiers
	return s
}

// checkConviction holds that a ground resting on a conviction has one that may be used: records of offences before the
// age of eighteen with up to five years are sealed and given to nobody (Criminal Procedure Law art. 286).
func checkConviction(c Content, g *regime.Ground, on workday.Day) *fault.Fault {
	cv := c.Conviction
	switch {
	case !g.Conviction && cv != nil:
		return fault.At("/conviction", "this ground does not rest on a conviction; leave it out", "该列入事由不以定罪为依据")
	case !g.Conviction:
		return nil
	case cv == nil:
		return fault.At("/conviction", "this ground rests on a conviction: {document, offence_on, sentence_months}", "该列入事由须载明生效裁判")
	case cv.OffenceOn > on:
		return fault.At("/conviction/offence_on", "must not be in the future", "不得晚于今日")
	case c.Subject.Kind != subject.Person:
		return nil
	case c.Subject.Adult == "":
		return fault.At("/subject/birth", "is needed, or a cn-id: a minor's sealed conviction can be no ground (Criminal Procedure Law art. 286)", "须提供出生日期或者居民身份证号,以排除未成年人犯罪记录封存(刑事诉讼法第二百八十六条)")
	case cv.ofMinor(c.Subject.Adult) && cv.SentenceMonths <= 60:
		return fault.At("/conviction", "the conviction of a minor with up to five years is sealed and can be no ground (Criminal Procedure Law art. 286)", "未成年人犯罪记录已封存,不得作为列入依据(刑事诉讼法第二百八十六条)")
	}
	return nil
}

// ofMinor reports whether the offence was a minor's: the age of eighteen is reached in criminal law on the day after the
// birthday (Supreme People's Court, Fa Shi [2006] No. 1, art. 2).
func (cv *Conviction) ofMinor(adult workday.Day) bool { return cv.OffenceOn <= adult }

// checkElsewhere holds a decision taken elsewhere against the ground it is said to rest on.
func checkElsewhere(e *Elsewhere, c Content, rules Rules, today workday.Day) *fault.Fault {
	if e == nil {
		return nil
	}
	switch {
	case e.On > today:
		return fault.At("/decided/on", "must not be in the future", "不得晚于今日")
	case !rules.Ground.In(e.On):
		return fault.At("/decided/on", "the ground was not in effect on that day", "该列入事由在决定之日未施行")
	case e.ServedOn != "" && (e.ServedOn < e.On || e.ServedOn > today):
		return fault.At("/decided/served_on", "must lie between the decision and today", "应在决定之日与今日之间")
	case e.Until != "" && e.Until < e.On:
		return fault.At("/decided/until", "must not be before the decision", "不得早于决定之日")
	}
	longest := termFrom(rules.Ground, e.On).Until
	if g := rules.Ground; g.Term != nil && g.Term.Starts == "event" { // which has happened by today
		longest, _ = g.Term.Length.After(today, rules.Calendar)
	}
	if e.Until != "" && longest != "" && e.Until > longest {
		return fault.At("/decided/until", "is later than the ground's term allows, "+string(longest), "超过该列入事由的期限")
	}
	if e.Published {
		if f := Publishable(c, rules.Ground, today); f != nil {
			return &fault.Fault{Kind: fault.Invalid, Detail: f.Detail, Fields: []fault.Field{{Pointer: "/decided/published", Detail: f.Detail}}}
		}
	}
	return nil
}
