package supervision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/keys"
	"shixin/shared/records"
	"shixin/shared/subject"
)

// The bounds of what one question follows. What they cut is named in the answer.
const (
	maxSteps   = 2  // from enterprise to enterprise
	maxHub     = 50 // enterprises that share one thing, beyond which it tells nothing about any two of them
	maxHubSize = 20000
	maxLinks   = 300  // links that are followed
	maxRelated = 500  // enterprises that are looked at
	maxSubject = 1000 // subjects that are asked for on the list
)

// node is one enterprise on the way.
type node struct {
	state compliance.Registration
	names vault
	from  *node // nil for the first
	steps int
	seen  bool // the caller may read it
	ties  []relation.Tie
}

// walk is one question.
type walk struct {
	s        *Supervision
	who      access.Principal
	now      time.Time
	may      func(compliance.Enterprise) bool
	known    map[string]*node
	nodes    []*node
	followed map[string]bool
	links    int
	read     int
	view     *RelationsView
}

// Relations follows what ties an enterprise to others, two steps out, and asks the list for whom it meets.
func (s *Supervision) Relations(ctx context.Context, who access.Principal, now time.Time, uscc string) (*RelationsView, error) {
	stored, err := s.Store.Enterprise(ctx, now, uscc)
	if err != nil {
		return nil, err
	}
	if stored.Version == 0 {
		return nil, notFound()
	}
	if err := s.Policy.Allow(who, "relation.read", resourceOf(who, stored.State)); err != nil {
		return nil, err
	}
	w := &walk{s: s, who: who, now: now, may: s.memo(who, "enterprise.read"), known: map[string]*node{}, followed: map[string]bool{},
		view: &RelationsView{USCC: uscc, Related: []RelatedView{}, Listed: []ListedView{}, Hubs: []HubView{}, LeftOut: []LeftOutView{}, Complete: true, AsOf: now.UTC().Truncate(time.Millisecond)}}
	if err := w.meet(ctx, &node{state: stored.State}); err != nil {
		return nil, err
	}
	for first := 0; first < len(w.nodes); {
		level := w.nodes[first:]
		first = len(w.nodes)
		for _, n := range level {
			if err := w.follow(ctx, n); err != nil {
				return nil, err
			}
		}
	}
	for _, n := range w.nodes[1:] {
		w.view.Related = append(w.view.Related, n.view())
	}
	return w.view, w.listed(ctx)
}

// meet adds an enterprise to the way.
func (w *walk) meet(ctx context.Context, n *node) (err error) {
	if n.seen = w.may(n.state.Enterprise()); n.seen {
		if n.names, err = w.s.open(ctx, n.state); err != nil {
			return err
		}
	}
	w.known[n.state.USCC] = n
	w.nodes = append(w.nodes, n)
	return nil
}

// follow finds those that share something with an enterprise.
func (w *walk) follow(ctx context.Context, n *node) error {
	if n.steps == maxSteps || !n.seen {
		return nil
	}
	var found []string
	shared := relation.Keys(n.state)
	for _, l := range relation.Of(n.state) { // who is itself a party or a parent has no key of its own to be found by
		if l.Ref.Scheme == subject.USCC {
			found = append(found, l.Ref.Key)
		}
	}
	for _, key := range slices.Concat(shared, relation.Itself(n.state.USCC)) {
		if w.followed[key] {
			continue
		}
		if w.links == maxLinks {
			w.view.Complete = false
			break
		}
		w.followed[key] = true
		w.links++
		usccs, more, err := w.s.Store.Linked(ctx, w.now, key, "", maxHub)
		if err != nil {
			return err
		}
		if more {
			if err := w.hub(ctx, n, key, usccs[len(usccs)-1]); err != nil {
				return err
			}
			continue
		}
		found = append(found, usccs...)
	}
	slices.Sort(found)
	found = slices.DeleteFunc(slices.Compact(found), func(u string) bool { return w.known[u] != nil })
	if room := maxRelated - w.read; len(found) > room {
		w.view.Complete, found = false, found[:room]
	}
	w.read += len(found)
	stored, err := w.s.Store.Enterprises(ctx, w.now, found)
	if err != nil {
		return err
	}
	for _, e := range stored {
		// What the keys say is a hint; what both have registered is the truth.
		ties := relation.Share(n.state, e.State)
		ties = slices.DeleteFunc(ties, w.tooMany)
		if e.Version == 0 || e.Damaged == nil && len(ties) == 0 {
			continue
		}
		if e.Damaged == nil {
			err := w.meet(ctx, &node{state: e.State, from: n, steps: n.steps + 1, ties: ties})
			if err != nil && !errors.Is(err, keys.ErrNotOpened) {
				return err
			}
			e.Damaged = err
		}
		if e.Damaged != nil {
			if err := w.leaveOut(ctx, n, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// leaveOut names an enterprise that cannot be read. Its code is told to whom it would be: what a run judges of it says whose it is.
func (w *walk) leaveOut(ctx context.Context, from *node, e records.Enterprise) error {
	w.s.unreadable(ctx, e.State.USCC, e.Damaged)
	judged, err := w.s.Store.JudgedOf(ctx, w.now, e.State.USCC)
	if err != nil {
		return err
	}
	v := LeftOutView{Of: from.state.USCC, Detail: fault.Both("an enterprise that seems to be tied to this one cannot be read: what ties them, and whom it leads to, is not known",
		"一家似与该企业关联的企业的记录无法读取,其关联情况及所涉名单不明")}
	if judged.Damaged == nil && w.may(judged.Enterprise) {
		v.USCC = e.State.USCC
	}
	w.known[e.State.USCC] = &node{}
	w.view.LeftOut, w.view.Complete = append(w.view.LeftOut, v), false
	return nil
}

// tooMany reports whether two share what is shared by too many. Who is itself the other's party or parent is tied to it all the same.
func (w *walk) tooMany(t relation.Tie) bool {
	return t[0].Key != "" && t[1].Key != "" && slices.ContainsFunc(w.view.Hubs, func(h HubView) bool { return h.key == t.Link().Key })
}

// hub names what too many share.
func (w *walk) hub(ctx context.Context, n *node, key, last string) error {
	rest, more, err := w.s.Store.CountLinked(ctx, w.now, key, last, maxHubSize-maxHub)
	if err != nil {
		return err
	}
	h := HubView{Of: n.state.USCC, By: relation.Party, Enterprises: maxHub + rest, More: more, key: key}
	for _, l := range relation.Of(n.state) {
		if l.Key == key {
			h.By, h.Shared = l.By, n.shared(l)
		}
	}
	if h.Shared == nil && slices.Contains(relation.Itself(n.state.USCC), key) { // it is itself what the others share
		h.Shared = &SharedView{Scheme: string(subject.USCC), Value: n.state.USCC}
		if key == relation.Branches(n.state.USCC) {
			h.By = relation.Parent
		}
	}
	atLeast := ""
	if more {
		atLeast = "more than "
	}
	h.Detail = fault.Both(fmt.Sprintf("this %s: %s%s enterprises, not followed", h.By, atLeast, grouped(h.Enterprises)),
		fmt.Sprintf("该%s由 %s 家企业共用,不再展开", map[relation.By]string{relation.Party: "关联方", relation.Parent: "上级企业",
			relation.Address: "地址", relation.Phone: "电话", relation.Email: "邮箱"}[h.By], grouped(h.Enterprises)))
	w.view.Hubs = append(w.view.Hubs, h)
	return nil
}

// grouped writes a number with commas.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// listed asks the list for the enterprises on the way, and for what links them.
func (w *walk) listed(ctx context.Context) error {
	head, err := w.s.Store.Head(ctx, w.now)
	if err != nil {
		return err
	}
	w.view.ListVersion = head.N
	var ids []string
	var asked []ListedView
	for _, n := range w.nodes {
		if !n.seen {
			continue
		}
		ask := func(role, id string, shown SharedView) {
			if len(ids) == maxSubject {
				w.view.Complete = false
				return
			}
			ids = append(ids, id)
			asked = append(asked, ListedView{Steps: n.steps, Of: n.state.USCC, Role: role, Subject: shown, Path: n.path()})
		}
		self := subject.Ref{Scheme: subject.USCC, Key: n.state.USCC}
		ask(string(compliance.Self), self.ID(), SharedView{Scheme: string(subject.USCC), Value: n.state.USCC, Name: n.state.Names[0].Text})
		for _, l := range relation.Of(n.state) {
			switch {
			case l.By == relation.Party:
				ask(string(l.Role), l.Ref.ID(), *n.shared(l))
			case l.By == relation.Phone && l.Ref.Scheme == subject.MSISDN:
				ask(string(relation.Phone), l.Ref.ID(), SharedView{Scheme: string(l.Ref.Scheme), Value: l.Ref.Shown})
			}
		}
	}
	w.view.Asked = len(ids)
	recs, err := w.records(ctx, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		r, has := recs[id]
		if !has {
			w.view.LeftOut, w.view.Complete = append(w.view.LeftOut, LeftOutView{Of: asked[i].Of, Role: asked[i].Role,
				Detail: fault.Both("what the list says about it cannot be read: that is unknown, and not clear", "名录中关于该主体的记录无法读取,是否被列入不明")}), false
			continue
		}
		w.view.ListVersion = max(w.view.ListVersion, r.Record.Last())
		if asked[i].Listings = inForce(r.Record, w.now); len(asked[i].Listings) > 0 {
			w.view.Listed = append(w.view.Listed, asked[i])
		}
	}
	return nil
}

// records is what the list says about subjects, without those of which it cannot be read.
func (w *walk) records(ctx context.Context, ids []string) (map[string]records.Record, error) {
	all := map[string]records.Record{}
	read := func(ids ...string) error {
		recs, err := w.s.Store.Records(ctx, w.now, ids)
		for _, r := range recs {
			all[r.ID] = r
		}
		return err
	}
	err := read(ids...)
	if !errors.Is(err, records.ErrDamaged) {
		return all, err
	}
	for _, id := range ids {
		if err := read(id); errors.Is(err, records.ErrDamaged) {
			w.s.log().ErrorContext(ctx, "what the list says about a subject cannot be read", "alarm", "isolated", "error", err)
		} else if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func inForce(r journal.Record, at time.Time) (all []ListingInfo) {
	for _, f := range r.At(at) {
		all = append(all, ListingInfo{ID: f.Listing, Regime: f.Regime, Ground: f.Ground, Published: f.Published})
	}
	return all
}
