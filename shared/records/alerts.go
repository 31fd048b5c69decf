package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shixin/shared/journal"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
)

func alertKey(owner, id string) table.Key {
	return table.Key{Partition: famAlert + "#" + owner, Sort: id}
}
func alertedKey(owner, list, listing, entry string) table.Key {
	return table.Key{Partition: famAlerted + "#" + owner, Sort: list + "#" + listing + "#" + entry}
}

// AlertID names the alert of one entry of a watch list about one journal entry: ids are in the order of the journal.
func AlertID(n int64, entry string) string { return fmt.Sprintf("%012d-%s", n, entry) }

// AlertsFrom is the id before all alerts of the journal entries from n on.
func AlertsFrom(n int64) string { return fmt.Sprintf("%012d", n) }

// Alert is one effect that touched one entry of a watch list.
type Alert struct {
	ID        string         `json:"-"`
	List      string         `json:"list"`
	Entry     string         `json:"entry"` // key of the entry: the same as long as the entry is
	N         int64          `json:"n"`
	At        time.Time      `json:"at"`
	Type      journal.Type   `json:"type"`
	Listing   string         `json:"listing"`
	Regime    string         `json:"regime"`
	Ground    string         `json:"ground"`
	Authority string         `json:"authority"`
	Kind      subject.Kind   `json:"kind"`
	Verdict   string         `json:"verdict"` // match by identifier, possible by name
	Score     float64        `json:"score,omitempty"`
	From      workday.Day    `json:"from,omitempty"`
	Until     workday.Day    `json:"until,omitempty"`
	Measures  []string       `json:"measures,omitempty"`
	Published bool           `json:"published,omitempty"`
	Stays     []journal.Stay `json:"stays,omitempty"`
	Cause     string         `json:"cause,omitempty"`
	Left      bool           `json:"left,omitempty"` // a correction took the identifier off the listing
	// Sealed is the entry's own words and the names that were compared.
	Sealed []byte `json:"sealed"`
	// Sides are the hashes of what was compared: the entry's and the listing's.
	EntrySide   string   `json:"entry_side"`
	ListingSide string   `json:"listing_side"`
	USCCs       []string `json:"usccs,omitempty"` // of the entry
}

// PutAlert stores an alert, and that its entry has one about the listing. Storing it again changes nothing that is read of it.
func (b *Batch) PutAlert(owner string, a Alert) {
	b.add("alert", table.PutOp(table.Item{Key: alertKey(owner, AlertID(a.N, a.Entry)), Version: 1, Doc: encode(a)}, table.Condition{}))
	mark := alertedKey(owner, a.List, a.Listing, a.Entry)
	if _, twice := b.at[mark]; !twice { // two effects of one listing in one Write
		b.add("alert", table.PutOp(table.Item{Key: mark, Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
}

// Alerts reads an owner's alerts behind an id, in order, none beyond journal entry upto, at most limit.
func (s *Store) Alerts(ctx context.Context, now time.Time, owner, after string, upto int64, limit int) ([]Alert, error) {
	r := table.Range{Now: now, Partition: alertKey(owner, "").Partition, To: AlertsFrom(upto + 1), Limit: limit}
	if after != "" {
		if after >= r.To {
			return nil, nil
		}
		r.After = after
	}
	var out []Alert
	for {
		page, err := s.Table.Query(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			a := Alert{ID: item.Sort}
			if err := decode(item, &a); err != nil {
				return nil, err
			}
			out = append(out, a)
		}
		if page.Next == "" || len(out) == limit {
			return out, nil
		}
		r.After, r.Limit = page.Next, limit-len(out)
	}
}

// Alert reads one alert strongly; false when it is absent.
func (s *Store) Alert(ctx context.Context, now time.Time, owner, id string) (Alert, bool, error) {
	a := Alert{ID: id}
	v, err := s.load(ctx, now, alertKey(owner, id), &a)
	return a, v > 0, err
}

// Alerted is the keys of a list's entries that have had an alert about a listing, at most 1,000.
func (s *Store) Alerted(ctx context.Context, now time.Time, owner, list, listing string) ([]string, error) {
	key := alertedKey(owner, list, listing, "")
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: key.Partition, From: key.Sort, To: key.Sort + "~", Limit: table.MaxPage})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, item := range page.Items {
		out = append(out, strings.TrimPrefix(item.Sort, key.Sort))
	}
	return out, nil
}
