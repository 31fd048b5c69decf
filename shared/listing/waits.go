package listing

import "shixin/shared/duty"

// Waits is the steps that a listing waits for: who owes each, from when it is possible, and by when the regime or the notice asks for it. What
// may be done but nobody owes is not there.
func Waits(l Listing, rules Rules) []duty.Wait {
	w := &waits{clocks: Clocks(l, rules)}
	m := moment{l: &l, rules: rules}
	switch l.State {
	case Proposed:
		if l.Elsewhere == nil { // else the import that brought it waits for its adoption
			w.add(duty.Wait{Step: "notice", For: duty.Officer})
			w.owed("decision", duty.Wait{For: duty.Officer}) // the clock of a decision runs while the notice is not served
		}
	case Noticed:
		w.noticed(&m)
	case Listed:
		if m.rules.Ground.Term != nil && m.rules.Ground.Term.Starts == "event" && l.Term.From == "" {
			w.add(duty.Wait{Step: "term", For: duty.Officer})
		}
	}
	w.owed("publication", duty.Wait{For: duty.Decider})
	// A decision taken elsewhere was served there, and what ends by itself tells its subject nothing new.
	if l.Elsewhere == nil && m.servable("decision") || m.servable("removal") && l.Removal.Cause != Expiry {
		w.add(w.clocked(duty.Wait{Step: "service", For: duty.Officer}))
	}
	for i := range l.Requests {
		if r := &l.Requests[i]; r.Open() {
			w.add(w.clocked(duty.Wait{Step: outcomeStep(r.N), For: duty.Decider, Request: r.Kind}))
		}
	}
	return w.all
}

type waits struct {
	clocks []Due
	all    []duty.Wait
}

func (w *waits) add(x duty.Wait) { w.all = append(w.all, x) }

// clocked fills in the clock that runs for a step, if one does.
func (w *waits) clocked(x duty.Wait) duty.Wait {
	for _, d := range w.clocks {
		if d.Step == x.Step {
			x.By, x.Pending, x.Basis, x.SetBy, x.Start, x.Days = d.By, d.Pending, d.Basis, d.SetBy, d.Start, d.Days
			break
		}
	}
	return x
}

// owed adds a step where a clock runs for it.
func (w *waits) owed(step string, x duty.Wait) {
	x.Step = step
	if x = w.clocked(x); x.By != "" || x.Pending != "" {
		w.add(x)
	}
}

// noticed is what a listing waits for while its subject may speak, and after.
func (w *waits) noticed(m *moment) {
	until, known := m.statementUntil()
	waived := m.l.Waived()
	if !waived {
		s := duty.Wait{Step: "statements", For: duty.Subject, May: true, SetBy: m.l.Notice.SetBy, Basis: m.rules.Version.Statement.Source.Cite}
		if s.By = until; !known {
			s.By, s.Pending = "", "calendar"
		}
		w.add(s)
	}
	decider := duty.Wait{Step: "decision", For: duty.Decider}
	if m.needsConsent() && m.l.Consent == nil {
		w.add(duty.Wait{Step: "consent", For: duty.Above})
		w.owed("decision", decider)
		return
	}
	switch {
	case waived:
	case known:
		decider.From = until.AddDays(1)
	default: // the calendar must be published first
		w.owed("decision", decider)
		return
	}
	w.add(w.clocked(decider))
}

// Item is what waits of a listing, as work queues show it. It names nobody.
func Item(l Listing, rules Rules) duty.Item {
	return duty.Item{Kind: duty.Listing, ID: l.ID, Authority: l.Authority.ID, Level: l.Authority.Level, Region: l.Authority.Region, Sectors: rules.Version.Sectors,
		State: string(l.State), Regime: l.Regime, Ground: l.Ground, Since: l.Proposal.At, Waits: Waits(l, rules)}
}
