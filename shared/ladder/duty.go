package ladder

import (
	"slices"
	"strings"

	"shixin/shared/duty"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Duty is a rule about authorities themselves: a step that they owe, and that is a breach when it is late. The clocks are those
// of the regimes and of the ladder; a duty has none of its own.
type Duty struct {
	ID     string        `json:"id" yaml:"id"`
	Name   regime.Text   `json:"name" yaml:"name"`
	Kinds  []string      `json:"kinds" yaml:"kinds"`                 // of what waits (duty.Item); any when empty
	Steps  []string      `json:"steps" yaml:"steps"`                 // as Wait.Step spells them; a number stands as N
	Of     []string      `json:"requests,omitempty" yaml:"requests"` // kinds of request; any when empty
	Source regime.Source `json:"source" yaml:"source"`
}

// Covers reports whether a step that waits is one of the duty's.
func (d Duty) Covers(kind string, w duty.Wait) bool {
	return (len(d.Kinds) == 0 || slices.Contains(d.Kinds, kind)) && slices.Contains(d.Steps, unnumbered(w.Step)) &&
		(len(d.Of) == 0 || slices.Contains(d.Of, w.Request))
}

// unnumbered is a step with N in the place of a number.
func unnumbered(step string) string {
	parts := strings.Split(step, "/")
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			parts[i] = "N"
		}
	}
	return strings.Join(parts, "/")
}

// Breaches is the duties that an authority fails in on a day by what waits, in the order of the rules, each once.
func Breaches(duties []Duty, item duty.Item, today workday.Day) []string {
	var ids []string
	for _, d := range duties {
		for _, w := range item.Waits {
			if w.Late(today) && w.For != duty.Subject && d.Covers(item.Kind, w) {
				ids = append(ids, d.ID)
				break
			}
		}
	}
	return ids
}

func (d Duty) check(bad func(string, ...any)) {
	if d.ID == "" || d.Name.Zh == "" || d.Name.En == "" || len(d.Steps) == 0 {
		bad("duty %q: it needs an id, its name in both languages and its steps", d.ID)
	}
	checkSource(bad, "duty "+d.ID, d.Source)
}
