package records

import (
	"context"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/table"
)

func watchListKey(owner, name string) table.Key {
	return table.Key{Partition: famWatch + "#" + owner, Sort: name}
}
func allWatchListsKey(owner, name string) table.Key {
	return table.Key{Partition: famWatch, Sort: owner + "#" + name}
}
func announcedKey() table.Key { return table.Key{Partition: famAnnounced, Sort: "journal"} }

// WatchCursor is how far a watch list has come in the journal: all alerts of the entries up to N are there, and of the next one those about
// the entries of the list before the one whose number is Part.
type WatchCursor struct {
	N    int64 `json:"n"`
	Part int   `json:"part,omitempty"`
}

// WatchDraft is a list of which not all parts have come, or that is not made yet.
type WatchDraft struct {
	ID    string            `json:"id"`    // another one whenever a part comes; the version that is made of it is named so
	Base  int               `json:"base"`  // version that it is to replace; 0 for a new list
	Parts int               `json:"parts"` // how many there are to be
	Came  map[int]WatchPart `json:"came"`  // the parts that have come, by their number
}

// WatchPart is one part of a draft: how many entries it has, and the blob that they lie in, which no other part has had.
type WatchPart struct {
	Entries int    `json:"entries"`
	Blob    string `json:"blob"`
}

// Whole reports whether all parts have come.
func (d *WatchDraft) Whole() bool { return d != nil && len(d.Came) == d.Parts }

// Is reports whether the draft is there and is the one of this id.
func (d *WatchDraft) Is(id string) bool { return d != nil && d.ID == id }

// Entries is how many entries the parts have that came.
func (d *WatchDraft) Entries() int {
	n := 0
	for _, p := range d.Came {
		n += p.Entries
	}
	return n
}

// WatchState is what is kept of one watch list besides its entries, which lie in sealed blobs under Made.
type WatchState struct {
	Version int         `json:"version"` // of its entries; 0 while the first are not there
	Role    access.Role `json:"role"`    // of its owner: what the owner may see
	USCC    string      `json:"uscc,omitempty"`
	Made    string      `json:"made,omitempty"`
	Entries int         `json:"entries"`
	Named   int         `json:"named"` // entries with a name
	At      time.Time   `json:"at"`    // of the version
	Since   int64       `json:"since"` // the list version behind which effects raise alerts
	Cursor  WatchCursor `json:"cursor"`
	Draft   *WatchDraft `json:"draft,omitempty"`
}

// WatchList is a stored watch list. Before it is stored first, Found is false.
type WatchList struct {
	Owner, Name string
	State       WatchState
	version     int64
}

// Found reports whether the list was there when it was read.
func (w WatchList) Found() bool { return w.version > 0 }

// WatchList reads a watch list strongly.
func (s *Store) WatchList(ctx context.Context, now time.Time, owner, name string) (WatchList, error) {
	w := WatchList{Owner: owner, Name: name}
	v, err := s.load(ctx, now, watchListKey(owner, name), &w.State)
	w.version = v
	return w, err
}

// OwnWatchLists reads all watch lists of an owner, by name.
func (s *Store) OwnWatchLists(ctx context.Context, now time.Time, owner string) ([]WatchList, error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: watchListKey(owner, "").Partition, Limit: table.MaxPage})
	if err != nil {
		return nil, err
	}
	var out []WatchList
	for _, item := range page.Items {
		w := WatchList{Owner: owner, Name: item.Sort, version: item.Version}
		if err := decode(item, &w.State); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// PutWatchList stores a watch list over the one that was read, and returns it as it is once the batch is committed. It fails, as "watch
// list", when it was written meanwhile.
func (b *Batch) PutWatchList(before WatchList, after WatchState) WatchList {
	b.add("watch list", put(watchListKey(before.Owner, before.Name), before.version, after))
	if before.version == 0 {
		b.add("watch list", table.PutOp(table.Item{Key: allWatchListsKey(before.Owner, before.Name), Version: 1, Doc: []byte("{}")}, table.Condition{}))
	}
	return WatchList{Owner: before.Owner, Name: before.Name, State: after, version: before.version + 1}
}

// AllWatchLists reads a page of the names of all watch lists, behind a place; after is the place of the next page, empty at the end.
func (s *Store) AllWatchLists(ctx context.Context, now time.Time, from string, limit int) (lists []WatchList, after string, err error) {
	page, err := s.Table.Query(ctx, table.Range{Now: now, Partition: famWatch, After: from, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, item := range page.Items {
		cut := strings.LastIndexByte(item.Sort, '#')
		lists = append(lists, WatchList{Owner: item.Sort[:cut], Name: item.Sort[cut+1:]})
	}
	return lists, page.Next, nil
}

// Announced is up to which journal entry all who wait for entries have been told.
type Announced struct {
	N       int64 `json:"n"`
	version int64
}

// Announced reads how far the journal was announced.
func (s *Store) Announced(ctx context.Context, now time.Time) (Announced, error) {
	var a Announced
	v, err := s.load(ctx, now, announcedKey(), &a)
	a.version = v
	return a, err
}

// PutAnnounced stores how far the journal was announced, over what was read.
func (s *Store) PutAnnounced(ctx context.Context, now time.Time, read Announced, n int64) error {
	var b Batch
	b.add("announced", put(announcedKey(), read.version, Announced{N: n}))
	return s.Commit(ctx, now, &b)
}
