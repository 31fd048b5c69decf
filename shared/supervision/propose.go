package supervision

import (
	"context"
	"slices"
	"strings"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/ladder"
	"shixin/shared/records"
	"shixin/shared/supervision/rungs"
	"shixin/shared/workday"
)

// mostProposal is how many operations one enterprise adds to a page at the most besides its findings and what waits of them: where it stands,
// its place in a queue of work, and the place that it leaves.
const mostProposal = 3

// proposing is what the proposals of one page of a run are made from. Nothing is taken by it: what it stores waits for a person.
type proposing struct {
	run       compliance.Run
	version   *ladder.Version
	grounds   []ladder.Available
	standings map[string]records.Standing
}

// proposing reads where the enterprises of a page stand. It is nil where the run has pinned no ladder. An enterprise whose standing cannot be
// read cannot be judged.
func (s *Supervision) proposing(ctx context.Context, now time.Time, run compliance.Run, shard int, all []records.Judged) (*proposing, error) {
	if s.Ladder == nil || run.Pins.Ladder == "" || run.Trial != nil || len(all) == 0 {
		return nil, nil
	}
	library, err := s.Ladder()
	if err != nil {
		return nil, err
	}
	version, ok := library.Version(run.Pins.Ladder)
	if !ok {
		return nil, nil
	}
	p := &proposing{run: run, version: version}
	if p.grounds, err = s.available(version, workday.DayOf(run.Pins.At)); err != nil {
		return nil, err
	}
	if p.standings, err = s.Store.Standings(ctx, now, shard, all[0].USCC, all[len(all)-1].USCC); err != nil {
		return nil, err
	}
	for i := range all {
		if d := p.standings[all[i].USCC].Damaged; d != nil {
			all[i].Damaged = d
		}
	}
	return p, nil
}

// available is the grounds of the ladder as they are on a day.
func (s *Supervision) available(v *ladder.Version, on workday.Day) ([]ladder.Available, error) {
	library, err := s.Regimes()
	if err != nil {
		return nil, err
	}
	var all []ladder.Available
	for _, r := range v.Rungs {
		for _, g := range r.Grounds {
			a := ladder.Available{Regime: g.Regime, Ground: g.Ground}
			if version, err := library.In(g.Regime, on); err == nil {
				ground, ok := version.Ground(g.Ground)
				a.InForce = ok && ground.In(on)
			}
			all = append(all, a)
		}
	}
	return all, nil
}

// add puts the proposal for an enterprise, by all that is found of it, into the page's batch, where it changes what is stored.
func (p *proposing) add(b *records.Batch, e compliance.Enterprise, found []compliance.Finding) {
	if p == nil {
		return
	}
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b compliance.Finding) int { return strings.Compare(a.Key(), b.Key()) })
	c := ladder.Case{USCC: e.USCC, Sectors: e.Sectors, Grounds: p.grounds}
	for _, one := range found {
		if f, ok := rungs.Failing(one); ok {
			c.Failing = append(c.Failing, f)
		}
	}
	before := p.standings[e.USCC]
	before.USCC = e.USCC
	c.Past = before.State.Past
	after, changed := before.State.Next(p.version.Propose(c), e.Authority, p.run.ID, p.run.Pins.At)
	if !changed {
		return
	}
	b.PutStanding(before, after)
	if old := before.State.Proposal; old != nil && (after.Proposal == nil || old.Authority != e.Authority) {
		b.PutWork(rungs.ProposalItem(e.USCC, old.Authority, e.Region, e.Sectors, ladder.Standing{}), true)
	}
	if after.Proposal != nil {
		b.PutWork(rungs.ProposalItem(e.USCC, e.Authority, e.Region, e.Sectors, after), false)
	}
}
