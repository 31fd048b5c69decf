package listing

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/fault"
	"shixin/shared/workday"
)

func propose(m *moment, c Command) (Data, *fault.Fault) {
	p := c.(Propose)
	if f := CheckContent(p.Content, m.rules, m.today); f != nil {
		return nil, f
	}
	if f := checkElsewhere(p.Elsewhere, p.Content, m.rules, m.today); f != nil {
		return nil, f
	}
	return ProposedData{ID: p.ID, Regime: p.Regime, RegimeVersion: p.RegimeVersion, Ground: p.Ground, Authority: p.Authority,
		Content: p.Content, Import: p.Import, Elsewhere: p.Elsewhere}, nil
}

func amend(m *moment, c Command) (Data, *fault.Fault) {
	content := c.(Amend).Content
	// The proposal was made while its ground was in effect, and stays one that may be put right.
	if f := CheckContent(content, m.rules, workday.DayOf(m.l.Proposal.At)); f != nil {
		return nil, f
	}
	return AmendedData{Content: content}, nil
}

func withdraw(_ *moment, c Command) (Data, *fault.Fault) {
	return WithdrawnData{Reasons: c.(Withdraw).Reasons}, nil
}

func adopt(m *moment, _ Command) (Data, *fault.Fault) {
	e := m.l.Elsewhere
	term := termFrom(m.rules.Ground, e.On)
	if e.Until != "" {
		term = Term{From: e.On, Until: e.Until}
	}
	published := e.Published && Publishable(m.l.Content, m.rules.Ground, m.today) == nil
	return AdoptedData{From: term.From, Until: term.Until, Measures: m.rules.Ground.Measures, Published: published}, nil
}

func giveNotice(m *moment, c Command) (Data, *fault.Fault) {
	n := c.(GiveNotice)
	earliest := m.l.Proposal.At
	if m.l.Returned.After(earliest) {
		earliest = m.l.Returned
	}
	if f := CheckService(n.Method, n.ServedAt, earliest, m.now, "the proposal", n.Receipt); f != nil {
		return nil, f
	}
	served := workday.DayOf(n.ServedAt)
	stated := m.rules.Version.Statement.Within
	until, known := m.statementEnd(served)
	d := NoticedData{Method: n.Method, ServedAt: n.ServedAt.UTC(), Until: until, SetBy: "regime", Receipt: n.Receipt}
	switch {
	case n.RespondUntil == "" && stated == nil:
		return nil, fault.At("/respond_until", "the regime states no time for a statement, so the notice must name its last day", "该制度未规定陈述申辩期限,告知书须载明截止日")
	case n.RespondUntil == "":
		d.Pending = !known
	case n.RespondUntil < max(served, m.today):
		return nil, fault.At("/respond_until", "must not be before the service or before today", "不得早于送达日或者今日")
	case stated != nil && known && n.RespondUntil < until:
		return nil, fault.At("/respond_until", "may only lengthen the time that the regime gives, which ends on "+string(until), "仅可延长法定期限(至"+string(until)+")")
	case stated != nil && !known && n.RespondUntil < served.AddDays(stated.WorkingDays):
		return nil, fault.At("/respond_until", "may only lengthen the time that the regime gives", "仅可延长法定期限")
	default:
		d.Until, d.SetBy = n.RespondUntil, "authority"
	}
	return d, nil
}

// methods are the ways of service.
var methods = []string{"in_person", "post", "electronic", "left", "announcement"}

// oneOf refuses a word that the procedure does not know: a misspelt outcome must not fall through to another one.
func oneOf(pointer, word string, words ...string) *fault.Fault {
	if slices.Contains(words, word) {
		return nil
	}
	return fault.At(pointer, "must be one of "+strings.Join(words, ", "), "应为下列之一:"+strings.Join(words, "、"))
}

// CheckService holds for every service, of a listing's steps and of those of supervision: in whole seconds it is neither in the future nor before
// what is served, and earlier than today only with a receipt. What names the latter in English.
func CheckService(method string, at, after, now time.Time, what string, receipt *Evidence) *fault.Fault {
	second := at.Truncate(time.Second)
	if f := oneOf("/method", method, methods...); f != nil {
		return f
	}
	switch {
	case second.After(now.Truncate(time.Second)):
		return fault.At("/served_at", "must not be in the future", "不得晚于当前时间")
	case second.Before(after.Truncate(time.Second)):
		return fault.At("/served_at", "must not be before "+what, "不得早于所送达事项作出之时")
	case workday.DayOf(at) < workday.DayOf(now) && receipt == nil:
		return fault.At("/receipt", "a service before today needs its receipt", "补录此前的送达须附送达回证")
	}
	return nil
}

func makeStatement(m *moment, c Command) (Data, *fault.Fault) {
	s := c.(MakeStatement)
	if f := oneOf("/kind", s.Kind, "statement", "hearing", "waiver"); f != nil {
		return nil, f
	}
	return StatedData{N: len(m.l.Statements) + 1, Kind: s.Kind, Text: s.Text}, nil
}

func giveConsent(_ *moment, c Command) (Data, *fault.Fault) {
	g := c.(GiveConsent)
	if f := oneOf("/outcome", g.Outcome, "granted", "refused"); f != nil {
		return nil, f
	}
	return ConsentedData{Outcome: g.Outcome, Reasons: g.Reasons}, nil
}

func determine(m *moment, c Command) (Data, *fault.Fault) {
	d := c.(Determine)
	if f := oneOf("/outcome", d.Outcome, "list", "drop", "return"); f != nil {
		return nil, f
	}
	out := DecidedData{Outcome: d.Outcome, Reasons: d.Reasons, Answers: d.Answers}
	if f := m.checkAnswers(d); f != nil {
		return nil, f
	}
	if d.Outcome != "list" {
		return out, nil
	}
	if m.needsConsent() && m.l.Consent.Outcome == "refused" {
		return nil, fault.New(fault.Conflict, "the authority one level up refused its consent: the proposal is dropped or returned", "上一级主管部门不同意,应不予列入或者退回")
	}
	term := termFrom(m.rules.Ground, m.today)
	out.From, out.Until, out.Measures = term.From, term.Until, m.rules.Ground.Measures
	return out, nil
}

// checkAnswers holds that a decision answers each statement and hearing on file once, and nothing else.
func (m *moment) checkAnswers(d Determine) *fault.Fault {
	answered := map[int]bool{}
	for i, a := range d.Answers {
		if a.Statement < 1 || a.Statement > len(m.l.Statements) || answered[a.Statement] {
			return fault.At(fmt.Sprintf("/answers/%d/statement", i), "must be the number of a statement on file, each once", "应为在案陈述的编号,且不得重复")
		}
		answered[a.Statement] = true
	}
	if d.Outcome == "return" {
		return nil // the proposer answers by the new proposal; the statement stays on file for the decision
	}
	for _, s := range m.l.Statements {
		if s.Kind != "waiver" && !answered[s.N] {
			return fault.At("/answers", fmt.Sprintf("statement %d is not answered; every statement and hearing on file must be", s.N), fmt.Sprintf("第%d号陈述未予答复", s.N))
		}
	}
	return nil
}

func serve(m *moment, c Command) (Data, *fault.Fault) {
	s := c.(Serve)
	if f := oneOf("/of", s.Of, "decision", "removal"); f != nil {
		return nil, f
	}
	if !m.servable(s.Of) {
		return nil, fault.New(fault.Conflict, "there is no "+s.Of+" that waits to be served", "没有待送达的文书")
	}
	made, what := time.Time{}, "the decision"
	if s.Of == "removal" {
		made, what = m.l.Removal.At, "the removal"
	} else if m.l.Elsewhere == nil {
		made = m.l.Decision.At
	} else {
		made = m.l.Elsewhere.On.Start()
	}
	if f := CheckService(s.Method, s.ServedAt, made, m.now, what, s.Receipt); f != nil {
		return nil, f
	}
	return ServedData{Of: s.Of, Method: s.Method, ServedAt: s.ServedAt.UTC(), Receipt: s.Receipt}, nil
}

func startTerm(m *moment, c Command) (Data, *fault.Fault) {
	s := c.(StartTerm)
	if s.From > m.today {
		return nil, fault.At("/from", "must not be in the future: the term starts when the event has happened", "不得晚于今日,应以事件实际发生之日起算")
	}
	if cv := m.l.Content.Conviction; cv != nil && s.From < cv.OffenceOn {
		return nil, fault.At("/from", "must not be before the offence", "不得早于犯罪行为之日")
	}
	until, _ := m.rules.Ground.Term.Length.After(s.From, m.rules.Calendar)
	if varied := m.l.Term.Until; varied != "" { // an appeal set an end before the term started
		until = min(until, varied)
	}
	if until <= m.today {
		// One person alone would end the listing by it, before anybody else has seen it.
		return nil, fault.At("/from", "the term would run out on "+string(until)+"; a listing that ends at once is ended by an appeal or a revocation, which another person decides",
			"按此起算期限于"+string(until)+"届满;应通过申诉或者撤销,由他人决定")
	}
	return TermStartedData{From: s.From, Until: until, Document: s.Document}, nil
}

func publish(_ *moment, c Command) (Data, *fault.Fault) {
	return PublishedData{Reasons: c.(Publish).Reasons}, nil
}

func expire(m *moment, _ Command) (Data, *fault.Fault) {
	return ExpiredData{Until: m.until(), Lapsed: m.lapsing(Removed, Expiry, 0)}, nil
}
