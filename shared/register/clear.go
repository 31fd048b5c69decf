package register

import (
	"context"

	"shixin/shared/keys"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// InClear is what a name is looked up in: what the list knows of a subject, in clear. Of an erased listing nothing is known.
type InClear struct {
	Names []subject.Name
	Birth workday.Day // empty where it is not known
}

// Clear opens a listing's names: for those who look subjects up by name, and keep what they make of it sealed.
func Clear(ctx context.Context, s keys.Sealer, l records.Listing) (InClear, error) {
	content := &l.State.Content.Subject
	var c InClear
	v := newVault()
	if content.Kind == subject.Person || content.Birth != "" { // an organisation's names are not sealed
		var err error
		if v, err = openVault(ctx, s, l.State.ID, l.Sealed); err != nil {
			return c, err
		}
		if l.Sealed == nil {
			return c, nil
		}
	}
	for _, n := range content.Names {
		c.Names = append(c.Names, subject.Name{Text: v.name(n), Lang: n.Lang})
	}
	if content.Birth != "" {
		c.Birth = workday.Day(v.text(content.Birth))
	}
	return c, nil
}
