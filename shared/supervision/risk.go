package supervision

import (
	"context"
	"slices"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/compliance/risk"
	"shixin/shared/records"
	"shixin/shared/repeat"
)

// weighed is one enterprise with what is found of it.
type weighed struct {
	compliance.Enterprise
	findings []compliance.Finding
}

// rank stores where enterprises of a shard, in the order of their codes, stand in the order of inspection. It follows from the findings
// alone, so that doing it again changes nothing: a page of a run does it before it commits, and does it again where it is cut off.
func (s *Supervision) rank(ctx context.Context, now, at time.Time, shard int, all []weighed) error {
	// Of whom nothing was ever found, nothing is stored either.
	all = slices.DeleteFunc(all, func(e weighed) bool { return len(e.findings) == 0 })
	if len(all) == 0 || s.Weights == nil {
		return nil
	}
	weights, err := s.Weights()
	if err != nil {
		return err
	}
	return repeat.Retry(ctx, func() error {
		stored, err := s.Store.Risks(ctx, now, shard, all[0].USCC, all[len(all)-1].USCC)
		if err != nil {
			return err
		}
		before := map[string]records.Risk{}
		for _, r := range stored {
			before[r.USCC] = r
		}
		b := &records.Batch{}
		for _, e := range all {
			was, after := before[e.USCC], weigh(weights, e, at)
			if was.Score.Points == after.Score.Points && was.Score.Points == 0 || was.Score.At.After(at) || sameRisk(was, after) {
				continue
			}
			if !b.RoomForRisk() {
				if err := s.Store.Commit(ctx, now, b); err != nil {
					return err
				}
				b = &records.Batch{}
			}
			b.PutRisk(was, after)
		}
		if b.Len() == 0 {
			return nil
		}
		return s.Store.Commit(ctx, now, b)
	})
}

func weigh(w risk.Weights, e weighed, at time.Time) records.Risk {
	r := records.Risk{USCC: e.USCC, Score: w.Of(e.findings, at), Sectors: e.Sectors, Region: e.Region, Authority: e.Authority}
	r.Lists = []string{records.RiskBy(e.Authority)}
	for _, in := range regionLists(e.Region) {
		r.Lists = append(r.Lists, records.RiskIn(in))
	}
	return r
}

func sameRisk(a, b records.Risk) bool {
	return a.Score.Same(b.Score) && slices.Equal(a.Lists, b.Lists) && slices.Equal(a.Sectors, b.Sectors) && a.Region == b.Region && a.Authority == b.Authority
}

// regionLists are the lists by region that an enterprise stands in: of its province and its city, or of the nation where it is in no
// province.
func regionLists(region string) []string {
	province, city := region[:2]+"0000", region[:4]+"00"
	if province == city {
		return []string{province}
	}
	return []string{province, city}
}

// rerank orders some enterprises anew after something besides a run has changed them. It is not what the caller asked for: where it
// fails, the next run does it.
func (s *Supervision) rerank(ctx context.Context, now time.Time, all ...compliance.Enterprise) {
	for _, e := range all {
		found, err := s.Store.FindingsOf(ctx, now, e.USCC)
		one := weighed{Enterprise: e}
		for _, f := range found {
			if f.Damaged != nil {
				err = f.Damaged
			}
			one.findings = append(one.findings, f.State)
		}
		if err == nil {
			err = s.rank(ctx, now, now, records.ShardOf(e.USCC), []weighed{one})
		}
		if err != nil {
			s.log().WarnContext(ctx, "an enterprise was not ordered anew", "uscc", e.USCC, "error", err)
		}
	}
}

// stream is one list, read as far as it is needed.
type stream struct {
	list  string
	ahead []records.Listed
	after string
	more  bool
}

// riskLists are the lists that hold all that a caller may see: those of its region, or of all provinces, and its authority's own.
func riskLists(who access.Principal) []string {
	region := who.Region
	if who.Role == access.Auditor {
		region = "000000"
	}
	var lists []string
	switch {
	case region == "000000":
		lists = append(lists, records.RiskIn(region))
		for _, p := range strings.Fields(provinces) {
			lists = append(lists, records.RiskIn(p+"0000"))
		}
	case len(region) == 6:
		of := regionLists(region)
		lists = append(lists, records.RiskIn(of[len(of)-1])) // a county's are among those of its city
	}
	if who.Authority != "" {
		lists = append(lists, records.RiskBy(who.Authority))
	}
	return lists
}

// RiskPlace is where a page of the order of inspection goes on.
type RiskPlace struct {
	After string `json:"a"`
}

// ByRisk answers a page of the enterprises that have open findings and that the caller may read, the heaviest first, each with its sum.
// A page may hold fewer than the limit.
func (s *Supervision) ByRisk(ctx context.Context, who access.Principal, now time.Time, from RiskPlace, limit int) ([]EnterpriseView, *RiskPlace, error) {
	var streams []*stream
	for _, list := range riskLists(who) {
		streams = append(streams, &stream{list: list, after: from.After, more: true})
	}
	may := s.memo(who, "enterprise.read")
	var usccs []string
	last := ""
	for scanned := 0; len(usccs) < limit && scanned < maxScan; scanned++ {
		first, err := s.heaviest(ctx, now, streams, limit)
		if err != nil {
			return nil, nil, err
		}
		if first == nil {
			last = ""
			break
		}
		last = first.Place
		if may(compliance.Enterprise{USCC: first.USCC, Sectors: first.Sectors, Region: first.Region, Authority: first.Authority}) && !slices.Contains(usccs, first.USCC) {
			usccs = append(usccs, first.USCC)
		}
	}
	views, err := s.riskViews(ctx, who, now, usccs)
	if err != nil || last == "" {
		return views, nil, err
	}
	return views, &RiskPlace{After: last}, nil
}

// heaviest takes the next enterprise of all lists; nil at the end. It may stand in several.
func (s *Supervision) heaviest(ctx context.Context, now time.Time, streams []*stream, limit int) (*records.Listed, error) {
	var first *records.Listed
	for _, m := range streams {
		if len(m.ahead) == 0 && m.more {
			var err error
			// Some may not be the caller's to see: a page of few is not read in as many steps.
			if m.ahead, m.more, err = s.Store.RiskList(ctx, now, m.list, m.after, max(limit, 100)); err != nil {
				return nil, err
			}
			if len(m.ahead) > 0 {
				m.after = m.ahead[len(m.ahead)-1].Place
			}
		}
		if len(m.ahead) > 0 && (first == nil || m.ahead[0].Place < first.Place) {
			first = &m.ahead[0]
		}
	}
	if first == nil {
		return nil, nil
	}
	taken := *first
	for _, m := range streams {
		if len(m.ahead) > 0 && m.ahead[0].Place == taken.Place {
			m.ahead = m.ahead[1:]
		}
	}
	return &taken, nil
}

// riskViews shows enterprises with their sums, as they are now: one that the caller may not read any more is left out.
func (s *Supervision) riskViews(ctx context.Context, who access.Principal, now time.Time, usccs []string) ([]EnterpriseView, error) {
	risks, err := s.Store.RisksOf(ctx, now, usccs)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, now, usccs)
	if err != nil {
		return nil, err
	}
	shown := make([]EnterpriseView, 0, len(views))
	for _, v := range views {
		i := slices.IndexFunc(risks, func(r records.Risk) bool { return r.USCC == v.USCC })
		if i < 0 || s.Policy.Allow(who, "enterprise.read", policy.EnterpriseOf(who, v.USCC, v.Sectors, v.Region, v.Authority)) != nil {
			continue
		}
		v.Risk = &risks[i].Score
		shown = append(shown, v)
	}
	return shown, nil
}
