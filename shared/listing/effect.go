package listing

import (
	"slices"

	"shixin/shared/journal"
	"shixin/shared/subject"
)

// Effect is what an event changes in what the list says; false when it changes nothing there.
func Effect(e Event) (journal.Type, bool) {
	switch d := e.Data.(type) {
	case DecidedData:
		return journal.Listed, d.Outcome == "list"
	case AdoptedData:
		return journal.Listed, true
	case TermStartedData:
		return journal.Corrected, true
	case PublishedData:
		return journal.Published, true
	case ExpiredData:
		return journal.Removed, true
	case ResolvedData:
		t, ok := map[string]journal.Type{
			"remove": journal.Removed, "correct": journal.Corrected, "vary": journal.Corrected,
			"stay": journal.Stayed, "unpublish": journal.Unpublished, "reinstate": journal.Listed,
		}[d.Effect]
		return t, ok
	}
	return "", false
}

// Entry is the journal entry of an event with an effect; before and after are the listing around it. The number and
// the time are the journal's to give.
func Entry(before, after Listing, e Event, rules Rules) journal.Entry {
	t, _ := Effect(e)
	ids := after.Content.Subject.Identifiers
	var left []subject.Ref
	for _, id := range before.Content.Subject.Identifiers {
		if !slices.ContainsFunc(ids, func(r subject.Ref) bool { return r.ID() == id.ID() }) {
			left = append(left, id)
		}
	}
	return journal.Entry{
		Type: t, Listing: after.ID, Regime: after.Regime, Ground: after.Ground, Authority: after.Authority.ID,
		Kind: after.Content.Subject.Kind, Identifiers: ids, Left: left, Standing: standing(&after, rules),
	}
}

func standing(l *Listing, rules Rules) journal.Standing {
	s := journal.Standing{From: l.Term.From, Until: l.Term.Until, Measures: l.Measures, Published: l.Publication != nil}
	for _, stay := range l.Stays {
		s.Stays = append(s.Stays, journal.Stay{What: stay.What, Until: stay.Until})
	}
	if c := rules.Version.Cap; c != nil && rules.Ground.Capped {
		s.Cap = &journal.Cap{Months: c.Length.Months + 12*c.Length.Years, Basis: c.Source.Cite}
	}
	if l.Removal != nil {
		s.Removed = string(l.Removal.Cause)
	}
	return s
}
