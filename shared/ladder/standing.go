package ladder

import (
	"slices"
	"time"
)

// MaxPast is how many closed rungs a standing keeps, the newest ones; those that are open are kept all.
const MaxPast = 100

// maxDismissed is how many dismissed proposals are remembered.
const maxDismissed = 50

// Standing is where an enterprise stands on the ladder: what was taken, and what a run proposes now.
type Standing struct {
	Past      []Past      `json:"past,omitempty"` // oldest first
	Proposal  *Made       `json:"proposal,omitempty"`
	Dismissed []Dismissal `json:"dismissed,omitempty"`
}

// Made is the proposal that waits for a person, with the run that made it.
type Made struct {
	Proposal
	Run       string    `json:"run"`
	At        time.Time `json:"at"`
	Authority string    `json:"authority"` // in whose queue of work it lies
}

// Dismissal is a proposal that a person did not take up.
type Dismissal struct {
	Proposal string    `json:"proposal"`
	Rung     string    `json:"rung"`
	By       string    `json:"by"` // the natural person
	At       time.Time `json:"at"`
	Reasons  []byte    `json:"reasons"` // sealed
}

// Taken is the standing after a rung was taken, or after it was closed: then with its outcome. A proposal whose findings it covers is answered.
func (s Standing) Taken(p Past) Standing {
	s.Past = slices.Clone(s.Past)
	i := slices.IndexFunc(s.Past, func(x Past) bool { return x.ID == p.ID })
	if i >= 0 {
		s.Past[i] = p
	} else {
		s.Past = append(s.Past, p)
	}
	closed := 0
	for _, x := range s.Past {
		if x.Closed {
			closed++
		}
	}
	s.Past = slices.DeleteFunc(s.Past, func(x Past) bool {
		over := x.Closed && closed > MaxPast
		if over {
			closed--
		}
		return over
	})
	if s.Proposal != nil && i < 0 && slices.ContainsFunc(s.Proposal.Findings, func(f string) bool { return slices.Contains(p.Findings, f) }) {
		s.Proposal = nil
	}
	return s
}

// Dismiss is the standing after a person dismissed the proposal.
func (s Standing) Dismiss(d Dismissal) Standing {
	s.Proposal = nil
	s.Dismissed = append(slices.Clone(s.Dismissed), d)
	if over := len(s.Dismissed) - maxDismissed; over > 0 {
		s.Dismissed = slices.Delete(s.Dismissed, 0, over)
	}
	return s
}

// Next is the standing after a run that proposes p, or nothing, and whether that changes what is stored. A proposal that was dismissed is not
// made again.
func (s Standing) Next(p *Proposal, authority, run string, at time.Time) (Standing, bool) {
	if p != nil && slices.ContainsFunc(s.Dismissed, func(d Dismissal) bool { return d.Proposal == p.ID }) {
		p = nil
	}
	switch {
	case p == nil && s.Proposal == nil:
		return s, false
	case p == nil:
		s.Proposal = nil
		return s, true
	case s.Proposal != nil && s.Proposal.same(p) && s.Proposal.Authority == authority:
		return s, false
	}
	s.Proposal = &Made{Proposal: *p, Run: run, At: at, Authority: authority}
	return s, true
}

// same reports whether a run says nothing new.
func (m *Made) same(p *Proposal) bool {
	return m.ID == p.ID && m.Ladder == p.Ladder && slices.Equal(m.Grounds, p.Grounds) && len(m.Obstacles) == len(p.Obstacles)
}

// Empty reports whether there is nothing to keep.
func (s Standing) Empty() bool { return len(s.Past) == 0 && s.Proposal == nil && len(s.Dismissed) == 0 }

// Supports reports whether a finding supports a rung, given what was taken. A rung that is under way for it is not supported again.
func (v *Version) Supports(r *Rung, f Failing, past []Past) bool {
	for _, p := range past {
		if p.Rung == r.ID && !p.Closed && slices.Contains(p.Findings, f.ID) {
			return false
		}
	}
	for _, s := range r.Supports {
		if _, ok := v.supported(s, f, past); ok {
			return true
		}
	}
	return false
}
