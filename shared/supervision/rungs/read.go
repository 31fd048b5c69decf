package rungs

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/ladder"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// Listed is a page of an enterprise's actions with what a run proposes.
type Listed struct {
	Items    []*View       `json:"items"`
	Proposal *ProposalView `json:"proposal"`
	Next     string        `json:"-"` // the id to go on behind, empty at the end
}

// List answers a page of the actions of an enterprise, oldest first, behind one of them. The proposal is shown to authorities and auditors.
func (r *Rungs) List(ctx context.Context, who access.Principal, now time.Time, uscc, after string, limit int) (*Listed, error) {
	if _, err := r.enterprise(ctx, who, "action.list", now, uscc); err != nil {
		return nil, err
	}
	out := &Listed{Items: []*View{}}
	ids, more, err := r.Store.ActionsOf(ctx, now, uscc, after, min(limit, maxViews))
	if err != nil {
		return nil, err
	}
	all, err := r.Store.Actions(ctx, now, ids)
	if err != nil {
		return nil, err
	}
	for i := range all {
		a := &all[i].State
		if r.Policy.Allow(who, "action.read", resource(who, a, workday.DayOf(now))) != nil {
			continue
		}
		view, err := r.show(ctx, who, now, all[i])
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, view)
	}
	if more {
		out.Next = ids[len(ids)-1]
	}
	if !isAuthority(who) {
		return out, nil
	}
	standing, err := r.Store.Standing(ctx, now, uscc)
	if err != nil {
		return nil, err
	}
	out.Proposal, err = r.viewProposal(standing.State.Proposal)
	return out, err
}

// maxViews bounds how many actions, each with all its texts, one answer shows.
const maxViews = 50

// Read answers with one action.
func (r *Rungs) Read(ctx context.Context, who access.Principal, now time.Time, uscc, id string) (*Reply, error) {
	stored, _, err := r.visible(ctx, Call{Who: who, Now: now}, uscc, id)
	if err != nil {
		return nil, err
	}
	view, err := r.show(ctx, who, now, stored)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: 200, Version: stored.State.Version, Body: encode(view)}, nil
}

func (r *Rungs) viewProposal(p *ladder.Made) (*ProposalView, error) {
	if p == nil {
		return nil, nil
	}
	library, err := r.Ladder()
	if err != nil {
		return nil, err
	}
	v := &ProposalView{ID: p.ID, Rung: p.Rung, Ladder: p.Ladder, Run: p.Run, At: p.At, Findings: p.Findings, Reasons: p.Reasons,
		Grounds: append([]string{}, p.Grounds...), Needs: append([]ladder.Why{}, p.Needs...), Obstacles: append([]ladder.Why{}, p.Obstacles...)}
	if version, ok := library.Version(p.Ladder); ok {
		if rung, ok := version.Rung(p.Rung); ok {
			v.Name = &rung.Name
		}
	}
	return v, nil
}

// ProposalView is the rung that a run proposes.
type ProposalView struct {
	ID        string       `json:"id"`
	Rung      string       `json:"rung"`
	Name      *regime.Text `json:"name"`
	Ladder    string       `json:"ladder"`
	Run       string       `json:"run"`
	At        time.Time    `json:"at"`
	Findings  []string     `json:"findings"`
	Reasons   []ladder.Why `json:"reasons"`
	Grounds   []string     `json:"grounds"`
	Needs     []ladder.Why `json:"needs"`
	Obstacles []ladder.Why `json:"obstacles"` // it cannot be taken for these
}
