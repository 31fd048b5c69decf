package action

import (
	"fmt"
	"slices"

	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/procedure"
	"shixin/shared/workday"
)

// Guards about who. Two persons are compared as natural persons, whatever accounts they use.
var (
	mayTake = guard{Name: "a role and level to which the ladder gives the rung", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.by.Subject || !m.rules.Rung.Take.Allows(m.by.Role, m.by.Level) {
			return fault.New(fault.Forbidden, "the ladder gives this rung to another role or to a higher level", "该措施须由其他角色或者更高级别的机关采取")
		}
		return nil
	}}
	authority = guard{Name: "for an authority", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.by.Subject {
			return fault.New(fault.Forbidden, "this step is the authority's", "该步骤由主管部门办理")
		}
		return nil
	}}
	mayClose = guard{Name: "a role and level to which the ladder gives the assessment, and where it says so another person than those who prepared", Check: func(m *moment, _ procedure.About) *fault.Fault {
		p := m.rules.Rung.Close
		if p == nil {
			return nil // it is never assessed here: see the states
		}
		if m.by.Subject || !p.Allows(m.by.Role, m.by.Level) {
			return fault.New(fault.Forbidden, "the ladder gives the assessment to another role or to a higher level", "评估须由其他角色或者更高级别的机关作出")
		}
		if p.Another && slices.Contains(m.a.Prepared, m.by.Person) {
			return fault.New(fault.Forbidden, "who took the rung, served its notices or recorded it may not assess it; another person must", "采取措施、送达通知或者记录的人员不得评估,应由他人评估")
		}
		return nil
	}}
	mayPublish = guard{Name: "a role and level to which the ladder gives publication, and another person than those who prepared", Check: func(m *moment, _ procedure.About) *fault.Fault {
		p := m.rules.Rung.Publication
		if p == nil {
			return nil // no publication for anybody: see announced
		}
		if m.by.Subject || !p.Power.Allows(m.by.Role, m.by.Level) {
			return fault.New(fault.Forbidden, "the ladder gives publication to another role or to a higher level", "公示须由其他角色或者更高级别的机关决定")
		}
		if slices.Contains(m.a.Prepared, m.by.Person) {
			return fault.New(fault.Forbidden, "who prepared the action or announced its publication may not decide it; another person must", "经办或者告知公示的人员不得作出公示决定,应由他人决定")
		}
		return nil
	}}
	notParty = guard{Name: "another person than those who published, contested or prepared", Check: func(m *moment, about procedure.About) *fault.Fault {
		c, ok := m.a.Contest(about.N)
		if !ok {
			return fault.New(fault.NotFound, "the action has no contest of that number", "该监管措施没有此编号的异议")
		}
		if m.by.Subject {
			return fault.New(fault.Forbidden, "this step is the authority's", "该步骤由主管部门办理")
		}
		persons := append(slices.Clone(m.a.Prepared), c.By.Person)
		if m.a.Publication != nil {
			persons = append(persons, m.a.Publication.By.Person)
		}
		if slices.Contains(persons, m.by.Person) {
			return fault.New(fault.Forbidden, "who decided the publication, prepared it or contested it may not decide this contest", "公示决定人、经办人以及异议提出人不得处理该异议")
		}
		return nil
	}}
)

// Guards about the record at this moment.
var (
	replyable = guard{Name: "there is a notice to reply to", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.a.State == Closed && m.a.Announcement == nil {
			return fault.New(fault.Conflict, "the action is closed, and nothing waits for a reply", "该监管措施已办结,没有待答复的通知")
		}
		return nil
	}}
	// unsettled: a closed action can still be shown to be cured while it was closed as not cured.
	unsettled = guard{Name: "not closed as cured or withdrawn", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.a.State == Closed && (m.a.Assessment.Outcome != NotCured || !m.a.Published(m.today)) {
			return fault.New(fault.Conflict, "the action is closed", "该监管措施已办结")
		}
		return nil
	}}
	recordable = guard{Name: "the rung has a record, and it is not made yet", Check: func(m *moment, _ procedure.About) *fault.Fault {
		switch {
		case !m.rules.Rung.Record:
			return fault.New(fault.Conflict, "this rung has no record", "该措施无需记录")
		case m.a.Record != nil:
			return fault.New(fault.Conflict, "the record is made", "记录已经作出")
		}
		return m.notBefore()
	}}
	hasDeadline = guard{Name: "it has a deadline", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.a.Deadline() == nil {
			return fault.New(fault.Conflict, "there is no deadline to extend", "没有可以延长的期限")
		}
		return nil
	}}
	announceable = guard{Name: "the ladder lets it be public, and it is neither announced nor shown", Check: func(m *moment, _ procedure.About) *fault.Fault {
		p := m.rules.Rung.Publication
		switch {
		case p == nil || !p.Allowed:
			return fault.New(fault.Conflict, "this rung is not made public", "该措施不予公示")
		case m.a.Announcement != nil:
			return fault.New(fault.Conflict, "the publication is announced already and waits for its decision", "公示已告知,待作出决定")
		case m.a.Published(m.today):
			return fault.New(fault.Conflict, "the action is shown in public already", "该监管措施已在公示")
		case m.a.State == Closed && m.a.Assessment.Outcome != NotCured:
			return fault.New(fault.Conflict, "what is cured or withdrawn is not made public", "已整改或者已撤回的不予公示")
		}
		return nil
	}}
	announced = guard{Name: "its publication was announced to the enterprise", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.a.Announcement == nil {
			return fault.New(fault.Conflict, "the enterprise must be told first that the action is to be shown in public", "公示前应先告知企业")
		}
		return nil
	}}
	replyOver = guard{Name: "the time for a reply to the announcement has run out, or the enterprise waived it", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if m.a.waived() {
			return nil
		}
		until, known := m.a.Announcement.Reply.By(m.rules.Calendar)
		if !known {
			return fault.New(fault.Conflict, "the time for a reply ends on a working day beyond the published calendar; the decision waits for the calendar or a waiver",
				"答复期限超出已公布的工作日历,待日历公布或者企业放弃后方可决定")
		}
		if m.today > until {
			return nil
		}
		first := string(until.AddDays(1))
		return fault.NotBefore(first, fmt.Sprintf("publication is possible from %s on: the enterprise may reply until the end of %s, and has not waived it", first, until),
			fmt.Sprintf("自%s起方可公示:答复期至%s届满,企业未放弃", first, until))
	}}
	contestable = guard{Name: "it is shown in public, and no contest is open", Check: func(m *moment, _ procedure.About) *fault.Fault {
		if !m.a.Published(m.today) {
			return fault.New(fault.Conflict, "the action is not shown in public", "该监管措施未在公示")
		}
		if slices.ContainsFunc(m.a.Contests, func(c Contest) bool { return c.Open() }) {
			return fault.New(fault.Conflict, "a contest is open already; one at a time", "已有未处理完毕的异议")
		}
		return nil
	}}
	contestOpen = guard{Name: "the contest waits for its outcome", Check: func(m *moment, about procedure.About) *fault.Fault {
		c, ok := m.a.Contest(about.N)
		if !ok {
			return fault.New(fault.NotFound, "the action has no contest of that number", "该监管措施没有此编号的异议")
		}
		if !c.Open() {
			return fault.New(fault.Conflict, "the contest is closed", "该异议已经办结")
		}
		return nil
	}}
)

// notBefore refuses a record before the time of the interview of which the enterprise was told.
func (m *moment) notBefore() *fault.Fault {
	i := m.a.Content.Interview
	if i == nil || !m.now.Before(i.At) {
		return nil
	}
	day := string(workday.DayOf(i.At))
	return fault.NotBefore(day, "the interview is on "+day+"; it is recorded when it has been held", "约谈定于"+day+",应于约谈后记录")
}

// answered checks that a decision answers each reply to the announcement once, and nothing else.
func (m *moment) answered(answers []listing.Answer) *fault.Fault {
	owed := map[int]bool{}
	for _, r := range m.a.Replies {
		if r.To == ToAnnouncement && r.Round == m.a.Announcement.Round && !r.Waiver {
			owed[r.N] = true
		}
	}
	for i, x := range answers {
		if !owed[x.Statement] {
			return fault.At(fmt.Sprintf("/answers/%d/statement", i), "must be the number of a reply to the announcement, each once", "应为对公示告知的答复编号,且不得重复")
		}
		delete(owed, x.Statement)
	}
	if len(owed) > 0 {
		return fault.At("/answers", "every reply to the announcement is answered", "应逐一回应企业对公示告知的答复")
	}
	return nil
}
