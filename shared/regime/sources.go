package regime

import "fmt"

// Cited is one rule's source with where in the version it stands, for example "grounds/bad-record/term".
type Cited struct {
	Where string
	Source
}

// Sources lists the source of every rule of the version, in the order of the file.
func (v *Version) Sources() []Cited {
	out := []Cited{{"version", v.Source}, {"statement", v.Statement.Source}}
	if v.Consent != nil {
		out = append(out, Cited{"consent", v.Consent.Source})
	}
	if v.Cap != nil {
		out = append(out, Cited{"cap", v.Cap.Source})
	}
	out = append(out, clockSources("clocks", v.Clocks)...)
	for _, m := range v.Measures {
		out = append(out, Cited{"measures/" + m.Code, m.Source})
	}
	for _, g := range v.Grounds {
		at := "grounds/" + g.ID
		out = append(out, Cited{at, g.Source})
		if g.Term != nil {
			out = append(out, Cited{at + "/term", g.Term.Source})
		}
		out = append(out, Cited{at + "/publication", g.Publication.Source})
	}
	for _, r := range v.Requests {
		at := "requests/" + r.Kind
		out = append(out, Cited{at, r.Source})
		if r.Earliest != nil {
			out = append(out, Cited{at + "/earliest", r.Earliest.Source})
		}
		out = append(out, clockSources(at+"/clocks", r.Clocks)...)
	}
	return out
}

func clockSources(at string, clocks []Clock) []Cited {
	out := make([]Cited, 0, len(clocks))
	for _, c := range clocks {
		out = append(out, Cited{fmt.Sprintf("%s/%s", at, c.Step), c.Source})
	}
	return out
}
