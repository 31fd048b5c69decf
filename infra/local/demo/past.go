package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shixin/infra/local/server"
	"shixin/shared/workday"
)

// since is how many days before the first start the past begins.
const since = 45

// Past is the act that plays before the first start: an enterprise that blocks fraud accounts too late is interviewed, handled under supervision
// and, as nothing helped, put up in public. Each step is taken on its day and by whom the ladder gives it to, as it would be by hand.
func Past(ctx context.Context, s server.Stage) error {
	d := begin(ctx, s)
	start := registered(s.Began, since)
	on := func(day int) time.Time {
		at := start.AddDate(0, 0, day)
		s.At(at)
		clear(d.tokens) // they are of another day
		return at
	}
	date := func(day int) string { return start.AddDate(0, 0, day).Format(time.DateOnly) }
	basis := []string{"《反电信网络诈骗法》第六条、第二十二条 · Anti-Fraud Law, arts. 6 and 22", "演示依据 Demonstration basis"}

	i := slices.IndexFunc(fleet, func(e supervised) bool { return e.uscc == Rectified })
	d.supervise("past", on(0), fleet[i])
	d.audit("past")
	findings := d.serious(Rectified)

	interview := d.rung(object{"rung": "interview", "findings": findings, "legal_basis": basis,
		"reason":    "演示:涉诈账号处置过慢。Demonstration: fraud accounts are restricted too late.",
		"interview": object{"at": start.AddDate(0, 0, 3).Format(time.RFC3339), "place": "示例市反诈中心", "participants": []string{"企业负责人"}}})
	interview.step("officer", "notice", object{"method": "electronic", "served_at": start.Format(time.RFC3339), "respond_until": date(2)})
	on(4)
	interview.step("officer", "record", object{"held_at": start.AddDate(0, 0, 3).Format(time.RFC3339), "participants": []string{"企业负责人"},
		"text": "演示:责令限期改正。Demonstration: told to mend it in time."})
	on(6)
	notCured := object{"outcome": "not_cured", "reasons": "演示:处置时长未缩短。Demonstration: it is as slow as before."}
	interview.step("decider", "outcome", notCured)

	handling := d.rung(object{"rung": "supervised-handling", "findings": findings, "legal_basis": basis, "due": date(16),
		"reason": "演示:约谈后未改正。Demonstration: the interview has cured nothing.", "task": "二十四小时内处置涉诈账号 Restrict fraud accounts within 24 hours"})
	handling.step("officer", "notice", object{"method": "electronic", "served_at": start.AddDate(0, 0, 6).Format(time.RFC3339), "respond_until": date(8)})
	on(18)
	handling.step("decider", "outcome", notCured)

	rectification := d.rung(object{"rung": "listed-rectification", "findings": findings, "legal_basis": basis, "due": date(since + 180),
		"reason": "演示:督办后仍未改正。Demonstration: supervised handling has cured nothing.", "task": "二十四小时内处置涉诈账号 Restrict fraud accounts within 24 hours"})
	served := start.AddDate(0, 0, 18).Format(time.RFC3339)
	rectification.step("officer", "notice", object{"method": "electronic", "served_at": served, "respond_until": date(20)})
	rectification.step("officer", "announcement", object{"method": "electronic", "served_at": served, "respond_until": date(25), "reasons": "演示:拟挂牌公示。Demonstration: to be shown in public."})
	on(27)
	rectification.step("decider", "publication", object{"outcome": "publish", "reasons": "演示:逾期未整改。Demonstration: not mended in time.", "legal_basis": basis,
		"until": date(since + 180)})
	return d.end()
}

// registered is the morning of the day so many days before the first start.
func registered(began time.Time, ago int) time.Time {
	began = began.In(workday.Zone)
	return time.Date(began.Year(), began.Month(), began.Day()-ago, 10, 0, 0, 0, workday.Zone)
}

// measure is an action against the rectified enterprise, as it was read last.
type measure struct {
	d    *demo
	view object
}

// rung takes a rung, unless it was taken before the act was killed.
func (d *demo) rung(body object) *measure {
	const actions = "/v1/enterprises/" + Rectified + "/actions"
	taken, _ := d.call("officer", "GET", actions, nil)["items"].([]any)
	for _, a := range taken {
		if view, ok := a.(object); ok && view["rung"] == body["rung"] {
			return &measure{d, view}
		}
	}
	return &measure{d, d.call("officer", "POST", actions, body)}
}

// step takes a step, unless what is there shows it.
func (m *measure) step(persona, name string, body object) {
	shown := map[string][]string{"outcome": {"assessment"}, "announcement": {"announcement", "publication"}}[name]
	if shown == nil {
		shown = []string{name}
	}
	if slices.ContainsFunc(shown, func(part string) bool { return m.view[part] != nil }) {
		return
	}
	m.view = m.d.call(persona, "POST", fmt.Sprint("/v1/enterprises/", Rectified, "/actions/", m.view["id"], "/", name), body)
}

// serious is the findings of high severity that stand against an enterprise.
func (d *demo) serious(uscc string) (ids []any) {
	found, _ := d.call("officer", "GET", "/v1/enterprises/"+uscc+"/findings", nil)["items"].([]any)
	for _, f := range found {
		if finding, ok := f.(object); ok && finding["severity"] == "high" {
			ids = append(ids, finding["id"])
		}
	}
	return ids
}
