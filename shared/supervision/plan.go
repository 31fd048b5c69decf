package supervision

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/table"
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

// blobOf is the name of a run's snapshot of the list.
func blobOf(run string) string { return "runs/" + run + "/list" }

// plan makes a planned run's snapshot, does its first pass, and sets it running. Done twice, or cut off anywhere and done again, it comes to
// the same. After a slice the rest of the first pass is left to a new message.
func (s *Supervision) plan(ctx context.Context, now time.Time, run records.Run) error {
	slice, cancel := context.WithTimeout(ctx, s.slice())
	defer cancel()
	r := run.State
	err := s.prepare(ctx, now, &r)
	if err == nil {
		err = s.survey(ctx, slice, now, &r)
	}
	if damaged, ok := errors.AsType[*unplannable](err); ok {
		s.log().ErrorContext(ctx, "an audit run could not be planned", "alarm", "audit", "run", r.ID, "error", err)
		r.State, r.Reason, r.Closed, r.Survey = compliance.Failed, damaged.reason, &now, nil
		b := &records.Batch{}
		b.PutRun(run, r)
		return lostIsFine(s.Store.Commit(ctx, now, b))
	}
	if err != nil {
		return err
	}
	if r.Survey == nil {
		r.State = compliance.Running
	}
	b := &records.Batch{}
	b.PutRun(run, r)
	if err := s.Store.Commit(ctx, now, b); err != nil {
		return lostIsFine(err)
	}
	if r.Survey != nil {
		return s.Queue.Send(ctx, planMessage(r.ID))
	}
	if len(r.Plan) == 0 {
		return s.finish(ctx, now, r.ID)
	}
	return s.send(ctx, r.ID, r.Plan, nil)
}

// prepare pins the texts of the run's packs and indicators, and makes its snapshot of the list.
func (s *Supervision) prepare(ctx context.Context, now time.Time, r *compliance.Run) error {
	if r.Pins.Snapshot != "" {
		return nil
	}
	if err := s.pinTexts(ctx, now, r); err != nil {
		return err
	}
	snapshot, err := s.snapshot(ctx, now, *r)
	if err != nil {
		return err
	}
	if err := s.Blobs.Put(ctx, blobOf(r.ID), snapshot); err != nil {
		return err
	}
	r.Pins.Snapshot = sumOf(snapshot)
	return nil
}

// pinTexts pins the versions of rule packs that are in force at the run's moment, and the indicators, and keeps their texts for whoever judges
// again.
func (s *Supervision) pinTexts(ctx context.Context, now time.Time, r *compliance.Run) error {
	l, err := s.Indicators()
	if err != nil {
		return err
	}
	h, err := s.shelf(ctx, now)
	if err != nil {
		return err
	}
	editions, err := h.ordered(*r)
	if err != nil {
		return err
	}
	text := libraryText(l)
	r.Pins.Indicators, r.Pins.Packs = sumOf(text), nil
	if err := s.keep(ctx, now, r.Pins.Indicators, text); err != nil {
		return err
	}
	texts := map[string][]byte{}
	for _, e := range editions {
		p, err := s.edition(ctx, now, h, e)
		if errors.Is(err, records.ErrDamaged) {
			return &unplannable{"a rule pack cannot be read", err}
		}
		if err != nil {
			return err
		}
		if err := s.Rules.Check(p.Text, l); err != nil { // it was drafted for other indicators
			return &unplannable{"the rule pack " + p.Name() + " does not fit the indicators", err}
		}
		pack := p.Pack
		pack.Sum = e.Sum
		r.Pins.Packs, texts[e.Sum] = append(r.Pins.Packs, pack), p.Text
	}
	if r.Trial == nil && len(r.Packs) == 0 {
		r.Pins.Packs = onceLate(r.Pins.Packs)
	}
	for _, p := range r.Pins.Packs {
		if err := s.keep(ctx, now, p.Sum, texts[p.Sum]); err != nil {
			return err
		}
	}
	return nil
}

// onceLate leaves out the pack of the rule that figures are reported in time where another one for every sector has the rule: it is applied in
// each run over all packs, whatever else is published.
func onceLate(packs []compliance.Pack) []compliance.Pack {
	if !slices.ContainsFunc(packs, func(p compliance.Pack) bool {
		return len(p.Sectors) == 0 && slices.Contains(p.Rules, compliance.RuleReportLate)
	}) {
		return packs
	}
	return slices.DeleteFunc(packs, func(p compliance.Pack) bool { return p.ID == compliance.RuleReportLate })
}

// ordered is the editions that a run judges by.
func (h *shelf) ordered(r compliance.Run) ([]compliance.Edition, error) {
	var out []compliance.Edition
	if t := r.Trial; t != nil {
		b, _ := h.book(t.Pack)
		for _, version := range []int{t.Against, t.Version} {
			if e, has := b.State.Edition(version); has {
				out = append(out, e)
			} else if version > 0 {
				return nil, &unplannable{"there is no version " + strconv.Itoa(version) + " of the rule pack " + t.Pack, errors.New("supervision: a trial")}
			}
		}
		return out, nil
	}
	if len(r.Packs) == 0 {
		for _, b := range h.books {
			if e, has := b.State.On(r.Pins.At); has {
				out = append(out, e)
			}
		}
		return out, nil
	}
	for _, name := range r.Packs {
		n, _ := parseNamed(name)
		e, has := h.find(n, r.Pins.At)
		if !has {
			return nil, &unplannable{"the rule pack " + name + " is not in force", errors.New("supervision: an order")}
		}
		out = append(out, e)
	}
	return out, nil
}

// lostIsFine takes what another worker has done meanwhile for done.
func lostIsFine(err error) error {
	if _, lost := errors.AsType[*records.Lost](err); lost {
		return nil
	}
	return err
}

// unplannable says that trying again cannot help.
type unplannable struct {
	reason string
	err    error
}

func (u *unplannable) Error() string { return u.reason + ": " + u.err.Error() }

// span is how many journal entries are fetched at a time, and ahead how many such fetches run at once.
const (
	span  = table.MaxPage
	ahead = 4
)

// snapshot folds the journal up to the pinned version.
func (s *Supervision) snapshot(ctx context.Context, now time.Time, run compliance.Run) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type fetched struct {
		entries []records.StoredEntry
		err     error
	}
	var waiting []chan fetched
	from := int64(0)
	fetch := func() {
		upto := min(from+span, run.Pins.ListVersion)
		if from == upto {
			return
		}
		c := make(chan fetched, 1)
		waiting = append(waiting, c)
		go func(after int64) {
			entries, err := s.Store.Entries(ctx, now, after, upto, span)
			c <- fetched{entries, err}
		}(from)
		from = upto
	}
	for range ahead {
		fetch()
	}
	b := compliance.NewListBuilder(run.Key)
	for len(waiting) > 0 {
		f := <-waiting[0]
		if f.err != nil {
			if errors.Is(f.err, records.ErrDamaged) {
				return nil, &unplannable{"the journal cannot be read", f.err}
			}
			return nil, f.err
		}
		waiting = waiting[1:]
		fetch()
		for _, e := range f.entries {
			if err := b.Add(e.Entry); err != nil {
				return nil, &unplannable{"the journal is not in order", err}
			}
		}
	}
	return b.Snapshot(run.Pins.At)
}

// planMessage asks for the run to be planned, or closed where all its shards are done.
func planMessage(run string) queue.Message {
	return queue.Message{Queue: Queue, Body: string(encode(work{Run: run}))}
}

func shardMessage(run string, shard int) queue.Message {
	return queue.Message{Queue: Queue, Body: string(encode(work{Run: run, Shard: &shard}))}
}

// send hands the shards of a plan that are not done to the workers.
func (s *Supervision) send(ctx context.Context, run string, plan compliance.Plan, done map[int]bool) error {
	var messages []queue.Message
	for _, share := range plan {
		if !done[share.Shard] {
			messages = append(messages, shardMessage(run, share.Shard))
		}
	}
	return s.Queue.Send(ctx, messages...)
}

// hint sends a message about what is written already: if it is lost, the next sweep finds the run.
func (s *Supervision) hint(ctx context.Context, m queue.Message) {
	if err := s.Queue.Send(ctx, m); err != nil {
		s.log().WarnContext(ctx, "a message was not sent; the next sweep sends it", "queue", m.Queue, "error", err)
	}
}

// Sweep sends the messages of all unfinished runs anew. Schedules and each start of the local run call it, so that a message that
// was lost, doubled or late changes nothing.
func (s *Supervision) Sweep(ctx context.Context, now time.Time) error {
	ids, err := s.Store.OpenRuns(ctx, now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		run, found, err := s.Store.Run(ctx, now, id)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := s.again(ctx, now, run.State); err != nil {
			return err
		}
	}
	return nil
}

// again sends the messages of an unfinished run.
func (s *Supervision) again(ctx context.Context, now time.Time, run compliance.Run) error {
	if run.State != compliance.Running {
		return s.Queue.Send(ctx, planMessage(run.ID))
	}
	all, err := s.Store.AllProgress(ctx, now, run)
	if err != nil {
		return err
	}
	done := map[int]bool{}
	for _, p := range all {
		if p.Done {
			done[p.Shard] = true
		}
	}
	if len(done) == len(run.Plan) { // none is left but to close it
		return s.Queue.Send(ctx, planMessage(run.ID))
	}
	return s.send(ctx, run.ID, run.Plan, done)
}
