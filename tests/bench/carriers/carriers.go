// Package carriers provides plainly fictional telecom carriers with a year of figures, for benchmarks.
package carriers

import (
	"fmt"
	"math/rand/v2"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/compliance/rules"
	"shixin/shared/workday"
)

// At is when October 2026 is the last month that is due.
var At = time.Date(2026, 11, 25, 9, 0, 0, 0, workday.Zone)

// Make makes telecom carriers with 13 months and 20 days of all their figures, a twentieth of them bad ones.
func Make(l *indicator.Library, n int) ([]rules.Facts, error) { return MakeWith(l, n, 20) }

// MakeWith is Make with one bad figure of so many.
func MakeWith(l *indicator.Library, n, oneOf int) ([]rules.Facts, error) {
	chance := rand.New(rand.NewPCG(1, 2))
	month, day := indicator.LastDue(indicator.Month, At, l.Due), indicator.LastDue(indicator.Day, At, l.Due)
	all := make([]rules.Facts, n)
	for i := range all {
		e := compliance.Enterprise{USCC: fmt.Sprintf("91320500%09dC", i), Sectors: []string{"telecom"}, Region: fmt.Sprintf("%02d%02d00", 11+i%23, 1+i%9),
			Size: []string{"micro", "small", "medium", "large"}[i%4], Since: "2020-01-01"}
		var f indicator.Figures
		for k := range l.Len() {
			d := l.At(k)
			if !d.For(e.Sectors) {
				continue
			}
			p, periods := month, 13
			if d.Period == indicator.Day {
				p, periods = day, 20
			}
			for back := range periods {
				v := healthy(d, chance)
				switch bad := chance.IntN(oneOf) == 0; {
				case bad && d.Direction == indicator.Higher:
					v *= 0.8
				case bad:
					v = min(max(1-v, v*8), d.Max)
				}
				if d.Kind == indicator.Count {
					v = float64(int(v))
				}
				if _, err := f.Put(l, d.Name, p.Add(-back), indicator.Figure{Value: v, Mark: indicator.Self, Revision: 1 + chance.IntN(10)/9}); err != nil {
					return nil, err
				}
			}
		}
		all[i] = rules.Facts{Enterprise: e, Figures: f.Encode()}
	}
	return all, nil
}

// healthy is a figure as most have it, with four decimals.
func healthy(d *indicator.Definition, chance *rand.Rand) float64 {
	switch {
	case d.Name == "restrictions_explained_share":
		return 1
	case d.Name == "warning_hours":
		return float64(chance.IntN(9000)) / 1e4
	case d.Kind == indicator.Share && d.Direction == indicator.Higher:
		return float64(9900+chance.IntN(100)) / 1e4
	case d.Kind == indicator.Share:
		return float64(chance.IntN(100)) / 1e4
	case d.Name == "lines_unregistered", d.Name == "banned_devices_connected", d.Name == "persons_over_card_limit":
		return 0
	case d.Name == "abnormal_cards":
		return float64(500 + chance.IntN(500))
	case d.Name == "abnormal_cards_unresolved":
		return float64(chance.IntN(20))
	}
	return float64(chance.IntN(90000)) / 1e4
}

// Peers counts the first pass over the carriers.
func Peers(l *indicator.Library, all []rules.Facts) *peers.Distribution {
	b, w := peers.NewBuilder(l, At), indicator.NewWindow(l)
	for i := range all {
		if w.Read(all[i].Figures) == nil {
			b.Add(all[i].Enterprise, w)
		}
	}
	return b.Distribution()
}
