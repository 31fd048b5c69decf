package indicator

import (
	"math"
	"strings"
	"testing"

	"shixin/shared/regime"
)

// small is a library of four indicators, one of each kind.
func small(t testing.TB) *Library {
	t.Helper()
	text := regime.Text{Zh: "示例", En: "Example"}
	source := regime.Source{Cite: "《反电信网络诈骗法》第九条", Confidence: regime.Official}
	l, err := NewLibrary("test", Due{Month: 15, Day: 2, SetBy: "authority"}, []Definition{
		{Code: 3, Name: "abnormal_cards", Title: text, Kind: Count, Unit: "cards", Sectors: []string{"telecom"}, Max: 1e8, Direction: Lower, Period: Month, Source: source},
		{Code: 1, Name: "reverified_share", Title: text, Kind: Share, Unit: "share", Denominator: &text, Sectors: []string{"telecom", "finance"}, Max: 1, Direction: Higher, Period: Month, Source: source},
		{Code: 70, Name: "complaints_rate", Title: text, Kind: Rate, Unit: "complaints per 10,000 lines", Denominator: &text, Sectors: []string{"telecom"}, Max: 10000, Direction: Lower, Period: Month, Source: source},
		{Code: 900, Name: "block_hours", Title: text, Kind: Duration, Unit: "hours", Sectors: []string{"telecom"}, Max: 8760, Direction: Lower, Period: Day, Source: source},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLibraryRefusesWhatContradictsItself(t *testing.T) {
	text := regime.Text{Zh: "示例", En: "Example"}
	right := Definition{Code: 1, Name: "cards", Title: text, Kind: Count, Unit: "cards", Sectors: []string{"telecom"}, Max: 10, Direction: Lower, Period: Month,
		Source: regime.Source{Cite: "第九条", Confidence: "S"}}
	for _, c := range []struct {
		name  string
		spoil func(*Definition)
		want  string
	}{
		{"no code", func(d *Definition) { d.Code = 0 }, "code"},
		{"a code too high", func(d *Definition) { d.Code = MaxCode + 1 }, "code"},
		{"a name with a capital", func(d *Definition) { d.Name = "Cards" }, "name"},
		{"no English title", func(d *Definition) { d.Title.En = "" }, "title"},
		{"an unknown kind", func(d *Definition) { d.Kind = "money" }, "kind"},
		{"an unknown direction", func(d *Definition) { d.Direction = "up" }, "direction"},
		{"a year", func(d *Definition) { d.Period = "year" }, "period"},
		{"a share of cards", func(d *Definition) { d.Kind, d.Max, d.Denominator = Share, 1, &text }, "unit share"},
		{"a share beyond 1", func(d *Definition) { d.Kind, d.Unit, d.Denominator = Share, "share", &text }, "at most 1"},
		{"a rate of nothing", func(d *Definition) { d.Kind = Rate }, "denominator"},
		{"a count of something", func(d *Definition) { d.Denominator = &text }, "denominator"},
		{"minutes", func(d *Definition) { d.Kind, d.Unit = Duration, "minutes" }, "hours"},
		{"no sector", func(d *Definition) { d.Sectors = nil }, "no sector"},
		{"a strange sector", func(d *Definition) { d.Sectors = []string{"mining"} }, "mining"},
		{"an empty range", func(d *Definition) { d.Min = 10 }, "range"},
		{"a range of halves", func(d *Definition) { d.Max = 9.5 }, "whole"},
		{"no source", func(d *Definition) { d.Source = regime.Source{} }, "source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := right
			c.spoil(&d)
			if _, err := NewLibrary("v", Due{Month: 15, Day: 2}, []Definition{d}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("NewLibrary: %v, want something of %q", err, c.want)
			}
		})
	}
	other := right
	other.Name = "other"
	if _, err := NewLibrary("v", Due{Month: 15, Day: 2}, []Definition{right, other}); err == nil || !strings.Contains(err.Error(), "code 1 is used twice") {
		t.Errorf("a code used twice: %v", err)
	}
	other.Name, other.Code = right.Name, 2
	if _, err := NewLibrary("v", Due{Month: 15, Day: 2}, []Definition{right, other}); err == nil || !strings.Contains(err.Error(), "name is used twice") {
		t.Errorf("a name used twice: %v", err)
	}
	if _, err := NewLibrary("v", Due{Month: 40, Day: 2}, []Definition{right}); err == nil {
		t.Error("a grace that is longer than the period passed")
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	l := small(t)
	month, day := Period{Month, 2026*12 + 9}, Period{Day, 20000}
	for _, c := range []struct {
		name    string
		period  Period
		sectors []string
		figure  string
		value   float64
		want    string // empty: nothing is wrong
	}{
		{"right", month, []string{"telecom"}, "abnormal_cards", 12, ""},
		{"nothing at all", month, []string{"telecom"}, "abnormal_cards", 0, ""},
		{"the whole", month, []string{"finance"}, "reverified_share", 1, ""},
		{"unknown", month, []string{"telecom"}, "abnormal_card", 12, "no such indicator"},
		{"another sector", month, []string{"finance"}, "abnormal_cards", 12, "sectors telecom"},
		{"a day's for a month", month, []string{"telecom"}, "block_hours", 12, "YYYY-MM-DD"},
		{"a month's for a day", day, []string{"telecom"}, "abnormal_cards", 12, "YYYY-MM"},
		{"not a number", month, []string{"telecom"}, "complaints_rate", math.NaN(), "finite"},
		{"infinite", month, []string{"telecom"}, "complaints_rate", math.Inf(1), "finite"},
		{"far too large", month, []string{"telecom"}, "complaints_rate", 1e308, "plausible"},
		{"negative", month, []string{"telecom"}, "abnormal_cards", -1, "negative"},
		{"half a card", month, []string{"telecom"}, "abnormal_cards", 1.5, "whole number"},
		{"per cent", month, []string{"telecom"}, "reverified_share", 97, "0.97"},
		{"minutes", day, []string{"telecom"}, "block_hours", 9000, "unit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong := l.Check("/indicators", c.period, c.sectors, map[string]float64{c.figure: c.value})
			switch {
			case c.want == "" && len(wrong) > 0:
				t.Errorf("refused: %v", wrong)
			case c.want != "" && (len(wrong) != 1 || !strings.Contains(wrong[0].Detail, c.want) || wrong[0].Pointer != "/indicators/"+c.figure):
				t.Errorf("got %v, want one fault at the indicator with %q", wrong, c.want)
			}
		})
	}
	wrong := l.Check("/rows/3", month, []string{"telecom"}, map[string]float64{"b/c": 1, "a~": 1, "abnormal_cards": -1})
	if len(wrong) != 3 || wrong[0].Pointer != "/rows/3/abnormal_cards" || wrong[1].Pointer != "/rows/3/a~0" || wrong[2].Pointer != "/rows/3/b~1c" {
		// "a~" sorts behind "abnormal_cards"
		t.Errorf("pointers: %v", wrong)
	}
}
