package supervision

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/workday"
)

// Order is the body of POST /v1/audits. The empty order is all packs over all that the caller's authority may sweep.
type Order struct {
	Packs []string         `json:"packs,omitempty"`
	Scope compliance.Scope `json:"scope"`
}

// check names all that is wrong with an order at a moment.
func (s *Supervision) check(ctx context.Context, now time.Time, o Order) error {
	var w fault.Wrong
	if len(o.Packs) > 0 {
		h, err := s.shelf(ctx, now)
		if err != nil {
			return err
		}
		for i, name := range o.Packs {
			n, ok := parseNamed(name)
			if _, has := h.find(n, now); !ok || !has || slices.Contains(o.Packs[:i], name) {
				w.Add(fmt.Sprintf("/packs/%d", i), "must be a rule pack in force, or one of its published versions as name@version, each once; GET /v1/rulepacks lists them",
					"须为已生效的规则包,或以 名称@版本 指明其已发布版本,且不得重复;规则包见 GET /v1/rulepacks")
			}
		}
	}
	if s := o.Scope.Sector; s != "" && !slices.Contains(sectors, s) {
		w.Add("/scope/sector", "must be one of telecom, finance, internet", "须为 telecom、finance、internet 之一")
	}
	if r := o.Scope.Region; r != "" && !isRegion(r) {
		w.Add("/scope/region", "must be a region of GB/T 2260: six digits", "须为 GB/T 2260 行政区划代码,六位数字")
	}
	if len(o.Scope.Authority) > 400 {
		w.Add("/scope/authority", "must have at most 100 characters", "最多 100 个字符")
	}
	return w.Fault()
}

func audit(authority, region string, fresh bool) policy.Resource {
	return policy.Resource{Kind: policy.Audit, Authority: authority, Region: region, New: fresh}
}

// Start orders a run and answers 202 with its id. Everything it depends on is pinned now; the rest is the workers'.
func (s *Supervision) Start(ctx context.Context, call Call, o Order) (*Reply, error) {
	if err := s.check(ctx, call.Now, o); err != nil {
		return nil, err
	}
	if o.Scope.Region == "" && call.Who.Role == access.Officer && call.Who.Region != "000000" {
		o.Scope.Region = call.Who.Region // all, for an authority, is all of its region
	}
	run := compliance.Run{Scope: o.Scope, Packs: o.Packs, By: call.Who.Account, Person: call.Who.Person, Authority: call.Who.Authority}
	if err := s.Policy.Allow(call.Who, "audit.create", audit(run.Authority, run.Region(), true)); err != nil {
		return nil, err
	}
	reply, err := s.kept().Once(ctx, call, func() (*Reply, error) {
		var err error
		if run, err = s.pin(ctx, call.Now, run); err != nil {
			return nil, err
		}
		reply := &Reply{Status: 202, Body: encode(struct {
			ID string `json:"id"`
		}{run.ID})}
		b := &records.Batch{}
		b.PutRun(records.Run{}, run)
		if err := s.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, s.Store.Commit(ctx, call.Now, b)
	})
	if err == nil && run.ID != "" {
		s.hint(ctx, planMessage(run.ID))
	}
	return reply, err
}

// Schedule orders the run of all packs over all enterprises for a schedule's time. A time starts one run, however often it fires.
func (s *Supervision) Schedule(ctx context.Context, at time.Time) (id string, err error) {
	err = repeat.Retry(ctx, func() error {
		if id, err = s.Store.Scheduled(ctx, at, at); id != "" || err != nil {
			return err
		}
		run, err := s.pin(ctx, at, compliance.Run{Scheduled: &at})
		if err != nil {
			return err
		}
		b := &records.Batch{}
		b.PutRun(records.Run{}, run)
		b.PutSchedule(at, run.ID)
		id = run.ID
		return s.Store.Commit(ctx, at, b)
	})
	if err == nil {
		s.hint(ctx, planMessage(id))
	}
	return id, err
}

// pin fixes the moment at which a run looks at everything, and what is in force then. The texts of rule packs and the figures of peers, which
// that moment decides, are pinned when the run is planned.
func (s *Supervision) pin(ctx context.Context, now time.Time, run compliance.Run) (compliance.Run, error) {
	head, err := s.Store.Head(ctx, now)
	if err != nil {
		return run, err
	}
	library, err := s.Regimes()
	if err != nil {
		return run, err
	}
	calendar, err := s.Calendar()
	if err != nil {
		return run, err
	}
	now = now.UTC().Truncate(time.Millisecond)
	at := now
	if head.At.After(at) { // the list's time never runs back
		at = head.At
	}
	newest, _, err := s.Store.Runs(ctx, now, "", 1)
	if err != nil {
		return run, err
	}
	// Nor does that of runs, though a schedule's time is behind that of a call: what a later run finds is the later finding.
	if len(newest) > 0 && !newest[0].At.Before(at) {
		at = newest[0].At.Add(time.Millisecond)
	}
	run.ID, run.State, run.At, run.Key = records.NewID(at), compliance.Planned, now, make([]byte, 32)
	if _, err := rand.Read(run.Key); err != nil {
		return run, err
	}
	run.Pins = compliance.Pins{ListVersion: head.N, At: at, Packs: []compliance.Pack{}, Regimes: map[string]string{}, Calendar: calendar.LastYear(), Engine: compliance.Engine}
	for _, r := range library.Regimes {
		if v, err := library.In(r.ID, workday.DayOf(at)); err == nil {
			run.Pins.Regimes[r.ID] = v.Version
		}
	}
	if s.Ladder != nil {
		ladders, err := s.Ladder()
		if err != nil {
			return run, err
		}
		if v, ok := ladders.In(workday.DayOf(at)); ok {
			run.Pins.Ladder = v.Version
		}
	}
	return run, nil
}
