package compliance

import (
	"time"

	"shixin/shared/compliance/indicator"
)

// Waits reports whether a verdict is unknown for nothing that anybody has left undone: figures of periods that are not due yet, or from before
// the enterprise was registered, and too few peers. It is unknown all the same, and never a pass; but it opens no finding. Where a figure is
// due, or others of its period were reported, it does. reported tells whether any figure of a period was.
func (v Verdict) Waits(e Enterprise, due indicator.Due, at time.Time, reported func(indicator.Period) bool) bool {
	if v.Outcome != Unknown || v.Reason != ReasonMissing {
		return false
	}
	for _, in := range v.Inputs {
		if in.Listing != "" || in.Scheme != "" { // a party of which nothing is known
			return false
		}
		if in.Kind != OfFigure || in.Reason == "" {
			continue
		}
		p, err := indicator.ParsePeriod(in.Period)
		if err != nil {
			return false
		}
		owed := p.N <= indicator.LastDue(p.Unit, at, due).N && p.End() >= e.Since
		if owed || reported(p) {
			return false
		}
	}
	return true
}
