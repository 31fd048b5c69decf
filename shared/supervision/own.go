package supervision

import (
	"fmt"
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
func (e *Enterprise) unchanged(stored compliance.Registration, kept vault) error {
	shown := viewEnterprise(stored, kept, 0)
	sameName := func(given Name, stored subject.Name) bool {
		return given.Text == stored.Text && (given.Lang == stored.Lang || given.Lang == "")
	}
	sameParent := func() bool {
		parent, err := ParseUSCC(*e.Parent)
		return err == nil && parent == stored.Parent
	}
	var w fault.Wrong
	for _, f := range []struct {
		name  string
		other bool
	}{
		{"names", e.Names != nil && !slices.EqualFunc(e.Names, stored.Names, sameName)},
		{"sectors", e.Sectors != nil && !slices.Equal(e.Sectors, stored.Sectors)},
		{"region", e.Region != "" && e.Region != stored.Region},
		{"responsible_authority", e.Authority != "" && e.Authority != stored.Authority},
		{"size_class", e.Size != "" && e.Size != stored.Size},
		{"parent", e.Parent != nil && !sameParent()},
		{"parties", e.Parties != nil && !slices.EqualFunc(e.Parties, shown.Parties, sameParty)},
	} {
		if f.other {
			w.Add("/"+f.name, "only an authority changes this; leave it out or as it is registered", "仅主管部门可修改,请删去或者与登记内容保持一致")
		}
	}
	return w.Fault()
}

// sameParty compares a party with one as it is shown. Of a personal identifier that is its mask: an answer that depended on the rest of it would
// let an enterprise try out the digits that it is not shown.
func sameParty(given, shown Party) bool {
	if !given.masked() {
		id, err := subject.Parse(given.Identifier.Scheme, given.Identifier.Value)
		if err != nil {
			return false
		}
		given.Identifier.Value = id.Masked()
	}
	return given == shown
}
