package indicator

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"shixin/shared/fault"
)

// Check says what is wrong with the reported figures of one period, one field for each fault, in the order of the names; none where
// nothing is. The pointers begin with base, which is "/indicators" in a single report.
//
// An indicator that the enterprise's sectors do not report is refused too: it would be looked at by nobody.
func (l *Library) Check(base string, p Period, sectors []string, figures map[string]float64) []fault.Field {
	names := make([]string, 0, len(figures))
	for n := range figures {
		names = append(names, n)
	}
	slices.Sort(names)
	var wrong []fault.Field
	for _, name := range names {
		if en, zh := l.complaint(name, p, sectors, figures[name]); en != "" {
			wrong = append(wrong, fault.Field{Pointer: base + "/" + fault.Token(name), Detail: fault.Both(en, zh)})
		}
	}
	return wrong
}

func (l *Library) complaint(name string, p Period, sectors []string, v float64) (en, zh string) {
	i, ok := l.byName[name]
	if !ok {
		return "there is no such indicator; GET /v1/indicators lists them", "没有该指标;可用指标见 GET /v1/indicators"
	}
	d := &l.all[i]
	switch {
	case !d.For(sectors):
		return "is reported by the sectors " + strings.Join(d.Sectors, ", ") + ", of which the enterprise is none",
			"该指标由 " + strings.Join(d.Sectors, "、") + " 行业报送,该企业不属于这些行业"
	case d.Period != p.Unit && d.Period == Day:
		return "is reported for a day: give the period as YYYY-MM-DD", "该指标按日报送:报送期请写作 YYYY-MM-DD"
	case d.Period != p.Unit:
		return "is reported for a month: give the period as YYYY-MM", "该指标按月报送:报送期请写作 YYYY-MM"
	}
	return d.Complaint(v)
}

// Complaint says what is wrong with a figure in both languages, and how to mend it; empty where nothing is.
func (d *Definition) Complaint(v float64) (en, zh string) {
	unit := d.Unit
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "is not a finite number", "不是有限的数"
	case v < 0:
		return "is negative; it is a number of " + unit + ", 0 or more", "「" + d.Title.Zh + "」不得为负数"
	case d.Kind == Count && v != math.Trunc(v):
		return "is a count of " + unit + ": a whole number", "「" + d.Title.Zh + "」为计数,须为整数"
	case d.Kind == Share && v > 1:
		return "is a share from 0 to 1: write 0.97 for 97 per cent", "为 0 至 1 的占比:97% 写作 0.97"
	case v < d.Min || v > d.Max:
		span := short(d.Min) + " .. " + short(d.Max)
		return "is outside of what is plausible (" + span + " " + unit + "): is the unit right?", "「" + d.Title.Zh + "」超出合理范围(" + span + "):请核对单位"
	}
	return "", ""
}

// short is a number as people write it.
func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// CheckPeriod refuses a period that has not ended, or that is too old for a figure of it to be looked at.
func CheckPeriod(p Period, at time.Time) (en, zh string) {
	switch {
	case p.Unit == "":
		return "must be a month YYYY-MM or a day YYYY-MM-DD", "须为月份 YYYY-MM 或日期 YYYY-MM-DD"
	case !p.Ended(at):
		return "has not ended yet: figures are reported once it has", "尚未结束:期满后方可报送"
	}
	return "", ""
}
