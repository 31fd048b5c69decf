package supervision

import (
	"slices"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/subject"
)

// RelationsView is what ties an enterprise to others, and whom of those that it leads to the list has. It is for people to look into:
// no rule reads it.
type RelationsView struct {
	USCC        string        `json:"uscc"`
	Related     []RelatedView `json:"related"`
	Listed      []ListedView  `json:"listed"`
	Hubs        []HubView     `json:"hubs"`
	LeftOut     []LeftOutView `json:"left_out"` // what could not be read
	Complete    bool          `json:"complete"` // false where the bounds cut more than the hubs, or something could not be read
	ListVersion int64         `json:"list_version"`
	AsOf        time.Time     `json:"as_of"`

	Asked int `json:"-"` // how many subjects the list was asked for
}

// RelatedView is one enterprise that is tied to the first, by a path of at most two steps. Of one that the caller may not read no more
// is told than that it is there and whose it is, and it is not followed.
type RelatedView struct {
	Steps     int        `json:"steps"`
	USCC      string     `json:"uscc,omitempty"`
	Name      string     `json:"name,omitempty"`
	Region    string     `json:"region,omitempty"`
	Authority string     `json:"responsible_authority"`
	Withheld  bool       `json:"withheld,omitempty"`
	Path      []StepView `json:"path"`
}

// StepView is one step: from one enterprise to another, by all that they share. To is empty where the other one is withheld.
type StepView struct {
	From string    `json:"from"`
	To   string    `json:"to,omitempty"`
	Ties []TieView `json:"ties"`
}

// TieView is one thing that two enterprises share, and what it is to each of them.
type TieView struct {
	By     relation.By `json:"by"`
	Role   string      `json:"role,omitempty"`       // to the one that the step comes from: a party's, or self, branch, parent
	Other  string      `json:"other_role,omitempty"` // to the one that it leads to
	Shared *SharedView `json:"shared,omitempty"`     // of a party or parent
}

// SharedView is a party that enterprises share. A person appears under masks only.
type SharedView struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
	Name   string `json:"name,omitempty"`
}

// ListedView is one listed subject: an enterprise on the way, or a party or phone of one.
type ListedView struct {
	Steps    int           `json:"steps"`
	Of       string        `json:"of"`   // the enterprise
	Role     string        `json:"role"` // what the subject is to it: self, a party's role, or phone
	Subject  SharedView    `json:"subject"`
	Listings []ListingInfo `json:"listings"`
	Path     []StepView    `json:"path"` // to the enterprise; empty for the first one's own
}

// ListingInfo is one listing in force.
type ListingInfo struct {
	ID        string `json:"id"`
	Regime    string `json:"regime"`
	Ground    string `json:"ground"`
	Published bool   `json:"published"`
}

// LeftOutView is something that could not be read, so that nothing is said of it and of whom it leads to: an enterprise, or what the list says
// about a subject of one.
type LeftOutView struct {
	Of     string `json:"of"`             // the enterprise that leads to it
	USCC   string `json:"uscc,omitempty"` // where the caller may read it
	Role   string `json:"role,omitempty"` // of a subject: what it is to that enterprise
	Detail string `json:"detail"`
}

// HubView is something that too many share to follow it.
type HubView struct {
	Of          string      `json:"of"` // an enterprise that has it
	By          relation.By `json:"by"`
	Shared      *SharedView `json:"shared,omitempty"`
	Enterprises int         `json:"enterprises"`
	More        bool        `json:"more,omitempty"` // there are more than were counted
	Detail      string      `json:"detail"`

	key string
}

func (n *node) view() RelatedView {
	v := RelatedView{Steps: n.steps, Authority: n.state.Authority, Withheld: !n.seen, Path: n.path()}
	if n.seen {
		v.USCC, v.Name, v.Region = n.state.USCC, n.state.Names[0].Text, n.state.Region
	}
	return v
}

// path is the steps from the first enterprise to this one.
func (n *node) path() []StepView {
	if n.from == nil {
		return []StepView{}
	}
	step := StepView{From: n.from.state.USCC}
	if n.seen {
		step.To = n.state.USCC
	}
	for _, t := range n.ties {
		v := TieView{By: t.Link().By, Role: roleIn(t, 0)}
		if n.seen {
			v.Other = roleIn(t, 1)
		}
		switch {
		case t[0].Key != "":
			v.Shared = n.from.shared(t[0])
		case n.seen: // the first is the party: its own code and name
			v.Shared = n.shared(t[1])
		}
		if !slices.ContainsFunc(step.Ties, func(o TieView) bool {
			return o.By == v.By && o.Role == v.Role && o.Other == v.Other && (o.Shared == nil || *o.Shared == *v.Shared)
		}) {
			step.Ties = append(step.Ties, v)
		}
	}
	return append(n.from.path(), step)
}

// roleIn is what the shared thing is to one of the two.
func roleIn(t relation.Tie, side int) string {
	switch l := t.Link(); {
	case l.By == relation.Parent && t[side].Key == "":
		return "parent"
	case l.By == relation.Parent:
		return "branch"
	case l.By == relation.Party && t[side].Key == "":
		return string(compliance.Self)
	}
	return string(t[side].Role)
}

// shared shows a party as the enterprise has it: an organisation in clear, a person masked.
func (n *node) shared(l relation.Link) *SharedView {
	switch l.By {
	case relation.Party:
		v := &SharedView{Scheme: string(l.Ref.Scheme), Value: l.Ref.Shown, Name: n.state.Parties[l.At].Name}
		if v.Name == "" {
			v.Name = subject.Mask(n.names.Names[l.At], 1, 0)
		}
		return v
	case relation.Parent:
		return &SharedView{Scheme: string(subject.USCC), Value: l.Ref.Shown}
	}
	return nil
}
