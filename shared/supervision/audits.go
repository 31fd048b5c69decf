package supervision

import (
	"context"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
)

// RunView is a run as the API shows it.
type RunView struct {
	ID       string              `json:"id"`
	State    compliance.RunState `json:"state"`
	Scope    compliance.Scope    `json:"scope"`
	Trial    *compliance.Trial   `json:"trial,omitempty"` // it tried a draft and found nothing
	At       time.Time           `json:"at"`
	Schedule *time.Time          `json:"scheduled,omitempty"`
	Closed   *time.Time          `json:"closed,omitempty"`
	Reason   string              `json:"reason,omitempty"`
	compliance.Counts
	Shards ShardsView      `json:"shards"`
	Pins   compliance.Pins `json:"pins"`
}

// ShardsView is how many of the run's shards are done.
type ShardsView struct {
	Total int `json:"total"`
	Done  int `json:"done"`
}

// Audit answers with one run.
func (s *Supervision) Audit(ctx context.Context, who access.Principal, now time.Time, id string) (*RunView, error) {
	run, err := s.run(ctx, who, "audit.read", now, id)
	if err != nil {
		return nil, err
	}
	return s.viewRun(ctx, now, run)
}

// run reads a run that the caller may do something with.
func (s *Supervision) run(ctx context.Context, who access.Principal, action string, now time.Time, id string) (compliance.Run, error) {
	run, found, err := s.Store.Run(ctx, now, id)
	if err == nil && !found {
		err = notFound()
	}
	if err == nil {
		err = s.Policy.Allow(who, action, audit(run.State.Authority, run.State.Region(), false))
	}
	return run.State, err
}

func (s *Supervision) viewRun(ctx context.Context, now time.Time, run compliance.Run) (*RunView, error) {
	v := &RunView{ID: run.ID, State: run.State, Scope: run.Scope, Trial: run.Trial, At: run.At, Schedule: run.Scheduled, Closed: run.Closed, Reason: run.Reason, Counts: run.Counts, Pins: run.Pins}
	switch run.State {
	case compliance.Closed:
		v.Shards = ShardsView{Total: len(run.Plan), Done: len(run.Plan)}
	case compliance.Running:
		shards, err := s.Store.SeenProgress(ctx, now, run)
		if err != nil {
			return nil, err
		}
		v.Counts, v.Shards.Total = compliance.Counts{}, len(shards)
		for _, p := range shards {
			v.Counts.Add(p.Counts)
			if p.Done {
				v.Shards.Done++
			}
		}
	}
	return v, nil
}

// Audits answers a page of the runs that the caller may read, newest first, behind one of them. next is the id to go on behind,
// empty at the end; a page may hold fewer than the limit.
func (s *Supervision) Audits(ctx context.Context, who access.Principal, now time.Time, after string, limit int) (views []RunView, next string, err error) {
	views = []RunView{}
	for scanned := 0; ; {
		heads, more, err := s.Store.Runs(ctx, now, after, limit)
		if err != nil {
			return nil, "", err
		}
		for i, h := range heads {
			after = h.ID
			scanned++
			if s.Policy.Allow(who, "audit.read", audit(h.Authority, compliance.Run{Scope: h.Scope}.Region(), false)) != nil {
				continue
			}
			run, found, err := s.Store.Run(ctx, now, h.ID)
			if err != nil {
				return nil, "", err
			}
			if !found {
				continue
			}
			v, err := s.viewRun(ctx, now, run.State)
			if err != nil {
				return nil, "", err
			}
			views = append(views, *v)
			if len(views) == limit {
				if !more && i == len(heads)-1 {
					after = ""
				}
				return views, after, nil
			}
		}
		if !more {
			return views, "", nil
		}
		if scanned >= maxScan {
			return views, after, nil
		}
	}
}

// ResultPlace is where a page of results goes on: behind a stored page, and some results of the next one.
type ResultPlace struct {
	After string `json:"a,omitempty"`
	Skip  int    `json:"k,omitempty"`
}

// maxPages bounds how many stored pages one page of results looks through, and fewPages how many are read at a time.
const (
	maxPages = 256
	fewPages = 8
)

// ResultFilter is which results are asked for; empty fields leave nothing out.
type ResultFilter struct {
	Outcome compliance.Outcome
	Rule    string // its id
	Pack    string // its name, without the version
}

func (f ResultFilter) takes(r compliance.Result) bool {
	pack, _, _ := strings.Cut(r.Pack, "@")
	return (f.Outcome == "" || f.Outcome == r.Outcome) && (f.Rule == "" || f.Rule == r.Rule) && (f.Pack == "" || f.Pack == pack)
}

// Results answers a page of a run's outcomes, those that are asked for. A page may hold fewer than the limit.
func (s *Supervision) Results(ctx context.Context, who access.Principal, now time.Time, id string, only ResultFilter, from ResultPlace, limit int) ([]compliance.Result, *ResultPlace, error) {
	if _, err := s.run(ctx, who, "audit.results", now, id); err != nil {
		return nil, nil, err
	}
	out := []compliance.Result{}
	for scanned := 0; ; {
		pages, more, err := s.Store.Outcomes(ctx, now, id, from.After, fewPages)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range pages {
			results, err := p.Page.Results()
			if err != nil {
				return nil, nil, err
			}
			for i := min(from.Skip, len(results)); i < len(results); i++ {
				if !only.takes(results[i]) {
					continue
				}
				if len(out) == limit {
					return out, &ResultPlace{After: from.After, Skip: i}, nil
				}
				out = append(out, results[i])
			}
			from = ResultPlace{After: p.After}
			scanned++
		}
		if !more {
			return out, nil, nil
		}
		if scanned >= maxPages {
			return out, &from, nil
		}
	}
}
