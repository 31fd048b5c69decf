package supervision

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
)

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
	if own {
		if err := in.unchanged(stored.State, before); err != nil {
			return nil, err
		}
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
	r := policy.EnterpriseOf(who, after.USCC, after.Sectors, after.Region, "")
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
	if moved(stored.State, after) {
		err = s.handOver(ctx, now, b, stored.State.Enterprise(), after.Enterprise())
	}
	return after, true, err
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
