package demo

import (
	"fmt"
	"math"
	"time"
)

// Enterprises that a reader may look at: one whose figures have grown worse for three months, one in two sectors that answers too late,
// one that two steps tie to a company on the list, and one that stands in public until it has mended what was found.
const (
	Worse     = "91320500MADEM1014Q"
	Late      = "91320500MADEM20179"
	TwoSteps  = Worse
	Rectified = "91320500MADEM3028L"
)

// supervised is one enterprise with duties.
type supervised struct {
	uscc, name, region, size string
	sectors                  []string
	parent                   string
	contact                  object
	parties                  []object
	since                    int // days before the first start on which it was registered, with figures up to then (see Past)
	// trouble changes the healthy figures of a month; 0 is the newest month, 11 the oldest.
	trouble func(month int, figures map[string]float64)
}

func personal(role, name, cnID string) object {
	return object{"role": role, "name": name, "identifier": object{"scheme": "cn-id", "value": cnID}}
}

func corporate(role, name, uscc string) object {
	return object{"role": role, "name": name, "identifier": object{"scheme": "uscc", "value": uscc}}
}

// fleet is the enterprises. 李示例 represents the first and holds shares of the first platform, which has its address with a company that
// is on the list: two steps.
var fleet = []supervised{
	{uscc: Worse, name: "示例晨星通信有限公司(虚构)", region: "320500", size: "medium", sectors: []string{"telecom"},
		contact: object{"address": "江苏省苏州市示例区虚构路1号", "phone": "0512-55500101"},
		parties: []object{personal("legal-representative", "李示例", "320500198801018816")},
		trouble: func(month int, f map[string]float64) {
			if month < 3 { // each month more cards are left unresolved, and blocking takes longer
				f["abnormal_cards_unresolved"] = float64(60 - 15*month)
				f["block_hours"] = float64(30 - 6*month)
			}
		}},
	{uscc: "91320500MADEM1022K", name: "示例晨星通信有限公司昆山分公司(虚构)", region: "320500", size: "small", sectors: []string{"telecom"}, parent: Worse},
	{uscc: "91320500MADEM1030E", name: "示例江湾移动转售有限公司(虚构)", region: "320500", size: "medium", sectors: []string{"telecom"}},
	{uscc: "91320100MADEM1049N", name: "示例钟山通信有限公司(虚构)", region: "320100", size: "medium", sectors: []string{"telecom"},
		trouble: func(month int, f map[string]float64) {
			if month == 0 {
				f["lines_unregistered"] = 3
			}
		}},
	{uscc: "91320200MADEM1057N", name: "示例太湖物联网有限公司(虚构)", region: "320200", size: "small", sectors: []string{"telecom"}},
	{uscc: Late, name: "示例远帆支付平台有限公司(虚构)", region: "320500", size: "large", sectors: []string{"finance", "internet"},
		contact: object{"address": "苏州市示例区远帆大厦8层", "phone": "0512-55500201"},
		trouble: func(month int, f map[string]float64) {
			if month < 2 {
				f["stop_payment_hours"] = 1.5
				f["beneficial_owner_missing"] = 90
			}
		}},
	{uscc: "91320500MADEM20254", name: "示例金鸡湖银行股份有限公司(虚构)", region: "320500", size: "large", sectors: []string{"finance"}},
	{uscc: "91320100MADEM2033A", name: "示例秦淮小额支付有限公司(虚构)", region: "320100", size: "medium", sectors: []string{"finance"}},
	{uscc: "91320500MADEM301XL", name: "示例云桥应用分发有限公司(虚构)", region: "320500", size: "medium", sectors: []string{"internet"},
		contact: object{"address": "苏州市示例区虚构路99号云桥大厦", "email": "contact@example.com"},
		parties: []object{personal("shareholder", "李示例", "320500198801018816")},
		trouble: func(month int, f map[string]float64) {
			if month == 0 {
				f["apps_without_filing"] = 2
			}
		}},
	{uscc: Unpublished, name: "示例乙网络科技有限公司(虚构)", region: "320500", size: "small", sectors: []string{"internet"},
		contact: object{"address": "江苏省苏州市示例区虚构路 99 号云桥大厦"}},
	{uscc: Concerned, name: "示例丁电信服务有限公司(虚构)", region: "320500", size: "small", sectors: []string{"telecom"},
		parties: []object{personal("responsible-person", "张示例", "320500199001019911")}},
	{uscc: "91320500MADEM0054M", name: "示例戊支付有限公司(虚构)", region: "320500", size: "small", sectors: []string{"finance"},
		parties: []object{corporate("supplier", "示例庚科技有限公司(虚构)", "91320500MADEM0070B")}},
	{uscc: Rectified, name: "示例蓝鲸社区有限公司(虚构)", region: "320500", size: "large", sectors: []string{"internet"}, since: since,
		trouble: func(_ int, f map[string]float64) { f["fraud_account_hours"] = 40 }},
}

// healthy are figures by sector that break no rule; those of every enterprise stand under "".
var healthy = map[string]map[string]float64{
	"": {"restrictions_explained_share": 1, "restriction_appeals_open": 2, "restriction_lift_hours": 4, "warnings_passed_share": 0.995, "warning_hours": 0.4},
	"telecom": {"lines_unregistered": 0, "agents_checked_share": 0.98, "persons_over_card_limit": 12, "openings_refused": 40, "abnormal_cards": 200,
		"abnormal_cards_unresolved": 4, "reverified_share": 0.99, "unverified_restricted_share": 1, "block_hours": 6, "iot_cards_out_of_scope": 3,
		"iot_assessed_share": 1, "iot_traceable_share": 0.99, "spoofed_calls_blocked": 5000, "spoofed_calls_rate": 2, "call_complaints_rate": 1.5,
		"text_complaints_rate": 1.1, "banned_devices_found": 1, "banned_devices_connected": 0, "case_lines_rate": 6},
	"finance": {"due_diligence_share": 0.985, "beneficial_owner_missing": 10, "corporate_customers": 2000, "persons_over_account_limit": 8,
		"account_openings_refused": 30, "account_openings": 4000, "corporate_accounts_checked_share": 0.98, "abnormal_accounts": 150,
		"abnormal_accounts_unresolved": 3, "abnormal_accounts_verified_share": 0.99, "case_accounts_rate": 5, "stop_payment_hours": 0.3,
		"stop_payments_late_share": 0.005, "unfreeze_hours": 8, "frozen_overdue": 0},
	"internet": {"real_name_share": 0.995, "accounts_unverified": 0, "abnormal_net_accounts": 400, "abnormal_net_accounts_unresolved": 6,
		"net_accounts_reverified_share": 0.98, "case_net_accounts_rate": 4, "minors_accounts_abnormal": 5, "fraud_reports_rate": 0.8,
		"fraud_account_hours": 5, "apps_without_filing": 0, "developers_identified_share": 1, "fraud_app_hours": 3, "domains_unverified": 1,
		"redirects_logged_share": 0.995},
}

// daily are the figures of a day.
var daily = map[string]map[string]float64{
	"telecom": {"fraud_lines_reported": 3}, "finance": {"stop_payment_requests": 6}, "internet": {"fraud_reports": 9},
}

// The figures that the demonstration reports.
const (
	months = 12
	days   = 8
)

// of are the healthy figures of an enterprise with its size, a little up and down from period to period as in life. Shares stay as
// they are, for they are at their bound.
func (e supervised) of(bases map[string]map[string]float64, period int) map[string]float64 {
	figures := map[string]float64{}
	for _, sector := range append([]string{""}, e.sectors...) {
		for name, base := range bases[sector] {
			if base > 1 {
				base += math.Round(base * 0.1 * float64((period*7+len(e.uscc)+int(e.uscc[15]))%5-2) / 2)
			}
			figures[name] = base
		}
	}
	return figures
}

// supervise registers enterprises and reports their figures of the months and days before a moment. Of one that is there already it reports
// those since.
func (d *demo) supervise(key string, at time.Time, all ...supervised) {
	var rows, reports []object
	for _, e := range all {
		before := registered(d.stage.Began, e.since)
		if e.since == 0 || !before.Before(at) {
			before = time.Time{}
			rows = append(rows, e.row())
		}
		reports = append(reports, e.reports(at, before)...)
	}
	d.rows("/v1/enterprises", key, rows)
	d.rows("/v1/reports", key, reports)
}

func (e supervised) row() object {
	row := object{"uscc": e.uscc, "names": []object{{"text": e.name, "lang": "zh"}}, "sectors": e.sectors, "region": e.region, "size_class": e.size}
	if e.parent != "" {
		row["parent"] = e.parent
	}
	if e.contact != nil {
		row["contact"] = e.contact
	}
	if e.parties != nil {
		row["parties"] = e.parties
	}
	return row
}

// reports is the enterprise's figures of the months and days that have ended at a moment, without those that had ended before.
func (e supervised) reports(at, before time.Time) (reports []object) {
	month := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()) }
	for m := months - 1; m >= 0; m-- {
		p := month(at).AddDate(0, -1-m, 0)
		if p.Before(month(before)) {
			continue
		}
		figures := e.of(healthy, m)
		if e.trouble != nil {
			e.trouble(m, figures)
		}
		reports = append(reports, object{"uscc": e.uscc, "period": p.Format("2006-01"), "indicators": figures})
	}
	for n := days + e.since; n > 0; n-- {
		if p := at.AddDate(0, 0, -n).Format(time.DateOnly); p >= before.Format(time.DateOnly) {
			reports = append(reports, object{"uscc": e.uscc, "period": p, "indicators": e.of(daily, n)})
		}
	}
	return reports
}

// interview takes what the run has proposed: the first rung of the ladder, on the findings of high severity, and tells the enterprise.
func (d *demo) interview(uscc string) {
	actions := "/v1/enterprises/" + uscc + "/actions"
	at := d.began.AddDate(0, 0, 7)
	action := d.post("officer", actions, object{"rung": "interview", "findings": d.serious(uscc), "reason": "演示:异常卡处置逐月变慢。Demonstration: abnormal cards are resolved ever later.",
		"legal_basis": []string{"《反电信网络诈骗法》第六条、第二十八条"},
		"interview": object{"at": time.Date(at.Year(), at.Month(), at.Day(), 10, 0, 0, 0, at.Location()).Format(time.RFC3339),
			"place": "示例市反诈中心", "participants": []string{"企业负责人"}}})
	taken, _ := action["taken"].(object)
	d.post("officer", fmt.Sprint(actions, "/", action["id"], "/notice"), object{"method": "electronic", "served_at": taken["at"], "respond_until": at.AddDate(0, 0, -1).Format(time.DateOnly)})
}
