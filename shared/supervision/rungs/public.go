package rungs

import (
	"context"
	"time"

	"shixin/shared/ladder"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Rectification is an action as the public sees it: which organisation, what, by whom, from when and until when. It names no person.
type Rectification struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	USCC       string      `json:"uscc"`
	Rung       string      `json:"rung"`
	What       regime.Text `json:"what"`
	Authority  string      `json:"authority"`
	LegalBasis []string    `json:"legal_basis"`
	Since      workday.Day `json:"since"`
	Until      workday.Day `json:"until"` // the last day on which it is shown
}

// Rectifications answers a page of what is shown in public, oldest first, behind an id. next is the id to go on behind, empty at the end; a
// page may hold fewer than the limit, as what has run out is left out.
func (r *Rungs) Rectifications(ctx context.Context, now time.Time, after string, limit int) (items []Rectification, next string, err error) {
	library, err := r.Ladder()
	if err != nil {
		return nil, "", err
	}
	today := workday.DayOf(now)
	shown, more, err := r.Store.Publics(ctx, now, after, limit)
	if err != nil {
		return nil, "", err
	}
	var usccs []string
	names := map[string]string{}
	for _, p := range shown {
		if _, has := names[p.USCC]; !has {
			names[p.USCC] = p.USCC // as long as its registration cannot be read
			usccs = append(usccs, p.USCC)
		}
	}
	enterprises, err := r.Store.Enterprises(ctx, now, usccs)
	if err != nil {
		return nil, "", err
	}
	for _, e := range enterprises {
		if len(e.State.Names) > 0 {
			names[e.State.USCC] = e.State.Names[0].Text
		}
	}
	items = []Rectification{}
	for _, p := range shown {
		next = p.ID
		if today > p.Until {
			continue
		}
		x := Rectification{ID: p.ID, Name: names[p.USCC], USCC: p.USCC, Rung: p.Rung, Authority: p.Authority, LegalBasis: p.LegalBasis, Since: p.Since, Until: p.Until}
		if v, ok := library.Version(p.Ladder); ok {
			if rung, ok := v.Rung(p.Rung); ok {
				x.What = rung.Name
			}
		}
		items = append(items, x)
	}
	if !more {
		next = ""
	}
	return items, next, nil
}

// Law is the ladder as data, and the duties of authorities.
type Law struct {
	Versions []ladder.Version `json:"versions"`
	Duties   []ladder.Duty    `json:"duties"`
}

// Law answers with the ladder through time, each rung with its source and confidence.
func (r *Rungs) Law() (Law, error) {
	l, err := r.Ladder()
	return Law{Versions: l.Versions, Duties: l.Duties}, err
}
