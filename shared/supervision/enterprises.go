package supervision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/compliance/risk"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// vault is what of a registration must not be read without its key: the contact, and the names of parties that may be persons, by
// their place. It lies sealed in the enterprise's own item.
type vault struct {
	Contact *Contact       `json:"contact,omitempty"`
	Names   map[int]string `json:"names,omitempty"`
}

func bound(uscc string) []byte { return []byte("enterprise " + uscc) }

func (s *Supervision) open(ctx context.Context, r compliance.Registration) (vault, error) {
	var v vault
	if r.Sealed == nil {
		return v, nil
	}
	plain, err := s.Seal.Open(ctx, r.Sealed, bound(r.USCC))
	if err != nil {
		return v, fmt.Errorf("supervision: the sealed part of an enterprise: %w", err)
	}
	return v, json.Unmarshal(plain, &v)
}

// Persons is the names of the parties of a registration that may be persons.
func (s *Supervision) Persons(ctx context.Context, r compliance.Registration) ([]string, error) {
	v, err := s.open(ctx, r)
	return slices.Collect(maps.Values(v.Names)), err
}

func (s *Supervision) seal(ctx context.Context, uscc string, v vault) ([]byte, error) {
	if v.Contact == nil && len(v.Names) == 0 {
		return nil, nil
	}
	return s.Seal.Seal(ctx, encode(v), bound(uscc))
}

// EnterpriseView is an enterprise as the API shows it. Personal identifiers are masked for everybody: nothing else of them is stored.
type EnterpriseView struct {
	USCC      string         `json:"uscc"`
	Names     []subject.Name `json:"names"`
	Sectors   []string       `json:"sectors"`
	Region    string         `json:"region"`
	Authority string         `json:"responsible_authority"`
	Size      string         `json:"size_class"`
	Parent    *string        `json:"parent"`
	Branches  *BranchesView  `json:"branches,omitempty"` // of one enterprise that is read, not of a list
	Contact   *Contact       `json:"contact"`
	Parties   []Party        `json:"parties"`
	Version   int64          `json:"version"`
	Risk      *risk.Score    `json:"risk,omitempty"` // in the order of inspection
}

func viewEnterprise(r compliance.Registration, v vault, version int64) EnterpriseView {
	e := EnterpriseView{USCC: r.USCC, Names: r.Names, Sectors: r.Sectors, Region: r.Region, Authority: r.Authority, Size: r.Size,
		Contact: v.Contact, Parties: []Party{}, Version: version}
	if r.Parent != "" {
		e.Parent = &r.Parent
	}
	for i, p := range r.Parties {
		name := p.Name
		if name == "" {
			name = v.Names[i]
		}
		e.Parties = append(e.Parties, Party{Role: string(p.Role), Name: name, Identifier: Identifier{Scheme: string(p.Ref.Scheme), Value: p.Ref.Shown}})
	}
	return e
}

// resource is an enterprise as policy sees it.
func resource(who access.Principal, uscc string, sectors []string, region, authority string) policy.Resource {
	return policy.Resource{Kind: policy.Enterprise, Authority: authority, Region: region, Sectors: sectors,
		Own: who.Role == access.Enterprise && who.USCC == uscc}
}

func resourceOf(who access.Principal, r compliance.Registration) policy.Resource {
	return resource(who, r.USCC, r.Sectors, r.Region, r.Authority)
}

// Put registers an enterprise, or replaces what is registered. An enterprise itself changes its contact alone.
func (s *Supervision) Put(ctx context.Context, call Call, uscc string, in Enterprise) (*Reply, error) {
	if call.Who.Role == access.Enterprise {
		if err := in.checkOwn(); err != nil {
			return nil, err
		}
	} else if err := in.check(uscc); err != nil {
		return nil, err
	}
	var reply *Reply
	err := repeat.Retry(ctx, func() error {
		var err error
		reply, err = s.put(ctx, call, uscc, in)
		return err
	})
	return reply, err
}

// checkOwn refuses what an enterprise may not change about itself.
func (e *Enterprise) checkOwn() error {
	var w fault.Wrong
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"names", e.Names != nil}, {"sectors", e.Sectors != nil}, {"region", e.Region != ""}, {"responsible_authority", e.Authority != ""},
		{"size_class", e.Size != ""}, {"parent", e.Parent != nil}, {"parties", e.Parties != nil},
	} {
		if f.given {
			w.Add("/"+f.name, "only an authority changes this; send contact alone", "仅主管部门可修改,请只提交 contact")
		}
	}
	if e.Contact == nil {
		w.Add("/contact", "is required", "必填")
	}
	e.Contact.check(&w)
	return w.Fault()
}

func (s *Supervision) put(ctx context.Context, call Call, uscc string, in Enterprise) (*Reply, error) {
	all, err := s.Store.Whole(ctx, call.Now, uscc)
	if err != nil {
		return nil, err
	}
	stored := all[0]
	own := call.Who.Role == access.Enterprise
	action := "enterprise.put"
	if own {
		action = "enterprise.contact"
	}
	switch {
	case stored.Version > 0:
		err = s.Policy.Allow(call.Who, action, resourceOf(call.Who, stored.State))
	case own:
		err = notFound()
	}
	if err != nil {
		return nil, err
	}
	before, err := s.open(ctx, stored.State)
	if err != nil {
		return nil, err
	}
	var after compliance.Registration
	next := before
	b := &records.Batch{}
	if own {
		after, next.Contact = stored.State, in.Contact
		after.Contacts, err = s.reaches(ctx, in.Contact)
		if err != nil {
			return nil, err
		}
	} else if after, next, err = s.registration(ctx, call, uscc, in, stored.State, before); err != nil {
		return nil, err
	} else if err := s.mayHave(call.Who, action, stored, after); err != nil {
		return nil, err
	}
	if err := matches(call.IfMatch, stored.Version); err != nil {
		return nil, err
	}
	if err := s.parents(ctx, call, b, stored.State, after, nil); err != nil {
		return nil, err
	}
	after, changed, err := s.store(ctx, call.Now, call.Who.Person, b, stored, after, before, next)
	if err != nil {
		return nil, err
	}
	version := stored.Version
	if changed {
		version++
		if stored.Version == 0 {
			b.KnowShard(records.ShardOf(uscc))
		}
		if err := s.know(ctx, call); err != nil {
			return nil, err
		}
		if err := s.Store.Commit(ctx, call.Now, b); err != nil {
			return nil, err
		}
		s.leave(ctx, call.Now, after)
		if moved(stored.State, after) {
			s.rerank(ctx, call.Now, after.Enterprise())
		}
	}
	reply := &Reply{Status: 200, Version: int(version), Body: encode(viewEnterprise(after, next, version))}
	if stored.Version == 0 {
		reply.Status = 201
	}
	return reply, nil
}

// matches compares If-Match with the version that is stored, 0 where there is none.
func matches(want *int, stored int64) error {
	switch {
	case want == nil && stored > 0:
		return fault.New(fault.PreconditionRequired, "the enterprise is registered: send If-Match with the ETag that you read", "该企业已登记:请用 If-Match 提交读取到的 ETag")
	case want == nil, *want == 0 && stored > 0, *want > 0 && int64(*want) == stored:
		return nil
	}
	return stale()
}

func stale() error {
	return fault.New(fault.Stale, "the record has changed since; read it again and send its new ETag", "记录已被更改;请重新读取并使用新的 ETag")
}

// mayHave asks whether the caller may bring an enterprise where the registration puts it: what it calls its own is then no reason.
func (s *Supervision) mayHave(who access.Principal, action string, stored records.Enterprise, after compliance.Registration) error {
	if stored.Version > 0 && stored.State.Region == after.Region && slices.Equal(stored.State.Sectors, after.Sectors) {
		return nil
	}
	r := resource(who, after.USCC, after.Sectors, after.Region, "")
	r.New = true
	return s.Policy.Allow(who, action, r)
}

// registration turns a checked input into what is kept: identifiers hashed, the names of persons and the contact apart.
func (s *Supervision) registration(ctx context.Context, call Call, uscc string, in Enterprise, stored compliance.Registration, kept vault) (compliance.Registration, vault, error) {
	r := compliance.Registration{USCC: uscc, Sectors: in.Sectors, Region: in.Region, Authority: in.Authority, Size: in.Size, Since: stored.Since}
	v := vault{Contact: in.Contact}
	if r.Authority == "" {
		r.Authority = call.Who.Authority
	}
	if in.Parent != nil {
		r.Parent, _ = ParseUSCC(*in.Parent)
	}
	var err error
	if r.Contacts, err = s.reaches(ctx, in.Contact); err != nil {
		return r, v, err
	}
	for _, n := range in.Names {
		r.Names = append(r.Names, subject.Name{Text: n.Text, Lang: n.Lang})
	}
	var w fault.Wrong
	for i, p := range in.Parties {
		party := compliance.Party{Role: compliance.Role(p.Role), Name: p.Name}
		ref, found, err := s.ref(ctx, p, stored, kept)
		if err != nil {
			return r, v, err
		}
		if !found {
			w.Add(fmt.Sprintf("/parties/%d/identifier/value", i), "no single party of this name is stored under this mask; give the identifier in full", "没有唯一对应该掩码的关联方,请填写完整标识")
			continue
		}
		party.Ref = ref
		if ref.Scheme != subject.USCC && ref.Scheme != subject.LEI { // any other may be a person's
			if v.Names == nil {
				v.Names = map[int]string{}
			}
			party.Name, v.Names[i] = "", p.Name
		}
		r.Parties = append(r.Parties, party)
	}
	return r, v, w.Fault()
}

// ref is how a party's identifier is kept. A mask stands for the stored identifier that was shown so, under the same name.
func (s *Supervision) ref(ctx context.Context, p Party, stored compliance.Registration, kept vault) (subject.Ref, bool, error) {
	if p.masked() {
		var found []subject.Ref
		for i, q := range stored.Parties {
			if string(q.Ref.Scheme) == p.Identifier.Scheme && q.Ref.Shown == p.Identifier.Value && kept.Names[i] == p.Name && !slices.Contains(found, q.Ref) {
				found = append(found, q.Ref)
			}
		}
		if len(found) == 1 {
			return found[0], true, nil
		}
		return subject.Ref{}, false, nil
	}
	id, err := subject.Parse(p.Identifier.Scheme, p.Identifier.Value)
	if err != nil {
		return subject.Ref{}, false, err
	}
	if id.Scheme.Public() {
		return id.Ref(""), true, nil
	}
	hash, err := s.Hash.Hash(ctx, id.Normal())
	return id.Ref(hash), true, err
}

// store puts a registration into a batch, unless nothing of it has changed.
func (s *Supervision) store(ctx context.Context, now time.Time, person string, b *records.Batch, stored records.Enterprise, after compliance.Registration, before, next vault) (compliance.Registration, bool, error) {
	after.Revision, after.At, after.Person, after.Since = stored.State.Revision, now.UTC(), stored.State.Person, stored.State.Since
	if stored.Version == 0 {
		after.Since = workday.DayOf(now)
	}
	if stored.Version == 0 || !compliance.SameJudged(stored.State, after) {
		after.Revision++
		after.Person = person
	}
	same := stored.State
	same.Sealed, same.Leaving, same.At = nil, nil, after.At
	after.Sealed, after.Leaving = nil, nil
	if stored.Version > 0 && reflect.DeepEqual(same, after) && reflect.DeepEqual(before, next) {
		return stored.State, false, nil
	}
	sealed, err := s.seal(ctx, after.USCC, next)
	if err != nil {
		return after, false, err
	}
	after.Sealed, after.Leaving = sealed, records.Leaving(stored.State, after)
	if len(encode(after)) > table.MaxItemBytes-4096 {
		return after, false, fault.At("/parties", "the registration is larger than one record holds; give fewer or shorter names and parties", "登记内容超出单条记录容量,请减少名称或关联方")
	}
	if err := s.Store.GainLinks(ctx, now, stored.State, after); err != nil {
		return after, false, err
	}
	if stored.Damaged != nil && stored.Version > 0 { // what lies in its shard is written anew
		l, err := s.Indicators()
		if err != nil {
			return after, false, err
		}
		e, err := s.withFigures(ctx, now, l, stored)
		if err != nil {
			return after, false, err
		}
		stored.Figures, stored.Reports = e.figures.Encode(), e.Reports
	}
	b.PutEnterprise(stored, after)
	return after, true, nil
}

// reaches hashes the ways of reaching an enterprise, by which those that share one are found.
func (s *Supervision) reaches(ctx context.Context, c *Contact) ([]compliance.Contact, error) {
	if c == nil {
		return nil, nil
	}
	var all []compliance.Contact
	for _, r := range relation.Reaches(c.Address, c.Phone, c.Email) {
		hash, err := s.Hash.Hash(ctx, r.Normal)
		if err != nil {
			return nil, err
		}
		all = append(all, compliance.Contact{By: string(r.By), Ref: subject.Ref{Scheme: r.Scheme, Key: hash, Shown: r.Shown}})
	}
	return all, nil
}

// moved reports whether an enterprise that was registered before is now seen by others.
func moved(before, after compliance.Registration) bool {
	return before.USCC != "" && (before.Region != after.Region || before.Authority != after.Authority || !slices.Equal(before.Sectors, after.Sectors))
}

// leave drops the links that a large change has left for behind it. The registration remembers them: where it fails, the next change
// drops them.
func (s *Supervision) leave(ctx context.Context, now time.Time, after compliance.Registration) {
	if err := s.Store.LeaveLinks(ctx, now, after); err != nil {
		s.log().WarnContext(ctx, "links of an enterprise were not dropped", "uscc", after.USCC, "error", err)
	}
}

// Read answers with one enterprise.
func (s *Supervision) Read(ctx context.Context, who access.Principal, now time.Time, uscc string) (*Reply, error) {
	stored, err := s.Store.Enterprise(ctx, now, uscc)
	if err != nil {
		return nil, err
	}
	if stored.Version == 0 {
		return nil, notFound()
	}
	if err := s.Policy.Allow(who, "enterprise.read", resourceOf(who, stored.State)); err != nil {
		return nil, err
	}
	v, err := s.open(ctx, stored.State)
	if err != nil {
		return nil, err
	}
	view := viewEnterprise(stored.State, v, stored.Version)
	if view.Branches, err = s.branches(ctx, who, now, uscc); err != nil {
		return nil, err
	}
	return &Reply{Status: 200, Version: int(stored.Version), Body: encode(view)}, nil
}

// EnterprisePlace is where a page of the list of enterprises goes on.
type EnterprisePlace struct {
	Shard int    `json:"s"`
	After string `json:"a,omitempty"`
}

// maxScan bounds how many enterprises one page looks through for those that the caller may see.
const maxScan = 4000

// List answers a page of the enterprises that the caller may read, in the order of their shards. A page may hold fewer than the limit.
func (s *Supervision) List(ctx context.Context, who access.Principal, now time.Time, from EnterprisePlace, limit int) ([]EnterpriseView, *EnterprisePlace, error) {
	shards, err := s.Store.KnownShards(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	may := s.memo(who, "enterprise.read")
	var usccs []string
	var next *EnterprisePlace
	scanned := 0
walk:
	for _, shard := range shards {
		if shard < from.Shard {
			continue
		}
		after := ""
		if shard == from.Shard {
			after = from.After
		}
		for more := true; more; {
			if scanned >= maxScan || len(usccs) == limit {
				next = &EnterprisePlace{Shard: shard, After: after}
				break walk
			}
			var all []records.Judged
			all, more, err = s.Store.Shard(ctx, now, shard, after, min(200, 2*(limit-len(usccs))), false)
			if err != nil {
				return nil, nil, err
			}
			for i, e := range all {
				after = e.USCC
				scanned++
				if e.Damaged == nil && may(e.Enterprise) {
					usccs = append(usccs, e.USCC)
				}
				if len(usccs) == limit && (more || i < len(all)-1) {
					next = &EnterprisePlace{Shard: shard, After: after}
					break walk
				}
			}
		}
	}
	views, err := s.views(ctx, now, usccs)
	return views, next, err
}

func (s *Supervision) views(ctx context.Context, now time.Time, usccs []string) ([]EnterpriseView, error) {
	stored, err := s.Store.Enterprises(ctx, now, usccs)
	if err != nil {
		return nil, err
	}
	views := make([]EnterpriseView, 0, len(stored))
	for i, e := range stored {
		var v vault
		err := e.Damaged
		if err == nil {
			v, err = s.open(ctx, e.State)
		}
		if errors.Is(err, records.ErrDamaged) || errors.Is(err, keys.ErrNotOpened) { // the others are shown all the same
			s.unreadable(ctx, usccs[i], err)
			continue
		}
		if err != nil {
			return nil, err
		}
		views = append(views, viewEnterprise(e.State, v, e.Version))
	}
	return views, nil
}

// unreadable rings for an enterprise whose stored item cannot be read, by its code, which is public.
func (s *Supervision) unreadable(ctx context.Context, uscc string, err error) {
	s.log().ErrorContext(ctx, "an enterprise cannot be read", "alarm", "isolated", "uscc", uscc, "error", err)
}

// memo asks policy once for enterprises that are alike to it.
func (s *Supervision) memo(who access.Principal, action string) func(compliance.Enterprise) bool {
	known := map[string]bool{}
	return func(e compliance.Enterprise) bool {
		key := fmt.Sprint(e.Sectors, e.Region, e.Authority)
		may, asked := known[key]
		if !asked {
			may = s.Policy.Allow(who, action, resource(who, e.USCC, e.Sectors, e.Region, e.Authority)) == nil
			known[key] = may
		}
		return may
	}
}
