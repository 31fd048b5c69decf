package supervision

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/subject"
)

// checkOwn refuses what an enterprise may not say about itself, whatever is stored.
func (e *Enterprise) checkOwn() error {
	var w fault.Wrong
	if e.Contact == nil {
		w.Add("/contact", "is required", "必填")
	}
	e.Contact.check(&w)
	for i, p := range e.Parties {
		p.check(fmt.Sprintf("/parties/%d", i), &w)
	}
	return w.Fault()
}

// unchanged refuses what an enterprise may not change about itself: all but its contact may be left out, or sent as it is registered.
func (s *Supervision) unchanged(ctx context.Context, call Call, in Enterprise, stored compliance.Registration, kept vault) error {
	same, next, err := s.registration(ctx, call, stored.USCC, in, stored, kept)
	if err != nil {
		return err
	}
	sameName := func(a, b subject.Name) bool { return a.Text == b.Text && (a.Lang == b.Lang || a.Lang == "") }
	var w fault.Wrong
	for _, f := range []struct {
		name        string
		given, same bool
	}{
		{"names", in.Names != nil, slices.EqualFunc(same.Names, stored.Names, sameName)},
		{"sectors", in.Sectors != nil, slices.Equal(same.Sectors, stored.Sectors)},
		{"region", in.Region != "", in.Region == stored.Region},
		{"responsible_authority", in.Authority != "", in.Authority == stored.Authority},
		{"size_class", in.Size != "", in.Size == stored.Size},
		{"parent", in.Parent != nil, same.Parent == stored.Parent},
		{"parties", in.Parties != nil, slices.Equal(same.Parties, stored.Parties) && maps.Equal(next.Names, kept.Names)},
	} {
		if f.given && !f.same {
			w.Add("/"+f.name, "only an authority changes this; leave it out or as it is registered", "仅主管部门可修改,请删去或者与登记内容保持一致")
		}
	}
	return w.Fault()
}
