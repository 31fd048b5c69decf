package listing

import (
	"fmt"
	"slices"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/procedure"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Two persons (design: the first principle of the register): who prepared a listing does not decide it, and who decided
// does not decide what is asked against that decision. Persons are natural persons, whatever accounts they use.
var (
	notPrepared = guard{Name: "another person than those who proposed, amended, served notice or recorded a waiver", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if slices.Contains(m.l.Prepared, m.by.Person) {
			return fault.New(fault.Forbidden, "who proposed, amended, served notice or recorded a waiver may not decide; another person must",
				"提出、修改、送达告知或者代录放弃陈述的人员不得作出决定,应由他人决定")
		}
		return nil
	}}
	notConsenter = guard{Name: "another person than the one who consented", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.l.Consent != nil && m.l.Consent.By.Person == m.by.Person {
			return fault.New(fault.Forbidden, "who gave the higher authority's consent may not decide", "作出上级同意意见的人员不得作出决定")
		}
		return nil
	}}
	notParty = guard{Name: "another person than the one who asked, who prepared, or who made what is asked against", Check: func(m *moment, about procedure.About) *fault.Fault {
		r, ok := m.l.Request(about.N)
		if !ok {
			return fault.New(fault.NotFound, "the listing has no request of that number", "该名单没有此编号的申请")
		}
		if slices.Contains(append(m.makers(r), r.By.Person), m.by.Person) || slices.Contains(m.l.Prepared, m.by.Person) {
			return fault.New(fault.Forbidden, "who asked, who prepared the listing, or who made the decision in question may not decide this request",
				"申请人、经办人以及原决定作出人不得决定该申请")
		}
		return nil
	}}
	mayAsk = guard{Name: "a person to whom the regime gives this request", Check: func(m *moment, about procedure.About) *fault.Fault {
		rule, ok := m.ruleOf(about.Kind)
		if !ok {
			return nil // the step does not exist here for anybody: see askable
		}
		who := "officer"
		if m.by.Subject {
			who = "subject"
		}
		if !slices.Contains(rule.Ask, who) {
			return fault.New(fault.Forbidden, "this kind of request is not the subject's to make", "主体不得提出此类申请")
		}
		return nil
	}}
	theClock = guard{Name: "the register's clock", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if !m.by.Clock {
			return fault.New(fault.Forbidden, "only the clock writes down that a term ran out", "期满仅由系统记录")
		}
		return nil
	}}
)

// makers is the natural persons who made the decision that a request is about.
func (m *moment) makers(r *Request) []string {
	rule, ok := m.ruleOf(r.Kind)
	if !ok {
		return nil
	}
	var persons []string
	switch {
	case rule.Against == "publication" && m.l.Publication != nil:
		persons = append(persons, m.l.Publication.By.Person)
	case rule.Against == "removal" && m.l.Removal != nil:
		persons = append(persons, m.l.Removal.By.Person)
	case rule.Against == "decision" && m.l.Decision != nil:
		persons = append(persons, m.l.Decision.By.Person)
		for i := range m.l.Requests {
			if earlier := &m.l.Requests[i]; m.reinstates(earlier) { // it made the listing anew
				persons = append(persons, earlier.Outcome.By.Person)
			}
		}
	}
	return persons
}

// Guards about the record at this moment.
var (
	undecidedElsewhere = guard{Name: "not decided elsewhere", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.l.Elsewhere != nil {
			return fault.New(fault.Conflict, "the listing rests on a decision taken elsewhere; it is adopted or withdrawn", "该名单依据其他机关已作出的决定,应予采纳或者撤回")
		}
		return nil
	}}
	decidedElsewhere = guard{Name: "decided elsewhere", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.l.Elsewhere == nil {
			return fault.New(fault.Conflict, "there is no decision taken elsewhere to adopt", "没有可供采纳的决定")
		}
		return nil
	}}
	clockRunOut = guard{Name: "the time for a statement has run out, or the subject waived it", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.l.Waived() {
			return nil
		}
		until, known := m.statementUntil()
		if !known {
			return fault.New(fault.Conflict, "the time for a statement ends on a working day beyond the published calendar; a decision waits for the calendar or a waiver",
				"陈述申辩期限超出已公布的工作日历,待日历公布或者主体放弃后方可决定")
		}
		return tooEarly(m, until)
	}}
	consentDue = guard{Name: "the regime asks the authority one level up, which has not spoken", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if !m.needsConsent() {
			return fault.New(fault.Conflict, "no consent of a higher authority is asked for here", "该名单无需上级同意")
		}
		if m.l.Consent != nil {
			return fault.New(fault.Conflict, "the higher authority has already spoken", "上级意见已经作出")
		}
		return nil
	}}
	consentGiven = guard{Name: "where the regime asks the authority one level up, it has spoken", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.needsConsent() && m.l.Consent == nil {
			return fault.New(fault.Conflict, "the authority one level up must give or refuse its consent first", "应先取得上一级主管部门的意见")
		}
		return nil
	}}
	toServe = guard{Name: "something decided is not served yet", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if !m.servable("decision") && !m.servable("removal") {
			return fault.New(fault.Conflict, "what was decided has been served", "已经送达")
		}
		return nil
	}}
	termWaits = guard{Name: "the term waits for an event", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.rules.Ground.Term == nil || m.rules.Ground.Term.Starts != "event" {
			return fault.New(fault.Conflict, "under this ground the term does not start with an event", "该列入事由的期限不以事件起算")
		}
		if m.l.Term.From != "" {
			return fault.New(fault.Conflict, "the term runs since "+string(m.l.Term.From)+"; a mistake is mended by an appeal or a revocation", "期限已自"+string(m.l.Term.From)+"起算")
		}
		return nil
	}}
	publishable = guard{Name: "the regime publishes it, and it is not published", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.l.Publication != nil {
			return fault.New(fault.Conflict, "the listing is published already", "该名单已经公示")
		}
		return Publishable(m.l.Content, m.rules.Ground, m.today)
	}}
	askable = guard{Name: "the regime has this request for a listing in this state, at this time, once at a time", Check: func(m *moment, about procedure.About) *fault.Fault {
		return m.askable(about.Kind)
	}}
	requestOpen = guard{Name: "the request waits for its outcome", Check: func(m *moment, about procedure.About) *fault.Fault {
		r, ok := m.l.Request(about.N)
		if !ok {
			return fault.New(fault.NotFound, "the listing has no request of that number", "该名单没有此编号的申请")
		}
		if !r.Open() {
			return fault.New(fault.Conflict, "the request is closed", "该申请已经办结")
		}
		return nil
	}}
	termOver = guard{Name: "the term has run out", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if !m.ranOut() {
			return fault.New(fault.Conflict, "the term has not run out", "期限尚未届满")
		}
		return nil
	}}
)

// Publishable refuses what the regime does not show to the public: a ground that is not published, natural persons where it
// says so, and always minors. Where the birth of a person is not known it is not known that they are of age.
func Publishable(c Content, g *regime.Ground, on workday.Day) *fault.Fault {
	p := g.Publication
	switch {
	case !p.Allowed:
		return cited("listings under this ground are not published", "该列入事由不予公示", p.Source)
	case c.Subject.Kind != "person":
		return nil
	case !p.Persons:
		return cited("natural persons are not published under this ground", "该列入事由不公示自然人", p.Source)
	case c.Subject.Adult == "" && !p.AgeUnknown:
		return fault.New(fault.Conflict, "the person's birth is not known, so it is not known that they are of age; minors are never published", "出生日期不明,不能排除未成年人,不予公示")
	case c.Subject.Adult != "" && on < c.Subject.Adult,
		c.Subject.Adult != "" && c.Conviction != nil && c.Conviction.ofMinor(c.Subject.Adult):
		return fault.New(fault.Conflict, "minors are never published", "未成年人不予公示")
	}
	return nil
}

// cited is a Conflict with the rule that it rests on.
func cited(en, zh string, s regime.Source) *fault.Fault {
	citeEN, citeZH := s.In()
	return fault.New(fault.Conflict, en+" ("+citeEN+")", zh+"("+citeZH+")")
}

// tooEarly refuses a decision up to and including the last day for a statement, and names the first day on which it is possible.
func tooEarly(m *moment, until workday.Day) *fault.Fault {
	if m.today > until {
		return nil
	}
	first := string(until.AddDays(1))
	return fault.NotBefore(first, fmt.Sprintf("a decision is possible from %s on: the subject may make a statement until the end of %s, and has not waived it", first, until),
		fmt.Sprintf("自%s起方可决定:陈述申辩期至%s届满,主体未放弃", first, until))
}

// statementEnd is the last day for a statement under the regime's own clock; false when it states none or the calendar ends before.
func (m *moment) statementEnd(served workday.Day) (workday.Day, bool) {
	w := m.rules.Version.Statement.Within
	if w == nil {
		return "", false
	}
	return w.After(served, m.rules.Calendar)
}

// statementUntil is the last day for a statement to the notice in force, as far as it is known now. A day that an authority set
// before the calendar was published may turn out shorter than the law's time; then the law's counts.
func (m *moment) statementUntil() (workday.Day, bool) {
	n := m.l.Notice
	until, known := m.statementEnd(workday.DayOf(n.ServedAt))
	switch {
	case n.Pending:
		return until, known
	case n.SetBy == "authority" && known:
		return max(n.Until, until), true
	}
	return n.Until, true
}

// needsConsent reports whether the authority's level asks the one above it first. The nation has none above it.
func (m *moment) needsConsent() bool {
	c := m.rules.Version.Consent
	return c != nil && m.l.Authority.Level != access.National && slices.Contains(c.For, m.l.Authority.Level)
}

// servable reports whether something was decided and not served yet.
func (m *moment) servable(of string) bool {
	made := m.l.Decision != nil && (m.l.Elsewhere == nil || m.l.Elsewhere.ServedOn == "")
	if of == "removal" {
		made = m.l.Removal != nil
	}
	if !made || of == "decision" && m.l.Elsewhere != nil && m.l.Elsewhere.ServedOn != "" {
		return false
	}
	return !slices.ContainsFunc(m.l.Services, func(s Service) bool {
		return s.Of == of && (of != "removal" || !s.At.Before(m.l.Removal.At))
	})
}
