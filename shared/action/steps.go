package action

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/fault"
	"shixin/shared/ladder"
	"shixin/shared/listing"
	"shixin/shared/workday"
)

func take(m *moment, c Command) (Data, *fault.Fault) {
	t := c.(Take)
	r := m.rules.Rung
	var wrong []fault.Field
	need := func(content string, said bool, pointer string) {
		switch {
		case r.Asks(content) && !said:
			wrong = append(wrong, fault.Field{Pointer: pointer, Detail: fault.Both("this rung must say it", "该措施须载明此项")})
		case !r.Asks(content) && said:
			wrong = append(wrong, fault.Field{Pointer: pointer, Detail: fault.Both("this rung does not have it", "该措施无此项")})
		}
	}
	i := t.Content.Interview
	need(ladder.Reason, t.Content.Reason != "", "/reason")
	need(ladder.LegalBasis, len(t.Content.LegalBasis) > 0, "/legal_basis")
	need(ladder.Time, i != nil && !i.At.IsZero(), "/interview/at")
	need(ladder.Place, i != nil && i.Place != "", "/interview/place")
	need(ladder.Participants, i != nil && len(i.Participants) > 0, "/interview/participants")
	need(ladder.Task, t.Content.Task != "", "/task")
	need(ladder.Deadline, t.Content.Deadline != nil, "/due")
	need(ladder.Document, t.Content.Listing != nil && t.Content.Listing.Document != "", "/listing/document")
	if i != nil && !i.At.IsZero() && !i.At.After(m.now) {
		wrong = append(wrong, fault.Field{Pointer: "/interview/at", Detail: fault.Both("must be in the future: an interview is announced before it is held", "须晚于当前时间:约谈应提前通知")})
	}
	if d := t.Content.Deadline; d != nil {
		if f := m.later(d, "/due"); f != nil {
			wrong = append(wrong, f.Fields...)
		}
		set := *d
		set.SetBy = "authority"
		t.Content.Deadline = &set
	}
	if len(wrong) > 0 {
		return Data{}, fault.Fields(wrong...)
	}
	if i != nil {
		utc := *i
		utc.At = i.At.UTC()
		t.Content.Interview = &utc
	}
	return Data{Taken: &TakenData{ID: t.ID, USCC: t.USCC, Rung: r.ID, Ladder: t.Ladder, Authority: t.Authority, Sectors: t.Sectors, Proposal: t.Proposal, Content: t.Content}}, nil
}

// later refuses a deadline that does not lie ahead.
func (m *moment) later(d *Deadline, pointer string) *fault.Fault {
	switch {
	case (d.Day == "") == (d.WorkingDays == 0):
		return fault.At(pointer, "give a day, or a number of working days", "须填写截止日或者工作日数,二者择一")
	case d.Day != "" && d.Day < m.today:
		return fault.At(pointer, "must not be before today", "不得早于今日")
	case d.WorkingDays < 0 || d.WorkingDays > maxWorkingDays:
		return fault.At(pointer, fmt.Sprintf("must be 1 to %d working days", maxWorkingDays), "工作日数超出范围")
	}
	return nil
}

// maxWorkingDays bounds a deadline: about four years, twice as long as any rectification that was observed.
const maxWorkingDays = 1000

func giveNotice(m *moment, c Command) (Data, *fault.Fault) {
	n := c.(GiveNotice)
	if f := listing.CheckService(n.Method, n.ServedAt, m.a.Taken.At, m.now, "the action was taken", n.Receipt); f != nil {
		return Data{}, f
	}
	if i := m.a.Content.Interview; i != nil && !n.ServedAt.Before(i.At) {
		return Data{}, fault.New(fault.Conflict, "the time of the interview has passed before its notice; withdraw the action and take it anew", "约谈时间已过而未通知,应撤回后重新采取")
	}
	reply, f := m.reply(n.Reply, n.ServedAt, m.rules.Rung.Clock("reply") != nil)
	if f != nil {
		return Data{}, f
	}
	return Data{Noticed: &NoticedData{Method: n.Method, ServedAt: n.ServedAt.UTC(), Reply: reply, Receipt: n.Receipt}}, nil
}

// reply is how long the enterprise may reply: as the caller says, or else as the ladder states; a stated time may only be lengthened.
func (m *moment) reply(said *Deadline, servedAt time.Time, toNotice bool) (Deadline, *fault.Fault) {
	clock := m.rules.Rung.Clock("reply")
	if !toNotice {
		clock = &m.rules.Rung.Publication.Reply
	}
	served := workday.DayOf(servedAt)
	if said != nil {
		if f := m.later(said, "/respond_until"); f != nil {
			return Deadline{}, f
		}
	}
	d, ok := deadline(said, clock, served, m.rules.Calendar)
	if !ok {
		return d, fault.At("/respond_until", "the ladder states no time for a reply, so the notice must name its last day", "未规定答复期限,通知书须载明截止日")
	}
	if least, has := deadline(nil, clock, served, m.rules.Calendar); has && said != nil {
		by, known := d.By(m.rules.Calendar)
		stated, also := least.By(m.rules.Calendar)
		if known && also && by < stated {
			return d, fault.At("/respond_until", "may only lengthen the time that the ladder states, which ends on "+string(stated), "仅可延长规定期限(至"+string(stated)+")")
		}
	}
	return d, nil
}

func say(m *moment, c Command) (Data, *fault.Fault) {
	s := c.(Say)
	switch {
	case s.To != ToNotice && s.To != ToAnnouncement:
		return Data{}, fault.At("/to", "must be notice or announcement", "须为 notice 或者 announcement")
	case s.To == ToAnnouncement && m.a.Announcement == nil:
		return Data{}, fault.At("/to", "no publication is announced", "没有待决定的公示告知")
	case s.To == ToNotice && m.a.State == Closed:
		return Data{}, fault.At("/to", "the action is closed; a reply to the announcement is still possible", "该监管措施已办结,仅可答复公示告知")
	case s.Waiver && s.To != ToAnnouncement:
		return Data{}, fault.At("/waiver", "only the reply to an announcement can be waived", "仅可放弃对公示告知的答复")
	}
	return Data{Replied: &RepliedData{N: len(m.a.Replies) + 1, To: s.To, Waiver: s.Waiver, Text: s.Text}}, nil
}

func show(m *moment, c Command) (Data, *fault.Fault) {
	s := c.(Show)
	return Data{Shown: &ShownData{N: len(m.a.Evidence) + 1, Text: s.Text, Documents: s.Documents}}, nil
}

func record(m *moment, c Command) (Data, *fault.Fault) {
	r := c.(Recorded)
	switch {
	case r.HeldAt.After(m.now):
		return Data{}, fault.At("/held_at", "must not be in the future", "不得晚于当前时间")
	case m.a.Content.Interview != nil && r.HeldAt.Before(m.a.Notice.ServedAt):
		return Data{}, fault.At("/held_at", "must not be before the notice was served", "不得早于通知送达之时")
	}
	return Data{Recorded: &RecordedData{HeldAt: r.HeldAt.UTC(), Participants: r.Participants, Text: r.Text}}, nil
}

func extend(m *moment, c Command) (Data, *fault.Fault) {
	e := c.(Extend)
	d := e.Deadline
	if f := m.later(&d, "/due"); f != nil {
		return Data{}, f
	}
	d.SetBy = "authority"
	if d.Day == "" {
		d.From = m.today
	}
	if f := m.earlier(d, *m.a.Deadline()); f != nil {
		return Data{}, f
	}
	return Data{Extended: &ExtendedData{Deadline: d, Reasons: e.Reasons}}, nil
}

// earlier refuses a deadline that is not known to lie after the one in force.
func (m *moment) earlier(d, force Deadline) *fault.Fault {
	by, known := d.By(m.rules.Calendar)
	was, before := force.By(m.rules.Calendar)
	switch {
	case known && before && by <= was:
		return fault.At("/due", "must be after "+string(was)+", the deadline in force", "须晚于现有期限"+string(was))
	case known && before, !known && before && force.Day == "":
		return nil
	case !known && !before && d.From >= force.From && d.From != "" && d.WorkingDays >= force.WorkingDays:
		return nil // both are counted in working days, this one from no earlier day and no fewer
	}
	return fault.At("/due", "is not known to be after the deadline in force, as the calendar does not reach so far; name a later day, or more working days",
		"工作日历未覆盖,无法确认晚于现有期限;请填写更晚的日期或者更多工作日")
}

func assess(m *moment, c Command) (Data, *fault.Fault) {
	x := c.(Assess)
	outcomes := []string{Cured, NotCured, Withdrawn}
	if !slices.Contains(outcomes, x.Outcome) {
		return Data{}, fault.At("/outcome", "must be one of "+strings.Join(outcomes, ", "), "应为下列之一:"+strings.Join(outcomes, "、"))
	}
	if x.Outcome != Withdrawn {
		switch {
		case m.a.State == Taken:
			return Data{}, fault.At("/outcome", "the enterprise has not been told of it: it can only be withdrawn", "尚未通知企业,仅可撤回")
		case m.rules.Rung.Record && m.a.Record == nil:
			return Data{}, fault.At("/outcome", "what was said must be recorded first, unless it is withdrawn", "除撤回外,应先作出记录")
		case x.Outcome == NotCured && m.a.State == Closed:
			return Data{}, fault.At("/outcome", "it is closed as not cured already", "已评估为未整改")
		case x.Outcome == NotCured:
			if f := m.tooEarly(); f != nil {
				return Data{}, f
			}
		}
	}
	d := &AssessedData{Outcome: x.Outcome, Reasons: x.Reasons}
	if x.Outcome != NotCured && m.a.Published(m.today) {
		d.Lifts, d.Lapsed = true, m.openContests()
	}
	return Data{Assessed: d}, nil
}

// tooEarly refuses to find that nothing was cured while the enterprise still has time for it.
func (m *moment) tooEarly() *fault.Fault {
	d := m.a.Deadline()
	if d == nil {
		d = &m.a.Notice.Reply
	}
	by, known := d.By(m.rules.Calendar)
	if known && m.today > by {
		return nil
	}
	if !known {
		return fault.New(fault.Conflict, "the enterprise still has time, which ends beyond the published calendar", "整改期限超出已公布的工作日历,尚未届满")
	}
	return fault.NotBefore(string(by.AddDays(1)), "the enterprise has time until the end of "+string(by), "整改期限至"+string(by)+"届满")
}

func (m *moment) openContests() []int {
	var open []int
	for i := range m.a.Contests {
		if m.a.Contests[i].Open() {
			open = append(open, i+1)
		}
	}
	return open
}

func announce(m *moment, c Command) (Data, *fault.Fault) {
	n := c.(Announce)
	if f := listing.CheckService(n.Method, n.ServedAt, m.a.Notice.At, m.now, "its notice", n.Receipt); f != nil {
		return Data{}, f
	}
	reply, f := m.reply(n.Reply, n.ServedAt, false)
	if f != nil {
		return Data{}, f
	}
	return Data{Announced: &AnnouncedData{Method: n.Method, ServedAt: n.ServedAt.UTC(), Reply: reply, Reasons: n.Reasons, Receipt: n.Receipt}}, nil
}

func publish(m *moment, c Command) (Data, *fault.Fault) {
	p := c.(Publish)
	switch {
	case p.Outcome != "publish" && p.Outcome != "drop":
		return Data{}, fault.At("/outcome", "must be publish or drop", "须为 publish 或者 drop")
	case p.Outcome == "drop" && (p.Until != "" || len(p.LegalBasis) > 0):
		return Data{}, fault.At("/outcome", "what is dropped has neither a last day nor a basis", "不予公示的无需截止日和依据")
	case p.Outcome == "publish" && len(p.LegalBasis) == 0:
		return Data{}, fault.At("/legal_basis", "a publication names what it rests on", "公示须载明依据")
	case p.Outcome == "publish" && (p.Until == "" || p.Until < m.today):
		return Data{}, fault.At("/until", "a publication ends: give its last day, today or later", "公示须有截止日,且不得早于今日")
	}
	if f := m.answered(p.Answers); f != nil {
		return Data{}, f
	}
	return Data{Published: &PublishedData{Outcome: p.Outcome, Reasons: p.Reasons, LegalBasis: p.LegalBasis, Until: p.Until, Answers: p.Answers, Lapsed: m.openContests()}}, nil
}

func dispute(m *moment, c Command) (Data, *fault.Fault) {
	d := c.(Dispute)
	return Data{Contested: &ContestedData{N: len(m.a.Contests) + 1, Grounds: d.Grounds, Documents: d.Documents}}, nil
}

func resolve(_ *moment, c Command) (Data, *fault.Fault) {
	r := c.(Resolve)
	if r.Outcome != "granted" && r.Outcome != "refused" {
		return Data{}, fault.At("/outcome", "must be granted or refused", "须为 granted 或者 refused")
	}
	return Data{Resolved: &ResolvedData{N: r.N, Outcome: r.Outcome, Reasons: r.Reasons}}, nil
}
