package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shixin/shared/compliance/risk"
	"shixin/shared/table"
)

// Risk is what the open findings of an enterprise weigh, and in which lists it stands for that. Before it is stored first, its
// version is 0.
type Risk struct {
	USCC  string     `json:"-"`
	Score risk.Score `json:"score"`
	Lists []string   `json:"lists"`
	// What tells who may see the enterprise, as it was then.
	Sectors   []string `json:"sectors"`
	Region    string   `json:"region"`
	Authority string   `json:"authority"`

	version int64
}

// RiskIn names the list of a region.
func RiskIn(region string) string { return "in#" + region }

// RiskBy names the list of an authority.
func RiskBy(authority string) string { return "by#" + authority }

// heaviest is more than any sum: places ascend as weights descend.
const heaviest = 9_999_999_999

// Place is where the enterprise stands in each of its lists.
func (r Risk) Place() string {
	return fmt.Sprintf("%010d#%s", heaviest-min(int64(r.Score.Points), heaviest), r.USCC)
}

// Risks reads what the enterprises first to last of a shard weigh, both included.
func (s *Store) Risks(ctx context.Context, now time.Time, shard int, first, last string) ([]Risk, error) {
	r := table.Range{Now: now, Partition: riskKey(shard, "").Partition, From: first, To: last, Limit: table.MaxPage}
	var all []Risk
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			one := Risk{USCC: item.Sort, version: item.Version}
			if err := decode(item, &one); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		if page.Next == "" {
			return all, nil
		}
		r.After = page.Next
	}
}

// RisksOf reads what some enterprises weigh, at most 1,000 and none named twice, without those that weigh nothing.
func (s *Store) RisksOf(ctx context.Context, now time.Time, usccs []string) ([]Risk, error) {
	if len(usccs) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(usccs))
	for i, u := range usccs {
		keys[i] = riskKey(ShardOf(u), u)
	}
	items, err := s.Table.Get(ctx, table.Read{Now: now, Keys: keys})
	if err != nil {
		return nil, err
	}
	all := make([]Risk, 0, len(items))
	for _, item := range items {
		one := Risk{USCC: item.Sort, version: item.Version}
		if err := decode(item, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// maxRiskOps is how many operations one change of a weight takes at the most: its own item, and leaving and entering each list.
const maxRiskOps = 7

// RoomForRisk reports whether a batch takes one more change of a weight.
func (b *Batch) RoomForRisk() bool {
	return len(b.ops)+maxRiskOps <= table.MaxOps && b.Bytes() < table.MaxWriteBytes/2
}

// PutRisk stores what an enterprise weighs over what was read, and moves it in its lists. One that weighs nothing stands in none.
func (b *Batch) PutRisk(before, after Risk) {
	was, is := before.Place(), after.Place()
	if after.Score.Points == 0 {
		after.Lists = nil
	}
	for _, list := range before.Lists {
		if was != is || !slices.Contains(after.Lists, list) {
			b.add("risk", table.DeleteOp(riskListKey(list, was), table.Condition{}))
		}
	}
	switch {
	case after.Score.Points > 0:
		b.add("risk", put(riskKey(ShardOf(after.USCC), after.USCC), before.version, after))
	case before.version > 0:
		b.add("risk", table.DeleteOp(riskKey(ShardOf(after.USCC), after.USCC), table.Is(before.version)))
	}
	for _, list := range after.Lists {
		b.add("risk", table.PutOp(table.Item{Key: riskListKey(list, is), Version: 1, Doc: encode(seen{after.Sectors, after.Region, after.Authority})}, table.Condition{}))
	}
}

// seen is what of an enterprise tells who may see it.
type seen struct {
	Sectors   []string `json:"sec"`
	Region    string   `json:"reg"`
	Authority string   `json:"aut"`
}

// Listed is one enterprise in a list by weight.
type Listed struct {
	Place, USCC       string
	Sectors           []string
	Region, Authority string
}

// RiskList reads a list behind a place, the heaviest first, at most limit; more tells whether there are further ones.
func (s *Store) RiskList(ctx context.Context, now time.Time, list, after string, limit int) (all []Listed, more bool, err error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: riskListKey(list, "").Partition, After: after, Limit: limit})
	if err != nil {
		return nil, false, err
	}
	for _, item := range page.Items {
		var v seen
		if err := decode(item, &v); err != nil {
			return nil, false, err
		}
		if len(item.Sort) < 11 {
			return nil, false, fmt.Errorf("%w: a place in a list by weight", ErrDamaged)
		}
		all = append(all, Listed{Place: item.Sort, USCC: item.Sort[11:], Sectors: v.Sectors, Region: v.Region, Authority: v.Authority})
	}
	return all, page.Next != "", nil
}
