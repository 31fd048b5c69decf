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

// askable judges whether a kind of request can be made of the listing now.
func (m *moment) askable(kind string) *fault.Fault {
	rule, ok := m.ruleOf(kind)
	switch {
	case !ok:
		return fault.New(fault.Conflict, "the regime has no such request", "该制度未设此类申请")
	case !rule.Open:
		return cited("this request is not open here: it is not settled that the law grants it", "此处暂不受理该申请:法律是否适用尚未确定", rule.Source)
	case !rule.fits(m.l.State, m.cause()):
		return m.unfit(rule)
	case slices.ContainsFunc(m.l.Requests, func(r Request) bool { return r.Kind == kind && r.Open() && r.By.Subject == m.by.Subject }):
		// Of either side one: an officer's open request must not keep the subject from its own.
		return fault.New(fault.Conflict, "a request of this kind is open already", "已有同类申请在办")
	case rule.Effect == "unpublish" && m.l.Publication == nil:
		return fault.New(fault.Conflict, "the listing is not published", "该名单未公示")
	case rule.Earliest != nil:
		return m.earliest(rule)
	}
	return nil
}

// unfit refuses a request that is not made of a listing in this state, and says of which it is.
func (m *moment) unfit(rule *requestRule) *fault.Fault {
	when := make([]State, len(rule.When))
	for i, s := range rule.When {
		when[i] = State(s)
	}
	nowEN, nowZH := states.Names(m.l.State)
	thenEN, thenZH := states.Names(when...)
	en := fmt.Sprintf("the listing is %s; this request is made of one that is %s", nowEN, thenEN)
	zh := fmt.Sprintf("名单状态为%s,该申请仅适用于%s的名单", nowZH, thenZH)
	if len(rule.Causes) > 0 {
		en += " after " + strings.Join(rule.Causes, " or ")
		zh += "(移出原因:" + strings.Join(rule.Causes, "、") + ")"
	}
	return fault.New(fault.Conflict, en, zh)
}

// earliest refuses a request before its day and names the day.
func (m *moment) earliest(rule *requestRule) *fault.Fault {
	start := workday.DayOf(m.l.Decision.At)
	if m.l.Elsewhere != nil {
		start = m.l.Elsewhere.On
	}
	for i := range m.l.Requests { // after a repair by deceit the wait begins anew, as the term does
		if r := &m.l.Requests[i]; m.reinstates(r) {
			start = max(start, workday.DayOf(r.Outcome.At))
		}
	}
	if rule.Earliest.After == "term" {
		start = m.l.Term.From
	}
	if start == "" {
		return fault.New(fault.Conflict, "the term has not started, and this request is counted from its start", "期限尚未起算")
	}
	last, known := rule.Earliest.Length.After(start, m.rules.Calendar)
	if !known {
		return fault.New(fault.Conflict, "the day from which this may be asked lies beyond the published calendar", "可申请之日超出已公布的工作日历")
	}
	if m.today > last {
		return nil
	}
	first := string(last.AddDays(1))
	f := cited("this may be asked from "+first+" on", "自"+first+"起方可申请", rule.Earliest.Source)
	f.Day = first
	return f
}

// reinstates reports whether a request was a reinstatement that was granted: the listing stands by that outcome.
func (m *moment) reinstates(r *Request) bool {
	rule, ok := m.ruleOf(r.Kind)
	return ok && rule.Effect == "reinstate" && r.Outcome != nil && r.Outcome.Outcome == "granted"
}

// cause is why the listing was removed, or "".
func (m *moment) cause() Cause {
	if m.l.Removal == nil {
		return ""
	}
	return m.l.Removal.Cause
}

func ask(m *moment, c Command) (Data, *fault.Fault) {
	a := c.(Ask)
	rule, _ := m.ruleOf(a.Kind)
	if f := m.checkAsked(a, rule); f != nil {
		return nil, f
	}
	return RequestedData{N: len(m.l.Requests) + 1, Kind: a.Kind, Grounds: a.Grounds, Evidence: a.Evidence, Change: a.Change, Until: a.Until}, nil
}

// checkAsked holds what is asked for against what the kind of request can do.
func (m *moment) checkAsked(a Ask, rule *requestRule) *fault.Fault {
	ch := a.Change
	switch {
	case rule.Effect != "stay" && a.Until != "":
		return fault.At("/until", "only a stay has a last day", "仅中止申请可设截止日")
	case rule.Effect != "stay" && rule.Effect != "correct" && ch != nil:
		return fault.At("/change", "this kind of request changes nothing by itself; leave it out", "该申请不应包含 change")
	case rule.Effect == "stay" && (ch == nil || len(ch.What) == 0 || ch.Names != nil || ch.Identifiers != nil || ch.Until != "" || ch.Measures != nil):
		return fault.At("/change", `a stay says what it suspends: {"what":["measures","publication"]}`, "中止申请应载明中止事项")
	case rule.Effect == "stay" && a.Until == "":
		return fault.At("/until", "a stay needs its last day", "中止申请须载明截止日")
	case rule.Effect == "stay" && a.Until < m.today:
		return fault.At("/until", "must not be before today", "不得早于今日")
	case rule.Effect == "correct" && (ch == nil || ch.Names == nil && ch.Identifiers == nil || ch.Until != "" || ch.Measures != nil || ch.What != nil):
		return fault.At("/change", `a correction gives whole new lists: {"names":[..],"identifiers":[..]}`, "更正申请应提供完整的新名称或标识")
	}
	if rule.Effect == "stay" {
		for i, what := range ch.What {
			if f := oneOf(fmt.Sprintf("/change/what/%d", i), what, "measures", "publication"); f != nil {
				return f
			}
		}
	}
	if rule.Effect == "correct" && ch.Names != nil && (len(ch.Names) < 1 || len(ch.Names) > subject.MaxNames) {
		return fault.At("/change/names", fmt.Sprintf("1 to %d names", subject.MaxNames), "名称应为 1 至 200 个")
	}
	if rule.Effect == "correct" && ch.Identifiers != nil {
		return CheckIdentifiers("/change/identifiers", m.l.Content.Subject.Kind, ch.Identifiers)
	}
	return nil
}

func resolve(m *moment, c Command) (Data, *fault.Fault) {
	o := c.(Resolve)
	r, _ := m.l.Request(o.N)
	rule, _ := m.ruleOf(r.Kind)
	d := ResolvedData{N: o.N, Kind: r.Kind, Outcome: o.Outcome, Reasons: o.Reasons}
	switch {
	case !slices.Contains(rule.Outcomes, o.Outcome):
		return nil, fault.At("/outcome", "must be one of "+strings.Join(rule.Outcomes, ", "), "应为下列之一:"+strings.Join(rule.Outcomes, "、"))
	case o.Outcome != "varied" && o.Change != nil:
		return nil, fault.At("/change", "only a varied outcome carries a change", "仅变更结果可包含 change")
	case o.Outcome == "refused":
		return d, nil
	case o.Outcome == "varied":
		d.Effect, d.Change = "vary", o.Change
		return d, m.checkVaried(o.Change)
	}
	d.Effect = rule.Effect
	switch rule.Effect {
	case "remove":
		d.Cause = Cause(rule.Cause)
		d.Lapsed = m.lapsing(Removed, d.Cause, o.N)
	case "correct":
		d.Change = r.Change
		c := m.l.Content
		c.Subject = c.Subject.corrected(r.Change)
		if c.Subject.Adult != "" {
			if f := checkConviction(c, m.rules.Ground, m.today); f != nil {
				return nil, fault.New(fault.Conflict, "the corrected subject was a minor whose conviction is sealed and can be no ground: refuse it, and end the listing",
					"更正后的主体属于犯罪记录封存的未成年人,不得作为列入依据,应不予更正并终止名单")
			}
		}
		d.Unpublished = m.l.Publication != nil && Publishable(c, m.rules.Ground, m.today) != nil
	case "stay":
		d.Change, d.Until = r.Change, r.Until
		if r.Until < m.today {
			return nil, fault.New(fault.Conflict, "the stay that was asked for has already run out; refuse it", "申请的中止期限已过")
		}
	case "reinstate":
		term := termFrom(m.rules.Ground, m.today)
		if term.From == "" { // the event with which it started has already happened
			term.From = m.today
			term.Until, _ = m.rules.Ground.Term.Length.After(m.today, m.rules.Calendar)
		}
		d.From, d.Until = term.From, term.Until
		d.Lapsed = m.lapsing(Listed, "", o.N)
	}
	return d, nil
}

// checkVaried holds that a varied outcome only makes the listing milder.
func (m *moment) checkVaried(ch *Change) *fault.Fault {
	if ch == nil || ch.Until == "" && ch.Measures == nil || ch.Names != nil || ch.Identifiers != nil || ch.What != nil {
		return fault.At("/change", `a varied outcome says what is milder: {"until":"2027-01-31","measures":[..]}`, "变更结果应载明新的截止日或者措施")
	}
	// What a decision varies is the listing's own term: the sum with other listings follows from it, and may end later.
	own, first := m.l.Term.Until, m.today
	if m.until() != own {
		first = m.l.Term.From
	}
	if ch.Until != "" && (ch.Until < first || own != "" && ch.Until >= own) {
		return fault.At("/change/until", "must be before "+orNone(own)+", the end of the listing's own term, and not before "+string(first), "应早于该名单自身期限届满之日,且不早于"+string(first))
	}
	for i, code := range ch.Measures {
		if !slices.Contains(m.l.Measures, code) || slices.Contains(ch.Measures[:i], code) {
			return fault.At(fmt.Sprintf("/change/measures/%d", i), "must be one of the listing's measures, each once: "+strings.Join(m.l.Measures, ", "), "应为现有措施之一,且不得重复:"+strings.Join(m.l.Measures, "、"))
		}
	}
	if ch.Measures != nil && len(ch.Measures) == len(m.l.Measures) && ch.Until == "" {
		return fault.At("/change/measures", "must be fewer than before", "应少于原措施")
	}
	return nil
}

// lapsing is the open requests, but one, that cannot be granted any more once the listing is in a state for a cause.
func (m *moment) lapsing(state State, cause Cause, but int) []int {
	var numbers []int
	for i := range m.l.Requests {
		r := &m.l.Requests[i]
		rule, ok := m.ruleOf(r.Kind)
		if r.N != but && r.Open() && !(ok && rule.fits(state, cause)) {
			numbers = append(numbers, r.N)
		}
	}
	return numbers
}

// requestRule is the regime's rule of a request, with what the procedure asks of it.
type requestRule struct{ *regime.Request }

func (r *requestRule) fits(state State, cause Cause) bool {
	if !slices.Contains(r.When, string(state)) {
		return false
	}
	return state != Removed || len(r.Causes) == 0 || slices.Contains(r.Causes, string(cause))
}

// ruleOf is the regime's rule of a kind of request.
func (m *moment) ruleOf(kind string) (*requestRule, bool) {
	r, ok := m.rules.Version.Request(kind)
	return &requestRule{r}, ok
}

func orNone(d workday.Day) string {
	if d == "" {
		return "no day"
	}
	return string(d)
}
