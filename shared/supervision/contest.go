package supervision

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Evidence names a document and its SHA-256.
type Evidence struct {
	Title  string `json:"title"`
	SHA256 string `json:"sha256"`
}

// Objection is the body of POST .../findings/{id}/contest.
type Objection struct {
	Grounds  string     `json:"grounds"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Ruling is the body of POST .../contest/outcome.
type Ruling struct {
	Outcome string `json:"outcome"`
	Reasons string `json:"reasons"`
}

const maxEvidence = 100

func (o *Objection) check() error {
	var w fault.Wrong
	w.Err("/grounds", subject.CheckText(o.Grounds, 20000))
	if len(o.Evidence) > maxEvidence {
		w.Add("/evidence", fmt.Sprintf("at most %d documents", maxEvidence), "证据最多 100 份")
		o.Evidence = o.Evidence[:maxEvidence]
	}
	for i, e := range o.Evidence {
		w.Err(fmt.Sprintf("/evidence/%d/title", i), subject.CheckText(e.Title, 300))
		if !isSHA256(e.SHA256) {
			w.Add(fmt.Sprintf("/evidence/%d/sha256", i), "must be a SHA-256: 64 hexadecimal digits in lower case", "须为 SHA-256:64 位小写十六进制")
		}
	}
	return w.Fault()
}

func isSHA256(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == 64
}

func (r *Ruling) check() error {
	var w fault.Wrong
	if r.Outcome != string(compliance.Granted) && r.Outcome != string(compliance.Refused) {
		w.Add("/outcome", "must be granted or refused", "须为 granted 或 refused")
	}
	w.Err("/reasons", subject.CheckText(r.Reasons, 20000))
	return w.Fault()
}

// boundFinding is what the texts about a finding are sealed with.
func boundFinding(id string) []byte { return []byte("finding " + id) }

// finding reads one finding of an enterprise that the caller may do something with. What an enterprise cannot see is not there for it.
func (s *Supervision) finding(ctx context.Context, call Call, action, uscc, id string) (records.Enterprise, records.Finding, error) {
	stored, err := s.Store.Enterprise(ctx, call.Now, uscc)
	if err == nil && stored.Version == 0 {
		err = notFound()
	}
	if err == nil {
		err = s.Policy.Allow(call.Who, action, resourceOf(call.Who, stored.State))
	}
	if err != nil {
		return stored, records.Finding{}, err
	}
	all, err := s.Store.FindingsOf(ctx, call.Now, uscc)
	if err != nil {
		return stored, records.Finding{}, err
	}
	i := slices.IndexFunc(all, func(f records.Finding) bool { return f.Damaged == nil && f.State.ID == id })
	if i < 0 {
		return stored, records.Finding{}, notFound()
	}
	if _, seen := all[i].State.Public(); !seen && call.Who.Role == access.Enterprise {
		return stored, records.Finding{}, notFound()
	}
	return stored, all[i], nil
}

// Contest records what an enterprise says against a finding, and answers with the finding.
func (s *Supervision) Contest(ctx context.Context, call Call, uscc, id string, o Objection) (*Reply, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return s.step(ctx, call, "finding.contest", uscc, id, func(_ records.Enterprise, f compliance.Finding) (compliance.Finding, error) {
		sealed, err := s.Seal.Seal(ctx, encode(o), boundFinding(f.ID))
		if err != nil {
			return f, err
		}
		if call.Who.Role == access.Enterprise {
			if seen, _ := f.Public(); seen.State == compliance.Cured {
				return f, fault.New(fault.Conflict, "the finding is cured", "该问题已消除")
			}
		}
		return f.Contest(compliance.Contest{By: call.Who.Account, At: call.Now.UTC(), Sealed: sealed})
	})
}

// Rule gives a contest its outcome, by an officer who had no part in the finding: who ordered the run that made it, or who entered what
// it was judged by, is none.
func (s *Supervision) Rule(ctx context.Context, call Call, uscc, id string, r Ruling) (*Reply, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return s.step(ctx, call, "finding.outcome", uscc, id, func(e records.Enterprise, f compliance.Finding) (compliance.Finding, error) {
		parties, err := s.parties(ctx, call.Now, e, f)
		if err != nil {
			return f, err
		}
		if slices.Contains(parties, call.Who.Person) {
			return f, fault.New(fault.Forbidden, "who ordered the run or entered what it judged does not decide the contest; another officer does", "发起检查或者录入被检查信息的人员不得处理该异议,须由其他经办人员处理")
		}
		reasons, err := s.Seal.Seal(ctx, encode(r.Reasons), boundFinding(f.ID))
		if err != nil {
			return f, err
		}
		return f.Settle(r.Outcome == string(compliance.Granted), call.Who.Account, call.Now.UTC(), reasons)
	})
}

// parties are the natural persons who had a part in a finding.
func (s *Supervision) parties(ctx context.Context, now time.Time, e records.Enterprise, f compliance.Finding) ([]string, error) {
	var persons []string
	if len(f.Inputs) == 0 || slices.ContainsFunc(f.Inputs, registered) {
		persons = append(persons, e.State.Person)
	}
	run, found, err := s.Store.Run(ctx, now, f.Pins.Run)
	if err != nil {
		return nil, err
	}
	if found {
		persons = append(persons, run.State.Person)
	}
	entered, err := s.reporters(ctx, now, e.State.USCC, f)
	persons = append(persons, entered...)
	return slices.DeleteFunc(persons, func(p string) bool { return p == "" }), err
}

// registered reports whether an input was read from the enterprise's registration.
func registered(in compliance.Input) bool {
	return in.Kind == "" || in.Kind == compliance.OfParties || in.Kind == compliance.OfTrait
}

// reporters are the officers who entered the figures that a finding rests on.
func (s *Supervision) reporters(ctx context.Context, now time.Time, uscc string, f compliance.Finding) ([]string, error) {
	var persons []string
	for _, in := range f.Inputs {
		p, err := indicator.ParsePeriod(in.Period)
		if in.Kind != compliance.OfFigure || in.Revision == 0 || err != nil {
			continue
		}
		revisions, _, err := s.Store.Reports(ctx, now, uscc, p, &records.ReportPlace{Period: p, Revision: in.Revision + 1}, 1)
		if err != nil {
			return nil, err
		}
		for _, r := range revisions {
			if r.Revision == in.Revision && r.Role == string(access.Officer) {
				persons = append(persons, r.Person)
			}
		}
	}
	return persons, nil
}

// step changes one finding and answers with it.
func (s *Supervision) step(ctx context.Context, call Call, action, uscc, id string, change func(records.Enterprise, compliance.Finding) (compliance.Finding, error)) (*Reply, error) {
	return s.kept().Once(ctx, call, func() (*Reply, error) {
		e, before, err := s.finding(ctx, call, action, uscc, id)
		if err != nil {
			return nil, err
		}
		if !call.Matches(before.Version()) {
			return nil, stale()
		}
		after, err := change(e, before.State)
		if err != nil {
			return nil, err
		}
		shown := after
		if call.Who.Role == access.Enterprise {
			shown, _ = after.Public()
		}
		version := before.Version() + 1
		texts := s.texts(ctx, call.Now)
		view, err := s.viewFinding(ctx, texts, shown, version, call.Who.Role != access.Enterprise)
		if err != nil {
			return nil, err
		}
		reply := &Reply{Status: 200, Version: version, Body: encode(view)}
		b := &records.Batch{}
		b.PutFinding(before, after)
		item, err := s.findingItem(texts, e.State.Enterprise(), after)
		if err != nil {
			return nil, err
		}
		b.PutWork(item, true)
		if err := s.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		if err := s.Store.Commit(ctx, call.Now, b); err != nil {
			return nil, err
		}
		s.rerank(ctx, call.Now, e.State.Enterprise())
		return reply, nil
	})
}

// ContestView is a contest as the API shows it.
type ContestView struct {
	State    compliance.ContestState `json:"state"`
	At       time.Time               `json:"at"`
	Grounds  string                  `json:"grounds"`
	Evidence []Evidence              `json:"evidence"`
	Due      *compliance.Due         `json:"due"` // of the outcome; null where its clock is unset
	Decided  *time.Time              `json:"decided,omitempty"`
	Reasons  string                  `json:"reasons,omitempty"`
}

func (s *Supervision) viewContests(ctx context.Context, f compliance.Finding) ([]ContestView, error) {
	var out []ContestView
	for _, c := range f.Contests {
		plain, err := s.Seal.Open(ctx, c.Sealed, boundFinding(f.ID))
		if err != nil {
			return nil, err
		}
		var o Objection
		if err := json.Unmarshal(plain, &o); err != nil {
			return nil, err
		}
		v := ContestView{State: c.State, At: c.At, Grounds: o.Grounds, Evidence: append([]Evidence{}, o.Evidence...), Decided: c.Decided}
		if v.Due, err = s.due(c.At, func(k compliance.Clocks) compliance.Clock { return k.Contest }); err != nil {
			return nil, err
		}
		if c.Reasons != nil {
			if plain, err = s.Seal.Open(ctx, c.Reasons, boundFinding(f.ID)); err != nil {
				return nil, err
			}
			if err := json.Unmarshal(plain, &v.Reasons); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// due is the last day of a clock that starts at a moment.
func (s *Supervision) due(at time.Time, which func(compliance.Clocks) compliance.Clock) (*compliance.Due, error) {
	clocks, err := s.Clocks()
	if err != nil {
		return nil, err
	}
	calendar, err := s.Calendar()
	if err != nil {
		return nil, err
	}
	return which(clocks).From(workday.DayOf(at), calendar), nil
}
