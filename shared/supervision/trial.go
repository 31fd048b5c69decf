package supervision

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
)

// TrialOrder is the body of POST .../trial. The empty order is all enterprises that the caller's authority may sweep.
type TrialOrder struct {
	Scope compliance.Scope `json:"scope"`
}

// TrialView is what a version would say otherwise than the one in force, on the data of its run.
type TrialView struct {
	Run     string              `json:"run"`
	State   compliance.RunState `json:"state"`
	Version int                 `json:"version"`
	Against *int                `json:"against"` // null where none is in force
	compliance.Counts
	// Flagged is how many enterprises, by rule, would newly fail, and Cleared how many would no longer.
	Flagged int                     `json:"newly_flagged"`
	Cleared int                     `json:"cleared"`
	Items   []compliance.Difference `json:"items"` // the first ones; GET has them all
	Next    *ResultPlace            `json:"-"`
}

// patience is how long a call waits for a trial that is small.
const patience = 10 * time.Second

// Try runs a version in shadow beside the one in force, on today's data: it finds nothing and proposes nothing. The answer is 200 with what
// it would flag and clear where the run is closed in time, and else 202 with the run.
func (s *Supervision) Try(ctx context.Context, call Call, name string, version int, o TrialOrder, limit int) (*Reply, error) {
	if err := s.check(ctx, call.Now, Order{Scope: o.Scope}); err != nil {
		return nil, err
	}
	if o.Scope.Region == "" && call.Who.Region != "000000" {
		o.Scope.Region = call.Who.Region
	}
	ordered, err := s.kept().Once(ctx, call, func() (*Reply, error) { return s.order(ctx, call, name, version, o) })
	if err != nil {
		return nil, err
	}
	var made struct{ Run string }
	if err := json.Unmarshal(ordered.Body, &made); err != nil {
		return nil, err
	}
	s.hint(ctx, planMessage(made.Run))
	run, err := s.await(ctx, call.Now, made.Run)
	if err != nil || run.Open() {
		return ordered, err
	}
	v, err := s.viewTrial(ctx, call.Now, run, "", ResultPlace{}, limit)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: 200, Body: encode(v)}, nil
}

// order stores the run of a trial, and notes it with the version.
func (s *Supervision) order(ctx context.Context, call Call, name string, version int, o TrialOrder) (*Reply, error) {
	b, _, p, err := s.permitted(ctx, call, "rulepack.trial", name, version)
	if err != nil {
		return nil, err
	}
	run := compliance.Run{Scope: o.Scope, By: call.Who.Account, Person: call.Who.Person, Authority: call.Who.Authority, Trial: &compliance.Trial{Pack: name, Version: version}}
	if err := s.Policy.Allow(call.Who, "audit.create", audit(run.Authority, run.Region(), true)); err != nil {
		return nil, err
	}
	if !call.Matches(etag(b)) {
		return nil, stale()
	}
	l, err := s.Indicators()
	if err != nil {
		return nil, err
	}
	if err := s.Rules.Check(p.Text, l); err != nil {
		return nil, err
	}
	if now, in := b.State.On(call.Now); in && now.Version != version {
		run.Trial.Against = now.Version
	}
	if run, err = s.pin(ctx, call.Now, run); err != nil {
		return nil, err
	}
	batch := &records.Batch{}
	batch.PutRun(records.Run{}, run)
	after := b.State.Try(version, run.ID)
	batch.PutBook(b, after)
	tried, _ := after.Edition(version)
	batch.PutWork(packItem(name, tried, p.Sectors), true)
	reply := &Reply{Status: 202, Version: etag(b) + 1, Body: encode(struct {
		ID  string `json:"id"`
		Run string `json:"run"`
	}{run.ID, run.ID})}
	if err := s.kept().Keep(ctx, call, reply, batch); err != nil {
		return nil, err
	}
	return reply, s.Store.Commit(ctx, call.Now, batch)
}

// await waits a while for a run to be closed.
func (s *Supervision) await(ctx context.Context, now time.Time, id string) (compliance.Run, error) {
	most := s.Patience
	if most == 0 {
		most = patience
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		run, found, err := s.Store.Run(ctx, now, id)
		if ctx.Err() != nil && (err != nil || run.State.Open()) {
			return compliance.Run{State: compliance.Planned}, nil
		}
		if err == nil && !found {
			err = notFound()
		}
		if err != nil || !run.State.Open() {
			return run.State, err
		}
		select {
		case <-ctx.Done():
			return run.State, nil
		case <-time.After(wait):
		}
	}
}

// Trial answers with the newest trial of a version, and a page of what it would say otherwise.
func (s *Supervision) Trial(ctx context.Context, who access.Principal, now time.Time, name string, version int, only compliance.Change, from ResultPlace, limit int) (*TrialView, error) {
	_, _, e, err := s.find(ctx, now, name, version)
	if err != nil {
		return nil, err
	}
	if e.Trial == "" {
		return nil, errNotTried
	}
	run, err := s.run(ctx, who, "audit.results", now, e.Trial)
	if err != nil {
		return nil, err
	}
	return s.viewTrial(ctx, now, run, only, from, limit)
}

func (s *Supervision) viewTrial(ctx context.Context, now time.Time, run compliance.Run, only compliance.Change, from ResultPlace, limit int) (*TrialView, error) {
	if run.State == compliance.Failed {
		return nil, fault.New(fault.Conflict, "the trial could not be run: "+run.Reason, "试运行失败:"+run.Reason)
	}
	v := &TrialView{Run: run.ID, State: run.State, Version: run.Trial.Version, Counts: run.Counts, Flagged: run.Counts.Flagged, Cleared: run.Counts.Cleared, Items: []compliance.Difference{}}
	if run.Trial.Against > 0 {
		v.Against = &run.Trial.Against
	}
	if run.State != compliance.Closed {
		return v, nil
	}
	for scanned := 0; ; {
		pages, more, err := s.Store.Outcomes(ctx, now, run.ID, from.After, fewPages)
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			results, err := p.Page.Results()
			if err != nil {
				return nil, err
			}
			differences := trialOf(*run.Trial, results)
			for i := min(from.Skip, len(differences)); i < len(differences); i++ {
				if only != "" && differences[i].Change != only {
					continue
				}
				if len(v.Items) == limit {
					v.Next = &ResultPlace{After: from.After, Skip: i}
					return v, nil
				}
				v.Items = append(v.Items, differences[i])
			}
			from = ResultPlace{After: p.After}
			scanned++
		}
		if !more {
			return v, nil
		}
		if scanned >= maxPages {
			v.Next = &from
			return v, nil
		}
	}
}

// trialOf compares what the version in force says with what the one that is tried does.
func trialOf(t compliance.Trial, results []compliance.Result) []compliance.Difference {
	tried := compliance.Pack{ID: t.Pack, Version: strconv.Itoa(t.Version)}.Name()
	var before, after []compliance.Result
	for _, r := range results {
		if r.Pack == tried {
			after = append(after, r)
		} else if strings.HasPrefix(r.Pack, t.Pack+"@") {
			before = append(before, r)
		}
	}
	return compliance.Compare(before, after)
}

// countTrial counts what a trial says of one enterprise.
func countTrial(c *compliance.Counts, differences []compliance.Difference) {
	for _, d := range differences {
		switch {
		case d.After == compliance.Fail:
			c.Flagged++
		case d.Before == compliance.Fail && d.After != compliance.Unknown:
			c.Cleared++
		}
	}
}
